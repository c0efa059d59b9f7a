//! `place-order`: a customer places an order from a quote.

use app::{
    Access, Code, Context, Created, Effect, Empty, Endpoint, Function, Json, Problem, QUOTE, Route, Scale, TokenError,
    User,
};
use domain::{Contact, Name, OrderId, PaymentMethod, Phone, QuoteClaims, Role, Text};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Journey, ORDERS, Order, OrderView, Rules, order::Placing};

/// A customer places an order from a quote. The order, its first event and the idempotency record are one transaction.
#[derive(JsonSchema)]
pub struct PlaceOrder;

/// 409: the quote has become an order already.
const QUOTE_USED: Code =
    Code::new("quote-used", 409, "Quote used", "This quote has become an order already. Ask for a new quote.");
/// 422: the quote's ten minutes are over.
const QUOTE_EXPIRED: Code =
    Code::new("quote-expired", 422, "Quote expired", "The quote's time is over. Ask for a new quote.");
/// 422: the quote is not one of ours for this customer.
const QUOTE_INVALID: Code = Code::new(
    "quote-invalid",
    422,
    "Quote invalid",
    "The quote was not made here, or for somebody else, or was changed. Ask for a new quote.",
);

/// A quote, and how it is paid.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewOrder")]
pub struct NewOrder {
    /// The quote's token.
    quote: String,
    /// The payment provider's token.
    payment_method: PaymentMethod,
    /// For the kitchen.
    notes: Option<Text>,
    /// Whom the courier asks for; the customer where left out.
    contact: Option<NewContact>,
}

/// Whom the courier asks for.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    name: Option<Name>,
    phone: Option<Phone>,
}

impl Endpoint for PlaceOrder {
    const FUNCTION: Function =
        Function::new("place-order").settings(crate::settings::SETTINGS).gets(ORDERS).writes(ORDERS).scale(Scale::Hot);
    const ROUTE: Route = Route::post("/v1/orders").requires_idempotency_key();
    const ACCESS: Access = Access::roles(&[Role::Customer]);
    const PROBLEMS: &'static [Code] = &[QUOTE_USED, QUOTE_EXPIRED, QUOTE_INVALID];
    const EXAMPLE: &'static str =
        r#"{"quote": "eyJ0eXAiOiJxdW90ZStqd3Qi…", "payment_method": "tok_ok", "notes": "No onions."}"#;
    type Caller = User;
    type Path = Empty;
    type Input = Json<NewOrder>;
    type Reply = Created<OrderView>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &NewOrder,
    ) -> Result<Effect<Created<OrderView>>, Problem> {
        let quote: QuoteClaims = context.verify(QUOTE, &input.quote).map_err(refused)?;
        if quote.sub != caller.id || quote.price.recomputed_total() != Ok(quote.price.total) {
            return Err(Problem::of(QUOTE_INVALID));
        }
        let NewContact { name, phone } = input.contact.clone().unwrap_or_default();
        let placing = Placing {
            payment_method: input.payment_method.clone(),
            notes: input.notes.clone(),
            contact: Contact { name: name.or_else(|| Some(caller.name.clone())), phone },
        };
        let id = OrderId::of(quote.jti);
        if context.read::<Order>(&id).await?.authorize_or_absent(caller, ())?.is_some() {
            return Err(Problem::of(QUOTE_USED));
        }
        let order = Order::placed(quote, placing, context.now(), &Rules::of(context));
        let journey = Journey::begin(order, caller.actor());
        let view = OrderView::of(journey.order.value.clone(), journey.order.version(), caller);
        Ok(Effect::reply(Created::at(format!("/v1/orders/{id}"), view)).saves(journey))
    }
}

fn refused(error: TokenError) -> Problem {
    match error {
        TokenError::Expired => Problem::of(QUOTE_EXPIRED),
        TokenError::Invalid => Problem::of(QUOTE_INVALID),
    }
}

#[cfg(test)]
mod tests {
    use app::Write;
    use domain::OrderKind;
    use testing::{World, a_user, input, user};

    use super::*;
    use crate::sample;

    async fn place(world: &World, caller: &User, quote: &str) -> Result<Effect<Created<OrderView>>, Problem> {
        let body = PlaceOrder::EXAMPLE.replace("eyJ0eXAiOiJxdW90ZStqd3Qi…", quote);
        PlaceOrder::call(&world.context(crate::SERVICE, "place-order"), caller, &Empty {}, &input(&body)).await
    }

    fn customer() -> User {
        user(sample::quote().sub, Role::Customer)
    }

    #[tokio::test]
    async fn an_order_is_what_was_quoted_and_is_published_at_once() {
        let world = World::new();
        let effect = place(&world, &customer(), &sample::token(&world, &sample::quote())).await.unwrap();
        let shown = serde_json::to_value(&effect.reply).unwrap();
        assert_eq!(shown["status"], "placed");
        assert_eq!(shown["version"], 1);
        assert_eq!(shown["total"], serde_json::to_value(sample::quote().price.total).unwrap());
        assert_eq!(shown["contact"]["name"], "Sam Test", "the customer, where nobody is named");
        let puts = effect.changes.writes.iter().filter(|write| matches!(write, Write::Put(..))).count();
        assert_eq!(puts, 4, "the order, its first step, and the pointers of customer and merchant");
        assert_eq!(effect.changes.writes.len(), puts, "nothing else is written");
        assert_eq!(effect.changes.facts[0].kind, OrderKind::Placed);
    }

    #[tokio::test]
    async fn a_quote_is_for_one_order() {
        let world = World::new();
        let quote = sample::token(&world, &sample::quote());
        let first = place(&world, &customer(), &quote).await.unwrap();
        world.commit(ORDERS, first.changes).await;
        assert_eq!(place(&world, &customer(), &quote).await.unwrap_err().code, QUOTE_USED);
    }

    #[tokio::test]
    async fn a_quote_that_is_late_anothers_changed_or_wrong_is_refused() {
        let world = World::new();
        let quote = sample::token(&world, &sample::quote());
        assert_eq!(place(&world, &a_user(Role::Customer), &quote).await.unwrap_err().code, QUOTE_INVALID);
        assert_eq!(place(&world, &customer(), "nonsense").await.unwrap_err().code, QUOTE_INVALID);
        let mut cheaper = sample::quote();
        cheaper.price.total.amount -= 1;
        let cheaper = sample::token(&world, &cheaper);
        assert_eq!(place(&world, &customer(), &cheaper).await.unwrap_err().code, QUOTE_INVALID);
        world.clock.advance_s(700);
        assert_eq!(place(&world, &customer(), &quote).await.unwrap_err().code, QUOTE_EXPIRED);
    }
}
