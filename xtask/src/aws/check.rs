//! What no linter sees: that expanded templates do what the declarations say, and stay within limits.

mod code;
mod environment;
mod filters;
mod front;
mod permissions;
mod policies;
mod queues;
mod size;
pub(crate) mod subject;

use app::{Placement, Service};

use subject::Subject;

pub(crate) use size::check as size;
pub use size::{EXPECTED_FUNCTIONS, MAX_RESOURCES, Size};

use crate::aws::{expanded::Expanded, fault::Fault, front::Front, function_spec::specs};

const CHECKS: &[fn(&Subject) -> Vec<Fault>] =
    &[queues::check, filters::check, policies::check, code::check, front::check, environment::check];

/// Everything that is wrong with a template of which nothing is nested.
pub(crate) fn check(expanded: &Expanded, services: &[Service], front: Front, router: &str) -> Vec<Fault> {
    let specs = specs(services, Placement::Inside);
    let subject = Subject { expanded, specs: &specs, services, front, router };
    CHECKS.iter().flat_map(|check| check(&subject)).collect()
}

#[cfg(test)]
mod planted;
