//! `cargo aws up --invoke sam`, and `sam local start-api` and `sam local start-lambda` beside it: functions in containers.

use std::process::Stdio;

use cargo_aws::{
    bridge_address,
    environment::{API_PORT, FOR_SAM, HOST_OF_CONTAINERS, INVOKE_PORT},
    say,
    tool::{build, root, succeed, tool},
};
use tests::{Town, order::an_order_goes_all_the_way_to_the_door};
use tokio::process::Command;

use crate::{
    by_hand::{names_no_event, no_event},
    started::Started,
    up::up,
};

/// The image that functions run in.
const IMAGE: &str = "tiffin/lambda-base:1";

/// Skips it where no Docker engine answers.
pub(crate) async fn run(is_built: bool) {
    let Some(bridge) = bridge_address().await else {
        return say("SKIPPED: sam local runs functions in containers, and no Docker engine answers here");
    };
    if !is_built {
        build().await.expect("the programs can be built");
    }
    let mut image = Command::new("sh");
    image.arg(root().join("tests/src/bin/stock/base_image.sh")).arg(IMAGE);
    succeed(image).await.expect("the image can be made");

    let (emulator, deployed) = up(&["--invoke", "sam"]).await;
    let host = format!("{HOST_OF_CONTAINERS}:{bridge}");
    let serving = Started::listening("sam local start-api", serve("start-api", &host), API_PORT).await;
    let invoking = Started::listening("sam local start-lambda", serve("start-lambda", &host), INVOKE_PORT).await;
    let town = Town::of_others(format!("http://127.0.0.1:{API_PORT}"), deployed);
    an_order_goes_all_the_way_to_the_door(&town).await;
    say("An order went all the way to the door.");
    invoked_by_hand(&host).await;
    for process in [serving, invoking, emulator] {
        process.end().await;
    }
}

/// A consumer by `sam local invoke`, as its users call it.
async fn invoked_by_hand(host: &str) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let event = folder.path().join("event.json");
    std::fs::write(&event, no_event().to_string()).expect("a file can be written");
    let mut invoke = sam("invoke", host);
    invoke.arg("--event").arg(event).arg("Notify");
    names_no_event(invoke).await;
    say("`sam local invoke Notify` names the message that is no event.");
}

/// `sam local …` for this template, image and environment; where containers find this computer.
fn sam(what: &str, host: &str) -> Command {
    let mut sam = tool("sam").expect("it is installed");
    sam.args(["local", what, "--template-file", "template.yaml", "--env-vars", FOR_SAM, "--add-host", host]);
    sam.args(["--invoke-image", IMAGE, "--skip-pull-image"]);
    sam.args(["--parameter-overrides", "Stage=local", "Architecture=x86_64"]);
    sam
}

fn serve(what: &str, host: &str) -> Command {
    let mut sam = sam(what, host);
    sam.args(["--host", "127.0.0.1", "--warm-containers", "LAZY"]).stdout(Stdio::null()).stderr(Stdio::null());
    sam
}
