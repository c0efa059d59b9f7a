//! `cargo aws watch`: the functions as `cargo lambda watch` runs them, with tables and queues of an emulator and a bridge
//! from the queues to the functions.

use testing::{aws::REGION, emulators::MiniStack, free_port};
use tests::{Invoker, Town, deployed::Deployed, order::an_order_goes_all_the_way_to_the_door};

use crate::{
    Options,
    bridged::{Bridged, assert_names_no_event, no_event},
    tools::{listening, say, tool, until_stopped},
};

pub(crate) async fn run(options: Options) {
    let Bridged { queues, mut variables } = Bridged::open(MiniStack::shared().await.endpoint()).await;
    for (name, value) in [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", REGION)] {
        variables.insert(name.to_owned(), value.to_owned());
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
    let mut invoke = tool("cargo-lambda", "");
    invoke.env_remove("AWS_ENDPOINT_URL").args(["lambda", "invoke", "--invoke-address", "127.0.0.1"]);
    invoke.args(["--invoke-port", &port.to_string(), "notify", "--data-ascii", &no_event().to_string()]);
    let output = invoke.output().await.expect("it can be started");
    assert_names_no_event(&output);
    say("`cargo lambda invoke notify` names the message that is no event.");
}
