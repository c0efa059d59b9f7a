//! The command line.

use std::{path::PathBuf, process::ExitCode};

use app::TextSetting;
use clap::{Args, Parser, Subcommand};
use host::{
    SystemRandom,
    requirements::{CORS_ORIGINS, ISSUER},
};

use crate::{
    check, functions, keys,
    simulate::Simulate,
    terminal,
    up::{self, UpError},
};

/// Exit code of `check` where an invariant is broken, and of any failure while running.
const FAILED: u8 = 1;
/// Exit code where nothing could be started: a port in use, a directory that can't be written, newer data.
const CANNOT_START: u8 = 2;

/// Food delivery for your town: every function in one process, with an embedded store.
#[derive(Debug, Parser)]
#[command(name = "tiffin", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    up: Up,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start everything (the default).
    Up(Up),
    /// Show every function: what calls it, who may, what it may touch.
    Functions,
    /// Check the invariants over a data directory nothing runs on; exit 1 naming what is broken.
    Check {
        /// The data directory.
        #[arg(long, env = "TIFFIN_DATA_DIR", default_value = ".tiffin")]
        data_dir: PathBuf,
    },
    /// Write what is stored anew, where a newer version lists it otherwise; over a data directory nothing runs on.
    Reindex {
        /// The data directory.
        #[arg(long, env = "TIFFIN_DATA_DIR", default_value = ".tiffin")]
        data_dir: PathBuf,
    },
    /// Print new keys, as functions that run as programs of their own take them from the environment.
    Keys,
    /// Look at deliveries of events that failed for good, in a running process.
    DeadLetters {
        #[command(subcommand)]
        action: Option<DeadLetterAction>,
        /// The port of the running process.
        #[arg(long, env = "TIFFIN_PORT", default_value_t = DEFAULT_PORT)]
        port: u16,
    },
}

/// What to do with dead letters.
#[derive(Debug, Clone, Subcommand)]
pub enum DeadLetterAction {
    /// List them (the default).
    List,
    /// Deliver one anew.
    Replay {
        /// Its id, as `list` shows it.
        id: String,
    },
    /// Forget one.
    Discard {
        /// Its id, as `list` shows it.
        id: String,
    },
}

/// The port unless another is given.
const DEFAULT_PORT: u16 = 3000;

/// How to start.
#[derive(Debug, Args)]
pub struct Up {
    /// The port on localhost.
    #[arg(long, env = "TIFFIN_PORT", default_value_t = DEFAULT_PORT)]
    pub port: u16,
    /// Where data is kept.
    #[arg(long, env = "TIFFIN_DATA_DIR", default_value = ".tiffin")]
    pub data_dir: PathBuf,
    /// Who is played: all, none, or a list of customers, restaurants, couriers.
    #[arg(long, env = "TIFFIN_SIMULATE", default_value = "all")]
    pub simulate: Simulate,
    /// How much faster than life the simulators act; deadlines keep their time.
    #[arg(long, env = "TIFFIN_SPEED", default_value_t = 10.0, value_parser = speed)]
    pub speed: f64,
    /// Start with an empty city: removes what is in the data directory.
    #[arg(long, env = "TIFFIN_FRESH")]
    pub fresh: bool,
    /// Serve the pages from this folder, read at each request, and not those in the program: for working on them.
    #[arg(long, env = "TIFFIN_WEB_DIR", value_name = "DIR")]
    pub web_dir: Option<PathBuf>,
    /// The address that the API is served under, who issues tokens; `http://localhost:<port>` unless given.
    #[arg(long, env = "TIFFIN_ISSUER", value_parser = text_of(ISSUER))]
    pub issuer: Option<String>,
    /// Origins whose pages may call the API, separated by commas.
    #[arg(long, env = "TIFFIN_CORS_ORIGINS", value_delimiter = ',', value_parser = text_of(CORS_ORIGINS))]
    pub cors_origins: Vec<String>,
}

/// Takes what a setting accepts.
fn text_of(setting: TextSetting) -> impl Fn(&str) -> Result<String, String> + Clone {
    move |text| {
        if (setting.accepts)(text) { Ok(text.to_owned()) } else { Err(format!("must be {}", setting.must_be)) }
    }
}

impl Up {
    /// Where it is served.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Who issues tokens.
    pub(crate) fn issuer(&self) -> String {
        self.issuer.clone().unwrap_or_else(|| self.url())
    }
}

/// Runs what the command line says.
pub fn run() -> ExitCode {
    let Cli { command, up } = Cli::parse();
    match command.unwrap_or(Command::Up(up)) {
        Command::Up(up) => start(up),
        Command::Functions => say(&functions::table()),
        Command::Check { data_dir } => check_data(&data_dir),
        Command::Reindex { data_dir } => match up::in_runtime(crate::reindex::reindex_data_dir(&data_dir)) {
            Ok(report) if report.is_whole() => say(&report.to_string()),
            Ok(report) => fail(&report, FAILED),
            Err(error) => fail(&error, CANNOT_START),
        },
        Command::Keys => match keys::new_keys(&SystemRandom) {
            Ok(lines) => say(&lines),
            Err(error) => fail(&error, FAILED),
        },
        Command::DeadLetters { action, port } => {
            match up::in_runtime(crate::dead_letters::command(port, action.unwrap_or(DeadLetterAction::List))) {
                Ok(words) => say(&words),
                Err(error) => fail(&error, FAILED),
            }
        }
    }
}

fn start(up: Up) -> ExitCode {
    terminal::start_logging();
    match up::in_runtime(up::up(up)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ UpError::Failed(_)) => fail(&error, FAILED),
        Err(error) => fail(&error, CANNOT_START),
    }
}

fn check_data(data_dir: &std::path::Path) -> ExitCode {
    match up::in_runtime(check::check_data_dir(data_dir)) {
        Ok(report) if report.broken.is_empty() => say(&report.to_string()),
        Ok(report) => fail(&report, FAILED),
        Err(error) => fail(&error, CANNOT_START),
    }
}

#[expect(clippy::print_stdout, reason = "what was asked for")]
fn say(words: &str) -> ExitCode {
    print!("{words}");
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "one clear line")]
fn fail(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    eprintln!("tiffin: {error}");
    ExitCode::from(code)
}

/// The fastest that simulators may act.
const MAX_SPEED: f64 = 1000.0;

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| *speed > 0.0 && *speed <= MAX_SPEED);
    speed.ok_or_else(|| format!("must be a number above 0, {MAX_SPEED} at most"))
}
