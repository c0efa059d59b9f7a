//! The tables of functions, and how they are made in an emulator.

use app::{Service, StoreError, Table};
use dynamodb::DynamoDb;
use host::requirements::Requirements;

use crate::names;

/// The tables of these services, each once: every service's own, then what functions use besides.
pub fn tables(services: &[Service]) -> Vec<Table> {
    let functions = services.iter().flat_map(|service| service.functions.iter().map(move |one| (service, one)));
    let used = functions.flat_map(|(service, declaration)| Requirements::of(service, declaration).tables);
    let mut tables: Vec<Table> = Vec::new();
    for table in services.iter().map(|service| service.table).chain(used) {
        if tables.iter().all(|known| known.name != table.name) {
            tables.push(table);
        }
    }
    tables
}

/// Makes them under this prefix, and returns the store over them. The server deletes nothing by itself.
pub async fn make(endpoint: &str, prefix: &str, services: &[Service]) -> Result<DynamoDb, StoreError> {
    let tables = tables(services);
    let named = tables.iter().map(|table| (*table, names::table(prefix, *table)));
    let store = DynamoDb::connect(&aws::emulated(endpoint), named);
    for table in tables {
        store.create(table).await?;
    }
    Ok(store)
}
