//! The command line.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use host::SystemRandom;

use crate::{
    check,
    dead_letters::{self, DeadLetterAction},
    functions, keys, terminal,
    up::{self, DEFAULT_PORT, Up, UpError},
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
    Keys {
        /// Write them into this new file instead, which its owner alone may read.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Not new ones: those of this file, which then take what the keys of --trusting sign, too. So keys are rotated: first the
        /// old ones trusting the new ones, then the new ones trusting the old ones, then the new ones.
        #[arg(long, value_name = "FILE", requires = "trusting")]
        signing: Option<PathBuf>,
        /// The file of the other keys.
        #[arg(long, value_name = "FILE", requires = "signing")]
        trusting: Option<PathBuf>,
    },
    /// Look at deliveries of events that failed for good, in a running process.
    DeadLetters {
        #[command(subcommand)]
        action: Option<DeadLetterAction>,
        /// The port of the running process.
        #[arg(long, env = "TIFFIN_PORT", default_value_t = DEFAULT_PORT)]
        port: u16,
        /// Where else they are kept: of `function dead-letters` in a cluster, the address that its port is forwarded to.
        #[arg(long, conflicts_with = "port")]
        url: Option<String>,
    },
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
        Command::Keys { out, signing, trusting } => {
            let lines = match signing.zip(trusting) {
                None => keys::new_keys(&SystemRandom).map_err(|error| error.to_string()),
                Some((signing, trusting)) => keys_of(&signing, &trusting),
            };
            match lines {
                Ok(lines) => write_keys(&lines, out.as_deref()),
                Err(error) => fail(&error, FAILED),
            }
        }
        Command::DeadLetters { action, port, url } => {
            let url = url.unwrap_or_else(|| format!("http://localhost:{port}"));
            match up::in_runtime(dead_letters::command(&url, action.unwrap_or(DeadLetterAction::List))) {
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

/// Keys of two files, the second of which are trusted.
fn keys_of(signing: &Path, trusting: &Path) -> Result<String, String> {
    let read =
        |file: &Path| fs::read_to_string(file).map_err(|error| format!("{} can't be read: {error}", file.display()));
    keys::trusting(&read(signing)?, &read(trusting)?).map_err(|error| error.to_string())
}

fn write_keys(lines: &str, out: Option<&Path>) -> ExitCode {
    let Some(file) = out else { return say(lines) };
    match keys::keep(lines, file) {
        Ok(()) => say(&format!("The keys are in {}, for its owner alone to read.\n", file.display())),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fail(
            &format_args!("{} is there already, and is not written over: name another file", file.display()),
            FAILED,
        ),
        Err(error) => fail(&format_args!("{} can't be written: {error}", file.display()), FAILED),
    }
}

fn check_data(data_dir: &Path) -> ExitCode {
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
