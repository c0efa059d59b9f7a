//! A quote that can be ordered by: two soups, for this customer.

use anyhow::Result;
use app::QUOTE;
use domain::{QuoteId, UserId};
use serde_json::json;

use super::{
    cloud::{Cloud, now, random},
    fact::{euros, stop},
};

/// How long it is valid, in seconds.
const QUOTE_LIFE_S: i64 = 600;

/// The quote as a signed token.
pub(super) fn token(cloud: &Cloud, customer: UserId) -> Result<String> {
    let now = now();
    let line = json!({
        "line": 1, "item_id": "itm_01h455vb4pex5vsknk084sn02q", "name": "Ciorba", "options": [], "quantity": 2,
        "unit_price": euros(1250), "total": euros(2500),
    });
    let price = json!({
        "lines": [line], "subtotal": euros(2500), "delivery_fee": euros(200), "service_fee": euros(125),
        "small_order_fee": euros(0), "discount": euros(0), "tax": euros(233), "tip": euros(0), "total": euros(2825),
    });
    let claims = json!({
        "jti": QuoteId::generate(now.jiff(), random()), "sub": customer, "iat": now.as_second(),
        "exp": now.as_second() + QUOTE_LIFE_S, "restaurant_id": "rst_01h455vb4pex5vsknk084sn02q",
        "merchant_id": "usr_01h455vb4pex5vsknk084sn02q", "restaurant": {"name": "La Mama", "phone": null},
        "pick_up": stop(), "deliver_to": stop(), "distance_m": 1200, "eta_minutes": {"min": 20, "max": 30},
        "prep_minutes": 10, "price": price,
    });
    Ok(cloud.keys.sign(QUOTE, &claims)?)
}
