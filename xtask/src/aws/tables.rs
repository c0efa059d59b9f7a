//! The tables. They outlive the stack: only one that a failed first deployment made is deleted with it.
//!
//! Deletion policies can't depend on the stage, so every stage retains; deletion protection, which can, is for production.

use app::{Index, Service, Table};

use crate::{
    aws::{
        function_spec::FunctionSpec,
        intrinsics::{if_, reference},
        resource::resource,
    },
    yaml::{Map, Value, map},
};

/// A service's own table, and what else its functions may touch that no other service owns.
pub(crate) fn of<'a>(service: &Service, specs: impl Iterator<Item = &'a FunctionSpec<'a>>) -> Vec<Table> {
    let mut tables = vec![service.table];
    for table in specs.flat_map(|spec| &spec.requirements.tables) {
        if !tables.contains(table) {
            tables.push(*table);
        }
    }
    tables
}

/// The table as a resource, under a name that the stack makes.
pub(crate) fn table(table: Table) -> Map {
    resource_of(properties(table))
}

/// The table as a resource, under this name.
pub(crate) fn with_name(table: Table, name: Value) -> Map {
    resource_of(map! { "TableName" => name }.and(properties(table)))
}

fn resource_of(properties: Map) -> Map {
    resource("AWS::DynamoDB::Table", properties)
        .with("DeletionPolicy", "RetainExceptOnCreate")
        .with("UpdateReplacePolicy", "Retain")
}

fn properties(table: Table) -> Map {
    let attributes: Vec<[String; 2]> = table.indexes.iter().map(keys).collect();
    let attributes = ["pk".to_owned(), "sk".to_owned()].into_iter().chain(attributes.into_iter().flatten());
    let mut properties = map! {
        "BillingMode" => "PAY_PER_REQUEST",
        "OnDemandThroughput" => throughput(),
        "DeletionProtectionEnabled" => if_("Production", true, false),
        "PointInTimeRecoverySpecification" => map! { "PointInTimeRecoveryEnabled" => true },
        "SSESpecification" => map! { "SSEEnabled" => true },
        "TimeToLiveSpecification" => map! { "AttributeName" => "expires_at", "Enabled" => true },
        "AttributeDefinitions" => attributes
            .map(|name| map! { "AttributeName" => name, "AttributeType" => "S" })
            .collect::<Value>(),
        "KeySchema" => key_schema("pk", "sk"),
    };
    if !table.indexes.is_empty() {
        properties.insert("GlobalSecondaryIndexes", table.indexes.iter().map(index).collect::<Value>());
    }
    properties
}

fn index(index: &Index) -> Map {
    let [pk, sk] = keys(index);
    map! {
        "IndexName" => index.0,
        "KeySchema" => key_schema(&pk, &sk),
        "Projection" => map! { "ProjectionType" => "ALL" },
        "OnDemandThroughput" => throughput(),
    }
}

/// An index's two key attributes.
fn keys(index: &Index) -> [String; 2] {
    ["pk", "sk"].map(|key| format!("{}_{key}", index.0))
}

fn key_schema(partition: &str, sort: &str) -> Value {
    [("HASH", partition), ("RANGE", sort)]
        .map(|(kind, name)| map! { "AttributeName" => name, "KeyType" => kind })
        .into()
}

/// The most a second that a table takes, or an index of it.
fn throughput() -> Map {
    map! {
        "MaxReadRequestUnits" => reference("TableMaxReadUnits"),
        "MaxWriteRequestUnits" => reference("TableMaxWriteUnits"),
    }
}
