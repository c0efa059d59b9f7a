//! `follow-order`: what happened to an order, step by step.

use app::{Access, Caller, Context, Effect, Endpoint, Function, Problem, Route};
use domain::{Limit, Page, Position};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{EntryView, ORDERS, Orders, paths::OrderPath};

/// What happened to an order, step by step, oldest first.
#[derive(JsonSchema)]
pub struct FollowOrder;

/// Which page.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyQuery {
    limit: Option<Limit>,
    cursor: Option<Position>,
}

impl Endpoint for FollowOrder {
    const FUNCTION: Function = Function::new("follow-order").gets(ORDERS).queries(ORDERS);
    const ROUTE: Route = Route::get("/v1/orders/{order_id}/events");
    const ACCESS: Access = Access::SIGNED_IN;
    type Path = OrderPath;
    type Input = JourneyQuery;
    type Reply = Page<EntryView>;

    async fn call(
        context: &Context,
        caller: &Caller,
        &OrderPath { order_id }: &OrderPath,
        input: &JourneyQuery,
    ) -> Result<Effect<Page<EntryView>>, Problem> {
        context.order(order_id).await?.authorize(caller, ())?;
        let limit = input.limit.unwrap_or_default().get() as usize;
        let after = input.cursor.as_ref().map(Position::as_str);
        let (entries, next) = context.journey(order_id, after, limit).await?;
        let items = entries.into_iter().map(|entry| EntryView::of(entry, caller)).collect();
        Ok(Effect::reply(Page { items, next_cursor: next.map(Position::new) }))
    }
}

#[cfg(test)]
mod tests {
    use domain::Role;
    use serde_json::{Value, json};
    use testing::{World, a_user, user};

    use super::*;
    use crate::{Action, sample};

    async fn page(world: &World, caller: &Caller, input: JourneyQuery) -> Value {
        let path = OrderPath { order_id: sample::order().id };
        let context = world.context(crate::SERVICE, "follow-order");
        serde_json::to_value(FollowOrder::call(&context, caller, &path, &input).await.unwrap().reply).unwrap()
    }

    #[tokio::test]
    async fn steps_come_page_by_page_and_name_their_actor_only_to_admins() {
        let world = World::new();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize, Action::Accept]).await;
        let customer = user(sample::order().customer_id, Role::Customer);
        let first = page(&world, &customer, JourneyQuery { limit: Some(2.try_into().unwrap()), cursor: None }).await;
        let types: Vec<&Value> = first["items"].as_array().unwrap().iter().map(|entry| &entry["type"]).collect();
        assert_eq!(types, ["order.placed", "order.paid"]);
        assert_eq!(first["items"][0]["by"], json!({"role": "customer", "id": null}));
        let cursor = first["next_cursor"].as_str().map(Position::new);
        let rest = page(&world, &customer, JourneyQuery { limit: None, cursor }).await;
        assert_eq!(rest["items"][0]["sequence"], 3);
        assert_eq!(rest["next_cursor"], Value::Null);
        let seen = page(&world, &a_user(Role::Admin), JourneyQuery::default()).await;
        assert_eq!(seen["items"][0]["by"]["id"], json!(sample::order().customer_id));
    }
}
