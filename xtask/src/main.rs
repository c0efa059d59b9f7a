//! For people who work on Tiffin: generate what is generated, check everything, measure.

mod bench;
mod browser;
mod image;

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
    process::Command,
    thread,
    time::Instant,
};

use anyhow::{Result, anyhow, bail, ensure};
use clap::Parser;
use tiffin::services::SERVICES;
use xtask::{
    aws::{EXPECTED_FUNCTIONS, Fault, MAX_RESOURCES, Size},
    mesh::Checked,
};

/// Works on Tiffin itself.
#[derive(Debug, Parser)]
enum Task {
    /// Write what is generated from the declarations.
    Generate,
    /// Everything that must hold: format, lints, tests. Each stage prints its seconds.
    Check {
        /// Also what says again what others say: the pages in further names, languages and sizes, programs for another processor.
        #[arg(long)]
        all: bool,
    },
    /// Measure speed, start and memory: figures and ratios, never a gate.
    Bench(bench::Options),
    /// Lint and check the templates for AWS, expanded for every stage.
    Templates {
        /// Only say what would be deployed otherwise than at this revision of git: every difference of the expanded templates.
        #[arg(long, value_name = "REVISION")]
        against: Option<String>,
    },
    /// Render the mesh's manifests, and hold them against what Kubernetes, Istio and Knative accept, and against the declarations;
    /// skipped where there is no Go to build these programs with.
    Mesh,
    /// Build the image of all functions, write what it is made of, and try it in a container; skipped where there is no target or no
    /// engine.
    Image {
        /// For arm64, which is looked at and does not run here.
        #[arg(long, conflicts_with = "docker")]
        arm64: bool,
        /// The image of a service instead, by Docker alone, from its Dockerfile.
        #[arg(long)]
        docker: bool,
        /// Don't try it.
        #[arg(long, conflicts_with = "docker")]
        untried: bool,
    },
    /// What `image` runs in namespaces of its own.
    #[command(hide = true)]
    Names { program: PathBuf },
    /// Build every program with `sam build`, and look at them: each is there, for the processor that is deployed, runs with
    /// Lambda's C library, and is small.
    Programs {
        /// The environment of samconfig.toml.
        #[arg(default_value = xtask::aws::DEFAULT)]
        environment: String,
    },
    /// The pages: their types, what is vendored, and every scenario in Chromium; skipped where Node or Chromium is not there.
    Pages {
        /// Also scenarios that repeat others.
        #[arg(long)]
        long: bool,
        /// Which scenarios, as Playwright takes them; all of them otherwise.
        only: Vec<String>,
    },
    /// Install emulators and AWS tools under target/tools, in pinned versions.
    Tools,
}

