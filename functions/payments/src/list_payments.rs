//! `list-payments`: the payment of an order, as a list.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Paged, Problem, Route, User};
use domain::{OrderId, Page, PaymentId, Role};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{PAYMENTS, Payment, PaymentView};

/// The payment of an order: none or one. A customer sees their own, a merchant that of their order once money was held.
#[derive(JsonSchema)]
pub struct ListPayments;

/// Which payments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentsQuery {
    /// The order that is paid for.
    order_id: OrderId,
}

impl Endpoint for ListPayments {
    const FUNCTION: Function = Function::new("list-payments").gets(PAYMENTS);
    const ROUTE: Route = Route::get("/v1/payments");
    const ACCESS: Access = Access::roles(&[Role::Customer, Role::Merchant, Role::Admin]);
    const EXAMPLE: &'static str = r#"{"order_id": "ord_01h455vb4pex5vsknk084sn02q"}"#;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<PaymentsQuery>;
    type Reply = Page<PaymentView>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<PaymentsQuery>,
    ) -> Result<Effect<Page<PaymentView>>, Problem> {
        let payment = context.read::<Payment>(&PaymentId::of(input.order_id)).await?;
        // There is one at most, so after any position there is none.
        let shown = payment.authorize_related(caller, ()).ok().filter(|_| input.page().after().is_none());
        let items = shown.into_iter().map(|payment| PaymentView::of(payment.value, payment.version, caller)).collect();
        Ok(Effect::reply(Page { items, next_cursor: None }))
    }
}

#[cfg(test)]
mod tests {
    use domain::OrderKind;
    use serde_json::{Value, json};
    use testing::{World, a_user, sent, user};

    use super::*;
    use crate::sample::{customer, deliver, event, merchant, order, placed_with};

    async fn listed(world: &World, caller: &User) -> Vec<Value> {
        let context = world.context(crate::SERVICE, "list-payments");
        let input = sent::<ListPayments>(&json!({"order_id": order()}).to_string());
        let reply = ListPayments::call(&context, caller, &Empty {}, &input).await.unwrap().reply;
        assert_eq!(reply.next_cursor, None);
        reply.items.into_iter().map(|payment| serde_json::to_value(payment).unwrap()).collect()
    }

    async fn seen_by(world: &World) -> [usize; 3] {
        let admin = a_user(Role::Admin);
        let customer = user(customer(), Role::Customer);
        let merchant = user(merchant(), Role::Merchant);
        [listed(world, &customer).await.len(), listed(world, &merchant).await.len(), listed(world, &admin).await.len()]
    }

    #[tokio::test]
    async fn its_parties_and_administrators_see_a_payment_and_nobody_else() {
        let world = World::new();
        assert_eq!(seen_by(&world).await, [0, 0, 0], "an unknown order");
        deliver(&world, &event(OrderKind::Placed, 1)).await;
        assert_eq!(seen_by(&world).await, [1, 1, 1]);
        for role in [Role::Customer, Role::Merchant] {
            assert!(listed(&world, &a_user(role)).await.is_empty(), "another {role}");
        }
    }

    #[tokio::test]
    async fn the_means_of_payment_is_shown_to_its_customer_alone() {
        let world = World::new();
        deliver(&world, &event(OrderKind::Placed, 1)).await;
        let method = async |caller: User| listed(&world, &caller).await[0]["method"].clone();
        assert_eq!(method(user(customer(), Role::Customer)).await, "tok_ok");
        assert_eq!(method(user(merchant(), Role::Merchant)).await, Value::Null);
        assert_eq!(method(a_user(Role::Admin)).await, Value::Null);
    }

    #[test]
    fn it_is_not_for_couriers() {
        assert!(!ListPayments::ACCESS.allows(Role::Courier));
    }

    #[tokio::test]
    async fn a_merchant_does_not_see_what_was_never_held() {
        let world = World::new();
        deliver(&world, &placed_with("tok_declined")).await;
        assert_eq!(seen_by(&world).await, [1, 0, 1]);
        let world = World::new();
        deliver(&world, &event(OrderKind::Cancelled, 2)).await;
        assert_eq!(seen_by(&world).await, [0, 0, 0], "a placeholder is no payment");
        deliver(&world, &event(OrderKind::Placed, 1)).await;
        assert_eq!(seen_by(&world).await, [1, 0, 1]);
    }

    #[tokio::test]
    async fn every_field_of_the_shape_is_present() {
        let world = World::new();
        for (kind, sequence) in [(OrderKind::Placed, 1), (OrderKind::Accepted, 2), (OrderKind::Cancelled, 3)] {
            deliver(&world, &event(kind, sequence)).await;
        }
        let mut shown = listed(&world, &user(customer(), Role::Customer)).await.remove(0);
        let refund = shown["refunds"][0].take();
        let total = json!({"amount": 5450, "currency": "RON"});
        let payment_id = PaymentId::of(order());
        let expected = json!({
            "id": payment_id, "order_id": order(), "customer_id": customer(), "merchant_id": merchant(),
            "method": "tok_ok", "amount": total, "authorized": total, "captured": total, "refunded": total,
            "status": "refunded", "failure": null, "provider_reference": format!("sim_{payment_id}"),
            "refunds": [null], "created_at": testing::NOON, "version": 9, "allowed_actions": [],
        });
        assert_eq!(shown, expected);
        let expected = json!({
            "id": refund["id"], "payment_id": payment_id, "amount": total, "reason": "order.cancelled",
            "status": "succeeded", "created_at": testing::NOON,
        });
        assert_eq!(refund, expected);
    }

    #[tokio::test]
    async fn after_the_only_payment_there_is_none() {
        let world = World::new();
        deliver(&world, &event(OrderKind::Placed, 1)).await;
        let context = world.context(crate::SERVICE, "list-payments");
        let input = sent::<ListPayments>(&json!({"order_id": order(), "cursor": "anything"}).to_string());
        let page = ListPayments::call(&context, &a_user(Role::Admin), &Empty {}, &input).await.unwrap().reply;
        assert!(page.items.is_empty());
    }
}
