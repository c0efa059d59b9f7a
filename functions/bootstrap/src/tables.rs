//! `function tables`: makes what is missing of the tables of all services, where no template makes them, and ends.

use app::{Service, StoreError, Table};
use client::Http;
use dynamodb::DynamoDb;
use host::requirements::{self, AWS_ENDPOINT, REGION, tables_with_broker};

use crate::environment::variable;

/// What the command line calls it.
pub(crate) const NAME: &str = "tables";

/// Why tables were not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoTables {
    /// The environment lacks these.
    #[error("the environment does not say {0}")]
    Unnamed(String),
    #[error("the table {name}: {source}")]
    Failed { name: String, source: StoreError },
}

/// Makes them, and says of each what was missing.
pub(crate) async fn make(services: &[Service]) -> Result<(), NoTables> {
    let mut missing = Vec::new();
    let mut said = |name: &str| {
        variable(name).unwrap_or_else(|| {
            missing.push(name.to_owned());
            String::new()
        })
    };
    let region = said(REGION);
    let tables: Vec<(Table, String)> = tables_with_broker(services)
        .into_iter()
        .map(|table| (table, said(&requirements::table_variable(table))))
        .collect();
    if !missing.is_empty() {
        return Err(NoTables::Unnamed(missing.join(", ")));
    }
    let sdk = aws::config(&Http::new(), &region, variable(AWS_ENDPOINT).as_deref());
    let store = DynamoDb::connect(&sdk, tables.iter().cloned());
    for (table, name) in tables {
        let made = store.complete(table).await.map_err(|source| NoTables::Failed { name: name.clone(), source })?;
        let made: Vec<String> = made.iter().map(ToString::to_string).collect();
        let made = if made.is_empty() { "nothing, as it is whole".to_owned() } else { made.join(", ") };
        tracing::info!(table = name, made);
    }
    Ok(())
}
