//! Ana, who signed up, and others, for tests of accounts and sessions.

use app::{ACCESS_TOKEN, AccessClaims, Changes, Effect, Empty, Endpoint as _, Problem, Stored, User, Versioned};
use domain::{DeliveryId, DeliveryKind, Event, EventId, Kind, OrderId, OrderKind, RestaurantId, Role, UserId};
use serde_json::{Value, json};
use testing::{NOON, World, a_user, input, sent, user, user_id};

use crate::{
    Account, RefreshToken, SERVICE, Session, USERS, UserView, account_by_email,
    paths::UserPath,
    refresh_session::{RefreshSession, Renewal},
    register_user::RegisterUser,
    sign_in::SignIn,
    track_deliveries::TrackDeliveries,
    track_open_orders::TrackOpenOrders,
    update_user::UpdateUser,
};

/// A session as a client has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    pub(crate) refresh_token: String,
    /// From the access token.
    pub(crate) sid: String,
    /// How long the access token is valid, as the session says.
    pub(crate) expires_in: i64,
    /// The same, as the claims of the token say.
    pub(crate) lives_s: i64,
}

/// A world in which Ana signed up, and her first session.
pub(crate) async fn ana() -> (World, Held) {
    let world = World::new();
    let held = sign_up(&world).await;
    (world, held)
}

/// Ana signs up.
pub(crate) async fn sign_up(world: &World) -> Held {
    let shown = register(world, &input(RegisterUser::EXAMPLE)).await.unwrap();
    held(world, &shown["session"])
}

/// Somebody signs up. What they see.
pub(crate) async fn register(world: &World, body: &Value) -> Result<Value, Problem> {
    let context = world.context(SERVICE, "register-user");
    let signed_up = RegisterUser::call(&context, &None, &Empty {}, &input(&body.to_string())).await?;
    let shown = serde_json::to_value(&signed_up.reply).unwrap();
    world.commit(USERS, signed_up.changes).await;
    Ok(shown)
}

/// A guest, and their first session.
pub(crate) async fn guest(world: &World) -> (User, Held) {
    let body = json!({"name": "Gil", "role": "customer", "phone": "+40 700 000 001"});
    let shown = register(world, &body).await.unwrap();
    let held = held(world, &shown["session"]);
    let id: UserId = shown["user"]["id"].as_str().unwrap().parse().unwrap();
    (User { session: held.sid.clone(), ..user(id, Role::Customer) }, held)
}

/// Somebody changes an account. What they see.
pub(crate) async fn update(world: &World, caller: &User, user_id: UserId, patch: &Value) -> Result<Value, Problem> {
    let context = world.context(SERVICE, "update-user");
    let patch = sent::<UpdateUser>(&patch.to_string());
    let Effect { reply, changes } = UpdateUser::call(&context, caller, &UserPath { user_id }, &patch).await?;
    world.commit(USERS, changes).await;
    Ok(serde_json::to_value::<UserView>(reply).unwrap())
}

/// An administrator says whether somebody may act.
pub(crate) async fn set_state(world: &World, user_id: UserId, state: &str) {
    update(world, &a_user(Role::Admin), user_id, &json!({"state": state})).await.unwrap();
}

/// What is stored under an id.
pub(crate) async fn stored<T: Stored>(world: &World, id: &T::Id) -> Option<Versioned<T>> {
    world.context(SERVICE, "refresh-session").find(id).await.unwrap()
}

/// Ana signs in once more.
pub(crate) async fn sign_in(world: &World) -> Held {
    sign_in_as(world, "ana@example.com", "correct horse").await.unwrap()
}

/// Somebody signs in, or the word of the refusal.
pub(crate) async fn sign_in_as(world: &World, email: &str, password: &str) -> Result<Held, &'static str> {
    let context = world.context(SERVICE, "sign-in");
    let credentials = input(&json!({"email": email, "password": password}).to_string());
    match SignIn::call(&context, &None, &Empty {}, &credentials).await {
        Ok(Effect { reply, changes }) => {
            world.commit(USERS, changes).await;
            Ok(held(world, &serde_json::to_value(&reply).unwrap()))
        }
        Err(refusal) => Err(refusal.code.word),
    }
}

/// What a refresh token gives, before anything is committed.
pub(crate) async fn decide(world: &World, refresh_token: &str) -> Result<Effect<Session>, Problem> {
    let context = world.context(SERVICE, "refresh-session");
    let renewal: Renewal = input(&serde_json::json!({"refresh_token": refresh_token}).to_string());
    RefreshSession::call(&context, &None, &Empty {}, &renewal).await
}

