//! Canaries: in production a new version gets a tenth of the traffic for five minutes, and all of it if no alarm rings.
//!
//! SAM reads `Enabled` while it expands, and can resolve a mapping but no condition: so it is a mapping, and nothing of
//! `CodeDeploy` is in an expanded template of another stage.

use crate::{
    aws::{
        alarm::{Alarm, Metric},
        front::failures,
        function_spec::FunctionSpec,
        intrinsics::{find_in_map, reference, sub},
    },
    yaml::{Map, map},
};

/// The alias that gets the traffic.
const ALIAS: &str = "live";
/// The mapping by stage, and what it says of canaries.
const STAGES: &str = "Stages";
const CANARY: &str = "Canary";

/// What differs between stages that no condition can say.
pub(crate) fn mappings() -> Map {
    let canary = |enabled: &str| map! { CANARY => enabled };
    map! {
        STAGES => map! { "local" => canary("false"), "staging" => canary("false"), "production" => canary("true") },
    }
}

/// The settings of the canary, among the properties of the function.
pub(crate) fn preference(spec: &FunctionSpec) -> Map {
    map! {
        "AutoPublishAlias" => ALIAS,
        "DeploymentPreference" => map! {
            "Enabled" => find_in_map(STAGES, "Stage", CANARY),
            "Type" => "Canary10Percent5Minutes",
            "Alarms" => [reference(alarm_id(spec)), failures(spec)],
        },
    }
}

/// What rolls back, besides the alarm about replies: the function crashed, or took too long.
pub(crate) fn alarm(spec: &FunctionSpec) -> Map {
    let id = spec.id();
    let about = format!("{} fails; a new version of it is rolled back", spec.name());
    let version = sub(format!("${{{id}}}:{ALIAS}"));
    let dimensions = vec![("FunctionName", reference(id)), ("Resource", version)];
    let metric = Metric { namespace: "AWS/Lambda", name: "Errors", statistic: "Sum", dimensions };
    map! { alarm_id(spec) => Alarm { about: &about, metric, threshold: 1, minutes: 1 }.resource() }
}

fn alarm_id(spec: &FunctionSpec) -> String {
    spec.id() + "Errors"
}
