//! The functions, each with its role and what its trigger needs.

use anyhow::Result;
use app::Trigger;

use crate::aws::{
    canary,
    environment::variables,
    front::Front,
    function_spec::FunctionSpec,
    names::logs,
    queue, role, sweep,
    yaml::{pairs, quoted},
};

/// How far variables are indented, in spaces.
const INSIDE_ENVIRONMENT: usize = 10;

/// The function and what belongs to it, as resources in YAML.
pub(crate) fn function(spec: &FunctionSpec, front: Front) -> Result<String> {
    let id = spec.id();
    let logs = logs(spec.service);
    let description = quoted(&spec.description());
    let environment = pairs(INSIDE_ENVIRONMENT, &variables(spec, front));
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
        spec.code_uri(),
        spec.declaration.function.memory_mib,
        spec.timeout_s(),
        if spec.is_canaried() { canary::preference(spec) } else { String::new() },
        called_by(spec, front)?,
        role::role(spec),
        besides(spec, front),
    ))
}

/// What calls it, among its properties.
fn called_by(spec: &FunctionSpec, front: Front) -> Result<String> {
    match &spec.declaration.trigger {
        Trigger::Endpoint(endpoint) => Ok(front.reach(endpoint)),
        Trigger::Subscriber { .. } => Ok(queue::source(spec)),
        Trigger::Sweep { period_s, .. } | Trigger::Schedule { period_s, .. } => sweep::schedule(*period_s),
    }
}

/// The resources beside it: its alarms, or its queues.
fn besides(spec: &FunctionSpec, front: Front) -> String {
    match &spec.declaration.trigger {
        Trigger::Endpoint(endpoint) if spec.is_canaried() => canary::alarm(spec) + &front.failures(spec, endpoint),
        Trigger::Endpoint(_) => String::new(),
        Trigger::Subscriber { subscribes_to, .. } => queue::resources(spec, &subscribes_to()),
        Trigger::Sweep { .. } | Trigger::Schedule { .. } => sweep::alarm(spec),
    }
}
