//! Every function as a program of its own: on Lambda where a Lambda runtime started it, elsewhere over HTTP with
//! `CloudEvents`.

mod batch;
mod config;
mod dead_letters;
mod development;
mod emulator;
mod environment;
mod gateway;
mod guard;
mod http;
mod lambda;
mod logging;
mod no_route;
mod pages;
mod program;
mod provider;
#[cfg(test)]
mod sample;
mod secret;
mod services;
mod tables;
mod unavailable;

use std::{fmt::Display, future::Future, process::ExitCode, sync::Arc};

use app::{Clock, Random, Service};
use axum::Router;
use host::{SystemClock, SystemRandom};

pub use config::Wrong;
pub use program::StartError;
pub use services::SERVICES;

use crate::{http::StopSignal, program::Program};

/// Exit code where the program can't start: settings are missing or wrong, a secret can't be read, a port is taken.
const CANNOT_START: u8 = 2;
/// Exit code where it stopped with an error while it ran.
const FAILED: u8 = 1;
/// The variable by which a Lambda runtime says where it is.
const LAMBDA_RUNTIME: &str = "AWS_LAMBDA_RUNTIME_API";

/// Runs a service's only function until it is stopped.
pub fn main(service: Service) -> ExitCode {
    run(service, Arc::new(SystemClock), Arc::new(SystemRandom))
}

/// Names a whole service on the command line.
const SERVICE: &str = "--service";

/// Runs the function that the command line names, or a whole service, serves the pages, keeps dead letters, is the payment provider, or
/// makes the tables.
pub fn main_of_all() -> ExitCode {
    run_named(Arc::new(SystemClock), Arc::new(SystemRandom))
}

/// The same with this clock and this randomness.
pub fn run_named(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        let names = SERVICES.iter().flat_map(|service| service.functions).map(|declaration| declaration.function.name);
        let names = names.chain([pages::NAME, dead_letters::NAME, provider::NAME, tables::NAME]);
        let names = names.collect::<Vec<_>>().join(", ");
        let services = SERVICES.iter().map(|service| service.name).collect::<Vec<_>>().join(", ");
        let words = format!("say which function to run: {names}; or, after {SERVICE}, which service: {services}");
        return fail(&words, CANNOT_START);
    };
    if name == pages::NAME {
        return in_runtime(serve_pages(clock, random));
    }
    if name == dead_letters::NAME {
        return in_runtime(keep_dead_letters(clock, random));
    }
    if name == provider::NAME {
        return in_runtime(provider::serve(clock, random));
    }
    if name == tables::NAME {
        return in_runtime(make_tables());
    }
    let found = if name == SERVICE {
        let wanted = std::env::args().nth(2);
        SERVICES.iter().find(|service| Some(service.name) == wanted.as_deref()).copied()
    } else {
        SERVICES.iter().find_map(|service| service.only(&name))
    };
    match found {
        Some(service) => run(service, clock, random),
        None => fail(&format!("{name} can't start: {}", StartError::Unknown), CANNOT_START),
    }
}

fn run(service: Service, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> ExitCode {
    let name = match service.functions {
        [declaration] => declaration.function.name,
        _ => service.name,
    };
    in_runtime(async {
        let cannot_start = |error: &dyn Display| fail(&format!("{name} can't start: {error}"), CANNOT_START);
        if let Some(runtime) = environment::variable(LAMBDA_RUNTIME) {
            return match Program::start(service, true, clock, random).await {
                Ok(program) => end(name, lambda::serve(Arc::new(program)).await),
                Err(error) => {
                    lambda::report(&runtime, &format!("{name} can't start: {error}")).await;
                    cannot_start(&error)
                }
            };
        }
        let mut stop = match StopSignal::listen() {
            Ok(stop) => stop,
            Err(error) => return cannot_start(&error),
        };
        let started = tokio::select! {
            started = Program::start(service, false, clock, random) => started,
            () = stop.came() => return ExitCode::SUCCESS,
        };
        match started {
            Ok(program) => end(name, http::serve(name, Arc::new(program), stop).await),
            Err(error) => cannot_start(&error),
        }
    })
}

fn end(name: &str, ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{name}: {error}"), FAILED),
    }
}

/// Answers what no function answers, until it is stopped.
pub fn main_without_function() -> ExitCode {
    let name = no_route::NAME;
    in_runtime(async {
        let router = no_route::router(Arc::new(SystemClock), Arc::new(SystemRandom));
        match router {
            Err(error) => fail(&format!("{name} can't start: {error}"), CANNOT_START),
            Ok(router) if environment::variable(LAMBDA_RUNTIME).is_some() => {
                end(name, lambda::serve_router(router).await)
            }
            Ok(router) => serve_over_http(name, router).await,
        }
    })
}

async fn serve_pages(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> ExitCode {
    match pages::router(clock, random) {
        Ok(router) => serve_over_http(pages::NAME, router).await,
        Err(error) => fail(&format!("{} can't start: {error}", pages::NAME), CANNOT_START),
    }
}

async fn keep_dead_letters(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> ExitCode {
    match dead_letters::router(clock, random).await {
        Ok(router) => serve_over_http(dead_letters::NAME, router).await,
        Err(error) => fail(&format!("{} can't start: {error}", dead_letters::NAME), CANNOT_START),
    }
}

async fn make_tables() -> ExitCode {
    let failed = |error: &dyn Display| fail(&format!("{}: {error}", tables::NAME), CANNOT_START);
    let mut stop = match StopSignal::listen() {
        Ok(stop) => stop,
        Err(error) => return failed(&error),
    };
    tokio::select! {
        made = Box::pin(tables::make(SERVICES)) => made.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS),
        () = stop.came() => failed(&"stopped before all were made"),
    }
}

async fn serve_over_http(name: &str, router: Router) -> ExitCode {
    match StopSignal::listen() {
        Ok(stop) => end(name, http::serve_router(name, router, stop).await),
        Err(error) => fail(&format!("{name} can't start: {error}"), CANNOT_START),
    }
}

/// Runs a program's future to its end, and logs. What still runs in threads then, a name that is looked up, is not waited for.
fn in_runtime(program: impl Future<Output = ExitCode>) -> ExitCode {
    logging::start();
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(program);
            runtime.shutdown_background();
            code
        }
        Err(error) => fail(&error, CANNOT_START),
    }
}

#[expect(clippy::print_stderr, reason = "one clear line")]
fn fail(error: &dyn Display, code: u8) -> ExitCode {
    eprintln!("{error}");
    ExitCode::from(code)
}
