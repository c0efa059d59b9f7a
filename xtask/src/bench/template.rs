//! What placing one order writes, taken from an order that was placed, and the same for more and more orders.

use anyhow::{Context as _, Result};
use app::{Clock as _, Condition, Item, Random as _, Stored as _, Write};
use domain::{EventId, OrderId};
use host::{SystemClock, SystemRandom};
use orders::Order;

/// A transaction of `place-order`.
#[derive(Clone)]
pub(super) struct Template {
    items: Vec<(Item, bool)>,
    order: OrderId,
    event: EventId,
    /// The hash that an idempotency record is found by.
    claim: String,
}

/// A row that is to be written.
pub(super) struct Row {
    pub(super) item: Item,
    /// Whether its key must be free.
    pub(super) must_be_new: bool,
}

impl Template {
    /// A template of what was written when an order was placed.
    pub(super) fn of(writes: Vec<Write>) -> Result<Self> {
        let mut items = Vec::with_capacity(writes.len());
        for write in writes {
            let Write::Put(item, condition) = write else { anyhow::bail!("placing an order only puts: {write:?}") };
            items.push((item, condition != Condition::None));
        }
        let find = |kind: &str| {
            let found = items.iter().find(|(item, _)| item.kind == kind);
            found.map(|(item, _)| item).with_context(|| format!("placing an order writes no {kind}"))
        };
        let order = find(Order::ITEM)?.read::<Order>()?.id;
        let event = find("outbox")?.key.sk.parse()?;
        let claim = &find("idempotency")?.key.pk;
        let claim = claim.rsplit('#').next().unwrap_or(claim).to_owned();
        Ok(Self { items, order, event, claim })
    }

    /// The same for an order that is not there yet: keys are new, bodies are not, for nobody looks into them.
    pub(super) fn with_new_keys(&self) -> Vec<Row> {
        let now = SystemClock.now();
        let order = OrderId::generate(now, random());
        let event = EventId::generate(now, random());
        let [high, low] = [random(), random()].map(u128::from_le_bytes);
        let tail = |id: OrderId| id.to_string().rsplit('_').next().unwrap_or_default().to_owned();
        let changes = [
            (tail(self.order), tail(order)),
            (self.event.to_string(), event.to_string()),
            (self.claim.clone(), format!("{high:032x}{low:032x}")),
        ];
        let change = |text: &mut String| {
            for (from, to) in &changes {
                if text.contains(from) {
                    *text = text.replace(from, to);
                }
            }
        };
        let rows = self.items.iter().cloned().map(|(mut item, must_be_new)| {
            change(&mut item.key.pk);
            change(&mut item.key.sk);
            for entry in &mut item.indexed {
                change(&mut entry.pk);
                change(&mut entry.sk);
            }
            Row { item, must_be_new }
        });
        rows.collect()
    }
}

/// What templates consist of on average, for people.
pub(super) fn words(templates: &[Template]) -> String {
    let items = || templates.iter().flat_map(|template| &template.items);
    let each = |sum: usize| sum / templates.len().max(1);
    let mut kinds: Vec<&str> = items().map(|(item, _)| &*item.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let bodies: Vec<String> = kinds
        .into_iter()
        .map(|kind| {
            let of_kind = items().filter(|(item, _)| item.kind == kind);
            format!("{kind} {} B", each(of_kind.map(|(item, _)| item.body.len()).sum()))
        })
        .collect();
    let entries = each(items().map(|(item, _)| item.indexed.len()).sum());
    let conditions = each(items().filter(|(_, must_be_new)| *must_be_new).count());
    let bytes = each(items().map(|(item, _)| item.bytes()).sum());
    format!("{}; {entries} index rows, {conditions} conditions, {bytes} B in all", bodies.join(", "))
}

fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    SystemRandom.fill(&mut bytes);
    bytes
}
