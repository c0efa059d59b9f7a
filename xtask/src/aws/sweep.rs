//! Schedules: a tick a minute for each sweep. A tick that fails is not retried for long: the next one does its work.

use anyhow::{Result, ensure};

use crate::aws::{
    alarm::{Alarm, Metric},
    function_spec::FunctionSpec,
    queue,
};

const MINUTE_S: u32 = 60;
/// The dead-letter queue of ticks that no function took.
const MISSED: &str = "MissedTicks";
/// How many runs in a row may fail before somebody must look.
const FAILING_MINUTES: u32 = 3;

/// The schedule, among the properties of the function.
pub(crate) fn schedule(period_s: u32) -> Result<String> {
    ensure!(period_s > 0 && period_s.is_multiple_of(MINUTE_S), "EventBridge schedules whole minutes, not {period_s} s");
    let minutes = period_s / MINUTE_S;
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    Ok(format!(
        "      EventInvokeConfig:
        MaximumEventAgeInSeconds: {MINUTE_S}
        MaximumRetryAttempts: 0
      Events:
        Tick:
          Type: ScheduleV2
          Properties:
            OmitName: true
            ScheduleExpression: rate({minutes} {unit})
            RetryPolicy:
              MaximumEventAgeInSeconds: {MINUTE_S}
              MaximumRetryAttempts: 2
            DeadLetterConfig:
              Arn: !GetAtt {MISSED}.Arn
"
    ))
}

/// The alarm that rings when a sweep fails again and again.
pub(crate) fn alarm(spec: &FunctionSpec) -> String {
    let id = spec.id();
    let about = format!("{} fails again and again: deadlines pass unnoticed", spec.name());
    let dimensions = [("FunctionName", format!("!Ref {id}"))];
    let metric = Metric { namespace: "AWS/Lambda", name: "Errors", statistic: "Sum", dimensions: &dimensions };
    Alarm { id: &format!("{id}Errors"), name: None, about: &about, metric, minutes: FAILING_MINUTES }.yaml()
}

/// The queue of missed ticks, for all sweeps.
pub(crate) fn missed() -> String {
    let alarm = queue::dead_letters(MISSED, "A sweep could not be called");
    format!(
        "
  # Ticks that no function took.
  {MISSED}:
    Type: AWS::SQS::Queue
    Properties:
      SqsManagedSseEnabled: true
{alarm}"
    )
}
