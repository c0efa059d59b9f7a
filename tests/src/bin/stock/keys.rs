//! `tiffin keys --out`: what it writes is read as it was written by a shell, by a container engine and by cargo-lambda.

use std::{collections::BTreeMap, fs, path::Path};

use cargo_aws::{
    bridge_address, say,
    tool::{root, succeed, tool},
};
use serde_json::Value;
use testing::free_port;
use tokio::process::Command;

use crate::{image, terminal::Terminal};

/// `NAME=value` lines.
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
    if bridge_address().await.is_some() {
        image::make().await;
        let mut docker = Command::new("docker");
        docker.args(["run", "--rm", "--env-file"]).arg(&file).args([image::IMAGE, "busybox", "env"]);
        read_by("a container engine", docker, &written).await;
    } else {
        say("SKIPPED: keys read by a container engine, and none answers here");
    }
    by_cargo_lambda(&file, &written["TIFFIN_PUBLIC_KEYS"]).await;
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

/// The function that shows public keys shows those of the file.
async fn by_cargo_lambda(file: &Path, public_keys: &str) {
    let port = free_port();
    let mut watch = tool("cargo-lambda").expect("it is installed");
    // Where CargoLambda.toml is found, its `env_file` wins.
    watch.current_dir(file.parent().expect("a folder")).args(["lambda", "watch", "--env-file"]).arg(file);
    watch.arg("--manifest-path").arg(root().join("Cargo.toml")).args(["--env-var", "TIFFIN_ISSUER=http://localhost"]);
    watch.args(["--invoke-address", "127.0.0.1", "--invoke-port", &port.to_string()]);
    let watching = Terminal::open(watch, port).await;
    let url = format!("http://127.0.0.1:{port}/lambda-url/get-jwks/.well-known/jwks.json");
    let shown = reqwest::get(url).await.expect("it answers").text().await.expect("text");
    let shown: Value = serde_json::from_str(&shown).unwrap_or_else(|_| panic!("no JSON: {shown}"));
    let written: Value = app::from_word(public_keys).expect("keys");
    assert_eq!(shown["keys"], written["access-token"]);
    say("They are read by cargo-lambda as they were written.");
    watching.interrupt().await;
}

fn variables(text: &str) -> Variables {
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
