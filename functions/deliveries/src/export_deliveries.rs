//! `export-deliveries`: what deliveries hold of the caller.

use app::{
    Access, Context, Effect, Empty, Endpoint, Export, Exported, Function, Listing, Paged, Problem, Reply, Route, Scale,
    SignCursor, User,
};
use domain::Page;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Courier, CourierAction, CourierView, DELIVERIES, Delivery, DeliveryView, Purpose, Rules, position::Position,
};

/// The deliveries that the caller is a party to, newest first, each as they may read it, and a courier's own profile. For
/// merchants and couriers, what is about others is null.
#[derive(JsonSchema)]
pub struct ExportDeliveries;

/// What deliveries hold of somebody.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DeliveriesExport {
    #[serde(flatten)]
    page: Page<Exported<DeliveryView>>,
    /// Their profile as a courier.
    courier: Option<CourierView>,
}

impl Reply for DeliveriesExport {
    fn sign_cursor(&mut self, sign: SignCursor<'_>) {
        self.page.sign_cursor(sign);
    }
}

impl Export for DeliveryView {
    const OTHERS_THAN_MERCHANT: &'static [&'static str] = &["deliver_to", "courier_id"];
    const OTHERS_THAN_COURIER: &'static [&'static str] = &["deliver_to"];
}

impl Endpoint for ExportDeliveries {
    const FUNCTION: Function = Function::new("export-deliveries")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries(DELIVERIES)
        .scale(Scale::Rare);
    const ROUTE: Route = Route::get("/v1/deliveries/export");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<Empty>;
    type Reply = DeliveriesExport;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<Empty>,
    ) -> Result<Effect<DeliveriesExport>, Problem> {
        let rules = Rules::of(context);
        let now = context.now();
        let found =
            Listing::<Delivery>::of_party(caller.id, input.page()).shown_to(context, caller, Purpose::Export).await?;
        let view = |found: app::Versioned<Delivery>| DeliveryView::of(&found, found.version, caller, now, &rules);
        let courier = context.read::<Courier>(&caller.id).await?.authorize_or_absent(caller, CourierAction::Read)?;
        let position = context.find::<Position>(&caller.id).await?;
        let profile =
            |courier: app::Versioned<Courier>| CourierView::of(courier.at_newest(position.as_deref()), courier.version);
        let export = DeliveriesExport { page: Exported::page(caller, found, view)?, courier: courier.map(profile) };
        Ok(Effect::reply(export))
    }
}

#[cfg(test)]
mod tests {
    use domain::{Role, UserId};
    use serde_json::{Value, json};
    use testing::{World, sent, user, user_id};

    use super::*;
    use crate::sample;

    async fn export(world: &World, id: UserId, role: Role) -> Value {
        let context = world.context(crate::SERVICE, "export-deliveries");
        let all = sent::<ExportDeliveries>("{}");
        let reply = ExportDeliveries::call(&context, &user(id, role), &Empty {}, &all).await.unwrap().reply;
        serde_json::to_value(reply).unwrap()
    }

    #[tokio::test]
    async fn each_party_has_what_concerns_them_and_nothing_of_the_others() {
        let city = sample::TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        let delivered_to = |export: &Value| export["items"][0]["deliver_to"]["address"]["street"].clone();

        let customers = export(&city.world, user_id(501), Role::Customer).await;
        assert_eq!(delivered_to(&customers), "Str. Armenească 12");
        assert_eq!(customers["items"][0]["earning"], Value::Null);
        assert_eq!(customers["courier"], Value::Null);

        let merchants = export(&city.world, user_id(502), Role::Merchant).await;
        assert_eq!(merchants["items"][0]["state"], "picked_up");
        for other in ["deliver_to", "courier_id", "earning", "offer"] {
            assert_eq!(merchants["items"][0][other], Value::Null, "{other}");
        }

        let couriers = export(&city.world, sample::someone(1), Role::Courier).await;
        assert_eq!(couriers["items"][0]["earning"]["currency"], "RON");
        assert_eq!(couriers["items"][0]["deliver_to"], Value::Null, "it is the customer's");
        assert_eq!(couriers["courier"]["vehicle"], "bicycle");

        let nobodys = export(&city.world, user_id(900), Role::Courier).await;
        assert_eq!(nobodys, json!({"items": [], "next_cursor": null, "courier": null}));
    }
}
