//! What brings events and ticks to functions.

use anyhow::Result;
use domain::Kind;

use crate::{
    function_spec::FunctionSpec,
    mesh::{
        knative_service::{labels, timeout_s},
        names::{BROKER, EVENTS_PATH},
        object::Object,
    },
    yaml::{Map, Value, map},
};

/// How often an event is tried again, and how long the first wait is; each later one is twice the one before.
const RETRIES: u32 = 8;
const FIRST_WAIT: &str = "PT0.5S";

/// What a subscriber gets: events of these kinds.
pub(crate) fn trigger(spec: &FunctionSpec, kinds: &[Kind]) -> Object {
    let exact = |kind: &Kind| map! { "exact" => map! { "type" => kind.event_type() } };
    let filter = match kinds {
        [kind] => exact(kind),
        kinds => map! { "any" => kinds.iter().map(exact).collect::<Value>() },
    };
    let delivery = map! {
        "retry" => RETRIES,
        "backoffPolicy" => "exponential",
        "backoffDelay" => FIRST_WAIT,
        "timeout" => format!("PT{}S", timeout_s(spec.declaration)),
    };
    let trigger = map! {
        "broker" => BROKER,
        "filters" => [filter],
        "subscriber" => sink(spec.name()),
        "delivery" => delivery,
    };
    Object::of_spec("eventing.knative.dev/v1", "Trigger", spec.name(), trigger).labelled(labels(spec))
}

/// What a schedule calls, every so many seconds.
pub(crate) fn ping(spec: &FunctionSpec, period_s: u32) -> Result<Object> {
    let source = map! {
        "schedule" => cron(period_s)?,
        "contentType" => "application/json",
        "data" => "{}",
        "sink" => sink(spec.name()),
    };
    Ok(Object::of_spec("sources.knative.dev/v1", "PingSource", spec.name(), source).labelled(labels(spec)))
}

fn sink(function: &str) -> Map {
    let service = map! { "apiVersion" => "serving.knative.dev/v1", "kind" => "Service", "name" => function };
    map! { "ref" => service, "uri" => EVENTS_PATH }
}

/// A whole number of minutes, as cron has it.
fn cron(period_s: u32) -> Result<String> {
    let minutes = period_s / 60;
    anyhow::ensure!(minutes * 60 == period_s && (1..60).contains(&minutes), "{period_s} seconds are no minutes");
    Ok(if minutes == 1 { "* * * * *".to_owned() } else { format!("*/{minutes} * * * *") })
}