/// A refresh, or the word of its refusal. Its changes are committed either way, as a host does.
pub(crate) async fn refresh(world: &World, refresh_token: &str) -> Result<Held, &'static str> {
    let (outcome, changes) = match decide(world, refresh_token).await {
        Ok(Effect { reply, changes }) => (Ok(held(world, &serde_json::to_value(&reply).unwrap())), changes),
        Err(refusal) => (Err(refusal.code.word), *refusal.changes),
    };
    world.commit(USERS, changes).await;
    outcome
}

/// Ana's account, and her as a caller in a session.
pub(crate) async fn signed_in(world: &World, sid: &str) -> (Versioned<Account>, User) {
    let context = world.context(SERVICE, "sign-in");
    let account = account_by_email(&context, &"ana@example.com".parse().unwrap()).await.unwrap().unwrap();
    let caller = User { session: sid.to_owned(), ..user(account.id, account.role) };
    (account, caller)
}

/// An event of this kind about the order of this customer, with this sequence.
pub(crate) fn order_event(customer: UserId, kind: OrderKind, sequence: u64) -> Event {
    let by = json!({"role": "system", "id": null});
    let stop = json!({
        "place": {"lat": 44.43, "lon": 26.1},
        "address": {"street": "Str. Lipscani 1", "city": "București", "postcode": "030031", "country": "RO"},
    });
    let data = json!({
        "order_id": order(), "number": "K7Q2M9XA", "customer_id": customer, "merchant_id": merchant(),
        "restaurant_id": RestaurantId::from_uuid(order().uuid()), "restaurant_name": "Casa Veche", "contact": {},
        "pick_up": stop, "deliver_to": stop, "distance_m": 900, "total": lei(5450), "tip": lei(300),
        "placed_at": NOON, "prep_minutes": 15, "by": by,
    });
    event(kind.into(), sequence, data)
}

/// An event of this kind about the delivery of the order, which this courier has.
pub(crate) fn delivery_event(courier: UserId, kind: DeliveryKind, sequence: u64) -> Event {
    let data = json!({
        "delivery_id": DeliveryId::of(order()), "order_id": order(), "order_number": "K7Q2M9XA",
        "customer_id": customer(), "merchant_id": merchant(), "restaurant_name": "Casa Veche",
        "courier": {"id": courier, "name": "Radu Ilie", "vehicle": "bicycle"}, "picked_up": false,
        "by": {"role": "system", "id": null},
    });
    event(kind.into(), sequence, data)
}

fn event(kind: Kind, sequence: u64, data: Value) -> Event {
    Event {
        id: EventId::generate(NOON.parse().unwrap(), [7; 10]),
        kind,
        subject: order().to_string(),
        time: NOON.parse().unwrap(),
        partition_key: order().to_string(),
        sequence,
        traceparent: None,
        data,
    }
}

/// Handles an event about the order of this customer. What was written.
pub(crate) async fn handle_order(world: &World, customer: UserId, kind: OrderKind, sequence: u64) -> usize {
    let context = world.context(SERVICE, "track-open-orders");
    let event = order_event(customer, kind, sequence);
    committed(world, world.handle::<TrackOpenOrders>(&context, &event).await.unwrap()).await
}

/// Handles an event about the delivery of the order. What was written.
pub(crate) async fn handle_delivery(world: &World, courier: UserId, kind: DeliveryKind, sequence: u64) -> usize {
    let context = world.context(SERVICE, "track-deliveries");
    let event = delivery_event(courier, kind, sequence);
    committed(world, world.handle::<TrackDeliveries>(&context, &event).await.unwrap()).await
}

async fn committed(world: &World, changes: Changes) -> usize {
    let writes = changes.writes.len();
    world.commit(USERS, changes).await;
    writes
}

pub(crate) fn order() -> OrderId {
    OrderId::from_uuid(user_id(9).uuid())
}

pub(crate) fn customer() -> UserId {
    user_id(1)
}

pub(crate) fn merchant() -> UserId {
    user_id(2)
}

pub(crate) fn courier() -> UserId {
    user_id(3)
}

fn lei(amount: i64) -> Value {
    json!({"amount": amount, "currency": "RON"})
}

fn held(world: &World, session: &Value) -> Held {
    let claims: AccessClaims =
        world.context(SERVICE, "sign-in").verify(ACCESS_TOKEN, session["access_token"].as_str().unwrap()).unwrap();
    let refresh_token: RefreshToken = session["refresh_token"].as_str().unwrap().parse().unwrap();
    Held {
        refresh_token: refresh_token.to_string(),
        sid: claims.sid,
        expires_in: session["expires_in"].as_i64().unwrap(),
        lives_s: claims.exp - claims.iat,
    }
}

#[test]
fn what_was_stored_is_read_and_can_be_redacted() {
    testing::keeps_its_fixtures(&crate::SERVICE, env!("CARGO_MANIFEST_DIR"));
}
