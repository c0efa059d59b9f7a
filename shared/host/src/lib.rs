//! Runs operations: parses, authenticates, calls, commits, publishes and replies; and the documents made from declarations.

mod answer;
mod asyncapi;
mod catalogue;
pub mod cors;
mod cursor;
mod deliver;
mod edge;
mod host;
mod idempotency;
pub mod needs;
mod openapi;
mod pages;
mod query;
mod races;
mod refusal;
mod reply;
mod router;
mod sweeps;
mod system;
mod tokens;
mod trace;

pub use answer::is_json;
pub use asyncapi::asyncapi;
pub use catalogue::{FunctionRow, access_matrix, function_rows, setting_rows};
pub use deliver::Delivered;
pub use edge::{edge, edge_without_cors};
pub use host::{Host, Options, Ports};
pub use needs::Needs;
pub use openapi::openapi;
pub use pages::pages;
pub use refusal::{KEYWORDS, input_schema, wrong_fields};
pub use reply::{none_match, problem};
pub use router::{MAX_BODY_BYTES, method_not_allowed, read_body, router};
pub use sweeps::Swept;
pub use system::{SystemClock, SystemRandom};
