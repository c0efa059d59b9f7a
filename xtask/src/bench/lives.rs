//! Orders from the quote to the door, over HTTP by customers, merchants and couriers, with everything running: payments,
//! matching, notices, sweeps.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result};
use domain::{DeliveryKind, Event, Kind, OrderKind};
use http::StatusCode;
use hyper::body::Bytes;

use super::{
    Bench,
    client::{Ask, Client, Person},
    load::{self, Step, Work},
    people::{Customer, People},
    place::{Quoted, order_body},
    report::{self, Name, Report},
    stories::Stories,
    town::BenchTown,
};

/// The body with which a merchant accepts.
const ACCEPTANCE: Bytes = Bytes::from_static(br#"{"prep_minutes": 10}"#);
/// How often an action that came too early is retried.
const RETRIES: u32 = 10;
/// The backoff before the first retry; it doubles each time.
const FIRST_BACKOFF: Duration = Duration::from_millis(1);

/// One order after the other, each through its whole life.
struct Life {
    client: Client,
    customer: Arc<Customer>,
    stage: Arc<Stage>,
    turn: usize,
}

/// What all lives share.
struct Stage {
    people: People,
    stories: Stories,
    retried: AtomicU64,
}

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let town = BenchTown::open(&bench.directory, |store| Arc::new(store))?;
    let (measured, retried) = bench.clients.block_on(async {
        let people = People::register(&town, bench.connections()).await?;
        town.local.bus.idle().await;
        town.start_timer();
        let stage = Arc::new(Stage { people, stories: Stories::default(), retried: AtomicU64::new(0) });
        let forwarding = tokio::spawn(stage.stories.clone().forward(town.local.bus.clone()));
        let mut lives = Vec::new();
        for (turn, customer) in stage.people.customers.iter().enumerate() {
            let client = Client::connect(town.server.address).await?;
            lives.push(Life { client, customer: customer.clone(), stage: stage.clone(), turn });
        }
        let (measured, _) = load::run(lives, bench.load(), || town.committed()).await?;
        forwarding.abort();
        anyhow::Ok((measured, stage.retried.load(Ordering::Relaxed)))
    })?;
    report.record(Name::Lives, &measured);
    report.record_transactions(&measured);
    report::line_of_groups(&measured);
    report::line(&format!("  actions that came too early or lost a race, and were sent again: {retried}"));
    Ok(())
}

impl Work for Life {
    async fn once(&mut self) -> Result<Step> {
        Ok(match self.live().await? {
            Some(_) => Step::Done,
            None => Step::Failed("an order got stuck".to_owned()),
        })
    }
}

impl Life {
    /// From the quote to the door. Returns the last event; `None` where the order got stuck.
    async fn live(&mut self) -> Result<Option<Event>> {
        let customer = self.customer.clone();
        let stage = self.stage.clone();
        let request = &customer.quote_requests[self.turn % customer.quote_requests.len()];
        self.turn += 1;
        let ask = Ask::post(&request.path, request.body.clone()).by(&customer.person);
        let Quoted { id, quote } = self.client.send(ask).await?.read()?;
        let order = id.replacen("qot_", "ord_", 1);
        let delivery = id.replacen("qot_", "dlv_", 1);
        let mut story = stage.stories.follow(&order);
        let key = format!("life-{}", self.turn);
        self.act(Ask::post("/v1/orders", order_body(&quote)).by(&customer.person).key(&key)).await?;

        let Some(offered) = story.until(Kind::Delivery(DeliveryKind::Offered)).await else { return Ok(None) };
        let courier = offered.data["offered_to"].as_str().and_then(|id| stage.people.couriers.get(id));
        let courier: &Person = courier.context("the courier is one of ours")?;
        let merchant: &Person =
            stage.people.merchants.get(&request.restaurant).context("a restaurant has a merchant")?;
        let on_order = |action: &str| format!("/v1/orders/{order}/{action}");
        let on_delivery = |action: &str| format!("/v1/deliveries/{delivery}/{action}");
        self.act(Ask::post(&on_delivery("accept"), Bytes::new()).by(courier)).await?;
        self.act(Ask::post(&on_order("accept"), ACCEPTANCE).by(merchant)).await?;
        self.act(Ask::post(&on_order("ready"), Bytes::new()).by(merchant)).await?;
        self.act(Ask::post(&on_delivery("pick-up"), Bytes::new()).by(courier)).await?;
        self.act(Ask::post(&on_delivery("complete"), Bytes::new()).by(courier)).await?;
        Ok(story.until(Kind::Order(OrderKind::Delivered)).await)
    }

    /// Does something that may have to wait until a service has handled another one's event.
    async fn act(&mut self, ask: Ask<'_>) -> Result<()> {
        let mut backoff = FIRST_BACKOFF;
        for _ in 0..RETRIES {
            let reply = self.client.send(ask.clone()).await?;
            if reply.status != StatusCode::CONFLICT {
                return reply.check();
            }
            self.stage.retried.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
        self.client.send(ask).await?.check()
    }
}
