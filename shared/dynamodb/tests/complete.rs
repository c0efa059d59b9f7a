//! Tables made whole, on DynamoDB-compatible servers.

use app::{Index, Table};
use aws_types::SdkConfig;
use dynamodb::{DynamoDb, Made};
use testing::emulators::{DynamoDbLocal, MiniStack};

const BY_NAME: Index = Index("by-name");
const BY_PLACE: Index = Index("by-place");
/// A table before it had indexes, and as it is now.
const BEFORE: Table = Table::new("things", &[]);
const NOW: Table = Table::new("things", &[BY_NAME, BY_PLACE]);

/// What is made; backups are left out, which not every server has.
async fn complete(store: &DynamoDb, table: Table) -> Vec<Made> {
    let made = store.complete(table).await.expect("it can be completed");
    made.into_iter().filter(|made| *made != Made::Backups).collect()
}

async fn makes_what_is_missing_and_nothing_else(sdk: &SdkConfig) {
    let store = |name: &str| DynamoDb::connect(sdk, [(NOW, name.to_owned())]);
    let new = store("new-things");
    assert_eq!(complete(&new, NOW).await, [Made::Table, Made::Expiry]);
    assert_eq!(new.complete(NOW).await.expect("it is whole"), []);
    let old = store("old-things");
    old.create(BEFORE).await.expect("a table can be made");
    assert_eq!(complete(&old, NOW).await, [Made::Index(BY_NAME), Made::Index(BY_PLACE), Made::Expiry]);
    assert_eq!(old.complete(NOW).await.expect("it is whole"), []);
}

#[tokio::test]
async fn on_ministack() {
    makes_what_is_missing_and_nothing_else(&aws::emulated(MiniStack::shared().await.endpoint())).await;
}

#[tokio::test]
async fn on_dynamodb_local() {
    let Some(server) = DynamoDbLocal::start().await else { return };
    makes_what_is_missing_and_nothing_else(&aws::emulated(server.endpoint())).await;
}
