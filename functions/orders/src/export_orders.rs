//! `export-orders`: what orders hold of the caller.

use app::{
    Access, Context, Effect, Empty, Endpoint, Export, Exported, Function, Listing, Paged, Problem, Route, Scale, User,
};
use domain::Page;
use schemars::JsonSchema;

use crate::{ORDERS, Order, OrderView};

/// The orders that the caller is a party to, ended ones too, newest first: each as they may read it, and none that they may not. For merchants and couriers, what is about
/// others is null.
#[derive(JsonSchema)]
pub struct ExportOrders;

impl Export for OrderView {
    const OTHERS_THAN_MERCHANT: &'static [&'static str] =
        &["customer_id", "contact", "deliver_to", "notes", "courier_id", "courier"];
    const OTHERS_THAN_COURIER: &'static [&'static str] =
        &["customer_id", "merchant_id", "contact", "deliver_to", "notes"];
}

impl Endpoint for ExportOrders {
    const FUNCTION: Function = Function::new("export-orders").gets(ORDERS).queries(ORDERS).scale(Scale::Rare);
    const ROUTE: Route = Route::get("/v1/orders/export");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<Empty>;
    type Reply = Page<Exported<OrderView>>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<Empty>,
    ) -> Result<Effect<Page<Exported<OrderView>>>, Problem> {
        let page = Listing::<Order>::of_party(caller.id, input.page()).shown_to(context, caller, ()).await?;
        let exported = Exported::page(caller, page, |order| OrderView::of(order.value, order.version, caller))?;
        Ok(Effect::reply(exported))
    }
}
