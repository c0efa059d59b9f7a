//! The program on Lambda: requests of an HTTP API or a function URL, batches of a queue, ticks of a schedule.

use std::{fmt::Display, sync::Arc, time::Duration};

use app::{HttpClient as _, HttpRequest, TriggerKind};
use axum::Router;
use client::Http;
use host::Swept;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::{Value, json, value::RawValue};

use crate::{batch, emulator, gateway, program::Program};

/// How long the runtime may take to note why a program can't start.
const REPORTING: Duration = Duration::from_secs(2);

/// Tells the runtime why the program can't start, so that callers get that for an answer, and no silence.
/// Format: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
pub(crate) async fn report(runtime: &str, why: &str) {
    let error = json!({"errorType": CANNOT_START, "errorMessage": why, "stackTrace": []});
    let request = HttpRequest {
        url: format!("http://{runtime}/2018-06-01/runtime/init/error"),
        headers: vec![("lambda-runtime-function-error-type", CANNOT_START.to_owned())],
        body: error.to_string(),
        timeout: REPORTING,
    };
    if let Err(error) = Http::new().post(request).await {
        tracing::error!(%error, "the runtime was not told");
    }
}

/// The type of that error.
const CANNOT_START: &str = "Runtime.CannotStart";
/// The type of the error of an invocation that failed as a whole.
const FAILED: &str = "Function.Failed";

/// Polls the runtime until the environment is shut down.
pub(crate) async fn serve(program: Arc<Program>) -> Result<(), Error> {
    match program.declaration.kind() {
        TriggerKind::Endpoint => lambda_runtime::run(gateway::answers(program.router())).await,
        TriggerKind::Subscriber => {
            lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
                let program = program.clone();
                async move {
                    let delivered = batch::deliver(&program, event.payload.get()).await;
                    reported(&program, delivered).await
                }
            }))
            .await
        }
        TriggerKind::Sweep | TriggerKind::Schedule => {
            lambda_runtime::run(service_fn(|_: LambdaEvent<Value>| {
                let program = program.clone();
                async move { reported(&program, sweep(&program).await).await }
            }))
            .await
        }
    }
}

/// Answers requests by a router until the environment is shut down.
pub(crate) async fn serve_router(router: Router) -> Result<(), Error> {
    lambda_runtime::run(gateway::answers(router)).await
}

async fn sweep(program: &Program) -> Result<Value, Error> {
    let swept = program.host.sweep_through(program.declaration.function.name, program.sweep_window).await?;
    let Swept { due, failed, republished, left, unreadable } = swept;
    Ok(json!({"due": due, "failed": failed, "republished": republished, "left": left, "unreadable": unreadable}))
}

/// An invocation that fails as a whole is logged, and reported to the runtime; where its emulator is away, with what to do.
async fn reported<T>(program: &Program, result: Result<T, impl Display>) -> Result<T, Diagnostic> {
    let error = match result {
        Ok(reply) => return Ok(reply),
        Err(error) => error.to_string(),
    };
    let advice = match &program.emulator {
        Some(endpoint) => emulator::advice_of(endpoint).await,
        None => None,
    };
    let error = advice.unwrap_or(error);
    tracing::error!(error, "the invocation failed");
    Err(Diagnostic { error_type: FAILED.to_owned(), error_message: error })
}
