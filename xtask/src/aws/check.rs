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
    unit::{Unit, units},
};

/// What the checks look at.
pub(crate) struct Subject<'a> {
    pub(crate) expanded: &'a Expanded,
    pub(crate) units: &'a [Unit<'a>],
    pub(crate) services: &'a [Service],
    pub(crate) front: Front,
    /// The router of `cargo lambda watch`.
    pub(crate) router: &'a str,
}

const CHECKS: &[fn(&Subject) -> Vec<Fault>] =
    &[queues::check, filters::check, policies::check, code::check, front::check, environment::check, size::check];

/// Everything that is wrong.
pub(crate) fn check(expanded: &Expanded, services: &[Service], front: Front, router: &str) -> Vec<Fault> {
    let units = units(services);
    let subject = Subject { expanded, units: &units, services, front, router };
    CHECKS.iter().flat_map(|check| check(&subject)).collect()
}

impl Subject<'_> {
    /// The function of this logical id.
    fn unit(&self, id: &str) -> Option<&Unit<'_>> {
        self.units.iter().find(|unit| unit.id() == id)
    }
}

#[cfg(test)]
mod planted;
