//! Every function is in the template, with its own program; and nothing else is.

use crate::aws::{
    check::subject::Subject,
    fault::Fault,
    function_spec::MAX_DESCRIPTION_CHARS,
    program::{BUILD_METHOD, FOLDER},
};

const FUNCTION: &str = "AWS::Lambda::Function";

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let programs = subject.front.programs(subject.specs);
    let mut faults = Vec::new();
    for function in subject.expanded.of(FUNCTION) {
        let Some(program) = programs.iter().find(|one| one.id == function.id) else {
            faults.push(Fault::new(function.id, "is not declared"));
            continue;
        };
        let built = function.metadata("/BuildProperties/Binary").as_str().unwrap_or_default();
        if built != program.name {
            faults.push(Fault::new(function.id, format!("its program is {built:?}, not {}", program.name)));
        }
        let code = function.at("/Code/S3Key").as_str().unwrap_or_default();
        if code != FOLDER || function.metadata("/BuildMethod") != BUILD_METHOD {
            faults.push(Fault::new(function.id, format!("`sam build` would not build it in {FOLDER}")));
        }
        let description = function.at("/Description").as_str().unwrap_or_default();
        if description.is_empty() || description.chars().count() > MAX_DESCRIPTION_CHARS {
            faults.push(Fault::new(
                function.id,
                format!("its description must be 1 to {MAX_DESCRIPTION_CHARS} characters"),
            ));
        }
    }
    let ids = programs.into_iter().map(|one| one.id);
    let missing = ids.filter(|id| subject.expanded.resource(id).is_none_or(|one| one.kind != FUNCTION));
    faults.extend(missing.map(|id| Fault::new(id, "is declared, and not there")));
    faults
}
