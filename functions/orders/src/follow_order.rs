//! `follow-order`: what happened to an order, step by step.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Listing, Paged, Problem, Route, User};
use domain::Page;
use schemars::JsonSchema;

use crate::{Entry, EntryView, ORDERS, Order, orders::journey_of, paths::OrderPath};

/// What happened to an order, step by step, oldest first.
#[derive(JsonSchema)]
pub struct FollowOrder;

impl Endpoint for FollowOrder {
    const FUNCTION: Function = Function::new("follow-order").gets(ORDERS).queries(ORDERS);
    const ROUTE: Route = Route::get("/v1/orders/{order_id}/events").live();
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = OrderPath;
    type Input = Paged<Empty>;
    type Reply = Page<EntryView>;

    async fn call(
        context: &Context,
        caller: &User,
        &OrderPath { order_id }: &OrderPath,
        input: &Paged<Empty>,
    ) -> Result<Effect<Page<EntryView>>, Problem> {
        context.read::<Order>(&order_id).await?.authorize(caller, ())?;
        let page = Listing::<Entry>::of(journey_of(order_id), input.page()).all(context).await?;
        Ok(Effect::reply(page.map(|entry| EntryView::of(entry.value, caller))))
    }
}

#[cfg(test)]
mod tests {
    use domain::Role;
    use serde_json::{Value, json};
    use testing::{World, a_user, sent, user};

    use super::*;
    use crate::{Action, sample};

    async fn page(world: &World, caller: &User, input: &str) -> Value {
        let path = OrderPath { order_id: sample::order().id };
        let context = world.context(crate::SERVICE, "follow-order");
        serde_json::to_value(
            FollowOrder::call(&context, caller, &path, &sent::<FollowOrder>(input)).await.unwrap().reply,
        )
        .unwrap()
    }

    #[tokio::test]
    async fn steps_come_page_by_page_and_name_their_actor_only_to_admins() {
        let world = World::new();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize, Action::Accept]).await;
        let customer = user(sample::order().customer_id, Role::Customer);
        let first = page(&world, &customer, r#"{"limit": 2}"#).await;
        let types: Vec<&Value> = first["items"].as_array().unwrap().iter().map(|entry| &entry["type"]).collect();
        assert_eq!(types, ["order.placed", "order.paid"]);
        assert_eq!(first["items"][0]["by"], json!({"role": "customer", "id": null}));
        let rest = json!({"cursor": first["next_cursor"]});
        let rest = page(&world, &customer, &rest.to_string()).await;
        assert_eq!(rest["items"][0]["sequence"], 3);
        assert_eq!(rest["next_cursor"], Value::Null);
        let seen = page(&world, &a_user(Role::Admin), "{}").await;
        assert_eq!(seen["items"][0]["by"]["id"], json!(sample::order().customer_id));
    }
}
