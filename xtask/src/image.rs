//! The image of all functions, built outside of Docker and tried in a container.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use cargo_aws::keys::KeyMaterial;
use object::{
    LittleEndian,
    elf::{EM_AARCH64, EM_X86_64, FileHeader64, PT_INTERP},
    read::elf::{FileHeader as _, ProgramHeader as _},
};
use tiffin::services::SERVICES;
use xtask::{aws::tool, root};

/// The most bytes of the program, which is nearly all of the image.
const MAX_BYTES: u64 = 30_000_000;
/// What it is called.
const IMAGE: &str = "tiffin:dev";
/// How long a container may take to answer, and to end.
const ANSWERING: Duration = Duration::from_secs(10);
const ENDING: Duration = Duration::from_secs(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// Where the program listens in its container.
const PORT: u16 = 8080;
/// An image of nothing else.
const DOCKERFILE: &str = "FROM scratch\nCOPY function /function\nUSER 65532:65532\nENTRYPOINT [\"/function\"]\n";

/// A processor.
struct Target {
    triple: &'static str,
    machine: u16,
}

/// Builds the program, looks at it, and tries it in a container where an engine runs.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub fn image(arm64: bool) -> Result<()> {
    let target = if arm64 {
        Target { triple: "aarch64-unknown-linux-musl", machine: EM_AARCH64 }
    } else {
        Target { triple: "x86_64-unknown-linux-musl", machine: EM_X86_64 }
    };
    if !succeeds(Command::new("rustup").args(["target", "add", target.triple]).current_dir(root())) {
        println!("skipped: the image, for which rustup can't add {}", target.triple);
        return Ok(());
    }
    let program = build(&target)?;
    let bytes = fs::metadata(&program)?.len();
    look_at(&program, &target)?;
    println!("{}: static, {bytes} bytes", target.triple);
    if arm64 {
        println!("it has not run: this is another processor");
        return Ok(());
    }
    if !succeeds(Command::new("docker").arg("info")) {
        println!("skipped: the image in a container, and no Docker engine answers");
        return Ok(());
    }
    pack(&program)?;
    try_it()
}

fn build(target: &Target) -> Result<PathBuf> {
    let mut zigbuild = tool("cargo-zigbuild")?;
    zigbuild.args(["zigbuild", "--release", "--locked", "--target", target.triple, "--bin", "function"]);
    ensure!(zigbuild.status()?.success(), "the program can't be built");
    let target_directory = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target_directory.join(target.triple).join("release/function"))
}

/// That it asks for no interpreter and no library, is for this processor, and is small.
fn look_at(program: &Path, target: &Target) -> Result<()> {
    let data = fs::read(program)?;
    let header = FileHeader64::<LittleEndian>::parse(&*data)?;
    let endian = header.endian()?;
    ensure!(header.e_machine(endian) == target.machine, "the program is for another processor");
    let is_dynamic = header.program_headers(endian, &*data)?.iter().any(|one| one.p_type(endian) == PT_INTERP);
    ensure!(!is_dynamic, "the program needs an interpreter: it is not static");
    let bytes = u64::try_from(data.len())?;
    ensure!(bytes <= MAX_BYTES, "the program has {bytes} bytes, over {MAX_BYTES}");
    Ok(())
}

fn pack(program: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::copy(program, folder.path().join("function"))?;
    fs::write(folder.path().join("Dockerfile"), DOCKERFILE)?;
    docker(&["build", "--quiet", "--tag", IMAGE, &folder.path().to_string_lossy()]).map(drop)
}

/// A container that ends with it.
struct Container(String);

impl Drop for Container {
    fn drop(&mut self) {
        drop(Command::new("docker").args(["rm", "--force", &self.0]).output());
    }
}

/// It answers, may write nowhere, and ends within a second.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn try_it() -> Result<()> {
    let keys = format!("TIFFIN_PUBLIC_KEYS={}", KeyMaterial::new(SERVICES)?.public_keys);
    let started = docker(&[
        "run",
        "--detach",
        "--read-only",
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
        "--publish",
        &format!("127.0.0.1::{PORT}"),
        "--env",
        &keys,
        "--env",
        "TIFFIN_ISSUER=https://api.example",
        IMAGE,
        "get-jwks",
    ])?;
    let container = Container(started);
    let published = docker(&["port", &container.0, &format!("{PORT}/tcp")])?;
    let address = published.lines().next().context("the container publishes no port")?.to_owned();
    let healthy = until_it_answers(&address, "/healthz")?;
    ensure!(healthy.starts_with("HTTP/1.1 204"), "/healthz: {healthy}");
    let reply = get(&address, "/.well-known/jwks.json")?;
    ensure!(reply.starts_with("HTTP/1.1 200") && reply.contains("\"keys\""), "the public keys: {reply}");
    let file = tempfile::NamedTempFile::new()?;
    let written = Command::new("docker").arg("cp").arg(file.path()).arg(format!("{}:/file", container.0)).output()?;
    ensure!(!written.status.success(), "something can be written to its root");
    let begun = Instant::now();
    docker(&["kill", "--signal", "TERM", &container.0])?;
    let status = docker(&["wait", &container.0])?;
    let took = begun.elapsed();
    ensure!(status == "0" && took < ENDING, "it ended with {status} after {} ms", took.as_millis());
    println!(
        "{IMAGE}: /healthz and a request answered, nothing written to its root, ended {} ms after SIGTERM",
        took.as_millis()
    );
    Ok(())
}

fn until_it_answers(address: &str, path: &str) -> Result<String> {
    let begun = Instant::now();
    loop {
        match get(address, path) {
            Ok(reply) if !reply.is_empty() => return Ok(reply),
            Ok(_) | Err(_) if begun.elapsed() < ANSWERING => thread::sleep(BETWEEN_LOOKS),
            Ok(_) => bail!("it says nothing"),
            Err(error) => return Err(error),
        }
    }
}

fn get(address: &str, path: &str) -> Result<String> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(ANSWERING))?;
    write!(connection, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut reply = String::new();
    connection.read_to_string(&mut reply)?;
    Ok(reply)
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// What a command of Docker's prints.
fn docker(arguments: &[&str]) -> Result<String> {
    let Output { status, stdout, stderr } = Command::new("docker").args(arguments).output()?;
    ensure!(status.success(), "docker {}: {}", arguments.join(" "), String::from_utf8_lossy(&stderr).trim());
    Ok(String::from_utf8(stdout)?.trim().to_owned())
}
