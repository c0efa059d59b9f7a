//! For this service's tests: a street with a restaurant, couriers along it, orders, and the host's part.

use std::{collections::BTreeSet, sync::LazyLock};

use app::{
    Changes, Endpoint, Failure, Input, Item, Precondition, Problem, Projected, Query, StoreError, Stored as _, Sweep,
    User, Versioned, due_query, query_shards,
};
use domain::{
    AccountState, Cell, DeliveryId, Event, EventId, OrderFact, OrderKind, Place, Resolution, Role, Timestamp, UserId,
    UserKind, Vehicle, cells_within,
};
use serde_json::json;
use testing::{World, input, sent, user, user_id};

use crate::{
    Account, Courier, DELIVERIES, DUE, Delivery, DeliveryView, OrderProgress, OrderStatus, Rules, SERVICE, State,
    accept_offer::AcceptOffer,
    complete_delivery::CompleteDelivery,
    couriers::free_in,
    decline_offer::DeclineOffer,
    deliveries::{all, of_courier},
    dispatch_delivery::DispatchDelivery,
    follow_courier::FollowCourier,
    list_deliveries::ListDeliveries,
    matching::may_offer,
    paths::{CourierPath, DeliveryPath},
    pick_up_delivery::PickUpDelivery,
    position::Position,
    put_courier::PutCourier,
    report_location::ReportLocation,
    set_courier_availability::SetCourierAvailability,
    sweep_deliveries::SweepDeliveries,
    update_delivery::UpdateDelivery,
    violations,
};

/// Where couriers may be in these tests.
static CELLS: LazyLock<Vec<Cell>> = LazyLock::new(|| cells_within(pick_up(), 7000, Resolution::Couriers));

/// A world with couriers and orders, each known by a number.
pub(crate) struct TestCity {
    pub(crate) world: World,
}

/// A courier, by number.
pub(crate) fn someone(number: u16) -> UserId {
    user_id(number)
}

/// The delivery of an order, by number; higher numbers have higher ids.
pub(crate) fn delivery_id(number: u16) -> DeliveryId {
    DeliveryId::from_uuid(user_id(1000 + number).uuid())
}

/// Where every order is picked up.
pub(crate) fn pick_up() -> Place {
    Place::new(44.43, 26.1).unwrap()
}

/// This many metres north of the pick-up.
pub(crate) fn north(metres: i32) -> Place {
    const METRES_PER_DEGREE: f64 = 111_195.08;
    Place::new(pick_up().lat() + f64::from(metres) / METRES_PER_DEGREE, pick_up().lon()).unwrap()
}

/// The rules by default settings, at noon.
pub(crate) fn rules() -> Rules {
    Rules::of(&World::new().context(SERVICE, "dispatch-delivery"))
}

/// When: at noon.
pub(crate) fn now() -> Timestamp {
    testing::NOON.parse().unwrap()
}

/// A courier who just came online 500 m from the pick-up.
pub(crate) fn courier(number: u16) -> Courier {
    let courier = Courier::new(someone(number), "Radu Ilie".parse().unwrap(), Vehicle::Bicycle, None);
    courier.went_online(Some(north(500)), now())
}

/// A delivery that was just made.
pub(crate) fn delivery(number: u16) -> Delivery {
    let event = event(number, OrderKind::Paid);
    let event: Event<OrderFact> = event.typed().unwrap();
    let progress = OrderProgress::of(&event).unwrap();
    Delivery::made(event.data, progress, now(), &rules())
}

/// What is known of an order.
pub(crate) fn progress(sequence: u64, status: OrderStatus) -> Projected<OrderProgress> {
    Projected { value: OrderProgress { status, ready_by: None, drop_off_overdue: false }, sequence }
}

