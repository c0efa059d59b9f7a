//! `list-deliveries`: what a courier has to do, is asked to do, and has done.

use std::cmp::Reverse;

use app::{
    Access, Context, Effect, Empty, Endpoint, FieldError, Function, Listing, PageQuery, Paged, Policy as _, Problem,
    Route, Scale, Stored as _, User, Versioned,
};
use domain::{Page, Position, Role, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    ALL, BY_COURIER, Courier, DELIVERIES, Delivery, DeliveryView, Purpose, Rules, State,
    deliveries::{all, list_key, made_within, of_courier},
};

/// A courier's own deliveries and what they are offered; for administrators all deliveries. Newest first.
#[derive(JsonSchema)]
pub struct ListDeliveries;

/// Which deliveries.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    /// Only those in this state.
    state: Option<State>,
    /// Only those made from then on; for administrators.
    from: Option<Timestamp>,
    /// Only those made before then; for administrators.
    to: Option<Timestamp>,
}

impl Endpoint for ListDeliveries {
    const FUNCTION: Function = Function::new("list-deliveries")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries_index(DELIVERIES, BY_COURIER)
        .queries_index(DELIVERIES, ALL)
        .scale(Scale::Hot);
    const ROUTE: Route = Route::get("/v1/deliveries");
    const ACCESS: Access = Access::roles(&[Role::Courier, Role::Admin]);
    const EXAMPLE: &'static str = r#"{"state": "offered"}"#;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<DeliveriesQuery>;
    type Reply = Page<DeliveryView>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<DeliveriesQuery>,
    ) -> Result<Effect<Page<DeliveryView>>, Problem> {
        if !caller.is_admin() {
            refuse_times(input)?;
        }
        let rules = Rules::of(context);
        let now = context.now();
        let page = match input.state {
            Some(state) if !caller.is_admin() && !state.is_final() => {
                in_hand(context, caller, state, input.page()).await?
            }
            state => {
                let only = state.map(|state| move |delivery: &Delivery| delivery.state == state);
                let list = if caller.is_admin() {
                    Listing::of(made_within(all(), input.from, input.to), input.page()).sharded()
                } else {
                    Listing::of(of_courier(caller.id), input.page())
                };
                list.read_again().only(only).shown_to(context, caller, Purpose::Show(now)).await?
            }
        };
        Ok(Effect::reply(page.map(|found| DeliveryView::of(&found, found.version, caller, now, &rules))))
    }
}

/// Those in a state of the few deliveries that a courier has in hand or is asked to take. The courier's own item names them,
/// so no list of all that they ever did is read.
async fn in_hand(
    context: &Context,
    user: &User,
    state: State,
    page: &PageQuery,
) -> Result<Page<Versioned<Delivery>>, Problem> {
    let courier = context.find::<Courier>(&user.id).await?;
    let named = courier.iter().flat_map(|courier| courier.active.iter().chain(&courier.open_offer));
    let keys: Vec<_> = named.map(Delivery::key).collect();
    let mut found: Vec<_> = context.find_at::<Delivery>(&keys).await?.into_iter().flatten().collect();
    let purpose = Purpose::Show(context.now());
    found.retain(|delivery| delivery.state == state && delivery.permits(user, purpose));
    found.retain(|delivery| page.after().is_none_or(|after| *list_key(delivery) < *after.as_str()));
    found.sort_by_key(|delivery| Reverse(list_key(delivery)));
    let more = found.len() > page.limit();
    found.truncate(page.limit());
    let next_cursor = found.last().filter(|_| more).map(|last| Position::new(list_key(last)));
    Ok(Page { items: found, next_cursor })
}

fn refuse_times(input: &DeliveriesQuery) -> Result<(), Problem> {
    let given = [("/from", input.from), ("/to", input.to)].into_iter().filter(|(_, time)| time.is_some());
    let errors: Vec<FieldError> = given
        .map(|(pointer, _)| FieldError {
            pointer: pointer.to_owned(),
            code: "unknown",
            detail: "is for administrators".to_owned(),
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid_fields(errors)) }
}

#[cfg(test)]
mod tests {
    use app::code;
    use domain::OrderKind;
    use serde_json::{Value, json};
    use testing::{a_user, sent, user};

    use super::*;
    use crate::sample::{TestCity, delivery_id, someone};

    async fn list(city: &TestCity, caller: &User, query: Value) -> Result<(Vec<Value>, Option<Position>), Problem> {
        let page = city.run::<ListDeliveries>(caller, &Empty {}, &sent::<ListDeliveries>(&query.to_string())).await?;
        let items = page.items.iter().map(|item| serde_json::to_value(item).unwrap()).collect();
        Ok((items, page.next_cursor))
    }

