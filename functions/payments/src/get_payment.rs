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
