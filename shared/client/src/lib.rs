//! How programs call others: one HTTP client for all of it, the SDK of AWS too.

mod aws;
mod http;

pub use aws::{EMULATED_REGION, aws, emulated};
pub use http::Http;