fn main() -> Result<()> {
    match Task::parse() {
        Task::Generate => generate(),
        Task::Check { all } => check(all),
        Task::Bench(options) => bench::bench(options),
        Task::Templates { against: Some(revision) } => against(&revision),
        Task::Templates { against: None } => templates(),
        Task::Mesh => mesh(),
        Task::Image { docker: true, .. } => image::image_by_docker(),
        Task::Image { arm64, untried, .. } => image::image(arm64, untried),
        Task::Names { program } => image::in_a_namespace(&program),
        Task::Programs { environment } => programs(&environment),
        Task::Pages { long, only } => browser::browser(long, &only),
        Task::Tools => cargo_aws::install::everything(),
    }
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn templates() -> Result<()> {
    let (sizes, faults) = xtask::aws::verify(SERVICES)?;
    for (path, Size { resources, later }) in sizes {
        println!("{path}: {resources} resources, {later} with {EXPECTED_FUNCTIONS} functions; at most {MAX_RESOURCES}");
    }
    end(&faults)
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn programs(environment: &str) -> Result<()> {
    let built = xtask::aws::build(SERVICES, environment)?;
    let Some(largest) = built.iter().map(|program| program.zip).max() else { bail!("there is no program") };
    println!("{} programs, at most {largest} bytes zipped", built.len());
    end(&built.into_iter().flat_map(|program| program.faults).collect::<Vec<_>>())
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn mesh() -> Result<()> {
    match xtask::mesh::verify(SERVICES)? {
        Checked::Skipped(missing) => {
            println!("skipped: the mesh's manifests, which need {missing}");
            Ok(())
        }
        Checked::Done(lines, faults) => {
            for line in lines {
                println!("{line}");
            }
            end(&faults)
        }
    }
}

/// Shows what is wrong.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn end(faults: &[Fault]) -> Result<()> {
    for fault in faults {
        println!("{fault}");
    }
    ensure!(faults.is_empty(), "{} faults", faults.len());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn against(revision: &str) -> Result<()> {
    for difference in xtask::aws::against(revision)? {
        println!("{difference}");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn generate() -> Result<()> {
    let mut again = false;
    for file in xtask::generated()? {
        let path = xtask::root().join(&file.path);
        if fs::read_to_string(&path).is_ok_and(|present| present == file.content) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, &file.content)?;
        println!("wrote {}", file.path);
        again |= file.is_source();
    }
    if again && !Command::new(env!("CARGO")).args(["xtask", "generate"]).current_dir(xtask::root()).status()?.success()
    {
        bail!("what is made from it could not be generated");
    }
    Ok(())
}

/// A stage of the check: its name, and the arguments of cargo.
type Stage = (&'static str, &'static [&'static str]);

/// These need nothing but Rust: tools are installed meanwhile, which mostly waits for the network.
const STAGES_OF_RUST: &[Stage] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
];
const STAGES: &[Stage] = &[
    ("templates", &["xtask", "templates"]),
    ("tests", &["test", "--workspace", "--locked"]),
    ("fuzz", &["run", "--quiet", "--bin", "fuzz"]),
];
/// The longest, and the one that has a longer form.
const PAGES: &str = "pages";
/// These compile, and then mostly wait: they use what the pages leave of the processor.
const STAGES_BESIDE_PAGES: &[Stage] = &[
    ("sam build", &["xtask", "programs"]),
    ("sam build with URLs", &["xtask", "programs", "urls"]),
    ("sam build after a change", &["run", "--quiet", "--bin", "stock", "--", "rebuild"]),
    ("deployed", &["run", "--quiet", "--bin", "stock", "--", "deploy", "--no-build"]),
    ("deployed with URLs", &["run", "--quiet", "--bin", "stock", "--", "urls"]),
    ("docs/aws.md: cargo lambda watch", &["run", "--quiet", "--bin", "stock", "--", "docs", "watch"]),
    ("mesh", &["xtask", "mesh"]),
    ("image, built", &["xtask", "image", "--untried"]),
];
/// After the pages: containers change the network, and Chromium ends its requests when it does; and what is timed has the processor to
/// itself.
const STAGES_AFTER_PAGES: &[Stage] = &[
    ("image, tried", &["xtask", "image"]),
    ("tiffin keys", &["run", "--quiet", "--bin", "stock", "--", "keys"]),
    ("docs/aws.md: sam local", &["run", "--quiet", "--bin", "stock", "--", "docs", "sam"]),
];
/// What says again, for other environments and by other means, what others say.
const STAGES_OF_ALL: &[Stage] = &[
    ("sam build for production", &["xtask", "programs", "production"]),
    ("sam build for Graviton", &["xtask", "programs", "arm64"]),
    ("image for arm64", &["xtask", "image", "--arm64"]),
    ("image by Docker", &["xtask", "image", "--docker"]),
];
/// The niceness of stages beside the pages.
const NICENESS: &str = "10";

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn check(all: bool) -> Result<()> {
    let begun = Instant::now();
    side_by_side(|| timed("tools", cargo_aws::install::everything), || STAGES_OF_RUST.iter().try_for_each(run))?;
    STAGES.iter().try_for_each(run)?;
    side_by_side(
        || STAGES_BESIDE_PAGES.iter().try_for_each(run_at_low_priority),
        || timed(PAGES, || browser::browser(all, &[])),
    )?;
    STAGES_AFTER_PAGES.iter().try_for_each(run)?;
    if all {
        STAGES_OF_ALL.iter().try_for_each(run)?;
    }
    println!("── all: {} s", begun.elapsed().as_secs());
    Ok(())
}

/// Does both, each to its end.
fn side_by_side(one: impl FnOnce() -> Result<()> + Send, other: impl FnOnce() -> Result<()>) -> Result<()> {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        one.join().map_err(|_| anyhow!("it panicked"))?.and(other)
    })
}

fn run((name, arguments): &Stage) -> Result<()> {
    timed(name, || {
        let status = Command::new(env!("CARGO")).args(*arguments).current_dir(xtask::root()).status()?;
        ensure!(status.success(), "{name} failed");
        Ok(())
    })
}

/// The same at a lower priority than what runs beside it; its output is shown at its end, in one piece.
fn run_at_low_priority((name, arguments): &Stage) -> Result<()> {
    timed(name, || {
        let mut command = Command::new("nice");
        command.args(["-n", NICENESS, env!("CARGO")]).args(*arguments).current_dir(xtask::root());
        let output = command.output()?;
        io::stderr().write_all(&output.stderr)?;
        io::stdout().write_all(&output.stdout)?;
        ensure!(output.status.success(), "{name} failed");
        Ok(())
    })
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn timed(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let begun = Instant::now();
    println!("── {name}");
    work()?;
    println!("── {name}: {} s", begun.elapsed().as_secs());
    Ok(())
}
