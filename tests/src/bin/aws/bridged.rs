//! Functions that a tool runs one at a time, on tables and queues of an emulator, with a bridge from the queues to them.

use std::{collections::BTreeMap, process::Output};

use app::Keys;
use host::requirements;
use serde_json::{Value, json};
use tests::{
    Queues,
    fleet::{self, KeyMaterial},
};

/// What such functions stand on.
pub(crate) struct Bridged {
    pub(crate) queues: Queues,
    /// What each of them may be told.
    pub(crate) variables: BTreeMap<String, String>,
}

impl Bridged {
    /// Tables and queues that nobody else has, of the emulator that answers here.
    pub(crate) async fn open(endpoint: &str) -> Self {
        let prefix = fleet::unique_name();
        let (_, tables) = fleet::tables(endpoint, &prefix).await;
        let queues = Queues::open(endpoint, &prefix).await;
        let keys = KeyMaterial::of(&Keys::generate().expect("keys can be made"));
        let mut variables: BTreeMap<String, String> = keys.secrets.into_iter().collect();
        for (name, value) in [
            (requirements::AWS_ENDPOINT, endpoint),
            (requirements::TOPIC_ARN, &queues.topic),
            (requirements::PUBLIC_KEYS, &keys.public_keys),
            (requirements::SWEEP_WINDOW_S.name, "0"),
            (requirements::ISSUER.name, testing::ISSUER),
        ] {
            variables.insert(name.to_owned(), value.to_owned());
        }
        for (table, physical) in tables {
            variables.insert(requirements::table_variable(app::Table::new(table, &[])), physical);
        }
        Self { queues, variables }
    }
}

/// A batch whose only message is no event.
pub(crate) fn no_event() -> Value {
    json!({"Records": [{"messageId": "m", "body": "no event", "eventSource": "aws:sqs"}]})
}

/// Checks that who was handed [`no_event`] names that message as failed.
pub(crate) fn assert_names_no_event(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    let named = text.replace(char::is_whitespace, "").contains(r#"{"itemIdentifier":"m"}"#);
    assert!(named, "{text}{}", String::from_utf8_lossy(&output.stderr));
}
