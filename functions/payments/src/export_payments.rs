//! `export-payments`: what payments hold of the caller.

use app::{
    Access, Context, Effect, Empty, Endpoint, Export, Exported, Function, Listing, Paged, Problem, Route, Scale, User,
};
use domain::Page;
use schemars::JsonSchema;

use crate::{PAYMENTS, Payment, PaymentView};

/// The payments of orders that the caller is a party to, newest first: each as they may read it, and none that they may not. For merchants and couriers, what is about
/// others is null.
#[derive(JsonSchema)]
pub struct ExportPayments;

impl Export for PaymentView {
    const OTHERS_THAN_MERCHANT: &'static [&'static str] = &["customer_id"];
    const OTHERS_THAN_COURIER: &'static [&'static str] = &["customer_id", "merchant_id"];
}

impl Endpoint for ExportPayments {
    const FUNCTION: Function = Function::new("export-payments").gets(PAYMENTS).queries(PAYMENTS).scale(Scale::Rare);
    const ROUTE: Route = Route::get("/v1/payments/export");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<Empty>;
    type Reply = Page<Exported<PaymentView>>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<Empty>,
    ) -> Result<Effect<Page<Exported<PaymentView>>>, Problem> {
        let page = Listing::<Payment>::of_party(caller.id, input.page()).shown_to(context, caller, ()).await?;
        let exported = Exported::page(caller, page, |payment| PaymentView::of(payment.value, payment.version, caller))?;
        Ok(Effect::reply(exported))
    }
}
