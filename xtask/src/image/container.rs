//! Containers of an image: what it says of itself, that it answers, may write nowhere, and ends when it is told to.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    process::{Command, Output},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use app::{Clock as _, Service};
use cargo_aws::keys::KeyMaterial;
use host::{
    SystemClock,
    requirements::{
        AWS_ENDPOINT, CURSOR_KEY, EVENTS_GUARD, ISSUER, PUBLIC_KEYS, REGION, SINK, secret_variable, table_variable,
        tables_of,
    },
};
use jiff::Timestamp;
use serde_json::Value;
use xtask::images::{Image, USER};

use super::MAX_BYTES;

/// How long a container may take to answer, and to end.
const ANSWERING: Duration = Duration::from_secs(10);
const ENDING: Duration = Duration::from_secs(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// What an image is tried with.
pub(super) struct Trial {
    /// What is run of it, and a request with its answer.
    pub(super) arguments: &'static [&'static str],
    pub(super) path: &'static str,
    pub(super) status: u16,
    pub(super) holds: &'static str,
    /// What is run of it to be ended while it starts: it signs cursors.
    pub(super) starting: &'static [&'static str],
}

/// Looks at an image, and runs it: with variables for functions of these services.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub(super) fn try_it(tag: &str, image: &Image, services: &[Service], trial: &Trial) -> Result<()> {
    let bytes = look_at(tag, image)?;
    let variables = variables(services)?;
    let ended = answers_and_ends(tag, trial, &variables)?;
    let ended_early = ends_while_it_starts(tag, trial, variables)?;
    println!(
        "{tag}: {bytes} bytes; /healthz and a request answered, nothing written to its root, ended {} ms after SIGTERM, and {} ms \
         while it started",
        ended.as_millis(),
        ended_early.as_millis()
    );
    Ok(())
}

/// Its size, its user, its labels, and what it runs.
fn look_at(tag: &str, image: &Image) -> Result<u64> {
    let inspected: Value = serde_json::from_str(&docker(&["image", "inspect", tag])?)?;
    let inspected = &inspected[0];
    let bytes = inspected["Size"].as_u64().context("an image has a size")?;
    ensure!(bytes <= MAX_BYTES, "{tag} has {bytes} bytes, over {MAX_BYTES}");
    let config = &inspected["Config"];
    ensure!(config["User"] == USER, "{tag} runs as {}", config["User"]);
    ensure!(config["Entrypoint"] == serde_json::json!(image.entry), "{tag} runs {}", config["Entrypoint"]);
    for (name, value) in image.labels() {
        ensure!(config["Labels"][name] == value, "{tag} says {} of {name}", config["Labels"][name]);
    }
    Ok(bytes)
}

/// All that functions of these services are told; none of it is reached.
fn variables(services: &[Service]) -> Result<Vec<(String, String)>> {
    let KeyMaterial { public_keys, secrets } = KeyMaterial::new(services)?;
    let nobody = "http://127.0.0.1:9";
    let fixed = [
        ("PORT", "0"),
        (ISSUER.name, "https://api.example"),
        (REGION, "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        (AWS_ENDPOINT, nobody),
        (SINK, nobody),
        (EVENTS_GUARD, "mesh"),
        (PUBLIC_KEYS, &public_keys),
    ];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let tables = tables_of(services).into_iter().map(|table| (table_variable(table), table.name.to_owned()));
    Ok(fixed.into_iter().chain(tables).chain(secrets).collect())
}

fn answers_and_ends(tag: &str, trial: &Trial, variables: &[(String, String)]) -> Result<Duration> {
    let container = Container::run(tag, trial.arguments, variables)?;
    let port = container.port()?;
    let mut addresses = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        addresses.push((Ipv6Addr::LOCALHOST, port).into());
    }
    for address in addresses {
        let healthy = get(address, "/healthz")?;
        ensure!(healthy.starts_with("HTTP/1.1 204"), "{address}/healthz: {healthy}");
        let reply = get(address, trial.path)?;
        let is_right = reply.starts_with(&format!("HTTP/1.1 {} ", trial.status)) && reply.contains(trial.holds);
        ensure!(is_right, "{address}{}: {reply}", trial.path);
    }
    let processes = docker(&["top", &container.0, "-eo", "pid,uid"])?;
    let users: Vec<&str> = processes.lines().skip(1).filter_map(|line| line.split_whitespace().last()).collect();
    let user = USER.split(':').next().unwrap_or_default();
    ensure!(users == [user], "it runs as {users:?}");
    let file = tempfile::NamedTempFile::new()?;
    let written = Command::new("docker").arg("cp").arg(file.path()).arg(format!("{}:/file", container.0)).output()?;
    ensure!(!written.status.success(), "something can be written to its root");
    container.ends()
}

