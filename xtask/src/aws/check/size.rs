//! A stack has room for the functions that are to come.

use crate::aws::{expanded::Expanded, fault::Fault, front::Front, function_spec::FunctionSpec};

/// The most resources that `CloudFormation` takes, and how many of them are kept free.
const MAX_OF_CLOUDFORMATION: usize = 500;
const ROOM: usize = 20;
/// The most resources of a template.
pub const MAX_RESOURCES: usize = MAX_OF_CLOUDFORMATION - ROOM;
/// The most parameters and the most outputs that `CloudFormation` takes; of a nested application, SAM's guide allows fewer.
const MAX_PARAMETERS: usize = 200;
const MAX_PARAMETERS_OF_NESTED: usize = 60;
const MAX_OUTPUTS: usize = 200;
/// The most bytes of a template that `CloudFormation` takes.
const MAX_BYTES: usize = 1_000_000;
/// How many functions there may be one day, in all.
pub const EXPECTED_FUNCTIONS: usize = 95;

/// How large a template is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    pub resources: usize,
    /// How many it would have with as many functions as there may be one day, of the same mix.
    pub later: usize,
}

impl Size {
    /// The size of an expanded template, in which some of these functions are.
    pub(crate) fn of(template: &Expanded, specs: &[FunctionSpec]) -> Self {
        let ids: Vec<String> = specs.iter().map(FunctionSpec::id).collect();
        let resources = template.count("Resources");
        let of_functions = template.resources().filter(|one| ids.iter().any(|id| belongs(one.id, id))).count();
        let functions = ids.len().max(1);
        let later = resources - of_functions + (of_functions * EXPECTED_FUNCTIONS.max(functions)).div_ceil(functions);
        Self { resources, later }
    }
}

/// What of a template, which may be nested in that of a front, is over a limit.
pub(crate) fn check(front: Front, path: &str, template: &Expanded, specs: &[FunctionSpec]) -> Vec<Fault> {
    let Size { resources, later } = Size::of(template, specs);
    let parameters = if path == front.path() { MAX_PARAMETERS } else { MAX_PARAMETERS_OF_NESTED };
    let bytes = template.0.to_string().len();
    let limits = [
        (resources, MAX_RESOURCES, "resources".to_owned()),
        (later, MAX_RESOURCES, format!("resources with {EXPECTED_FUNCTIONS} functions")),
        (template.count("Parameters"), parameters, "parameters".to_owned()),
        (template.count("Outputs"), MAX_OUTPUTS, "outputs".to_owned()),
        (bytes, MAX_BYTES, "bytes".to_owned()),
    ];
    let over = limits.into_iter().filter(|(count, most, _)| count > most);
    over.map(|(count, most, what)| Fault::new(path, format!("{count} {what}, over {most}"))).collect()
}

/// Whether a resource is there for a function: its id begins with the function's, a whole word of it.
fn belongs(id: &str, function: &str) -> bool {
    id.strip_prefix(function).is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_lowercase()))
}
