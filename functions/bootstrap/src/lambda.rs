//! The program on Lambda: requests of an HTTP API or a function URL, batches of a queue, ticks of a schedule.

use std::sync::Arc;

use app::TriggerKind;
use host::Swept;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json, value::RawValue};

use crate::{batch, gateway, program::Program};

/// Polls the runtime until the environment is shut down.
pub(crate) async fn serve(program: Arc<Program>) -> Result<(), Error> {
    match program.declaration.kind() {
        TriggerKind::Endpoint => {
            let router = host::edge(host::router(program.host.clone()), &program.host);
            lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
                let router = router.clone();
                async move { gateway::answer(router, event.payload.get()).await.map_err(logged) }
            }))
            .await
        }
        TriggerKind::Subscriber => {
            lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
                let program = program.clone();
                async move { batch::deliver(&program, event.payload.get()).await.map_err(logged) }
            }))
            .await
        }
        TriggerKind::Sweep | TriggerKind::Schedule => {
            lambda_runtime::run(service_fn(|_: LambdaEvent<Value>| {
                let program = program.clone();
                async move { sweep(&program).await.map_err(logged) }
            }))
            .await
        }
    }
}

async fn sweep(program: &Program) -> Result<Value, Error> {
    let swept = program.host.sweep_through(program.declaration.function.name, program.sweep_window).await?;
    let Swept { due, failed, republished, left, unreadable } = swept;
    Ok(json!({"due": due, "failed": failed, "republished": republished, "left": left, "unreadable": unreadable}))
}

/// An invocation that fails as a whole is reported to the runtime, and logged.
fn logged(error: impl Into<Error>) -> Error {
    let error = error.into();
    tracing::error!(%error, "the invocation failed");
    error
}