/// A secret that is fetched from where nobody answers keeps it from listening.
fn ends_while_it_starts(tag: &str, trial: &Trial, mut variables: Vec<(String, String)>) -> Result<Duration> {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let endpoint = format!("http://{}", silent.local_addr()?);
    variables.retain(|(name, _)| name != CURSOR_KEY && name != AWS_ENDPOINT);
    let arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:cursor";
    variables.push((secret_variable(CURSOR_KEY), arn.to_owned()));
    variables.push((AWS_ENDPOINT.to_owned(), endpoint));
    let container = Container::run(tag, trial.starting, &variables)?;
    let (sender, asked) = mpsc::channel();
    thread::spawn(move || sender.send(silent.accept()));
    let _connection = asked.recv_timeout(ANSWERING).context("it does not ask for its secret")??;
    ensure!(container.found_port()?.is_none(), "it listens before it has its secret");
    container.ends()
}

/// A container that is removed with it.
struct Container(String);

impl Container {
    /// In the network of this computer: making another one would end Chromium's requests, where pages are tried beside this.
    fn run(tag: &str, arguments: &[&str], variables: &[(String, String)]) -> Result<Self> {
        let mut command = vec!["run", "--detach", "--read-only", "--cap-drop", "ALL"];
        command.extend(["--security-opt", "no-new-privileges", "--network", "host"]);
        let settings: Vec<String> = variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        command.extend(settings.iter().flat_map(|setting| ["--env", setting]));
        command.push(tag);
        command.extend(arguments);
        docker(&command).map(Self)
    }

    /// Where it listens, once it says so.
    fn port(&self) -> Result<u16> {
        let begun = Instant::now();
        loop {
            if let Some(port) = self.found_port()? {
                return Ok(port);
            }
            if begun.elapsed() > ANSWERING {
                bail!("it does not listen: {}", self.log()?);
            }
            thread::sleep(BETWEEN_LOOKS);
        }
    }

    fn found_port(&self) -> Result<Option<u16>> {
        let log = self.log()?;
        let entries = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let serving = entries.filter(|entry| entry["message"] == "serving").find_map(|entry| entry["port"].as_u64());
        Ok(serving.map(u16::try_from).transpose()?)
    }

    fn log(&self) -> Result<String> {
        let output = Command::new("docker").args(["logs", &self.0]).output()?;
        Ok(String::from_utf8(output.stderr)?)
    }

    /// How long it takes to end once it is told to, by the engine's own account: its commands take their time as well.
    fn ends(&self) -> Result<Duration> {
        let told = SystemClock.now();
        docker(&["kill", "--signal", "TERM", &self.0])?;
        let status = docker(&["wait", &self.0])?;
        let ended: Timestamp = docker(&["inspect", "--format", "{{.State.FinishedAt}}", &self.0])?.parse()?;
        let took = Duration::try_from(ended.duration_since(told)).context("it ended before it was told to")?;
        ensure!(
            status == "0" && took < ENDING,
            "it ended with {status} after {} ms: {}",
            took.as_millis(),
            self.log()?
        );
        Ok(took)
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        drop(Command::new("docker").args(["rm", "--force", &self.0]).output());
    }
}

/// What is said to a request.
pub(super) fn get(address: SocketAddr, path: &str) -> Result<String> {
    let mut connection = TcpStream::connect_timeout(&address, ANSWERING)?;
    connection.set_read_timeout(Some(ANSWERING * 2))?;
    write!(connection, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut reply = String::new();
    connection.read_to_string(&mut reply)?;
    Ok(reply)
}

/// What a command of Docker's prints.
pub(super) fn docker(arguments: &[&str]) -> Result<String> {
    let Output { status, stdout, stderr } = Command::new("docker").args(arguments).output()?;
    let command = arguments.first().copied().unwrap_or_default();
    ensure!(status.success(), "docker {command}: {}", String::from_utf8_lossy(&stderr).trim());
    Ok(String::from_utf8(stdout)?.trim().to_owned())
}
