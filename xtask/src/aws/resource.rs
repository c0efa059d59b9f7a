//! What resources and outputs have in common.

use crate::{
    aws::intrinsics::reference,
    yaml::{Map, Value, map},
};

/// A resource of this type.
pub(crate) fn resource(kind: &str, properties: Map) -> Map {
    map! { "Type" => kind, "Properties" => properties }
}

/// A log group; how long it keeps what is written, a parameter says.
pub(crate) fn log_group() -> Map {
    resource("AWS::Logs::LogGroup", map! { "RetentionInDays" => reference("LogRetentionDays") })
}

/// A policy of one statement: a service may do this.
pub(crate) fn service_may(service: &str, action: &str, rest: Map) -> Map {
    let statement = map! {
        "Effect" => "Allow",
        "Principal" => map! { "Service" => service },
        "Action" => action,
    };
    policy([statement.and(rest)])
}

/// A policy document of these statements.
pub(crate) fn policy(statements: impl IntoIterator<Item = impl Into<Value>>) -> Map {
    map! { "Version" => "2012-10-17", "Statement" => statements.into_iter().collect::<Value>() }
}

/// What a stack outputs.
pub(crate) fn output(value: Value) -> Map {
    map! { "Value" => value }
}
