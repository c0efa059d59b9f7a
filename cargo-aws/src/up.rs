//! `cargo aws up`: what functions stand on, on this computer, and the way of events to them.

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use host::requirements::tables_of;

use crate::{
    Emulator, SERVICES,
    bridge::Bridge,
    bridge_address,
    environment::{API_PORT, EMULATOR_PORT, INVOKE_PORT, WATCH_PORT},
    install,
    names::{PREFIX, logical_id},
    queues::Queues,
    say, tables,
    tool::{FOLDER, export, root, stopped},
};

/// After how many seconds a message is received again that failed. On AWS that is more than a minute.
const RETRIED_AFTER_S: u32 = 1;

/// What serves them; by itself it would let in the whole network.
const WATCH: &str = "cargo lambda watch -A 127.0.0.1";

/// What runs the functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Invoke {
    /// `cargo lambda watch`
    #[default]
    Lambda,
    /// `sam local start-lambda`
    Sam,
}

/// Stays until it is stopped; everything is gone then.
pub async fn run(invoke: Invoke) -> Result<()> {
    tokio::task::spawn_blocking(install::emulator).await?.context("the emulator can't be installed")?;
    let emulator = Emulator::open(EMULATOR_PORT, bridge_address().await).await?;
    let endpoint = emulator.endpoint();
    let tables = tables_of(SERVICES);
    let count = tables.len();
    tables::make(endpoint, PREFIX, tables).await.context("the tables can't be made")?;
    let queues = Queues::open(endpoint, PREFIX, SERVICES, RETRIED_AFTER_S).await.context("the queues can't be made")?;
    say(&format!(
        "The emulator answers at {endpoint}, with {count} tables, 1 topic and {} queues; Ctrl-C ends it.",
        queues.every.len()
    ));
    say(&invoke.what_to_type());
    let bridge = match invoke {
        Invoke::Lambda => Bridge::new(queues, SERVICES, WATCH_PORT, str::to_owned),
        Invoke::Sam => Bridge::new(queues, SERVICES, INVOKE_PORT, logical_id),
    };
    tokio::select! {
        carried = bridge.run() => carried.context("the emulator is gone"),
        stopped = stopped() => stopped,
    }
}

impl Invoke {
    /// What to do next, and what is there then.
    fn what_to_type(self) -> String {
        let lines = match self {
            Self::Lambda => {
                vec![(WATCH, format!("then the API answers at http://localhost:{WATCH_PORT}"))]
            }
            Self::Sam => vec![
                ("sam local start-api", format!("then the API answers at http://127.0.0.1:{API_PORT}")),
                ("sam local start-lambda", "then events are handled".to_owned()),
            ],
        };
        let tool = root().join(FOLDER).join(if self == Self::Sam { "sam" } else { "cargo-lambda" });
        let export = export();
        let path = tool.exists().then_some((&*export, "where `cargo xtask tools` put it".to_owned()));
        let lines: Vec<_> = path.into_iter().chain(lines).collect();
        let width = lines.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
        let lines = lines.iter().map(|(command, what)| format!("\n  {command:width$}  # {what}"));
        let terminals = if self == Self::Sam { "two other terminals" } else { "another terminal" };
        format!("In {terminals}:{}", lines.collect::<String>())
    }
}
