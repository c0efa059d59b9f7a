//! The image of all functions, built outside of Docker and tried in a container; and one built by Docker alone.

mod builder;
mod container;
mod names;
mod program;

use std::{fs, path::Path, process::Command, time::Instant};

use anyhow::{Result, ensure};
use tempfile::TempDir;
use tiffin::services::SERVICES;
use xtask::{
    images::{BUILDER, Image},
    materials, root,
};

pub use names::in_a_namespace;

use self::{
    builder::Builder,
    container::{Trial, docker, try_it},
};

/// The most bytes of an image, and of its program, which is nearly all of it.
const MAX_BYTES: u64 = 30_000_000;
/// What images are called.
const TAG: &str = "dev";
/// Where bills of materials are written.
const BILLS: &str = "target/image";
/// The service whose Dockerfile is built: it answers requests, handles events and sweeps.
const BUILT_BY_DOCKER: &str = "orders";
/// What images are tried with.
const OF_ALL: Trial = Trial {
    arguments: &["get-jwks"],
    path: "/.well-known/jwks.json",
    status: 200,
    holds: "\"keys\"",
    starting: &["list-orders"],
};
const OF_A_SERVICE: Trial =
    Trial { arguments: &[], path: "/v1/orders", status: 401, holds: "unauthenticated", starting: &[] };

/// Builds the program, looks at it, writes what it is made of, and tries it in a container where an engine runs.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub fn image(arm64: bool, untried: bool) -> Result<()> {
    let target = if arm64 { program::ARM64 } else { program::X86_64 };
    if !program::can_be_built(&target) {
        println!("skipped: the image, for which rustup can't add {}", target.triple);
        return Ok(());
    }
    let begun = Instant::now();
    let built = program::build(&target)?;
    let bytes = built.look_at(&target)?;
    println!("{}: static, {bytes} bytes, built in {} s", target.triple, begun.elapsed().as_secs());
    let bill = materials::bill(&built.program, target.triple, &built.packages)?;
    let file = format!("{BILLS}/tiffin-{}.cdx.json", target.triple);
    fs::create_dir_all(root().join(BILLS))?;
    fs::write(root().join(&file), &bill.json)?;
    println!("{file}: {} packages", bill.packages);
    if arm64 {
        println!("it has not run: this is another processor");
        return Ok(());
    }
    if untried {
        return Ok(());
    }
    names::try_them(&built.program)?;
    if !is_there() {
        println!("skipped: the image in a container, and no Docker engine answers");
        return Ok(());
    }
    let image = Image::of_all();
    let folder = TempDir::new()?;
    fs::copy(&built.program, folder.path().join("function"))?;
    let tag = format!("tiffin:{TAG}");
    fs::write(folder.path().join("Dockerfile"), image.around_program())?;
    docker(&["build", "--quiet", "--tag", &tag, &folder.path().to_string_lossy()])?;
    try_it(&tag, &image, SERVICES, &OF_ALL)
}

/// Builds the Dockerfile of a service by Docker, and tries it. What compiles has no network, but where it is Rust's own image.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub fn image_by_docker() -> Result<()> {
    if !is_there() {
        println!("skipped: a Dockerfile, and no Docker engine answers");
        return Ok(());
    }
    let builder = match Builder::make(BUILDER)? {
        Ok(builder) => builder,
        Err(missing) => {
            println!("skipped: a Dockerfile, for which there is no {missing}");
            return Ok(());
        }
    };
    let services: Vec<_> = SERVICES.iter().filter(|service| service.name == BUILT_BY_DOCKER).copied().collect();
    let [service] = services.as_slice() else { anyhow::bail!("there is no service {BUILT_BY_DOCKER}") };
    let image = Image::of(service);
    let tag = format!("tiffin-{BUILT_BY_DOCKER}:{TAG}");
    let begun = Instant::now();
    let mut build = Command::new("docker");
    build.current_dir(root()).args([
        "build",
        "--network",
        builder.network(),
        "--force-rm",
        "--tag",
        &tag,
        "-f",
        &image.path,
        ".",
    ]);
    ensure!(build.status()?.success(), "{} can't be built", image.path);
    println!("{}: built in {} s", image.path, begun.elapsed().as_secs());
    drop(builder);
    try_it(&tag, &image, &services, &OF_A_SERVICE)
}

fn is_there() -> bool {
    succeeds(Command::new("docker").arg("info"))
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// A path as text, as commands of tools take it.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
