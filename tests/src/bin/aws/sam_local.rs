//! `cargo aws sam-local`: the functions in containers, as `sam local start-api` and `sam local start-lambda` run them, with
//! tables and queues of an emulator and a bridge from the queues to the functions.

use std::{net::Ipv4Addr, path::Path, process::Stdio};

use serde_json::json;
use testing::{emulators::MiniStack, free_port};
use tests::{Invoker, Town, deployed::Deployed, order::an_order_goes_all_the_way_to_the_door};
use tokio::process::Command;

use crate::{
    Options,
    bridged::{Bridged, assert_names_no_event, no_event},
    tools::{build, listening, root, say, succeed, tool, until_stopped},
};

/// The image that functions run in.
const IMAGE: &str = "tiffin/lambda-base:1";

/// Skips it where no Docker engine answers.
pub(crate) async fn run(options: Options) {
    let Some(bridge) = bridge().await else {
        return say("SKIPPED: sam local runs functions in containers, and no Docker engine answers here");
    };
    build(options).await;
    let mut image = Command::new("sh");
    image.arg(root().join("tests/src/bin/aws/base_image.sh")).arg(IMAGE);
    succeed(image).await;

    // Containers reach what listens on the bridge's own address.
    let emulator = MiniStack::start_at(&bridge).await;
    let Bridged { queues, variables } = Bridged::open(emulator.endpoint()).await;
    let folder = tempfile::tempdir().expect("a folder can be made");
    let environment = folder.path().join("env.json");
    std::fs::write(&environment, json!({"Parameters": variables}).to_string()).expect("a file can be written");

    let api = free_port();
    let lambda = free_port();
    let mut serving = serve("start-api", api, &environment).spawn().expect("it can be started");
    let mut invoking = serve("start-lambda", lambda, &environment).spawn().expect("it can be started");
    listening(api, &mut serving).await;
    listening(lambda, &mut invoking).await;
    let url = format!("http://127.0.0.1:{api}");
    if options.order {
        let invoker = Invoker::at(format!("http://127.0.0.1:{lambda}"), logical_id);
        let town = Town::of_others(&url, Deployed::Bridged { queues, invoker });
        an_order_goes_all_the_way_to_the_door(&town).await;
        say("An order went all the way to the door.");
        invoked_by_hand(folder.path(), &environment).await;
    } else {
        until_stopped(&url).await;
    }
    // Asked to stop, not killed: it removes its containers.
    for process in [&mut serving, &mut invoking] {
        let id = process.id().unwrap_or_default().to_string();
        succeed({
            let mut kill = Command::new("kill");
            kill.args(["-TERM", &id]);
            kill
        })
        .await;
        process.wait().await.expect("it ends");
    }
}

/// The address of the host as containers see it; `None` where no engine answers. It is the first of the bridge's network.
async fn bridge() -> Option<String> {
    const SUBNET: &str = "{{(index .IPAM.Config 0).Subnet}}";
    let output = Command::new("docker").args(["network", "inspect", "bridge", "--format", SUBNET]).output().await;
    let output = output.ok().filter(|output| output.status.success())?;
    let network: Ipv4Addr = String::from_utf8(output.stdout).ok()?.split('/').next()?.parse().ok()?;
    Some(Ipv4Addr::from_bits(network.to_bits() + 1).to_string())
}

/// `sam local …` for this template, image and environment.
fn sam(what: &str, environment: &Path) -> Command {
    let mut sam = tool("sam", "");
    sam.env_remove("AWS_ENDPOINT_URL").args(["local", what, "--template-file", "template.yaml"]);
    sam.args(["--invoke-image", IMAGE, "--skip-pull-image", "--env-vars"]).arg(environment);
    sam.args(["--parameter-overrides", "Stage=local", "Architecture=x86_64"]);
    sam
}

fn serve(what: &str, port: u16, environment: &Path) -> Command {
    let mut sam = sam(what, environment);
    sam.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--warm-containers", "LAZY"]);
    sam.stdout(Stdio::null()).stderr(Stdio::null());
    sam
}

/// What a template calls a function: `place-order` is `PlaceOrder`.
fn logical_id(function: &str) -> String {
    function.split('-').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect()
}

/// A consumer by `sam local invoke`, as its users call it: a batch whose only message is no event.
async fn invoked_by_hand(folder: &Path, environment: &Path) {
    let event = folder.join("event.json");
    std::fs::write(&event, no_event().to_string()).expect("a file can be written");
    let mut invoke = sam("invoke", environment);
    invoke.arg("--event").arg(event).arg("Notify");
    let output = invoke.output().await.expect("it can be started");
    assert_names_no_event(&output);
    say("`sam local invoke Notify` names the message that is no event.");
}
