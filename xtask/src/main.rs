//! For people who work on Tiffin: generate what is generated, check everything, measure.

mod bench;
mod browser;

use std::{
    fs,
    io::{self, Write as _},
    process::Command,
    thread,
    time::Instant,
};

use anyhow::{Result, anyhow, bail, ensure};
use clap::Parser;
use tiffin::services::SERVICES;
use xtask::aws::Size;

/// Works on Tiffin itself.
#[derive(Debug, Parser)]
enum Task {
    /// Write what is generated from the declarations.
    Generate,
    /// Everything that must hold: format, lints, tests. Each stage prints its seconds.
    Check {
        /// Also scenarios that repeat others: for further names, languages, currencies and looks of the pages.
        #[arg(long)]
        long: bool,
    },
    /// Measure speed, start and memory: figures and ratios, never a gate.
    Bench(bench::Options),
    /// Lint and check the templates for AWS, expanded for every stage.
    Templates {
        /// Also look at what `sam build` made for an environment of samconfig.toml, as a deployment needs it.
        #[arg(long, value_name = "ENVIRONMENT", num_args = 0..=1, default_missing_value = xtask::aws::DEFAULT)]
        built: Option<String>,
        /// Only say what would be deployed otherwise than at this revision of git: every difference of the expanded templates.
        #[arg(long, value_name = "REVISION", conflicts_with = "built")]
        against: Option<String>,
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
        Task::Check { long } => check(long),
        Task::Bench(options) => bench::bench(options),
        Task::Templates { against: Some(revision), .. } => against(&revision),
        Task::Templates { built, against: None } => templates(built.as_deref()),
        Task::Pages { long, only } => browser::browser(long, &only),
        Task::Tools => cargo_aws::install::everything(),
    }
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn templates(built: Option<&str>) -> Result<()> {
    let (sizes, mut faults) = xtask::aws::verify(SERVICES)?;
    if let Some(environment) = built {
        faults.extend(xtask::aws::built(SERVICES, environment)?);
    }
    for Size { of, resources, later } in sizes {
        println!("{of}: {resources} resources, {later} with 75 functions");
    }
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} faults", faults.len());
    }
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
    ("deployed", &["run", "--quiet", "--bin", "stock", "--", "deploy"]),
    ("watched", &["run", "--quiet", "--bin", "stock", "--", "watch"]),
];
/// After the pages: containers change the network, and Chromium ends its requests when it does.
const SAM_LOCAL: Stage = ("sam local", &["run", "--quiet", "--bin", "stock", "--", "sam-local", "--no-build"]);
/// The niceness of stages beside the pages.
const NICENESS: &str = "10";

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn check(long: bool) -> Result<()> {
    let begun = Instant::now();
    side_by_side(|| timed("tools", cargo_aws::install::everything), || STAGES_OF_RUST.iter().try_for_each(run))?;
    STAGES.iter().try_for_each(run)?;
    side_by_side(
        || STAGES_BESIDE_PAGES.iter().try_for_each(run_at_low_priority),
        || timed(PAGES, || browser::browser(long, &[])),
    )?;
    run(&SAM_LOCAL)?;
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