    async fn ids(city: &TestCity, caller: &User, query: Value) -> Vec<String> {
        let (items, _) = list(city, caller, query).await.unwrap();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    fn expected(numbers: &[u16]) -> Vec<String> {
        numbers.iter().map(|number| delivery_id(*number).to_string()).collect()
    }

    fn one() -> User {
        user(someone(1), Role::Courier)
    }

    /// One delivered, the next two on a courier's hands, a fourth that waits; a minute apart.
    async fn some() -> TestCity {
        let city = TestCity::with_couriers(&[100]).await;
        for number in [1, 2, 3] {
            city.picked_up(1, number).await;
            if number == 1 {
                city.answer(1, 1, "complete").await.unwrap();
            }
            city.world.clock.advance_s(60);
        }
        city.paid(4).await;
        city
    }

    #[tokio::test]
    async fn a_courier_sees_theirs_and_the_newest_first() {
        let city = some().await;
        // The fourth is offered to the courier, who is free again.
        city.answer(1, 3, "complete").await.unwrap();
        let seen = async |query| ids(&city, &one(), query).await;
        assert_eq!(
            seen(json!({})).await,
            expected(&[4, 3, 2, 1]),
            "though the third has ended, and the second has not"
        );
        assert_eq!(seen(json!({ "state": "offered" })).await, expected(&[4]));
        assert_eq!(seen(json!({ "state": "picked_up" })).await, expected(&[2]));
        assert_eq!(seen(json!({ "state": "delivered" })).await, expected(&[3, 1]));
        assert!(seen(json!({ "state": "searching" })).await.is_empty());
        assert!(ids(&city, &user(someone(2), Role::Courier), json!({})).await.is_empty());
    }

    #[tokio::test]
    async fn what_is_offered_is_shown_while_the_offer_is_open() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        let (items, _) = list(&city, &one(), json!({ "state": "offered" })).await.unwrap();
        assert_eq!(items[0]["allowed_actions"], json!(["accept", "decline"]));
        assert_eq!(items[0]["deliver_to"]["address"], json!(null));
        city.world.clock.advance_s(30);
        assert!(ids(&city, &one(), json!({})).await.is_empty(), "though not yet swept");
        city.sweep().await;
        assert!(ids(&city, &one(), json!({})).await.is_empty());
    }

    #[tokio::test]
    async fn administrators_see_all_of_a_time() {
        let city = some().await;
        let admin = a_user(Role::Admin);
        assert_eq!(ids(&city, &admin, json!({})).await, expected(&[4, 3, 2, 1]));
        assert_eq!(ids(&city, &admin, json!({ "state": "searching" })).await, expected(&[4]));
        let span = json!({ "from": "2026-11-23T12:01:00Z", "to": "2026-11-23T12:03:00Z" });
        assert_eq!(ids(&city, &admin, span).await, expected(&[3, 2]), "from is in, to is not");
        let nothing = json!({ "from": "2026-11-23T12:01:00Z", "to": "2026-11-23T12:01:00Z" });
        assert!(ids(&city, &admin, nothing).await.is_empty());
        let (items, _) = list(&city, &admin, json!({ "state": "picked_up" })).await.unwrap();
        assert_eq!(items[0]["deliver_to"]["name"], "Ana Pop");
    }

    #[tokio::test]
    async fn pages_show_each_once_whatever_is_filtered() {
        let city = some().await;
        for (caller, filter, wanted) in [
            (one(), json!({ "limit": 1 }), expected(&[3, 2, 1])),
            (one(), json!({ "limit": 1, "state": "picked_up" }), expected(&[3, 2])),
            (a_user(Role::Admin), json!({ "limit": 2 }), expected(&[4, 3, 2, 1])),
            (a_user(Role::Admin), json!({ "limit": 1, "state": "delivered" }), expected(&[1])),
        ] {
            let mut seen = Vec::new();
            let mut query = filter.clone();
            loop {
                let (items, next) = list(&city, &caller, query.clone()).await.unwrap();
                seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                let Some(next) = next else { break };
                query["cursor"] = json!(next);
            }
            assert_eq!(seen, wanted, "{filter}");
        }
    }

    #[tokio::test]
    async fn what_ended_is_shown_to_the_courier_whose_it_was() {
        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        city.ended(1, OrderKind::Cancelled).await;
        let (items, _) = list(&city, &one(), json!({})).await.unwrap();
        assert_eq!(items[0]["state"], "cancelled");
        assert_eq!(items[0]["deliver_to"], json!(null));
    }

    #[tokio::test]
    async fn times_and_unknown_states_are_refused() {
        let city = TestCity::new();
        let times = json!({ "from": "2026-11-23T12:00:00Z", "to": "2026-11-23T12:00:00Z" });
        let refusal = list(&city, &one(), times).await.unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(refusal.code, code::INVALID_REQUEST);
        assert_eq!(pointers, ["/from", "/to"]);
        assert!(serde_json::from_str::<DeliveriesQuery>(ListDeliveries::EXAMPLE).is_ok());
        assert!(serde_json::from_str::<DeliveriesQuery>(r#"{"state": "lost"}"#).is_err());
        assert!(!ListDeliveries::ACCESS.allows(Role::Customer) && !ListDeliveries::ACCESS.allows(Role::Merchant));
    }
}
