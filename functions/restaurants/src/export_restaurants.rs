//! `export-restaurants`: what restaurants hold of the caller.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Listing, Paged, Problem, Route, Scale, User, Versioned};
use domain::Page;
use schemars::JsonSchema;

use crate::{RESTAURANTS, Restaurant, RestaurantView, restaurants::now_of};

/// The restaurants of the caller, newest first; of who is no merchant, none.
#[derive(JsonSchema)]
pub struct ExportRestaurants;

impl Endpoint for ExportRestaurants {
    const FUNCTION: Function =
        Function::new("export-restaurants").gets(RESTAURANTS).queries(RESTAURANTS).scale(Scale::Rare);
    const ROUTE: Route = Route::get("/v1/restaurants/export");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<Empty>;
    type Reply = Page<RestaurantView>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<Empty>,
    ) -> Result<Effect<Page<RestaurantView>>, Problem> {
        let page = Listing::<Restaurant>::of_party(caller.id, input.page()).shown_to(context, caller, ()).await?;
        let mut now = now_of(context, &page.items).await?.into_iter();
        Ok(Effect::reply(page.map(|Versioned { value, version, .. }| {
            RestaurantView::of(value, &now.next().unwrap_or_default(), version)
        })))
    }
}
