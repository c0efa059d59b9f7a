//! Functions that somebody else runs, invoked as Lambda's own API has it.

use serde_json::Value;
use testing::Failed;

/// What answers as Lambda's API does: `cargo lambda watch`, `sam local start-lambda`.
#[derive(Clone, Debug)]
pub struct LambdaApi {
    url: String,
    client: reqwest::Client,
    named: fn(&str) -> String,
}

impl LambdaApi {
    /// The one at this URL, and what functions are called there.
    pub fn at(url: impl Into<String>, named: fn(&str) -> String) -> Self {
        Self { url: url.into(), client: reqwest::Client::new(), named }
    }

    /// Invokes a function and waits for its answer, however long: it may have to be compiled.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value, Failed> {
        let url = format!("{}/2015-03-31/functions/{}/invocations", self.url, (self.named)(function));
        let response = self.client.post(url).body(payload.to_string()).send().await.map_err(|_| Failed::NoAnswer)?;
        let failed = response.headers().contains_key("x-amz-function-error") || !response.status().is_success();
        let text = response.text().await.map_err(|_| Failed::NoAnswer)?;
        if failed {
            return Err(Failed::Error(text));
        }
        serde_json::from_str(&text).map_err(|_| Failed::Error(text))
    }
}
