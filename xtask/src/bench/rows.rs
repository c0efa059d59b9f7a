//! The floor of placing an order: the same rows, written directly with rusqlite, as durably, as many at once, by one
//! thread that commits in groups.

mod writer;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use app::Table;
use tokio::sync::oneshot;

use super::{
    Bench,
    load::{self, Step, Work},
    people::People,
    place,
    recording::Recording,
    report::{self, Name, Report},
    template::{self, Template},
    town::BenchTown,
};
use writer::{Job, Writer};

/// Where orders are kept.
const ORDERS: Table = orders::SERVICE.table;

/// Somebody who writes one order after the other.
struct Hand {
    template: Template,
    writer: Writer,
}

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let templates = templates(bench)?;
    report::line(&format!("placing an order writes: {}", template::words(&templates)));
    let data = tempfile::Builder::new().prefix("bench-").tempdir_in(&bench.directory)?;
    let writer = Writer::open(&data.path().join("rows.db"))?;
    let hands = (0..bench.connections()).zip(templates.iter().cycle());
    let hands: Vec<Hand> =
        hands.map(|(_, template)| Hand { template: template.clone(), writer: writer.clone() }).collect();
    let measured = bench.clients.block_on(load::run(hands, bench.load(), || writer.committed()))?.0;
    report.record(Name::Rows, &measured);
    report::line_of_groups(&measured);
    Ok(())
}

/// What orders of different customers write at different restaurants.
fn templates(bench: &Bench) -> Result<Vec<Template>> {
    let mut recording = None;
    let town = BenchTown::open(&bench.directory, |store| recording.insert(Recording::of(store, ORDERS)).clone())?;
    let recording: Arc<Recording> = recording.context("a town has a store")?;
    bench.clients.block_on(async {
        let people = People::register(&town, bench.connections()).await?;
        let _held = town.local.dispatcher.hold().await;
        recording.take();
        place::place_all(place::quote(place::orderers(&town, &people).await?, 1).await?).await?;
        recording.take().into_iter().map(Template::of).collect()
    })
}

impl Work for Hand {
    async fn once(&mut self) -> Result<Step> {
        let (reply, answer) = oneshot::channel();
        self.writer.submit(Job { rows: self.template.with_new_keys(), reply })?;
        Ok(if answer.await? { Step::Done } else { Step::Failed("a row exists already".to_owned()) })
    }
}
