//! `tiffin keys --out`: what it writes is read as it was written by a shell, by cargo-lambda and by a container engine.

use std::{collections::BTreeMap, fs, path::Path};

use cargo_aws::{
    bridge_address, say,
    tool::{root, succeed, tool},
};
use serde_json::Value;
use testing::{free_port, listens};
use tokio::process::Command;

use crate::image;

/// What each is read from: `NAME=value` lines.
type Variables = BTreeMap<String, String>;

pub(crate) async fn run() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("keys.env");
    let mut keys = Command::new(env!("CARGO"));
    keys.args(["run", "--quiet", "--bin", "tiffin", "--", "keys", "--out"]).arg(&file).current_dir(root());
    succeed(keys).await.expect("keys can be made");
    let written = variables(&fs::read_to_string(&file).expect("it can be read"));
    assert!(written.contains_key("TIFFIN_PUBLIC_KEYS") && written.contains_key("TIFFIN_CURSOR_KEY"), "{written:?}");

    let mut shell = Command::new("sh");
    shell.args(["-euc", "set -a; . \"$0\"; env"]).arg(&file);
    read_by("a shell", shell, &written).await;
    by_cargo_lambda(&file, &written["TIFFIN_PUBLIC_KEYS"]).await;
    if bridge_address().await.is_none() {
        return say("SKIPPED: keys read by a container engine, and none answers here");
    }
    image::make().await;
    let mut docker = Command::new("docker");
    docker.args(["run", "--rm", "--entrypoint", "/bin/busybox", "--env-file"]).arg(&file).args([image::IMAGE, "env"]);
    read_by("a container engine", docker, &written).await;
}

/// Checks that the environment that a command prints holds what was written.
async fn read_by(reader: &str, command: Command, written: &Variables) {
    let output = succeed(command).await.expect("it reads");
    let read = variables(&String::from_utf8_lossy(&output.stdout));
    for (name, value) in written {
        assert_eq!(read.get(name), Some(value), "{reader} read {name}");
    }
    say(&format!("{} keys are read by {reader} as they were written.", written.len()));
}

/// A function that shows public keys shows those of the file.
async fn by_cargo_lambda(file: &Path, public_keys: &str) {
    let port = free_port();
    let mut watch = tool("cargo-lambda").expect("it is installed");
    watch.args(["lambda", "watch", "-A", "127.0.0.1", "-P", &port.to_string(), "--env-file"]).arg(file);
    watch.args(["--env-var", "TIFFIN_ISSUER=http://localhost"]);
    let mut watching = watch.spawn().expect("it can be started");
    assert!(listens("127.0.0.1", port, || false).await, "nothing listens on port {port}");
    let url = format!("http://127.0.0.1:{port}/.well-known/jwks.json");
    let shown = reqwest::get(url).await.expect("it answers").text().await.expect("text");
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    let written: Value = app::from_word(public_keys).expect("keys");
    assert_eq!(shown["keys"], written["access-token"]);
    say("Keys are read by cargo-lambda as they were written.");
    watching.kill().await.expect("it can be ended");
}

fn variables(text: &str) -> Variables {
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
