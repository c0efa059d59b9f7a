//! What no linter sees: that an expanded template does what the declarations say, and stays within limits.

mod code;
mod environment;
mod filters;
mod front;
mod policies;
mod queues;
mod size;

use app::Service;

pub(crate) use size::extrapolated;

use crate::aws::{
    expanded::Expanded,
    fault::Fault,
    front::Front,
    function_spec::{FunctionSpec, specs},
};

/// What the checks look at.
pub(crate) struct Subject<'a> {
    pub(crate) expanded: &'a Expanded,
    pub(crate) specs: &'a [FunctionSpec<'a>],
    pub(crate) services: &'a [Service],
    pub(crate) front: Front,
    /// The router of `cargo lambda watch`.
    pub(crate) router: &'a str,
}

const CHECKS: &[fn(&Subject) -> Vec<Fault>] =
    &[queues::check, filters::check, policies::check, code::check, front::check, environment::check, size::check];

/// Everything that is wrong.
pub(crate) fn check(expanded: &Expanded, services: &[Service], front: Front, router: &str) -> Vec<Fault> {
    let specs = specs(services);
    let subject = Subject { expanded, specs: &specs, services, front, router };
    CHECKS.iter().flat_map(|check| check(&subject)).collect()
}

impl Subject<'_> {
    /// The function of this logical id.
    fn spec(&self, id: &str) -> Option<&FunctionSpec<'_>> {
        self.specs.iter().find(|spec| spec.id() == id)
    }
}

#[cfg(test)]
mod planted;
