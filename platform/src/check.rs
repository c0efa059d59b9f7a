//! `tiffin check`: the invariants, over everything that a stopped process left behind.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
};

use app::{Item, Store, StoreError, Stored as _, Table};
use domain::{Event, OrderId, PaymentId};
use orders::{Order, Status};
use payments::Payment;
use sqlite::{OpenError, SqliteStore};

use crate::{
    data_dir::STORE_FILE,
    retry::{DISPATCHER, Retry},
    services::SERVICES,
};

/// How many items one read of a table returns at most.
const PAGE: usize = 500;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many orders there are.
    pub orders: usize,
    /// How many of them still have events on their way, so that services may differ about them.
    pub in_flight: usize,
    /// What is broken: what it is about, and which invariant.
    pub broken: Vec<String>,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is nothing to check.
    #[error("there is no data in {0}")]
    NoData(String),
    /// The file can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks a data directory that no process runs on.
pub async fn check_data_dir(path: &Path) -> Result<Report, CheckError> {
    Ok(check(&open_data_dir(path)?).await?)
}

/// The store of a data directory that no process runs on.
pub(crate) fn open_data_dir(path: &Path) -> Result<SqliteStore, CheckError> {
    let file = path.join(STORE_FILE);
    if !file.exists() {
        return Err(CheckError::NoData(path.display().to_string()));
    }
    Ok(SqliteStore::open(&file, sqlite::Options::default())?)
}

/// Checks everything a store holds, while nothing is written.
pub async fn check(store: &dyn Store) -> Result<Report, StoreError> {
    let mut stored: Vec<Item> = Vec::new();
    let mut broken: Vec<String> = Vec::new();
    for service in SERVICES {
        let mut items = all(store, service.table).await?;
        for table in service.audit.tables.iter().filter(|table| **table != service.table) {
            items.extend(all(store, *table).await?);
        }
        broken.extend((service.audit.violations)(&items).iter().map(ToString::to_string));
        stored.extend(items);
    }
    stored.extend(all(store, DISPATCHER).await?);

    let in_flight = in_flight(&stored, &mut broken);
    let payments = read_payments(&stored)?;
    let orders =
        stored.iter().filter(|item| item.kind == Order::ITEM).map(Item::read).collect::<Result<Vec<Order>, _>>()?;
    for order in &orders {
        let idle = !in_flight.contains(&order.id);
        let faults = money_faults(order, payments.get(&PaymentId::of(order.id)), idle);
        broken.extend(faults.into_iter().map(|what| format!("{}: {what}", order.id)));
    }
    let in_flight = orders.iter().filter(|order| in_flight.contains(&order.id)).count();
    Ok(Report { orders: orders.len(), in_flight, broken })
}

/// What orders and payments must agree on. While events are on their way, only what holds at all times.
fn money_faults(order: &Order, payment: Option<&Payment>, idle: bool) -> Vec<&'static str> {
    let Some(payment) = payment else {
        return if idle { vec!["it was placed, and there is no payment"] } else { Vec::new() };
    };
    let delivered = order.status == Status::Delivered;
    let at_rest = idle && order.status.is_final() && payment.due.is_none();
    let checks = [
        (payment.amount == order.price.total, "its payment is about another amount than its total"),
        (
            !at_rest || !delivered || payment.captured == order.price.total,
            "it was delivered, and is not captured in full",
        ),
        (!at_rest || delivered || payment.is_given_back(), "it ended otherwise, and money was kept"),
        (!at_rest || order.refunded == payment.refunded, "it and its payment differ in what was refunded"),
        (
            !at_rest || delivered || payment.status != payments::Status::Authorized,
            "it ended otherwise, and money is still held",
        ),
    ];
    checks.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what).collect()
}

fn read_payments(items: &[Item]) -> Result<BTreeMap<PaymentId, Payment>, StoreError> {
    let stored = items.iter().filter(|item| item.kind == Payment::ITEM).map(Payment::read);
    let stored = stored.collect::<Result<Vec<Option<Payment>>, _>>()?;
    Ok(stored.into_iter().flatten().map(|payment| (payment.id, payment)).collect())
}

/// The orders with an event in an outbox, in a retry or among the dead letters. Events that can't be read are broken.
fn in_flight(stored: &[Item], broken: &mut Vec<String>) -> BTreeSet<OrderId> {
    let mut events: Vec<Event> = Vec::new();
    for item in stored {
        let event = match &*item.kind {
            "outbox" => item.read().map(Some),
            "retry" => item.read().map(|Retry { event, .. }| Some(event)),
            "dead-letter" => item.read().map(|letter: host::DeadLetter| letter.event().ok()),
            _ => continue,
        };
        match event {
            // A dead letter of a newer version's is nothing broken.
            Ok(event) => events.extend(event),
            Err(error) => broken.push(format!("an event on its way: {error}")),
        }
    }
    events.iter().filter_map(|event| event.partition_key.parse().ok()).collect()
}

async fn all(store: &dyn Store, table: Table) -> Result<Vec<Item>, StoreError> {
    let mut items: Vec<Item> = Vec::new();
    loop {
        let page = store.scan(table, items.last().map(|item| &item.key), PAGE).await?;
        if page.is_empty() {
            return Ok(items);
        }
        items.extend(page);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { orders, in_flight, broken } = self;
        if broken.is_empty() {
            return writeln!(formatter, "{orders} orders, {in_flight} with events on their way: every invariant holds");
        }
        writeln!(formatter, "{orders} orders, {} broken invariants:", broken.len())?;
        broken.iter().try_for_each(|line| writeln!(formatter, "  {line}"))
    }
}
