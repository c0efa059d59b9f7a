//! A consumer called by hand, with a batch that it can't handle.

use serde_json::{Value, json};
use tokio::process::Command;

/// A batch whose only message is no event.
pub(crate) fn no_event() -> Value {
    json!({"Records": [{"messageId": "m", "body": "no event", "eventSource": "aws:sqs"}]})
}

/// Runs a tool that hands [`no_event`] to a consumer, and checks that this names the message as failed.
pub(crate) async fn names_no_event(mut invoke: Command) {
    let output = invoke.output().await.expect("it can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    let named = text.replace(char::is_whitespace, "").contains(r#"{"itemIdentifier":"m"}"#);
    assert!(named, "{text}{}", String::from_utf8_lossy(&output.stderr));
}
