//! How the tables of functions are made in an emulator.

use app::{StoreError, Table};
use dynamodb::DynamoDb;

use crate::names;

/// Makes them under this prefix, and returns the store over them. The server deletes nothing by itself.
pub async fn make(
    endpoint: &str,
    prefix: &str,
    tables: impl IntoIterator<Item = Table>,
) -> Result<DynamoDb, StoreError> {
    let tables: Vec<Table> = tables.into_iter().collect();
    let named = tables.iter().map(|table| (*table, names::table(prefix, *table)));
    let store = DynamoDb::connect(&aws::emulated(endpoint), named);
    for table in tables {
        store.create(table).await?;
    }
    Ok(store)
}