/// An event of an order, published at noon.
pub(crate) fn event(number: u16, kind: OrderKind) -> Event {
    let order = delivery_id(number).order();
    // The place of an event in the life of an order.
    let sequence: u16 = match kind {
        OrderKind::Paid => 2,
        OrderKind::Accepted => 3,
        OrderKind::Ready => 4,
        _ => 6,
    };
    Event {
        id: EventId::from_uuid(user_id(10 * number + sequence).uuid()),
        kind: kind.into(),
        subject: order.to_string(),
        time: testing::NOON.parse().unwrap(),
        partition_key: order.to_string(),
        sequence: u64::from(sequence),
        traceparent: None,
        data: json!({
            "order_id": order, "number": "K7Q2M9XA", "customer_id": user_id(501), "merchant_id": user_id(502),
            "restaurant_id": "rst_01h455vb4pex5vsknk084sn02q", "restaurant_name": "Casa Veche",
            "restaurant_phone": "+40 213 000 000", "contact": { "name": "Ana Pop", "phone": "+40 700 000 009" },
            "pick_up": stop(pick_up(), "Str. Lipscani 1", None),
            "deliver_to": stop(Place::new(44.43512, 26.11204).unwrap(), "Str. Armenească 12", Some("third floor")),
            "distance_m": 1440, "total": lei(5450), "tip": lei(300), "payment_method": null,
            "placed_at": testing::NOON, "paid_at": testing::NOON, "accepted_at": null, "ready_by": null,
            "ready_at": null, "picked_up_at": null, "ended_at": null, "courier_id": null, "reason": null,
            "prep_minutes": 15, "by": { "role": "system", "id": null },
        }),
    }
}

/// The event that somebody's account is this now, published at noon.
pub(crate) fn account_event(number: u16, sequence: u16, name: &str, state: AccountState) -> Event {
    let id = someone(number);
    Event {
        id: EventId::from_uuid(user_id(5000 + 10 * number + sequence).uuid()),
        kind: UserKind::Updated.into(),
        subject: id.to_string(),
        time: testing::NOON.parse().unwrap(),
        partition_key: id.to_string(),
        sequence: u64::from(sequence),
        traceparent: None,
        data: json!({
            "user_id": id, "role": "courier", "name": name, "state": state,
            "by": { "role": "admin", "id": user_id(503) },
        }),
    }
}

fn stop(place: Place, street: &str, notes: Option<&str>) -> serde_json::Value {
    let address = json!({ "street": street, "city": "București", "postcode": "030031", "country": "RO" });
    json!({ "place": place, "address": address, "notes": notes })
}

fn lei(amount: i64) -> serde_json::Value {
    json!({ "amount": amount, "currency": "RON" })
}

/// Somebody does something.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// The service handles an event of an order.
    Handle(u16, OrderKind),
    /// A courier comes online so many metres north.
    Online(u16, i32),
    /// A courier goes offline.
    Offline(u16),
    /// A courier reports to be so many metres north.
    Report(u16, i32),
    /// A courier does something with a delivery.
    Act(u16, u16, &'static str),
    /// A courier's account is suspended, or active, and the event handled.
    Account(u16, AccountState),
    /// A sweep takes a delivery up, due or not.
    Sweep(u16),
}

/// What came of a deed: what there is to commit, or a refusal.
pub(crate) type Decided = Result<Changes, Problem>;

impl TestCity {
    /// Empty, at noon.
    pub(crate) fn new() -> Self {
        Self { world: World::new() }
    }

    /// With couriers 1, 2, … online so many metres north of the pick-up.
    pub(crate) async fn with_couriers(metres: &[i32]) -> Self {
        let city = Self::new();
        for (metres, number) in metres.iter().zip(1..) {
            city.enlist(number).await;
            city.online(number, *metres).await;
        }
        city
    }

    /// Runs an operation, and commits what it decided.
    pub(crate) async fn run<T: Endpoint<Caller = User>>(
        &self,
        caller: &User,
        path: &T::Path,
        input: &<T::Input as Input>::Value,
    ) -> Result<T::Reply, Problem> {
        self.run_expecting::<T>(Precondition::None, caller, path, input).await
    }

    /// The same for a request with `If-Match`.
    pub(crate) async fn run_expecting<T: Endpoint<Caller = User>>(
        &self,
        precondition: Precondition,
        caller: &User,
        path: &T::Path,
        input: &<T::Input as Input>::Value,
    ) -> Result<T::Reply, Problem> {
        let context = self.world.context(SERVICE, T::FUNCTION.name).expecting(precondition);
        let effect = T::call(&context, caller, path, input).await?;
        self.world.commit(DELIVERIES, effect.changes).await;
        Ok(effect.reply)
    }

