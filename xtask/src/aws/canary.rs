//! Canaries: in production a new version gets a tenth of the traffic for five minutes, and all of it if no alarm rings.
//!
//! SAM reads `Enabled` while it expands, and can resolve a mapping but no condition: so it is a mapping, and nothing of
//! `CodeDeploy` is in an expanded template of another stage.

use crate::aws::{
    alarm::{Alarm, Metric},
    front::failures,
    function_spec::FunctionSpec,
};

/// The alias that gets the traffic.
const ALIAS: &str = "live";
/// How many minutes of errors in a row roll back.
const MINUTES: u32 = 1;

/// The settings of the canary, among the properties of the function.
pub(crate) fn preference(spec: &FunctionSpec) -> String {
    let alarm = alarm_id(spec);
    format!(
        "      AutoPublishAlias: {ALIAS}
      DeploymentPreference:
        Enabled: !FindInMap [Stages, !Ref Stage, Canary]
        Type: Canary10Percent5Minutes
        Alarms:
          - !Ref {alarm}
          - {}
",
        failures(spec)
    )
}

/// What rolls back, besides the alarm about replies: the function crashed, or took too long.
pub(crate) fn alarm(spec: &FunctionSpec) -> String {
    let id = spec.id();
    let about = format!("{} fails; a new version of it is rolled back", spec.name());
    let dimensions = [("FunctionName", format!("!Ref {id}")), ("Resource", format!("!Sub ${{{id}}}:{ALIAS}"))];
    let metric = Metric { namespace: "AWS/Lambda", name: "Errors", statistic: "Sum", dimensions: &dimensions };
    Alarm { id: &alarm_id(spec), name: None, about: &about, metric, minutes: MINUTES }.yaml()
}

fn alarm_id(spec: &FunctionSpec) -> String {
    spec.id() + "Errors"
}
