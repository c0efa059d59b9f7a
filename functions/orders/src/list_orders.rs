//! `list-orders`: the orders of a customer, or of a restaurant.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Listing, Paged, Problem, Route, User};
use domain::{Page, RestaurantId, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::{
    ORDERS, Order, OrderView, Status,
    orders::{BY_CUSTOMER, BY_RESTAURANT, of_customer, of_restaurant},
};

/// The orders of a customer, newest first; or of a merchant's restaurant, open ones first, none before it was paid.
#[derive(JsonSchema)]
pub struct ListOrders;

/// Which orders.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersQuery {
    /// The restaurant; required of merchants, and theirs alone to give.
    restaurant_id: Option<RestaurantId>,
    /// Only orders of these statuses, separated by commas.
    status: Option<Statuses>,
}

/// Statuses, separated by commas.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Statuses(Vec<Status>);

impl Endpoint for ListOrders {
    const FUNCTION: Function =
        Function::new("list-orders").queries_index(ORDERS, BY_CUSTOMER).queries_index(ORDERS, BY_RESTAURANT);
    const ROUTE: Route = Route::get("/v1/orders");
    const ACCESS: Access = Access::roles(&[Role::Customer, Role::Merchant]);
    type Caller = User;
    type Path = Empty;
    type Input = Paged<OrdersQuery>;
    type Reply = Page<OrderView>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<OrdersQuery>,
    ) -> Result<Effect<Page<OrderView>>, Problem> {
        let query = match (caller.role, input.restaurant_id) {
            (Role::Merchant, None) => return Err(Problem::invalid("/restaurant_id", "is required of merchants")),
            (Role::Merchant, Some(restaurant)) => of_restaurant(caller.id, restaurant),
            (Role::Customer | Role::Courier | Role::Admin, Some(_)) => {
                return Err(Problem::invalid("/restaurant_id", "is for merchants"));
            }
            (Role::Customer | Role::Courier | Role::Admin, None) => of_customer(caller.id),
        };
        let asked = input.status.as_ref().map(|asked| |order: &Order| asked.0.contains(&order.status));
        let page = Listing::of(query, input.page()).only(asked).shown_to(context, caller, ()).await?;
        Ok(Effect::reply(page.map(|order| OrderView::of(order.value, order.version, caller))))
    }
}

impl TryFrom<String> for Statuses {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let status = |word: &str| {
            let found = Status::ALL.into_iter().find(|status| status.word() == word);
            found.ok_or_else(|| "must be statuses of orders, separated by commas".to_owned())
        };
        text.split(',').map(status).collect::<Result<_, _>>().map(Self)
    }
}

impl JsonSchema for Statuses {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Statuses".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = Status::ALL.map(Status::word).join("|");
        json_schema!({"type": "string", "pattern": format!("^({words})(,({words}))*$")})
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testing::{World, sent, user};

    use super::*;
    use crate::{Action, sample};

    async fn list(world: &World, caller: &User, input: Value) -> Result<Vec<Value>, Problem> {
        let input = sent::<ListOrders>(&input.to_string());
        let page =
            ListOrders::call(&world.context(crate::SERVICE, "list-orders"), caller, &Empty {}, &input).await?.reply;
        Ok(serde_json::to_value(page).unwrap()["items"].as_array().unwrap().clone())
    }

    #[tokio::test]
    async fn a_merchant_lists_a_restaurant_and_sees_nothing_before_it_is_paid() {
        let world = World::new();
        let order = sample::order();
        let merchant = user(order.merchant_id, Role::Merchant);
        let own = json!({"restaurant_id": order.restaurant_id});
        sample::save(&world, &[]).await;
        assert!(list(&world, &merchant, own.clone()).await.unwrap().is_empty());
        sample::save(&world, &[Action::Authorize]).await;
        assert_eq!(list(&world, &merchant, own.clone()).await.unwrap().len(), 1);
        let refusal = list(&world, &merchant, json!({})).await.unwrap_err();
        assert_eq!(refusal.errors[0].pointer, "/restaurant_id");
        let other = user(order.customer_id, Role::Merchant);
        assert!(list(&world, &other, own).await.unwrap().is_empty(), "another's is an empty list");
    }

    #[tokio::test]
    async fn a_customer_lists_their_own_by_status() {
        let world = World::new();
        let order = sample::order();
        let customer = user(order.customer_id, Role::Customer);
        sample::save(&world, &[]).await;
        for (asked, count) in [(json!({}), 1), (json!({"status": "placed,paid"}), 1), (json!({"status": "paid"}), 0)] {
            assert_eq!(list(&world, &customer, asked).await.unwrap().len(), count);
        }
        assert!(serde_json::from_value::<OrdersQuery>(json!({"status": "paid,eaten"})).is_err());
        let refusal = list(&world, &customer, json!({"restaurant_id": order.restaurant_id})).await.unwrap_err();
        assert_eq!(refusal.errors[0].detail, "is for merchants");
    }
}
