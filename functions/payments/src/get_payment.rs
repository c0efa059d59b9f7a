//! `get-payment`: a payment as it is now.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Route, User};
use domain::Role;
use schemars::JsonSchema;

use crate::{PAYMENTS, Payment, PaymentView, paths::PaymentPath};

/// A payment as it is now, with its refunds: its customer's, its merchant's once money was held, administrators'.
#[derive(JsonSchema)]
pub struct GetPayment;

impl Endpoint for GetPayment {
    const FUNCTION: Function = Function::new("get-payment").gets(PAYMENTS);
    const ROUTE: Route = Route::get("/v1/payments/{payment_id}");
    const ACCESS: Access = Access::roles(&[Role::Customer, Role::Merchant, Role::Admin]);
    type Caller = User;
    type Path = PaymentPath;
    type Input = Empty;
    type Reply = PaymentView;

    async fn call(
        context: &Context,
        caller: &User,
        PaymentPath { payment_id }: &PaymentPath,
        Empty {}: &Empty,
    ) -> Result<Effect<PaymentView>, Problem> {
        let payment = context.read::<Payment>(payment_id).await?.authorize(caller, ())?;
        Ok(Effect::reply(PaymentView::of(payment.value, payment.version, caller)))
    }
}

#[cfg(test)]
mod tests {
    use domain::{OrderKind, PaymentId, UserId};
    use serde_json::{Value, json};
    use testing::{World, user, user_id};

    use super::*;
    use crate::sample::{customer, deliver, event, merchant, order};

    async fn seen(world: &World, id: UserId, role: Role) -> Result<Value, u16> {
        let context = world.context(crate::SERVICE, "get-payment");
        let path = PaymentPath { payment_id: PaymentId::of(order()) };
        let reply = GetPayment::call(&context, &user(id, role), &path, &Empty {}).await;
        reply.map(|effect| serde_json::to_value(effect.reply).unwrap()).map_err(|problem| problem.code.status)
    }

    #[tokio::test]
    async fn its_parties_see_it_and_nobody_else() {
        let world = World::new();
        assert_eq!(seen(&world, customer(), Role::Customer).await, Err(404), "there is none yet");
        deliver(&world, &event(OrderKind::Placed, 1)).await;
        for (id, role) in [(customer(), Role::Customer), (merchant(), Role::Merchant), (user_id(7), Role::Admin)] {
            assert_eq!(seen(&world, id, role).await.unwrap()["status"], "authorized", "{role}");
        }
        for role in [Role::Customer, Role::Merchant] {
            assert_eq!(seen(&world, user_id(8), role).await, Err(404), "{role}");
        }
    }

    #[tokio::test]
    async fn only_who_may_give_money_back_is_shown_that_while_there_is_some() {
        let world = World::new();
        for (kind, sequence, may) in [
            (OrderKind::Placed, 1, json!([])),
            (OrderKind::Accepted, 2, json!(["refunds"])),
            (OrderKind::Cancelled, 3, json!([])),
        ] {
            deliver(&world, &event(kind, sequence)).await;
            assert_eq!(seen(&world, merchant(), Role::Merchant).await.unwrap()["allowed_actions"], may, "{kind}");
            assert_eq!(seen(&world, customer(), Role::Customer).await.unwrap()["allowed_actions"], json!([]), "{kind}");
        }
    }
}
