//! The tables. They outlive the stack: only one that a failed first deployment made is deleted with it.
//!
//! Deletion policies can't depend on the stage, so every stage retains; deletion protection, which can, is for production.

use app::{Index, Service, Table};

use crate::aws::{function_spec::FunctionSpec, names::table as id};

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

/// The table as a resource in YAML.
pub(crate) fn table(table: Table) -> String {
    let keys: Vec<(String, String)> = table.indexes.iter().map(keys).collect();
    let attributes = keys.iter().flat_map(|(pk, sk)| [pk, sk]);
    let attributes: String = attributes.map(|name| attribute(name)).collect();
    let indexes: String = table.indexes.iter().map(index).collect();
    let indexes = if indexes.is_empty() { indexes } else { format!("      GlobalSecondaryIndexes:\n{indexes}") };
    format!(
        "
  {}:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      OnDemandThroughput:
        MaxReadRequestUnits: !Ref TableMaxReadUnits
        MaxWriteRequestUnits: !Ref TableMaxWriteUnits
      DeletionProtectionEnabled: !If [Production, true, false]
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: true
      SSESpecification:
        SSEEnabled: true
      TimeToLiveSpecification:
        AttributeName: expires_at
        Enabled: true
      AttributeDefinitions:
{}{}{attributes}      KeySchema:
        - AttributeName: pk
          KeyType: HASH
        - AttributeName: sk
          KeyType: RANGE
{indexes}",
        id(table),
        attribute("pk"),
        attribute("sk"),
    )
}

/// An index's two key attributes.
fn keys(index: &Index) -> (String, String) {
    (format!("{}_pk", index.0), format!("{}_sk", index.0))
}

fn attribute(name: &str) -> String {
    format!("        - AttributeName: {name}\n          AttributeType: S\n")
}

fn index(index: &Index) -> String {
    let (pk, sk) = keys(index);
    format!(
        "        - IndexName: {}
          KeySchema:
            - AttributeName: {pk}
              KeyType: HASH
            - AttributeName: {sk}
              KeyType: RANGE
          Projection:
            ProjectionType: ALL
          OnDemandThroughput:
            MaxReadRequestUnits: !Ref TableMaxReadUnits
            MaxWriteRequestUnits: !Ref TableMaxWriteUnits
",
        index.0
    )
}
