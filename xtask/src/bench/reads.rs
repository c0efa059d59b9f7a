//! Reads: the menus of the city's restaurants, and searches around its middle.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Result;
use serde::Deserialize;
use tiffin::city;

use super::{
    Bench, baskets,
    client::{Ask, Client},
    load::{self, Committed, Measured, Step, Work},
    report::{Name, Report},
    town::BenchTown,
};

/// From how many places to search, and how many degrees they are apart, from south to north (about 110 m).
const PLACES: u8 = 20;
const APART: f64 = 0.001;

/// Somebody who reads one path after the other.
struct Reader {
    client: Client,
    paths: Vec<String>,
    turn: usize,
}

#[derive(Deserialize)]
struct Found {
    items: Vec<ReadCard>,
}

#[derive(Deserialize)]
struct ReadCard {
    id: String,
}

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let town = BenchTown::open(&bench.directory, |store| Arc::new(store))?;
    let searches: Vec<String> = (0..PLACES)
        .map(|step| {
            format!("/v1/restaurants?lat={:.4}&lon={}", city::CENTRE.0 + f64::from(step) * APART, city::CENTRE.1)
        })
        .collect();
    let found: Found = bench.clients.block_on(async {
        let mut client = Client::connect(town.server.address).await?;
        client.send(Ask::get(&format!("{}&limit=100", searches[0]))).await?.read()
    })?;
    let menus: Vec<String> = found.items.iter().map(|card| baskets::menu_path(&card.id)).collect();
    report.record(Name::Menus, &ask(bench, town.server.address, &menus, || town.committed())?);
    report.record(Name::Searches, &ask(bench, town.server.address, &searches, || town.committed())?);
    Ok(())
}

/// Asks for these paths in turn, over every connection.
pub(super) fn ask(
    bench: &Bench,
    address: SocketAddr,
    paths: &[String],
    committed: impl Fn() -> Committed,
) -> Result<Measured> {
    bench.clients.block_on(async {
        let mut readers = Vec::new();
        for turn in 0..bench.connections() {
            readers.push(Reader { client: Client::connect(address).await?, paths: paths.to_vec(), turn });
        }
        Ok(load::run(readers, bench.load(), committed).await?.0)
    })
}

impl Work for Reader {
    async fn once(&mut self) -> Result<Step> {
        let path = &self.paths[self.turn % self.paths.len()];
        self.turn += 1;
        self.client.send(Ask::get(path)).await?.check()?;
        Ok(Step::Done)
    }
}
