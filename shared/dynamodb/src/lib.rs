//! The store port on `DynamoDB`: a table per service, items as they are, conditions as condition expressions.
//!
//! An item has the attributes `pk`, `sk` and `type` (strings), `version` (a number), `body` (JSON text), `expires_at`
//! (Unix seconds, the table's TTL), and `<index>_pk` and `<index>_sk` for each index it is in.

mod attributes;
mod complete;
mod condition;
mod consumed;
mod failure;
mod outcome;
mod query;
mod retry;
mod schema;
mod store;
mod transact;

pub use attributes::{EXPIRES_AT, PK, SK, index_pk, index_sk};
pub use complete::Made;
pub use store::DynamoDb;
