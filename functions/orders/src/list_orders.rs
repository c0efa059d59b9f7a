//! `list-orders`: the orders of a customer, or of a restaurant.

use app::{Access, Caller, Context, Effect, Empty, Endpoint, Function, Guarded, Problem, Route};
use domain::{Limit, Page, Position, RestaurantId, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::{
    ORDERS, OrderView, Orders, Status,
    orders::{BY_CUSTOMER, BY_RESTAURANT, List},
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
    limit: Option<Limit>,
    cursor: Option<Position>,
}

/// Statuses, separated by commas.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Statuses(Vec<Status>);

/// How many pages of the index one request reads at most, to fill one page of its reply.
const MAX_READS: usize = 5;

impl Endpoint for ListOrders {
    const FUNCTION: Function =
        Function::new("list-orders").queries_index(ORDERS, BY_CUSTOMER).queries_index(ORDERS, BY_RESTAURANT);
    const ROUTE: Route = Route::get("/v1/orders");
    const ACCESS: Access = Access::roles(&[Role::Customer, Role::Merchant]);
    type Path = Empty;
    type Input = OrdersQuery;
    type Reply = Page<OrderView>;

    async fn call(
        context: &Context,
        caller: &Caller,
        Empty {}: &Empty,
        input: &OrdersQuery,
    ) -> Result<Effect<Page<OrderView>>, Problem> {
        let user = caller.signed_in()?;
        let list = match (user.role, input.restaurant_id) {
            (Role::Merchant, None) => return Err(Problem::invalid("/restaurant_id", "is required of merchants")),
            (Role::Merchant, Some(restaurant)) => List::Restaurant(user.id, restaurant),
            (Role::Customer | Role::Courier | Role::Admin, Some(_)) => {
                return Err(Problem::invalid("/restaurant_id", "is for merchants"));
            }
            (Role::Customer | Role::Courier | Role::Admin, None) => List::Customer(user.id),
        };
        let limit = input.limit.unwrap_or_default().get() as usize;
        let mut after = input.cursor.as_ref().map(ToString::to_string);
        let mut items = Vec::new();
        for _ in 0..MAX_READS {
            let (orders, next) = context.orders_of(list, after.as_deref(), limit - items.len()).await?;
            let shown = Guarded::permitted(orders, caller, ()).into_iter();
            let wanted =
                shown.filter(|order| input.status.as_ref().is_none_or(|asked| asked.0.contains(&order.status)));
            items.extend(wanted.map(|order| OrderView::of(order.value, order.version, caller)));
            after = next;
            if after.is_none() || items.len() == limit {
                break;
            }
        }
        Ok(Effect::reply(Page { items, next_cursor: after.map(Position::new) }))
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
    use testing::{World, user};

    use super::*;
    use crate::{Action, sample};

    async fn list(world: &World, caller: &Caller, input: Value) -> Result<Vec<Value>, Problem> {
        let input = serde_json::from_value(input).unwrap();
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
