//! Every function as a program of its own: on Lambda where a Lambda runtime started it, elsewhere over HTTP with
//! `CloudEvents`.

mod batch;
mod config;
mod environment;
mod gateway;
mod http;
mod lambda;
mod logging;
mod nowhere;
mod program;
mod secret;
mod services;

use std::{process::ExitCode, sync::Arc};

use app::{Clock, Random, Service};
use host::{SystemClock, SystemRandom};

pub use config::Wrong;
pub use program::StartError;
pub use services::SERVICES;

use crate::program::Program;

/// Exit code where the program can't start: settings are missing or wrong, a secret can't be read, a port is taken.
const CANNOT_START: u8 = 2;
/// Exit code where it ended by itself.
const FAILED: u8 = 1;
/// The variable by which a Lambda runtime says where it is.
const LAMBDA_RUNTIME: &str = "AWS_LAMBDA_RUNTIME_API";

/// What a program does not make itself: tests hand in others.
#[derive(Clone)]
pub struct Machine {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Default for Machine {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) }
    }
}

/// Runs a service's only function until it is told to stop.
pub fn main(service: Service) -> ExitCode {
    run(service, Machine::default())
}

/// Runs the function that the command line names.
pub fn main_of_all() -> ExitCode {
    run_named(Machine::default())
}

/// The same on a machine that is handed in.
pub fn run_named(machine: Machine) -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        let names = SERVICES.iter().flat_map(|service| service.functions).map(|declaration| declaration.function.name);
        return fail(&format!("say which function to run: {}", names.collect::<Vec<_>>().join(", ")), CANNOT_START);
    };
    match SERVICES.iter().find_map(|service| service.only(&name)) {
        Some(service) => run(service, machine),
        None => fail(&format!("{name} can't start: {}", StartError::Unknown), CANNOT_START),
    }
}

fn run(service: Service, machine: Machine) -> ExitCode {
    logging::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, CANNOT_START),
    };
    let name = service.functions.first().map_or("nothing", |declaration| declaration.function.name);
    runtime.block_on(async {
        let on_lambda = std::env::var_os(LAMBDA_RUNTIME).is_some();
        let program = match Program::start(service, on_lambda, machine).await {
            Ok(program) => Arc::new(program),
            Err(error) => return fail(&format!("{name} can't start: {error}"), CANNOT_START),
        };
        let ended = if on_lambda { lambda::serve(program).await } else { http::serve(program).await };
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&format!("{name}: {error}"), FAILED),
        }
    })
}

#[expect(clippy::print_stderr, reason = "one clear line")]
fn fail(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    eprintln!("{error}");
    ExitCode::from(code)
}
