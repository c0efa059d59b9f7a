//! `cargo xtask bench lambda`: what programs weigh and how fast they start, beside a function that says hello.
//!
//! Each runs under a runtime API of its own. Nothing is asked of AWS: endpoints answer a request without a token, consumers
//! an empty batch. So these are the costs of the program, not of its tables.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use app::{Keys, PublicKeys, Service, Trigger};
use flate2::{Compression, write::DeflateEncoder};
use host::needs::{self, Needs};
use serde_json::{Value, json};
use testing::RuntimeApi;
use tiffin::services::SERVICES;
use tokio::runtime::Runtime;

/// How often each program is started, and how often it is then invoked.
const STARTS: usize = 10;
const INVOKES: usize = 20;
/// What is built by `cargo lambda build`, and where the function that says hello lies.
const PROGRAMS: &str = "target/lambda";
const EMPTY: &str = "target/x86_64-unknown-linux-gnu/release/examples/empty";

/// Figures of one program.
struct Figures {
    bytes: u64,
    deflated: usize,
    start: Duration,
    first: Duration,
    warm: Duration,
    resident_kib: u64,
}

/// Measures every program that is built, the empty one first.
#[expect(clippy::print_stdout, reason = "a report for the terminal")]
pub(super) fn measure() -> Result<()> {
    build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let request = request("GET", "/");
    let empty = figures(&runtime, &crate_root().join(EMPTY), "empty", Vec::new(), &request)?;
    println!(
        "{:28} {:>7} {:>7} {:>9} {:>6} {:>8} {:>8} {:>7}",
        "", "MB", "zip MB", "start ms", "ratio", "first ms", "warm ms", "RSS MB"
    );
    show("empty", &empty, &empty);
    for (service, declaration) in SERVICES.iter().flat_map(|one| one.functions.iter().map(move |it| (one, it))) {
        let name = declaration.function.name;
        let payload = match &declaration.trigger {
            Trigger::Endpoint(endpoint) => self::request(endpoint.route.method.name(), endpoint.route.path),
            Trigger::Subscriber { .. } => json!({"Records": []}),
            // A sweep begins with its table.
            Trigger::Sweep { .. } => continue,
        };
        let program = crate_root().join(PROGRAMS).join(name).join("bootstrap");
        let variables = variables(service, name)?;
        show(name, &figures(&runtime, &program, name, variables, &payload)?, &empty);
    }
    println!(
        "start: from the process to the first poll, median of {STARTS}; first and warm: an invocation without I/O"
    );
    Ok(())
}

fn crate_root() -> PathBuf {
    xtask::root()
}

/// Both as they are deployed, in one tree.
fn build() -> Result<()> {
    let tool = xtask::root().join("target/tools/aws/bin/cargo-lambda");
    let mut programs = Command::new(tool);
    programs.args(["lambda", "build", "--release", "--compiler", "cargo", "--package", "bootstrap"]);
    let mut empty = Command::new(env!("CARGO"));
    empty.args([
        "build",
        "--release",
        "--target",
        "x86_64-unknown-linux-gnu",
        "--package",
        "bootstrap",
        "--example",
        "empty",
    ]);
    // As cargo-lambda has it, or everything would be compiled twice.
    empty.env("RUSTFLAGS", "-C target-cpu=haswell");
    for mut command in [programs, empty] {
        if !command.current_dir(xtask::root()).status()?.success() {
            bail!("the programs can't be built: has `cargo xtask tools` been?");
        }
    }
    Ok(())
}

fn figures(
    runtime: &Runtime,
    program: &Path,
    name: &str,
    variables: Vec<(String, String)>,
    payload: &Value,
) -> Result<Figures> {
    let bytes = fs::read(program).with_context(|| format!("{} is not built", program.display()))?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    std::io::Write::write_all(&mut encoder, &bytes)?;
    let deflated = encoder.finish()?.len();
    let (mut starts, mut firsts, mut warms, mut resident_kib) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..STARTS {
        runtime.block_on(async {
            let api = RuntimeApi::open().await;
            let begun = Instant::now();
            let mut process = spawn(program, api.environment(name), &variables)?;
            starts.push(api.first_poll().await - begun);
            for number in 0..INVOKES {
                let asked = Instant::now();
                let answered = api.invoke(payload.to_string()).await;
                if answered.is_err() {
                    bail!("{name}: {answered:?}");
                }
                if number == 0 { &mut firsts } else { &mut warms }.push(asked.elapsed());
            }
            resident_kib = resident(process.id())?;
            process.kill()?;
            process.wait()?;
            Ok(())
        })?;
    }
    Ok(Figures {
        bytes: bytes.len() as u64,
        deflated,
        start: median(starts),
        first: median(firsts),
        warm: median(warms),
        resident_kib,
    })
}

fn spawn(program: &Path, lambda: Vec<(String, String)>, variables: &[(String, String)]) -> Result<Child> {
    let mut command = Command::new(program);
    command.env_clear().envs(lambda).envs(variables.iter().cloned()).env("RUST_LOG", "error");
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}

/// `VmRSS`, in KiB.
fn resident(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("a process has a size")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort_unstable();
    durations[durations.len() / 2]
}

/// A request without a token, as an HTTP API hands it over.
fn request(method: &str, path: &str) -> Value {
    let context = json!({
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "bench"},
        "accountId": "0", "apiId": "api", "domainName": "api.example", "domainPrefix": "api", "requestId": "r",
        "routeKey": "$default", "stage": "$default", "time": "23/Nov/2026:12:00:00 +0000", "timeEpoch": 0,
    });
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "isBase64Encoded": false,
        "headers": {"host": "api.example"}, "requestContext": context,
    })
}

/// What the program needs to start; its tables are nowhere.
fn variables(service: &Service, name: &str) -> Result<Vec<(String, String)>> {
    let declaration = service.function(name).context("it is declared")?;
    let needs = Needs::of(service, declaration);
    let pairs = Keys::generate()?;
    let mut variables = BTreeMap::from([
        ("AWS_REGION".to_owned(), "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID".to_owned(), "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY".to_owned(), "test".to_owned()),
        (needs::TOPIC_ARN.to_owned(), "arn:aws:sns:us-east-1:000000000000:events".to_owned()),
        (needs::PUBLIC_KEYS.to_owned(), serde_json::to_string(&PublicKeys::of(&pairs)?)?),
        // 32 bytes, base64url.
        (needs::CURSOR_KEY.to_owned(), "A".repeat(43)),
    ]);
    for (kind, pair) in Keys::KINDS.into_iter().zip(&pairs) {
        variables.insert(needs::key_variable(kind), serde_json::to_string(pair)?);
    }
    variables.extend(needs.tables.iter().map(|table| (needs::table_variable(*table), table.name.to_owned())));
    Ok(variables.into_iter().collect())
}

#[expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "a report for the terminal")]
fn show(name: &str, figures: &Figures, empty: &Figures) {
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    println!(
        "{name:28} {:7.1} {:7.1} {:9.1} {:6.1} {:8.2} {:8.2} {:7.1}",
        figures.bytes as f64 / 1e6,
        figures.deflated as f64 / 1e6,
        ms(figures.start),
        ms(figures.start) / ms(empty.start),
        ms(figures.first),
        ms(figures.warm),
        figures.resident_kib as f64 / 1024.0,
    );
}
