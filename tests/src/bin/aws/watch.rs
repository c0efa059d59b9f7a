//! `cargo aws watch`: the functions as `cargo lambda watch` runs them, with tables and queues of an emulator and a bridge
//! from the queues to the functions.

use std::collections::BTreeMap;

use app::Keys;
use host::requirements;
use serde_json::json;
use testing::emulators::MiniStack;
use tests::{
    Invoker, Queues, Town,
    deployed::Deployed,
    fleet::{self, KeyMaterial, REGION},
    order::an_order_goes_all_the_way_to_the_door,
};

use crate::{
    Options,
    tools::{free_port, listening, say, tool, until_stopped},
};

pub(crate) async fn run(options: Options) {
    let endpoint = MiniStack::shared().await.endpoint();
    let prefix = fleet::unique_name();
    let (_, tables) = fleet::tables(endpoint, &prefix).await;
    let queues = Queues::open(endpoint, &prefix).await;
    let keys = KeyMaterial::of(&Keys::generate().expect("keys can be made"));
    let mut variables: BTreeMap<String, String> = keys.secrets.into_iter().collect();
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", REGION),
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
    // Quoted, as the tool reads them: some are JSON.
    let environment: Vec<String> = variables.iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("env");
    std::fs::write(&file, environment.concat()).expect("a file can be written");

    let port = free_port();
    let mut watch = tool("cargo-lambda", "");
    watch.env_remove("AWS_ENDPOINT_URL").args(["lambda", "watch", "--ignore-changes", "--env-file"]).arg(file);
    watch.args(["--invoke-address", "127.0.0.1", "--invoke-port", &port.to_string()]);
    let mut watching = watch.spawn().expect("it can be started");
    listening(port, &mut watching).await;
    let url = format!("http://127.0.0.1:{port}");
    if !options.order {
        return until_stopped(&url).await;
    }
    let invoker = Invoker::at(&url, str::to_owned);
    let town = Town::of_others(&url, Deployed::Bridged { queues, invoker });
    an_order_goes_all_the_way_to_the_door(&town).await;
    say("An order went all the way to the door.");
    invoked_by_hand(port).await;
}

/// A consumer by `cargo lambda invoke`, as its users call it: a batch whose only message is no event.
async fn invoked_by_hand(port: u16) {
    let payload = json!({"Records": [{"messageId": "m", "body": "no event", "eventSource": "aws:sqs"}]}).to_string();
    let mut invoke = tool("cargo-lambda", "");
    invoke.env_remove("AWS_ENDPOINT_URL").args(["lambda", "invoke", "--invoke-address", "127.0.0.1"]);
    invoke.args(["--invoke-port", &port.to_string(), "notify", "--data-ascii", &payload]);
    let output = invoke.output().await.expect("it can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    let named = text.replace(char::is_whitespace, "").contains(r#"{"itemIdentifier":"m"}"#);
    assert!(named, "{text}{}", String::from_utf8_lossy(&output.stderr));
    say("`cargo lambda invoke notify` names the message that is no event.");
}
