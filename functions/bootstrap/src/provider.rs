//! `function provider`: the simulated payment provider, where functions have it outside.

use std::{fmt::Display, process::ExitCode, sync::Arc};

use app::{Clock, Random};
use host::{BearerSecrets, Host, Requirements, requirements::shared_secret_variable};
use payments::PAYMENT_PROVIDER;
use provider::PROGRAM;

use crate::{
    CANNOT_START, end, fail,
    http::{self, StopSignal},
    program::{Opened, StartError},
};

/// What the command line calls it.
pub(crate) const NAME: &str = PROGRAM.name;

/// Answers, and sends webhooks, until it is stopped.
pub(crate) async fn serve(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> ExitCode {
    let cannot_start = |error: &dyn Display| fail(&format!("{NAME} can't start: {error}"), CANNOT_START);
    let mut stop = match StopSignal::listen() {
        Ok(stop) => stop,
        Err(error) => return cannot_start(&error),
    };
    let opened = tokio::select! {
        opened = open(clock, random) => opened,
        () = stop.came() => return ExitCode::SUCCESS,
    };
    let (host, callers) = match opened {
        Ok(opened) => opened,
        Err(error) => return cannot_start(&error),
    };
    tokio::select! {
        ended = http::serve_router(NAME, provider::router(&host, callers), stop) => end(NAME, ended),
        never = provider::send_webhooks(host.clone()) => never,
    }
}

/// What it stands on, and who may call it.
async fn open(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<(Arc<Host>, BearerSecrets), StartError> {
    let Opened { host, .. } = Opened::new(&[], &Requirements::of_program(&PROGRAM), false, clock, random).await?;
    let context = host.context_for(PROGRAM);
    let wrong = |reason| StartError::Secret { variable: shared_secret_variable(PAYMENT_PROVIDER.key), reason };
    let key = context.secret(PAYMENT_PROVIDER.key).map_err(|error| wrong(error.to_string()))?;
    let callers = BearerSecrets::parse(key).map_err(|error| wrong(error.to_string()))?;
    Ok((host, callers))
}
