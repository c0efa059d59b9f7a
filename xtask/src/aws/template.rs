//! A template, put together.

use anyhow::Result;
use app::{Service, Table};

use crate::aws::{
    front::Front, function_spec::specs, functions, names, outputs, parameters, sweep, tables, yaml::quoted,
};

const GLOBALS: &str = include_str!("parts/globals.yaml");
const PAGES: &str = include_str!("parts/pages-stack.yaml");

/// The template of these services behind this front.
pub(crate) fn template(services: &[Service], front: Front) -> Result<String> {
    let specs = specs(services);
    let mut made: Vec<Table> = Vec::new();
    let mut resources = front.resources(&specs);
    for service in services {
        let own = || specs.iter().filter(|spec| spec.service.name == service.name);
        resources += &group(service);
        for table in tables::of(service, own()) {
            if !made.contains(&table) {
                resources += &tables::table(table);
                made.push(table);
            }
        }
        for spec in own() {
            resources += &functions::function(spec, front)?;
        }
    }
    Ok(format!(
        "# Generated from the declarations by `cargo xtask generate`; what is kept by hand is in xtask/src/aws/parts.
AWSTemplateFormatVersion: \"2010-09-09\"
Transform: AWS::Serverless-2016-10-31
Description: {}

{}
{}
{}
{GLOBALS}{}
{resources}{}{}",
        quoted(front.about()),
        parameters::parameters(&specs, front),
        parameters::rules(&specs),
        parameters::conditions(&specs, front),
        sweep::missed(),
        pages(front),
        outputs::outputs(&specs, &made, front),
    ))
}

/// A service's heading and its log group.
fn group(service: &Service) -> String {
    let about = service.about;
    let logs = names::logs(service);
    format!(
        "
  # {}: {about}
  {logs}:
    Type: AWS::Logs::LogGroup
    Properties:
      RetentionInDays: !Ref LogRetentionDays
",
        service.name
    )
}

/// The pages have one front to talk to.
const fn pages(front: Front) -> &'static str {
    match front {
        Front::Api => PAGES,
        Front::Urls => "",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tiffin::services::SERVICES;

    use super::*;

    /// Of two keys with one name, YAML silently takes the last.
    #[test]
    fn nothing_is_named_twice() {
        for front in Front::ALL {
            let template = template(SERVICES, front).expect("it can be written");
            let mut section = "";
            let mut seen = BTreeSet::new();
            for line in template.lines() {
                let depth = line.len() - line.trim_start().len();
                let Some(name) = line.trim().strip_suffix(':') else { continue };
                if depth == 0 {
                    section = name;
                } else if depth == 2 {
                    assert!(seen.insert((section, name)), "{section} {name}");
                }
            }
            assert!(seen.contains(&("Resources", "PlaceOrder")) && seen.contains(&("Parameters", "DeliveriesNearM")));
        }
    }
}
