//! The environment of a program: each variable that it requires, from the one place that has it, and no other.

use app::Callee;
use host::{
    Requirements,
    requirements::{AWS_ENDPOINT, EVENTS_GUARD, ISSUER, PUBLIC_KEYS, REGION, SINK, STAGE, table_variable},
};

use crate::{
    mesh::names::{CONFIG, KEYS},
    yaml::{Map, map},
};

/// What is logged.
pub(crate) const LOGS: &str = "RUST_LOG";
/// That the network's policy alone says who may deliver events.
const BY_THE_MESH: &str = "mesh";

/// Where the value of a variable is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// In the settings, which say it.
    Config,
    /// In the settings, if they say it.
    ConfigIfSaid,
    /// Among the keys.
    Keys,
}

/// Every variable that is not the same everywhere, and where it is.
pub(crate) fn sources(requirements: &Requirements) -> Vec<(String, Source)> {
    let has_store = !requirements.tables.is_empty();
    let mut sources = vec![(STAGE.to_owned(), Source::Config), (LOGS.to_owned(), Source::ConfigIfSaid)];
    if has_store {
        sources.push((REGION.to_owned(), Source::Config));
        sources.push((AWS_ENDPOINT.to_owned(), Source::ConfigIfSaid));
    }
    sources.extend(requirements.tables.iter().map(|table| (table_variable(*table), Source::Config)));
    sources.extend(requirements.publishes.then(|| (SINK.to_owned(), Source::Config)));
    sources.extend(requirements.answers.then(|| (PUBLIC_KEYS.to_owned(), Source::Keys)));
    let has_default = |name: &str| {
        let is_its = |callee: &Callee| callee.url.name == name && callee.path.is_none();
        name != ISSUER.name && !requirements.calls.iter().any(is_its)
    };
    let source = |name: &str| if has_default(name) { Source::ConfigIfSaid } else { Source::Config };
    sources.extend(requirements.texts.iter().map(|text| (text.name.to_owned(), source(text.name))));
    sources.extend(requirements.secrets().into_iter().map(|name| (name, Source::Keys)));
    sources.extend(requirements.settings.iter().map(|setting| (setting.name.to_owned(), Source::ConfigIfSaid)));
    sources
}

/// The variables of its container.
pub(crate) fn variables(requirements: &Requirements) -> Vec<Map> {
    let mut variables: Vec<Map> =
        sources(requirements).into_iter().map(|(name, source)| reference(&name, source)).collect();
    if requirements.handles {
        variables.push(map! { "name" => EVENTS_GUARD, "value" => BY_THE_MESH });
    }
    variables
}

fn reference(name: &str, source: Source) -> Map {
    let from = match source {
        Source::Config => map! { "configMapKeyRef" => map! { "name" => CONFIG, "key" => name } },
        Source::ConfigIfSaid => {
            map! { "configMapKeyRef" => map! { "name" => CONFIG, "key" => name, "optional" => true } }
        }
        Source::Keys => map! { "secretKeyRef" => map! { "name" => KEYS, "key" => name } },
    };
    map! { "name" => name, "valueFrom" => from }
}
