//! `/_tiffin/theatre`: what its pages need to know, the switches "play for me", and the ticker.

use app::Problem;
use axum::{
    extract::{Path, Request, State},
    response::Response,
};
use http::{StatusCode, Uri};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use crate::{
    city::{self, DemoAccount, Dish},
    local::Local,
    theatre::{Counts, Played},
};

/// How a switch is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Position {
    on: bool,
}

/// Everything about the theatre. Also records which page was seen: the frame of one role, or one that shows both.
pub(super) async fn show(State(local): State<Local>, request: Request) -> Response {
    let shown = shown(&local, request.uri()).await;
    host::outcome(request.uri().path(), shown.map(|theatre| (StatusCode::OK, Some(theatre))))
}

/// Sets one of the switches.
pub(super) async fn put_switch(State(local): State<Local>, Path(role): Path<String>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let plays = switched(&local, &role, request).await;
    host::outcome(&path, plays.map(|plays| (StatusCode::OK, Some(plays))))
}

/// The facts after the last one that the page knows.
pub(super) async fn show_ticker(State(local): State<Local>, uri: Uri) -> Response {
    let shown = shown_ticker(&local, &uri).await;
    host::outcome(uri.path(), shown.map(|ticker| (StatusCode::OK, Some(ticker))))
}

async fn shown(local: &Local, uri: &Uri) -> Result<Value, Problem> {
    require_city(local).await?;
    let role: Option<Played> = body::parameter(uri, "role")?;
    let theatre = &local.theatre;
    theatre.switches.see(role);
    let cast = &theatre.cast;
    let simulated = theatre.simulated;
    let restaurant = cast.restaurant();
    let Counts { restaurants, couriers_online } = theatre.counts(&*local.store).await?;
    let Dish { item_id, quantity, options } = cast.dinner();
    let person = |person: &DemoAccount| json!({ "user_id": person.id, "name": person.name });
    Ok(json!({
        "restaurant": { "id": restaurant.id, "name": restaurant.name, "place": restaurant.place },
        "people": {
            "customer": person(&cast.customer),
            "merchant": person(&cast.merchant),
            "courier": person(&cast.courier),
        },
        "home": cast.home,
        "stand": cast.stand(),
        "plays": theatre.switches.plays(),
        "simulated": {
            "customers": simulated.customers,
            "restaurants": simulated.restaurants,
            "couriers": simulated.couriers,
        },
        "counts": { "restaurants": restaurants, "couriers_online": couriers_online },
        "dish": { "item_id": item_id, "quantity": quantity, "options": options },
    }))
}

async fn switched(local: &Local, role: &str, request: Request) -> Result<Value, Problem> {
    require_city(local).await?;
    let role: Played = serde_json::from_value(json!(role)).map_err(|_| Problem::not_found())?;
    let Position { on } = body::document(request).await?;
    let switches = &local.theatre.switches;
    switches.put(role, on);
    Ok(json!(switches.plays()))
}

async fn shown_ticker(local: &Local, uri: &Uri) -> Result<Value, Problem> {
    require_city(local).await?;
    let after: Option<u64> = body::parameter(uri, "after")?;
    let (items, last) = local.theatre.ticker.after(after.unwrap_or(0));
    Ok(json!({ "items": items, "last": last }))
}

async fn require_city(local: &Local) -> Result<(), Problem> {
    if city::is_built(&*local.store).await? { Ok(()) } else { Err(Problem::not_found()) }
}
