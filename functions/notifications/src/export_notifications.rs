//! `export-notifications`: what notifications hold of the caller.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Paged, Problem, Route, Scale, User};
use domain::Page;
use schemars::JsonSchema;

use crate::{NOTIFICATIONS, NotificationView, notifications::inbox};

/// The notices in the caller's inbox, newest first.
#[derive(JsonSchema)]
pub struct ExportNotifications;

impl Endpoint for ExportNotifications {
    const FUNCTION: Function = Function::new("export-notifications").queries(NOTIFICATIONS).scale(Scale::Rare);
    const ROUTE: Route = Route::get("/v1/notifications/export");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<Empty>;
    type Reply = Page<NotificationView>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<Empty>,
    ) -> Result<Effect<Page<NotificationView>>, Problem> {
        let page = inbox(caller.id, None, input.page()).shown_to(context, caller, ()).await?;
        Ok(Effect::reply(page.map(|notification| notification.value.into())))
    }
}
