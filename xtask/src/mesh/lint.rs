//! What no other program sees of the manifests: that they do what the declarations say, that what they name is there, and rules newer
//! than the programs that could be had.

mod events;
mod names;
mod outside;
mod routes;
mod secrets;
mod services;

use app::{Declaration, Service};

use crate::{
    aws::Fault,
    mesh::{names::PROVIDERS, rendered::Rendered},
};

/// What is looked at.
pub(crate) struct Subject<'a> {
    pub(crate) rendered: &'a Rendered,
    pub(crate) services: &'a [Service],
    /// Whether it is for people: staging, production.
    pub(crate) is_for_people: bool,
}

impl<'a> Subject<'a> {
    /// Every function that is to be there.
    fn declared(&self) -> impl Iterator<Item = &'a Declaration> {
        let all = self.services.iter().flat_map(|service| service.functions);
        all.filter(|declaration| declaration.function.is_there(|_| PROVIDERS))
    }
}

const CHECKS: &[fn(&Subject) -> Vec<Fault>] =
    &[names::check, routes::check, events::check, services::check, outside::check, secrets::check];

/// Everything that is wrong.
pub(crate) fn check(subject: &Subject) -> Vec<Fault> {
    CHECKS.iter().flat_map(|check| check(subject)).collect()
}

#[cfg(test)]
mod planted;
