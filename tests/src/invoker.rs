//! Invokes functions on Lambda: the processes of a fleet, or whatever answers as Lambda's own API does.

use std::sync::Arc;

use serde_json::Value;
use testing::Failed;

use crate::fleet::Programs;

/// Invokes functions by their name.
pub enum Invoker {
    /// The processes of a fleet.
    Fleet(Arc<Programs>),
    /// An endpoint of Lambda's API, as local tools serve one.
    Endpoint {
        /// Where it answers.
        url: String,
        /// The client that calls it.
        client: reqwest::Client,
        /// What a function is called there.
        named: fn(&str) -> String,
    },
}

impl Invoker {
    /// An endpoint, and what functions are called there.
    pub fn at(url: impl Into<String>, named: fn(&str) -> String) -> Self {
        Self::Endpoint { url: url.into(), client: reqwest::Client::new(), named }
    }

    /// Invokes a function and waits for its answer.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value, Failed> {
        match self {
            Self::Fleet(programs) => programs.invoke(function, payload).await,
            Self::Endpoint { url, client, named } => {
                let url = format!("{url}/2015-03-31/functions/{}/invocations", named(function));
                let response = client.post(url).body(payload.to_string()).send().await.map_err(|_| Failed::NoAnswer)?;
                let failed = response.headers().contains_key("x-amz-function-error") || !response.status().is_success();
                let text = response.text().await.map_err(|_| Failed::NoAnswer)?;
                if failed {
                    return Err(Failed::Error(text));
                }
                serde_json::from_str(&text).map_err(|_| Failed::Error(text))
            }
        }
    }
}
