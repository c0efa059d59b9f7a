//! Templates, put together.

use anyhow::Result;
use app::{Placement, Service, Table};

use crate::{
    aws::{
        canary,
        environment::TOPIC,
        front::Front,
        function_spec::{FunctionSpec, specs},
        functions, names,
        nested::{self, nested},
        outputs, parameters,
        resource::{log_group, resource},
        sweep, tables,
    },
    generated::Generated,
    yaml::{Map, map, text},
};

/// What `CloudFormation` calls its format, and SAM what it makes of a template.
pub(crate) const VERSION: &str = "2010-09-09";
pub(crate) const SAM: &str = "AWS::Serverless-2016-10-31";

const HEADING: &str = "# Generated from the declarations by `cargo xtask generate`.\n";

/// The template of these services behind this front, and those that it nests.
pub(crate) fn templates(services: &[Service], front: Front) -> Result<Vec<Generated>> {
    match front {
        Front::Api => Ok(vec![generated(front.path(), whole(services, front)?)?]),
        Front::Urls => by_service(services, front),
    }
}

fn generated(path: impl Into<String>, template: Map) -> Result<Generated> {
    Ok(Generated::new(path, HEADING.to_owned() + &text(&[template.spaced().into()])?))
}

/// All of it in one template.
fn whole(services: &[Service], front: Front) -> Result<Map> {
    let specs = specs(services, Placement::Inside);
    let mut tables = Vec::new();
    let mut resources = shared().and(front.resources(&specs));
    for service in services {
        resources = resources.and(of_service(service, &specs, front, &mut tables)?);
    }
    Ok(map! {
        "AWSTemplateFormatVersion" => VERSION,
        "Transform" => SAM,
        "Description" => front.about(),
        "Parameters" => parameters::parameters(&specs, front),
        "Rules" => parameters::rules(&specs),
        "Mappings" => canary::mappings(),
        "Conditions" => parameters::conditions(&specs, front),
        "Globals" => functions::globals(),
        "Resources" => resources.spaced(),
        "Outputs" => front.outputs(&specs).and(outputs::shared(&tables)),
    })
}

/// What services share in one template, and the functions of each in one that it nests.
fn by_service(services: &[Service], front: Front) -> Result<Vec<Generated>> {
    let specs = specs(services, Placement::Inside);
    let mut tables = Vec::new();
    let mut resources = shared();
    for service in services {
        resources = resources.and(missing_tables(service, &specs, &mut tables));
    }
    let around = resources.clone();
    let mut outputs = Map::default();
    let mut files = Vec::new();
    for service in services {
        let nested = nested(service, front, &around)?;
        resources.insert(nested::id(service), nested.stack);
        outputs = outputs.and(nested.outputs);
        files.push(generated(front.nested(service), nested.template)?);
    }
    let template = map! {
        "AWSTemplateFormatVersion" => VERSION,
        "Transform" => SAM,
        "Description" => front.about(),
        "Parameters" => parameters::parameters(&specs, front),
        "Rules" => parameters::rules(&specs),
        "Conditions" => parameters::conditions_of_shared(),
        "Resources" => resources.spaced(),
        "Outputs" => outputs.and(outputs::shared(&tables)),
    };
    files.insert(0, generated(front.path(), template)?);
    Ok(files)
}

/// What all services share: the topic where they tell what happened, and where ticks go that nobody took.
fn shared() -> Map {
    let topic = resource("AWS::SNS::Topic", map! { "KmsMasterKeyId" => "alias/aws/sns" });
    map! { TOPIC => topic }.and(sweep::missed())
}

/// A service's log group, its functions, and those of its tables that are not `made` yet.
fn of_service(service: &Service, specs: &[FunctionSpec], front: Front, made: &mut Vec<Table>) -> Result<Map> {
    let mut resources = map! { names::logs(service) => log_group() }.and(missing_tables(service, specs, made));
    for spec in own(service, specs) {
        resources = resources.and(functions::function(spec, front)?);
    }
    Ok(resources)
}

/// Those of a service's tables that are not `made` yet.
fn missing_tables(service: &Service, specs: &[FunctionSpec], made: &mut Vec<Table>) -> Map {
    let mut resources = Map::default();
    for table in tables::of(service, own(service, specs)) {
        if !made.contains(&table) {
            resources.insert(names::table(table), tables::table(table));
            made.push(table);
        }
    }
    resources
}

fn own<'a>(service: &Service, specs: &'a [FunctionSpec<'a>]) -> impl Iterator<Item = &'a FunctionSpec<'a>> {
    specs.iter().filter(|spec| spec.service.name == service.name)
}
