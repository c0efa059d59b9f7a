//! How the tables of functions are made in an emulator.

use app::{Service, StoreError};
use dynamodb::DynamoDb;
use host::requirements::tables_of;

use crate::names;

/// Makes them under this prefix, and returns the store over them. The server deletes nothing by itself.
pub async fn make(endpoint: &str, prefix: &str, services: &[Service]) -> Result<DynamoDb, StoreError> {
    let tables = tables_of(services);
    let named = tables.iter().map(|table| (*table, names::table(prefix, *table)));
    let store = DynamoDb::connect(&aws::emulated(endpoint), named);
    for table in tables {
        store.create(table).await?;
    }
    Ok(store)
}
