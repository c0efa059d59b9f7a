//! `cargo xtask bench`: figures, and ratios between them, in one run on one computer. It measures and judges nothing: no
//! figure makes it fail.
//!
//! Absolute figures say little, as they depend on the computer. So each is compared with what the same computer does
//! without Tiffin: HTTP that says hello, and the same rows written by hand.

mod baskets;
mod client;
mod cpu;
mod disk;
mod hello;
mod lambda;
mod lives;
mod load;
mod people;
mod place;
mod reads;
mod recording;
mod report;
mod rows;
mod start;
mod stories;
mod template;
mod town;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use tokio::runtime::{self, Runtime};

use crate::browser;
use load::Load;
use report::Report;

/// How long every part warms up before it is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Measure something else instead.
    mode: Option<Mode>,
    /// How long each figure is measured, in seconds.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// How many connections ask, each for one thing after the other; as many customers and twice as many couriers.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: u16,
    /// Only these parts; what a missing one is needed for has no ratio.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
}

/// What else may be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// What programs for Lambda weigh, and how fast they start.
    Lambda,
    /// The pages, beside the goals of their design.
    Pages,
}

/// A part of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// A bare axum that says hello.
    Hello,
    /// The rows of placing an order, written by hand.
    Rows,
    /// Placing orders, with events held back.
    Place,
    /// Orders from the quote to the door, with everything running.
    Lives,
    /// Menus and searches.
    Reads,
    /// Starting the built program on a city that is there.
    Start,
}

/// What all parts share.
struct Bench {
    options: Options,
    /// Where the data of this run is kept.
    directory: PathBuf,
    /// The threads of the clients.
    clients: Runtime,
}

/// Measures. A debug build builds a release and lets that one measure.
pub fn bench(options: Options) -> Result<()> {
    match options.mode {
        Some(Mode::Lambda) => lambda::measure(),
        Some(Mode::Pages) => browser::measure(),
        None if cfg!(debug_assertions) => bench_released(),
        None => Bench::new(options)?.run(),
    }
}

/// Both programs in one build, so that what they share is built once.
fn bench_released() -> Result<()> {
    let build = ["build", "--release", "--package", "tiffin", "--package", "xtask"];
    if !Command::new(env!("CARGO")).args(build).current_dir(xtask::root()).status()?.success() {
        bail!("the release can't be built");
    }
    let released = target_directory()?.join("release").join("xtask");
    if !Command::new(released).args(env::args_os().skip(1)).status()?.success() {
        bail!("measuring failed");
    }
    Ok(())
}

/// The directory that Cargo builds in: this program is in a profile's directory of it.
fn target_directory() -> Result<PathBuf> {
    let program = env::current_exe()?;
    program.ancestors().nth(2).map(Path::to_owned).context("this program is in no target directory")
}

impl Bench {
    fn new(options: Options) -> Result<Self> {
        let directory = target_directory()?;
        let clients = runtime::Builder::new_multi_thread().thread_name("clients").enable_all().build()?;
        Ok(Self { options, directory, clients })
    }

    fn run(&self) -> Result<()> {
        let mut report = Report::default();
        report::begin(self)?;
        for part in Part::value_variants() {
            if !self.options.only.is_empty() && !self.options.only.contains(part) {
                continue;
            }
            match part {
                Part::Hello => hello::measure(self, &mut report)?,
                Part::Rows => rows::measure(self, &mut report)?,
                Part::Place => place::measure(self, &mut report)?,
                Part::Lives => lives::measure(self, &mut report)?,
                Part::Reads => reads::measure(self, &mut report)?,
                Part::Start => start::measure(self, &mut report)?,
            }
        }
        report.end();
        Ok(())
    }

    /// How long a figure is measured.
    fn load(&self) -> Load {
        Load { warm_up: WARM_UP, measured: Duration::from_secs(self.options.seconds) }
    }

    fn connections(&self) -> usize {
        usize::from(self.options.connections)
    }
}
