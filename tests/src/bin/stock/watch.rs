//! `cargo aws up`, and `cargo lambda watch` beside it.

use cargo_aws::{environment::WATCH_PORT, say, tool::tool};
use tests::{Town, order::an_order_goes_all_the_way_to_the_door};

use crate::{
    by_hand::{names_no_event, no_event},
    started::Started,
    up::up,
};

pub(crate) async fn run() {
    let (emulator, deployed) = up(&[]).await;
    let mut watch = tool("cargo-lambda").expect("it is installed");
    watch.args(["lambda", "watch", "-A", "127.0.0.1"]);
    let watching = Started::listening("cargo lambda watch", watch, WATCH_PORT).await;
    let town = Town::of_others(format!("http://127.0.0.1:{WATCH_PORT}"), deployed);
    an_order_goes_all_the_way_to_the_door(&town).await;
    say("An order went all the way to the door.");

    let mut invoke = tool("cargo-lambda").expect("it is installed");
    invoke.args(["lambda", "invoke", "notify", "--data-ascii", &no_event().to_string()]);
    names_no_event(invoke).await;
    say("`cargo lambda invoke notify` names the message that is no event.");
    watching.end().await;
    emulator.end().await;
}
