//! Schedules: a tick a minute for each sweep. A tick that fails is not retried for long: the next one does its work.

use anyhow::{Result, ensure};

use crate::{
    aws::{
        alarm::{Alarm, Metric},
        function_spec::FunctionSpec,
        intrinsics::{arn, reference},
        queue,
        resource::resource,
    },
    yaml::{Map, map},
};

const MINUTE_S: u32 = 60;
/// The dead-letter queue of ticks that no function took.
const MISSED: &str = "MissedTicks";
/// How many runs in a row may fail before somebody must look.
const FAILING_MINUTES: u32 = 3;
/// How often a tick is sent again that its function could not be called with, and that failed in its function.
const MAX_RETRIES: u32 = 2;
const MAX_RETRIES_OF_FAILED: u32 = 0;

/// The schedule, among the properties of the function.
pub(crate) fn schedule(period_s: u32) -> Result<Map> {
    ensure!(period_s > 0 && period_s.is_multiple_of(MINUTE_S), "EventBridge schedules whole minutes, not {period_s} s");
    let minutes = period_s / MINUTE_S;
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    let tick = map! {
        "OmitName" => true,
        "ScheduleExpression" => format!("rate({minutes} {unit})"),
        "RetryPolicy" => retries(MAX_RETRIES),
        "DeadLetterConfig" => map! { "Arn" => arn(MISSED) },
    };
    Ok(map! {
        "EventInvokeConfig" => retries(MAX_RETRIES_OF_FAILED),
        "Events" => map! { "Tick" => resource("ScheduleV2", tick) },
    })
}

fn retries(most: u32) -> Map {
    map! { "MaximumEventAgeInSeconds" => MINUTE_S, "MaximumRetryAttempts" => most }
}

/// The alarm that rings when a sweep fails again and again.
pub(crate) fn alarm(spec: &FunctionSpec) -> Map {
    let id = spec.id();
    let about = format!("{} fails again and again: deadlines pass unnoticed", spec.name());
    let dimensions = vec![("FunctionName", reference(id.as_str()))];
    let metric = Metric { namespace: "AWS/Lambda", name: "Errors", statistic: "Sum", dimensions };
    map! { id + "Errors" => Alarm { about: &about, metric, threshold: 1, minutes: FAILING_MINUTES }.resource() }
}

/// The queue of missed ticks, for all sweeps.
pub(crate) fn missed() -> Map {
    map! { MISSED => queue::encrypted(Map::default()) }.and(queue::alarm(MISSED, "A sweep could not be called"))
}