    /// A courier makes their profile.
    pub(crate) async fn enlist(&self, number: u16) {
        let caller = user(someone(number), Role::Courier);
        let path = CourierPath { courier_id: someone(number) };
        self.run::<PutCourier>(&caller, &path, &input(r#"{"vehicle": "bicycle"}"#)).await.unwrap();
    }

    /// A courier comes online so many metres north of the pick-up.
    pub(crate) async fn online(&self, number: u16, metres: i32) {
        self.perform(Deed::Online(number, metres)).await;
    }

    /// A courier goes offline.
    pub(crate) async fn offline(&self, number: u16) {
        self.perform(Deed::Offline(number)).await;
    }

    /// An order was paid, and the event is handled.
    pub(crate) async fn paid(&self, number: u16) {
        self.perform(Deed::Handle(number, OrderKind::Paid)).await;
    }

    /// An order went on, and the event is handled.
    pub(crate) async fn handle(&self, number: u16, kind: OrderKind) {
        self.perform(Deed::Handle(number, kind)).await;
    }

    /// An order ended, and the event is handled.
    pub(crate) async fn ended(&self, number: u16, kind: OrderKind) {
        self.perform(Deed::Handle(number, kind)).await;
    }

    /// A new order is paid, and the courier who is asked takes it on.
    pub(crate) async fn assigned(&self, courier: u16, number: u16) {
        self.paid(number).await;
        self.answer(courier, number, "accept").await.unwrap();
    }

    /// The same, and they pick it up.
    pub(crate) async fn picked_up(&self, courier: u16, number: u16) {
        self.assigned(courier, number).await;
        self.handle(number, OrderKind::Ready).await;
        self.answer(courier, number, "pick-up").await.unwrap();
    }

    /// A courier does something with a delivery.
    pub(crate) async fn answer(&self, courier: u16, number: u16, action: &str) -> Result<DeliveryView, Problem> {
        let caller = user(someone(courier), Role::Courier);
        let path = DeliveryPath { delivery_id: delivery_id(number) };
        match action {
            "accept" => self.run::<AcceptOffer>(&caller, &path, &input("{}")).await,
            "decline" => self.run::<DeclineOffer>(&caller, &path, &input("{}")).await,
            "pick-up" => self.run::<PickUpDelivery>(&caller, &path, &input("{}")).await,
            "complete" => self.run::<CompleteDelivery>(&caller, &path, &input("{}")).await,
            other => panic!("{other}"),
        }
    }

    /// A courier's account is suspended, and the event handled.
    pub(crate) async fn suspend(&self, number: u16) {
        self.perform(Deed::Account(number, AccountState::Suspended)).await;
    }

    /// A courier's account is active again, and the event handled.
    pub(crate) async fn restore(&self, number: u16) {
        self.perform(Deed::Account(number, AccountState::Active)).await;
    }

    /// An event of a courier's account is handled.
    pub(crate) async fn told(&self, event: &Event) {
        let context = self.world.context(SERVICE, "follow-courier");
        let changes = self.world.handle::<FollowCourier>(&context, event).await.unwrap();
        self.world.commit(DELIVERIES, changes).await;
    }

    /// What a courier sees listed.
    pub(crate) async fn listed(&self, courier: u16) -> Vec<DeliveryView> {
        let caller = user(someone(courier), Role::Courier);
        self.run::<ListDeliveries>(&caller, &app::Empty {}, &sent::<ListDeliveries>("{}")).await.unwrap().items
    }

    /// A sweep, as a host does it.
    pub(crate) async fn sweep(&self) {
        let now = self.world.clock.seconds();
        let query = due_query(DUE).before(now.plus_seconds(1));
        let due = query_shards(self.world.store(), DELIVERIES, &query).await.unwrap();
        let context = self.world.context(SERVICE, "sweep-deliveries");
        for item in due.items {
            let changes = SweepDeliveries::decide(&context, &self.world.system(), &item.key).await.unwrap();
            self.world.commit(DELIVERIES, changes).await;
        }
    }

    /// An order is paid and a courier comes online side by side: neither sees the other.
    pub(crate) async fn missing_each_other(&self, number: u16, courier: u16) {
        let paid = self.decide(Deed::Handle(number, OrderKind::Paid)).await.unwrap();
        let online = self.decide(Deed::Online(courier, 100)).await.unwrap();
        self.world.commit(DELIVERIES, paid).await;
        self.world.commit(DELIVERIES, online).await;
    }

    /// Does something, and commits what was decided; a refusal changes nothing.
    pub(crate) async fn perform(&self, deed: Deed) {
        if let Ok(changes) = self.decide(deed).await {
            self.world.commit(DELIVERIES, changes).await;
        }
    }

    /// Decides something, and commits nothing.
    pub(crate) async fn decide(&self, deed: Deed) -> Decided {
        match deed {
            Deed::Handle(number, kind) => Ok(self.handled(&event_now(self, number, kind)).await.unwrap()),
            Deed::Online(courier, metres) => {
                self.put::<SetCourierAvailability>(courier, json!({ "online": true, "place": north(metres) })).await
            }
            Deed::Offline(courier) => self.put::<SetCourierAvailability>(courier, json!({ "online": false })).await,
            Deed::Report(courier, metres) => {
                self.put::<ReportLocation>(courier, json!({ "place": north(metres) })).await
            }
            Deed::Act(courier, number, "accept") => self.act::<AcceptOffer>(courier, number).await,
            Deed::Act(courier, number, "decline") => self.act::<DeclineOffer>(courier, number).await,
            Deed::Act(courier, number, "pick-up") => self.act::<PickUpDelivery>(courier, number).await,
            Deed::Act(courier, number, _) => self.act::<CompleteDelivery>(courier, number).await,
            Deed::Account(courier, state) => {
                let sequence = self.account(courier).await.map_or(2, |account| account.known.sequence + 1);
                let event = account_event(courier, u16::try_from(sequence).unwrap(), "Sam Test", state);
                let context = self.world.context(SERVICE, "follow-courier");
                Ok(self.world.handle::<FollowCourier>(&context, &event).await.unwrap())
            }
            Deed::Sweep(number) => {
                let context = self.world.context(SERVICE, "sweep-deliveries");
                let key = Delivery::key(&delivery_id(number));
                Ok(SweepDeliveries::decide(&context, &self.world.system(), &key).await.unwrap())
            }
        }
    }

    /// Commits what was decided, unless another was faster.
    pub(crate) async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        self.world.context(SERVICE, "sweep-deliveries").commit(DELIVERIES, changes).await
    }

    async fn handled(&self, event: &Event) -> Result<Changes, Failure> {
        if event.kind == OrderKind::Paid {
            let context = self.world.context(SERVICE, "dispatch-delivery");
            self.world.handle::<DispatchDelivery>(&context, event).await
        } else {
            let context = self.world.context(SERVICE, "update-delivery");
            self.world.handle::<UpdateDelivery>(&context, event).await
        }
    }

    async fn put<T: Endpoint<Caller = User, Path = CourierPath>>(
        &self,
        courier: u16,
        body: serde_json::Value,
    ) -> Decided {
        let context = self.world.context(SERVICE, T::FUNCTION.name);
        let caller = user(someone(courier), Role::Courier);
        let path = CourierPath { courier_id: someone(courier) };
        Ok(T::call(&context, &caller, &path, &sent::<T>(&body.to_string())).await?.changes)
    }

    async fn act<T: Endpoint<Caller = User, Path = DeliveryPath>>(&self, courier: u16, number: u16) -> Decided {
        let context = self.world.context(SERVICE, T::FUNCTION.name);
        let caller = user(someone(courier), Role::Courier);
        let path = DeliveryPath { delivery_id: delivery_id(number) };
        Ok(T::call(&context, &caller, &path, &sent::<T>("{}")).await?.changes)
    }

    /// A delivery as it is stored, by number.
    pub(crate) async fn delivery(&self, number: u16) -> Versioned<Delivery> {
        self.maybe_delivery(delivery_id(number)).await.expect("the delivery is there")
    }

    /// A delivery as it is stored, if there is one.
    pub(crate) async fn maybe_delivery(&self, id: DeliveryId) -> Option<Versioned<Delivery>> {
        let item = self.world.store().get(DELIVERIES, &Delivery::key(&id)).await.unwrap()?;
        Versioned::read(item).unwrap()
    }

    /// The state of a delivery, by number.
    pub(crate) async fn state(&self, number: u16) -> State {
        self.delivery(number).await.state
    }

    /// A courier as they are stored, by number.
    pub(crate) async fn courier(&self, number: u16) -> Courier {
        let item = self.world.store().get(DELIVERIES, &Courier::key(&someone(number))).await.unwrap();
        item.expect("the courier is there").read().unwrap()
    }

    /// What is known of a courier's account, by number.
    pub(crate) async fn account(&self, number: u16) -> Option<Account> {
        let item = self.world.store().get(DELIVERIES, &Account::key(&someone(number))).await.unwrap();
        item.map(|item| item.read().unwrap())
    }

    /// The position of a courier, by number, unless it has expired.
    pub(crate) async fn position(&self, number: u16) -> Option<Position> {
        let context = self.world.context(SERVICE, "get-courier");
        Some(context.find::<Position>(&someone(number)).await.unwrap()?.value)
    }

    /// Everything in the table.
    pub(crate) async fn everything(&self) -> Vec<Item> {
        self.world.store().scan(DELIVERIES, None, 10_000).await.unwrap()
    }

    /// Whether everything agrees, the indexes included.
    pub(crate) async fn assert_sound(&self) {
        let wrong = self.wrong().await;
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// What does not agree.
    pub(crate) async fn wrong(&self) -> Vec<String> {
        let items = self.everything().await;
        let mut wrong: Vec<String> = violations(&items).iter().map(ToString::to_string).collect();
        let deliveries = deliveries_in(&items);
        let couriers = couriers_in(&items);
        let mut compare = |what: &str, found: BTreeSet<String>, expected: BTreeSet<String>| {
            if found != expected {
                wrong.push(format!("{what}: {found:?}, not {expected:?}"));
            }
        };

        let mut free = BTreeSet::new();
        for cell in CELLS.iter() {
            free.extend(self.indexed(free_in(*cell), Some(*cell)).await);
        }
        let expected = couriers.iter().filter(|courier| courier.is_free());
        let cell = |courier: &Courier| courier.place.unwrap().cell(Resolution::Couriers);
        compare("free", free, expected.map(|it| format!("{:?} {}", Some(cell(it)), Courier::key(&it.id).pk)).collect());

        for courier in &couriers {
            let listed = self.indexed(of_courier(courier.id), None).await;
            let theirs = deliveries.iter().filter(|delivery| delivery.party() == Some(courier.id));
            compare("listed", listed, theirs.map(|it| format!("None {}", Delivery::key(&it.id).pk)).collect());
        }

        let due = query_shards(self.world.store(), DELIVERIES, &due_query(DUE)).await.unwrap();
        let expected = deliveries.iter().filter(|it| matches!(it.state, State::Searching | State::Offered));
        compare(
            "due",
            due.sort_keys.iter().map(|sort_key| sort_key.trim_end_matches("#DELIVERY").to_owned()).collect(),
            expected.map(|it| format!("{}#{}", it.due().unwrap(), Delivery::key(&it.id).pk)).collect(),
        );
        let all = query_shards(self.world.store(), DELIVERIES, &all()).await.unwrap();
        compare(
            "all",
            all.items.iter().map(|item| item.key.pk.clone()).collect(),
            deliveries.iter().map(|it| Delivery::key(&it.id).pk).collect(),
        );
        wrong
    }

    /// Deliveries that wait although somebody could be asked.
    pub(crate) async fn missed(&self) -> Vec<String> {
        let items = self.everything().await;
        let deliveries = deliveries_in(&items);
        let couriers = couriers_in(&items);
        let context = self.world.context(SERVICE, "sweep-deliveries");
        let rules = Rules::of(&context);
        let now = context.now();
        let pairs = deliveries.iter().flat_map(|delivery| couriers.iter().map(move |courier| (delivery, courier)));
        let missed = pairs.filter(|(delivery, courier)| may_offer(delivery, courier, now, &rules).is_some());
        missed.map(|(delivery, courier)| format!("{} and {}", delivery.id, courier.id)).collect()
    }

    async fn indexed(&self, query: Query, cell: Option<Cell>) -> BTreeSet<String> {
        let page = self.world.store().query(DELIVERIES, &query).await.unwrap();
        page.items.iter().map(|item| format!("{cell:?} {}", item.key.pk)).collect()
    }
}

/// An event of an order, published now: an accepted order is ready a quarter of an hour later.
fn event_now(city: &TestCity, number: u16, kind: OrderKind) -> Event {
    let mut event = event(number, kind);
    if kind == OrderKind::Accepted {
        event.data["ready_by"] = json!(city.world.clock.seconds().plus_minutes(15));
    }
    event
}

fn deliveries_in(items: &[Item]) -> Vec<Delivery> {
    let stored = items.iter().filter(|item| item.kind == Delivery::ITEM);
    stored.filter_map(|item| Delivery::read(item).unwrap()).collect()
}

fn couriers_in(items: &[Item]) -> Vec<Courier> {
    items.iter().filter(|item| item.kind == Courier::ITEM).map(|item| item.read().unwrap()).collect()
}

#[test]
fn what_was_stored_is_read_and_can_be_redacted() {
    testing::keeps_its_fixtures(&crate::SERVICE, env!("CARGO_MANIFEST_DIR"));
}
