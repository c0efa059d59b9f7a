//! For this service's tests: one order, its facts, and a provider that can be made to fail.

use app::{Changes, Context, Key, StoreError, due_query, query_shards};
use domain::{Event, EventId, Kind, OrderFact, OrderId, OrderKind, PaymentId, PaymentOperation, UserId};
use serde_json::{Value, json};
use testing::{World, user_id};

use crate::{
    Call, DUE, PAYMENTS, PROVIDER, Payment, Provider, ProviderAnswer, ProviderError, SERVICE,
    authorize_payment::authorize, given_provider::GivenProvider, settle_payment::settle, sweep_payments::resume,
    violations,
};

/// What the provider does with a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// What it should.
    None,
    /// It does it, and the answer is lost.
    Lost,
    /// It does nothing, and refuses with this word.
    Refused(&'static str),
}

/// The provider that a function has been given, with a fault.
struct Faulty<'a>(GivenProvider<'a>, Fault);

/// The order.
pub(crate) fn order() -> OrderId {
    OrderId::from_uuid(user_id(9).uuid())
}

/// Who pays.
pub(crate) fn customer() -> UserId {
    user_id(1)
}

/// Who is paid.
pub(crate) fn merchant() -> UserId {
    user_id(2)
}

/// The order's fact when it is placed with this means of payment.
pub(crate) fn fact(method: &str) -> OrderFact {
    let stop = json!({
        "place": { "lat": 44.43, "lon": 26.1 },
        "address": { "street": "Str. Lipscani 1", "city": "București", "postcode": "030031", "country": "RO" },
        "notes": null,
    });
    let fact = json!({
        "order_id": order(), "number": "K7Q2M9XA", "customer_id": customer(), "merchant_id": merchant(),
        "restaurant_id": "rst_01h455vb4pex5vsknk084sn02q", "restaurant_name": "Casa Veche", "restaurant_phone": null,
        "contact": {}, "pick_up": stop, "deliver_to": stop, "distance_m": 900,
        "total": { "amount": 5450, "currency": "RON" }, "tip": { "amount": 300, "currency": "RON" },
        "payment_method": method, "placed_at": testing::NOON, "paid_at": null, "accepted_at": null, "ready_by": null,
        "ready_at": null, "picked_up_at": null, "ended_at": null, "courier_id": null, "reason": null,
        "prep_minutes": 15, "by": { "role": "system", "id": null },
    });
    serde_json::from_value(fact).unwrap()
}

/// The order's fact of this kind, at this place in its journey. Only the first names the means of payment, which works.
pub(crate) fn event(kind: OrderKind, sequence: u64) -> Event {
    let mut data = serde_json::to_value(fact("tok_ok")).unwrap();
    if kind != OrderKind::Placed {
        data["payment_method"] = Value::Null;
    }
    Event {
        id: EventId::from_uuid(user_id(u16::try_from(100 + sequence).unwrap()).uuid()),
        kind: kind.into(),
        subject: order().to_string(),
        time: testing::NOON.parse().unwrap(),
        partition_key: order().to_string(),
        sequence,
        traceparent: None,
        data,
    }
}

/// The order was placed with this means of payment.
pub(crate) fn placed_with(method: &str) -> Event {
    Event { data: serde_json::to_value(fact(method)).unwrap(), ..event(OrderKind::Placed, 1) }
}

/// The function that subscribes to facts of this kind.
pub(crate) fn subscriber(kind: Kind) -> &'static str {
    if kind == OrderKind::Placed { "authorize-payment" } else { "settle-payment" }
}

/// Lets its subscriber handle it, with any provider.
pub(crate) async fn handle(
    world: &World,
    context: &Context,
    provider: &impl Provider,
    event: &Event,
) -> Result<Changes, app::Failure> {
    if event.kind == OrderKind::Placed {
        authorize(context, &world.system(), provider, &event.typed()?).await
    } else {
        settle(context, &world.system(), provider, &event.typed()?).await
    }
}

/// Delivers a fact, and commits what comes of it.
pub(crate) async fn deliver(world: &World, event: &Event) {
    deliver_through(world, event, Fault::None).await;
}

/// The same while the provider refuses everything with this word.
pub(crate) async fn refuse(world: &World, event: &Event, word: &'static str) {
    deliver_through(world, event, Fault::Refused(word)).await;
}

/// The same while the provider's answers are lost.
pub(crate) async fn lose(world: &World, event: &Event) {
    deliver_through(world, event, Fault::Lost).await;
}

async fn deliver_through(world: &World, event: &Event, fault: Fault) {
    let context = world.context(SERVICE, subscriber(event.kind));
    let changes = handle(world, &context, &Faulty(GivenProvider::of(&context), fault), event).await.unwrap();
    world.commit(PAYMENTS, changes).await;
}

/// Sweeps once.
pub(crate) async fn sweep(world: &World) {
    sweep_with(world, Fault::None).await;
}

/// Sweeps once while the provider's answers are lost.
pub(crate) async fn lose_sweep(world: &World) {
    sweep_with(world, Fault::Lost).await;
}

/// Sweeps once with a fault.
pub(crate) async fn sweep_with(world: &World, fault: Fault) {
    let context = world.context(SERVICE, "sweep-payments");
    for key in due(world).await {
        let provider = Faulty(GivenProvider::of(&context), fault);
        let changes = resume(&context, &world.system(), &provider, &key).await.unwrap();
        world.commit(PAYMENTS, changes).await;
    }
}

/// The payments that are due now or later.
pub(crate) async fn due(world: &World) -> Vec<Key> {
    let page = query_shards(world.store(), PAYMENTS, &due_query(DUE)).await.unwrap();
    page.items.into_iter().map(|item| item.key).collect()
}

/// The order's payment.
pub(crate) async fn stored_payment(world: &World) -> Payment {
    let context = world.context(SERVICE, "list-payments");
    context.find(&PaymentId::of(order())).await.unwrap().unwrap().value
}

/// What was published: kind, sequence and amount.
pub(crate) fn published(world: &World) -> Vec<String> {
    let line = |event: &Event| format!("{}@{} {}", event.kind.short(), event.sequence, event.data["amount"]["amount"]);
    world.published().iter().map(line).collect()
}

impl Provider for Faulty<'_> {
    async fn perform(&self, operation: PaymentOperation, call: Call<'_>) -> Result<ProviderAnswer, ProviderError> {
        match self.1 {
            Fault::None => self.0.perform(operation, call).await,
            Fault::Lost => self.0.perform(operation, call).await.and(Err(ProviderError::Unknown("it is lost".into()))),
            Fault::Refused(word) => Ok(ProviderAnswer::Refused { reason: word.to_owned() }),
        }
    }
}

/// Everything in a table, in order of the keys.
pub(crate) async fn everything(world: &World, table: app::Table) -> Result<Vec<app::Item>, StoreError> {
    world.store().scan(table, None, usize::MAX).await
}

/// The audit finds nothing, in our books and the provider's.
pub(crate) async fn assert_the_books_are_right(world: &World) {
    let items = [everything(world, PAYMENTS).await.unwrap(), everything(world, PROVIDER).await.unwrap()].concat();
    assert_eq!(violations(&items), []);
}

#[test]
fn what_was_stored_is_read_and_can_be_redacted() {
    testing::keeps_its_fixtures(&crate::SERVICE, env!("CARGO_MANIFEST_DIR"));
}
