//! `cargo aws up`, as its users type it.

use cargo_aws::{SERVICES, environment::EMULATOR_PORT, names, tool::root};
use serde_json::json;
use testing::aws::Aws;
use tests::deployed::Deployed;
use tokio::process::Command;

use crate::started::Started;

/// Starts it; returns it with what it made, once that is there.
pub(crate) async fn up(arguments: &[&str]) -> (Started, Deployed) {
    let mut command = Command::new(env!("CARGO"));
    command.args(["aws", "up"]).args(arguments).current_dir(root());
    let process = Started::saying("cargo aws up", command, "The emulator answers at").await;
    let aws = Aws::at(&format!("http://127.0.0.1:{EMULATOR_PORT}"));
    let mut queues = Vec::new();
    let functions = SERVICES.iter().flat_map(|service| service.functions);
    for consumer in functions.filter(|declaration| !declaration.subscriptions().is_empty()) {
        let name = names::queue(names::PREFIX, consumer.function.name);
        let reply = aws.sqs("GetQueueUrl", json!({"QueueName": name})).await.expect("it has a queue");
        queues.push(reply["QueueUrl"].as_str().expect("it has a URL").to_owned());
    }
    (process, Deployed { aws, queues })
}
