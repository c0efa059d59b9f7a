//! The contract of a store, kept on DynamoDB-compatible servers over HTTP.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use app::Store;
use aws_types::SdkConfig;
use dynamodb::DynamoDb;
use testing::{
    contract::{OTHER, TABLE, keeps_the_contract, keeps_to_the_model},
    emulators::{DynamoDbLocal, MiniStack},
};

/// How many random histories are tried on each server: each makes its tables.
const HISTORIES: u32 = 24;

/// A store on tables that nobody else has.
async fn store(sdk: &SdkConfig) -> Arc<dyn Store> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    let store = DynamoDb::connect(sdk, [TABLE, OTHER].map(|table| (table, format!("{}-{count}", table.name))));
    for table in [TABLE, OTHER] {
        store.create(table).await.expect("a table can be made");
        store.let_expire(table).await.expect("what has expired may go");
    }
    Arc::new(store)
}

#[tokio::test]
async fn ministack_keeps_the_contract() {
    let sdk = aws::emulated(MiniStack::shared().await.endpoint());
    keeps_the_contract(async || store(&sdk).await).await;
}

#[tokio::test]
async fn dynamodb_local_keeps_the_contract() {
    let Some(server) = DynamoDbLocal::start().await else { return };
    let sdk = aws::emulated(server.endpoint());
    keeps_the_contract(async || store(&sdk).await).await;
}

#[test]
fn ministack_keeps_to_the_model() {
    keeps_to_the_model(HISTORIES, async || store(&aws::emulated(MiniStack::shared().await.endpoint())).await);
}

#[test]
fn dynamodb_local_keeps_to_the_model() {
    let start = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let Some(server) = start.block_on(DynamoDbLocal::start()) else { return };
    keeps_to_the_model(HISTORIES, async || store(&aws::emulated(server.endpoint())).await);
}
