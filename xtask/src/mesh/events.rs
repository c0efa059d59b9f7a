//! What brings events and ticks to functions.

use anyhow::Result;
use domain::Kind;
use host::dead_letters::RETRIES;

use crate::{
    function_spec::FunctionSpec,
    mesh::{
        knative_service::{labels, timeout_s},
        names::{BROKER, DEAD_LETTERS, EVENTS_PATH},
        object::Object,
    },
    yaml::{Map, Value, map},
};

/// How long the first wait is before an event is tried again; each later one is twice the one before.
const FIRST_WAIT: &str = "PT0.5S";
const SERVING: &str = "serving.knative.dev/v1";

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
        "deadLetterSink" => sink("v1", DEAD_LETTERS),
    };
    let trigger = map! {
        "broker" => BROKER,
        "filters" => [filter],
        "subscriber" => sink(SERVING, spec.name()),
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
        "sink" => sink(SERVING, spec.name()),
    };
    Ok(Object::of_spec("sources.knative.dev/v1", "PingSource", spec.name(), source).labelled(labels(spec)))
}

/// A service of this kind, where it takes events.
fn sink(api: &str, name: &str) -> Map {
    let service = map! { "apiVersion" => api, "kind" => "Service", "name" => name };
    map! { "ref" => service, "uri" => EVENTS_PATH }
}

/// A whole number of minutes, as cron has it.
fn cron(period_s: u32) -> Result<String> {
    let minutes = period_s / 60;
    anyhow::ensure!(minutes * 60 == period_s && (1..60).contains(&minutes), "{period_s} seconds are no minutes");
    Ok(if minutes == 1 { "* * * * *".to_owned() } else { format!("*/{minutes} * * * *") })
}
