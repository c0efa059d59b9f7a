//! A stack has room for twice the functions there are: `CloudFormation` takes 500 resources.

use crate::aws::{check::subject::Subject, fault::Fault, function_spec::FunctionSpec};

/// The most resources, with some room below the limit.
const MAX_RESOURCES: usize = 480;
/// The most parameters and the most outputs that `CloudFormation` takes.
const MAX_PARAMETERS: usize = 200;
const MAX_OUTPUTS: usize = 200;
/// The most bytes of a template that `CloudFormation` takes.
const MAX_BYTES: usize = 1_000_000;
/// How many functions there may be one day.
pub(super) const EXPECTED_FUNCTIONS: usize = 75;

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let count = subject.expanded.count("Resources");
    let later = extrapolated(subject);
    let bytes = subject.expanded.0.to_string().len();
    let limits = [
        (count, MAX_RESOURCES, "resources".to_owned()),
        (later, MAX_RESOURCES, format!("resources with {EXPECTED_FUNCTIONS} functions")),
        (subject.expanded.count("Parameters"), MAX_PARAMETERS, "parameters".to_owned()),
        (subject.expanded.count("Outputs"), MAX_OUTPUTS, "outputs".to_owned()),
        (bytes, MAX_BYTES, "bytes".to_owned()),
    ];
    let over = limits.into_iter().filter(|(count, most, _)| count > most);
    over.map(|(count, most, what)| Fault::new(subject.front.path(), format!("{count} {what}, over {most}"))).collect()
}

/// How many resources there would be with more functions of the same mix.
pub(crate) fn extrapolated(subject: &Subject) -> usize {
    let ids: Vec<String> = subject.specs.iter().map(FunctionSpec::id).collect();
    let all = subject.expanded.count("Resources");
    let of_functions = subject.expanded.resources().filter(|one| ids.iter().any(|id| belongs(one.id, id))).count();
    let functions = ids.len().max(1);
    all - of_functions + (of_functions * EXPECTED_FUNCTIONS.max(functions)).div_ceil(functions)
}

/// Whether a resource is there for a function: its id begins with the function's, a whole word of it.
fn belongs(id: &str, function: &str) -> bool {
    id.strip_prefix(function).is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_lowercase()))
}
