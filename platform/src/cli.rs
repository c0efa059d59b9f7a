//! The command line.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process::ExitCode,
};

use app::OperatorKey;
use clap::{Parser, Subcommand};
use host::{SystemClock, SystemRandom, requirements::OPERATOR_KEY};

use crate::{
    check,
    dead_letters::{self, DeadLetterAction},
    functions, keys,
    operator::{self, INVITE_ADMIN, NotSigned, Purpose, RESET_PASSWORD},
    terminal,
    up::{self, DEFAULT_PORT, Up, UpError},
};

/// Exit code of `check` where an invariant is broken, and of any failure while running.
const FAILED: u8 = 1;
/// Exit code where nothing could be started: a port in use, a directory that can't be written, newer data, an argument that is missing.
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
        /// Make an operator's key as well, in this new file, which its owner alone may read; only its public half joins the others. With
        /// --signing, the keys of that file get to know it, in place of any operator's that they knew. Whoever has the file can make
        /// administrators: keep it where no function is.
        #[arg(long, value_name = "FILE", group = "others")]
        operator: Option<PathBuf>,
        /// Not new ones: those of this file, which then take what the keys of --trusting sign, too. So keys are rotated: first the
        /// old ones trusting the new ones, then the new ones trusting the old ones, then the new ones.
        #[arg(long, value_name = "FILE", requires = "others")]
        signing: Option<PathBuf>,
        /// The file of the other keys.
        #[arg(long, value_name = "FILE", requires = "signing", group = "others")]
        trusting: Option<PathBuf>,
    },
    /// Print an invitation, signed with the operator's key: within a day, whoever has it registers this e-mail as an administrator.
    InviteAdmin(operator::Request),
    /// Print a token, signed with the operator's key: within an hour, whoever has it sets a new password for this e-mail's account, once.
    ResetPassword(operator::Request),
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
        Command::Keys { out, operator, signing, trusting } => {
            let made = make_keys(out.as_deref(), operator.as_deref(), signing.as_deref(), trusting.as_deref());
            made.map_or_else(|error| fail(&error, FAILED), |words| say(&words))
        }
        Command::InviteAdmin(request) => sign(INVITE_ADMIN, &request),
        Command::ResetPassword(request) => sign(RESET_PASSWORD, &request),
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

/// Makes keys, or puts those of files together, and writes them where they are to be written. Returns what to say.
fn make_keys(
    out: Option<&Path>,
    operator: Option<&Path>,
    signing: Option<&Path>,
    trusting: Option<&Path>,
) -> Result<String, String> {
    let key = operator.map(|_| OperatorKey::generate()).transpose().map_err(|error| error.to_string())?;
    let lines = match signing {
        None => keys::new_keys(key.as_ref(), &SystemRandom).map_err(|error| error.to_string())?,
        Some(file) => {
            let others = trusting.map(read).transpose()?;
            keys::following(&read(file)?, others.as_deref(), key.as_ref()).map_err(|error| error.to_string())?
        }
    };
    let Some((file, key)) = operator.zip(key.as_ref()) else { return keep_keys(lines, out) };
    keys::keep(&keys::of_operator(key), file).map_err(|error| unwritten(file, &error))?;
    let said = keep_keys(lines, out).inspect_err(|_| {
        // Nobody would know its public half.
        drop(fs::remove_file(file));
    })?;
    let aside = format!("The operator's key is in {}: keep it where no function is.\n", file.display());
    Ok(if out.is_some() { said + &aside } else { said })
}

fn keep_keys(lines: String, out: Option<&Path>) -> Result<String, String> {
    let Some(file) = out else { return Ok(lines) };
    keys::keep(&lines, file).map_err(|error| unwritten(file, &error))?;
    Ok(format!("The keys are in {}, for its owner alone to read.\n", file.display()))
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{} can't be read: {error}", file.display()))
}

fn unwritten(file: &Path, error: &io::Error) -> String {
    let file = file.display();
    match error.kind() {
        ErrorKind::AlreadyExists => format!("{file} is there already, and is not written over: name another file"),
        _ => format!("{file} can't be written: {error}"),
    }
}

/// Signs with the operator's key.
fn sign(purpose: Purpose, request: &operator::Request) -> ExitCode {
    let given = std::env::var(OPERATOR_KEY).ok().filter(|word| !word.is_empty());
    match operator::sign(purpose, request, given.as_deref(), &SystemClock, &SystemRandom) {
        Ok(lines) => say(&lines),
        Err(error @ NotSigned::NoIssuer) => fail(&error, CANNOT_START),
        Err(error) => fail(&error, FAILED),
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn parsed(line: &str) -> Result<Cli, clap::error::ErrorKind> {
        Cli::try_parse_from(line.split(' ')).map_err(|error| error.kind())
    }

    #[test]
    fn keys_of_a_file_get_to_know_others_or_an_operators() {
        for line in ["--signing a --trusting b", "--signing a --operator b", "--operator a --out b", "--operator a"] {
            assert!(parsed(&format!("tiffin keys {line}")).is_ok(), "{line}");
        }
        for line in ["--signing a", "--trusting a", "--signing a --trusting b --operator c"] {
            assert!(parsed(&format!("tiffin keys {line}")).is_err(), "{line}");
        }
    }

    #[test]
    fn an_operators_key_is_written_into_its_file_alone_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let [operator, keys, second] = ["operator.key", "keys.env", "second.key"].map(|name| folder.path().join(name));
        let said = make_keys(Some(&keys), Some(&operator), None, None).unwrap();
        assert!(said.contains("operator.key"), "{said}");
        let word = fs::read_to_string(&operator).unwrap();
        assert!(!fs::read_to_string(&keys).unwrap().contains(word.trim()) && !said.contains(word.trim()));
        assert_eq!(operator.metadata().unwrap().permissions().mode() & 0o777, 0o600);

        let taken = make_keys(None, Some(&operator), None, None).unwrap_err();
        assert!(taken.contains("is there already"), "{taken}");
        assert_eq!(fs::read_to_string(&operator).unwrap(), word);
        assert!(make_keys(Some(&keys), Some(&second), None, None).is_err());
        assert!(!second.exists(), "nobody knows its public half");

        let printed = make_keys(None, Some(&second), Some(&keys), None).unwrap();
        assert!(printed.lines().all(|line| line.starts_with("TIFFIN_")), "{printed}");
        assert!(!printed.contains(fs::read_to_string(&second).unwrap().trim()));
    }
}
