//! The functions, each with its role and what its trigger needs.

use anyhow::Result;
use app::Trigger;
use host::requirements::{AWS_ENDPOINT, STAGE};

use crate::{
    aws::{
        canary,
        environment::variables,
        front::Front,
        function_spec::FunctionSpec,
        intrinsics::{arn, reference},
        names::logs,
        program, queue, role, sweep,
    },
    yaml::{Map, map},
};

/// What all functions have in common.
pub(crate) fn globals() -> Map {
    let function = map! {
        "Runtime" => "provided.al2023",
        "Handler" => "bootstrap",
        "Architectures" => [reference("Architecture")],
        "LoggingConfig" => map! {
            "LogFormat" => "JSON",
            // Functions choose what they log, by RUST_LOG.
            "ApplicationLogLevel" => "TRACE",
            "SystemLogLevel" => "INFO",
        },
        "Environment" => map! {
            "Variables" => map! {
                "RUST_LOG" => reference("LogFilter"),
                STAGE => reference("Stage"),
                AWS_ENDPOINT => reference("LocalEndpoint"),
            },
        },
    };
    map! { "Function" => function }
}

/// The function and the resources that belong to it.
pub(crate) fn function(spec: &FunctionSpec, front: Front) -> Result<Map> {
    let id = spec.id();
    let mut properties = map! {
        "Description" => spec.description(),
        "MemorySize" => spec.declaration.function.memory_mib,
        "Timeout" => spec.timeout_s(),
        "Role" => arn(&role::id(spec)),
        "LoggingConfig" => map! { "LogGroup" => reference(logs(spec.service)) },
    };
    let variables = variables(spec, front);
    if !variables.is_empty() {
        properties.insert("Environment", map! { "Variables" => variables });
    }
    if spec.is_canaried() {
        properties = properties.and(canary::preference(spec));
    }
    properties = properties.and(called_by(spec, front)?);
    let function = program::function(spec.name(), front, properties);
    Ok(map! { id => function, role::id(spec) => role::role(spec) }.and(besides(spec, front)))
}

/// What calls it, among its properties.
fn called_by(spec: &FunctionSpec, front: Front) -> Result<Map> {
    match &spec.declaration.trigger {
        Trigger::Endpoint(endpoint) => Ok(front.reach(endpoint)),
        Trigger::Subscriber { .. } => Ok(queue::source(spec)),
        Trigger::Sweep { period_s, .. } | Trigger::Schedule { period_s, .. } => sweep::schedule(*period_s),
    }
}

/// The resources beside it: its permission and alarms, or its queues.
fn besides(spec: &FunctionSpec, front: Front) -> Map {
    match &spec.declaration.trigger {
        Trigger::Endpoint(endpoint) => {
            let permission = front.permission(spec, endpoint);
            if spec.is_canaried() {
                permission.and(canary::alarm(spec)).and(front.failures(spec, endpoint))
            } else {
                permission
            }
        }
        Trigger::Subscriber { subscribes_to, .. } => queue::resources(spec, &subscribes_to()),
        Trigger::Sweep { .. } | Trigger::Schedule { .. } => sweep::alarm(spec),
    }
}
