//! Placing orders over HTTP: signed in, with an idempotency key, on disk when the reply comes. Quotes are made before;
//! events are held back, so that nothing but placing is measured.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::{
    Bench, WARM_UP,
    client::{Ask, Client},
    load::{self, Committed, Load, Measured, Step, Work},
    people::{Customer, People},
    report::{self, Name, Report},
    town::BenchTown,
};

/// How many quotes each orderer gets first: placing those shows how many quotes the measurement needs.
const FIRST_QUOTES: usize = 100;
/// How many more quotes are made than that estimate, in percent.
const SPARE_PERCENT: u128 = 30;

/// The reply to a quote, as far as placing an order needs it.
#[derive(Deserialize)]
pub(super) struct Quoted {
    /// The id, which its order shares under another prefix.
    pub(super) id: String,
    /// The signed quote.
    pub(super) quote: String,
}

/// Somebody who asks for quotes, then orders.
pub(super) struct Orderer {
    client: Client,
    customer: Arc<Customer>,
    turn: usize,
    bodies: Vec<Bytes>,
}

/// Ordering until there are no quotes left.
struct Placing(Orderer);

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let town = BenchTown::open(&bench.directory, |store| Arc::new(store))?;
    let measured = bench.clients.block_on(async {
        let people = People::register(&town, bench.connections()).await?;
        let _held = town.local.dispatcher.hold().await;
        let orderers = orderers(&town, &people).await?;
        let committed = || town.committed();
        let orderers = quote(orderers, FIRST_QUOTES).await?;
        let load = Load { warm_up: Duration::ZERO, ..bench.load() };
        let (first, orderers) = place(orderers, Load { measured: WARM_UP, ..load }, committed).await?;
        let orderers = quote(orderers, expected(&first, load.measured)? / bench.connections() + 1).await?;
        let (measured, _) = place(orderers, load, committed).await?;
        anyhow::Ok(measured)
    })?;
    report.record(Name::Place, &measured);
    report::line_of_groups(&measured);
    Ok(())
}

/// One for each customer, with a connection each.
pub(super) async fn orderers(town: &BenchTown, people: &People) -> Result<Vec<Orderer>> {
    let mut orderers = Vec::with_capacity(people.customers.len());
    for (turn, customer) in people.customers.iter().enumerate() {
        let client = Client::connect(town.server.address).await?;
        orderers.push(Orderer { client, customer: customer.clone(), turn, bodies: Vec::new() });
    }
    Ok(orderers)
}

/// Gets this many quotes for each.
pub(super) async fn quote(orderers: Vec<Orderer>, each: usize) -> Result<Vec<Orderer>> {
    let quoting = orderers.into_iter().map(|mut orderer| {
        tokio::spawn(async move {
            while orderer.bodies.len() < each {
                orderer.quote().await?;
            }
            anyhow::Ok(orderer)
        })
    });
    let quoting: Vec<_> = quoting.collect();
    let mut ready = Vec::with_capacity(quoting.len());
    for orderer in quoting {
        ready.push(orderer.await??);
    }
    Ok(ready)
}

/// Orders everything that there are quotes for, one after the other.
pub(super) async fn place_all(orderers: Vec<Orderer>) -> Result<()> {
    for orderer in orderers {
        let mut placing = Placing(orderer);
        while matches!(placing.once().await?, Step::Done) {}
    }
    Ok(())
}

/// Lets them order until one has no quote left.
async fn place(
    orderers: Vec<Orderer>,
    load: Load,
    committed: impl Fn() -> Committed,
) -> Result<(Measured, Vec<Orderer>)> {
    let placing = orderers.into_iter().map(Placing).collect();
    let (measured, placing) = load::run(placing, load, committed).await?;
    Ok((measured, placing.into_iter().map(|Placing(orderer)| orderer).collect()))
}

impl Orderer {
    async fn quote(&mut self) -> Result<()> {
        let request = &self.customer.quote_requests[self.turn % self.customer.quote_requests.len()];
        self.turn += 1;
        let ask = Ask::post(&request.path, request.body.clone()).by(&self.customer.person);
        let Quoted { quote, .. } = self.client.send(ask).await?.read()?;
        self.bodies.push(order_body(&quote));
        Ok(())
    }
}

/// What is sent to order by a quote.
pub(super) fn order_body(quote: &str) -> Bytes {
    json!({"quote": quote, "payment_method": "tok_ok"}).to_string().into()
}

/// How many quotes to get, as the first orders let expect.
fn expected(first: &Measured, measured: Duration) -> Result<usize> {
    let expected = u128::from(first.latencies_us.len()) * measured.as_millis() / first.elapsed.as_millis().max(1);
    Ok(usize::try_from(expected * (100 + SPARE_PERCENT) / 100)?)
}

impl Work for Placing {
    async fn once(&mut self) -> Result<Step> {
        let Self(orderer) = self;
        let Some(body) = orderer.bodies.pop() else { return Ok(Step::Over) };
        orderer.turn += 1;
        let key = format!("order-{}", orderer.turn);
        let ask = Ask::post("/v1/orders", body).by(&orderer.customer.person).key(&key);
        orderer.client.send(ask).await?.check()?;
        Ok(Step::Done)
    }
}
