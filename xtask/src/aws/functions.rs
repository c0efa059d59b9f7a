//! The functions, each with its role and what its trigger needs.

use anyhow::Result;
use app::Trigger;

use crate::aws::{
    canary,
    environment::variables,
    front::Front,
    names::logs,
    queue, role, sweep,
    unit::Unit,
    yaml::{pairs, quoted},
};

/// How deep variables stand.
const INSIDE_ENVIRONMENT: usize = 10;

/// The resources of a function.
pub(crate) fn function(unit: &Unit, front: Front) -> Result<String> {
    let (id, logs) = (unit.id(), logs(unit.service));
    let description = quoted(&unit.description());
    let environment = pairs(INSIDE_ENVIRONMENT, &variables(unit, front));
    let environment = match environment.as_str() {
        "" => environment,
        _ => format!("      Environment:\n        Variables:\n{environment}"),
    };
    Ok(format!(
        "
  {id}:
    Type: AWS::Serverless::Function
    Properties:
      Description: {description}
      CodeUri: {}
      MemorySize: {}
      Timeout: {}
      Role: !GetAtt {id}Role.Arn
      LoggingConfig:
        LogGroup: !Ref {logs}
{environment}{}{}{}{}",
        unit.code_uri(),
        unit.declaration.function.memory_mib,
        unit.timeout_s(),
        if unit.is_canaried() { canary::preference(unit) } else { String::new() },
        called_by(unit, front)?,
        role::role(unit),
        besides(unit, front),
    ))
}

/// What calls it, among its properties.
fn called_by(unit: &Unit, front: Front) -> Result<String> {
    match &unit.declaration.trigger {
        Trigger::Endpoint(endpoint) => Ok(front.reach(endpoint)),
        Trigger::Subscriber { .. } => Ok(queue::source(unit)),
        Trigger::Sweep { period_s, .. } => sweep::schedule(*period_s),
    }
}

/// What stands beside it.
fn besides(unit: &Unit, front: Front) -> String {
    match &unit.declaration.trigger {
        Trigger::Endpoint(endpoint) if unit.is_canaried() => canary::alarm(unit) + &front.failures(unit, endpoint),
        Trigger::Endpoint(_) => String::new(),
        Trigger::Subscriber { hears, .. } => queue::resources(unit, hears),
        Trigger::Sweep { .. } => sweep::alarm(unit),
    }
}
