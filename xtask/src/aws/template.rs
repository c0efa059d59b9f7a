//! A template, put together.

use anyhow::Result;
use app::{Placement, Service, Table};

use crate::{
    aws::{
        canary,
        environment::TOPIC,
        front::Front,
        function_spec::{FunctionSpec, specs},
        functions, names, outputs, parameters,
        resource::{log_group, resource},
        sweep, tables,
    },
    yaml::{Map, map, text},
};

const HEADING: &str = "# Generated from the declarations by `cargo xtask generate`.\n";

/// The template of these services behind this front.
pub(crate) fn template(services: &[Service], front: Front) -> Result<String> {
    let specs = specs(services, Placement::Inside);
    let mut tables = Vec::new();
    let mut resources = shared().and(front.resources(&specs));
    for service in services {
        resources = resources.and(of_service(service, &specs, front, &mut tables)?);
    }
    let template = map! {
        "AWSTemplateFormatVersion" => "2010-09-09",
        "Transform" => "AWS::Serverless-2016-10-31",
        "Description" => front.about(),
        "Parameters" => parameters::parameters(&specs, front),
        "Rules" => parameters::rules(&specs),
        "Mappings" => canary::mappings(),
        "Conditions" => parameters::conditions(&specs, front),
        "Globals" => functions::globals(),
        "Resources" => resources.spaced(),
        "Outputs" => outputs::outputs(&specs, &tables, front),
    };
    Ok(HEADING.to_owned() + &text(&[template.spaced().into()])?)
}

/// What all services share: the topic where they tell what happened, and where ticks go that nobody took.
fn shared() -> Map {
    let topic = resource("AWS::SNS::Topic", map! { "KmsMasterKeyId" => "alias/aws/sns" });
    map! { TOPIC => topic }.and(sweep::missed())
}

/// A service's log group, its functions, and those of its tables that are not `made` yet.
fn of_service(service: &Service, specs: &[FunctionSpec], front: Front, made: &mut Vec<Table>) -> Result<Map> {
    let own = || specs.iter().filter(|spec| spec.service.name == service.name);
    let mut resources = map! { names::logs(service) => log_group() };
    for table in tables::of(service, own()) {
        if !made.contains(&table) {
            resources.insert(names::table(table), tables::table(table));
            made.push(table);
        }
    }
    for spec in own() {
        resources = resources.and(functions::function(spec, front)?);
    }
    Ok(resources)
}
