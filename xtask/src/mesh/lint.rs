//! What no other program sees of the manifests: that they do what the declarations say, that what they name is there, and rules newer
//! than the programs that could be had.

mod callers;
mod events;
mod names;
mod outside;
mod routes;
mod secrets;
mod services;
mod walls;

use app::{Declaration, Service};
use serde_json::Value;

use crate::{
    aws::Fault,
    mesh::{
        names::{CONFIG, PROVIDERS},
        rendered::{Rendered, name, text},
    },
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

const CHECKS: &[fn(&Subject) -> Vec<Fault>] = &[
    names::check,
    routes::check,
    callers::check,
    events::check,
    services::check,
    outside::check,
    secrets::check,
    walls::check,
];

/// Everything that is wrong.
pub(crate) fn check(subject: &Subject) -> Vec<Fault> {
    CHECKS.iter().flat_map(|check| check(subject)).collect()
}

/// A setting that functions have in common; empty where it is not said.
fn setting<'a>(subject: &Subject<'a>, wanted: &str) -> &'a str {
    // As kustomize names it: with what is in it, as a hash.
    let is_config = |one: &&Value| name(one).starts_with(CONFIG);
    subject.rendered.of("ConfigMap").find(is_config).map_or("", |config| text(&config["data"][wanted]))
}

#[cfg(test)]
mod planted;
