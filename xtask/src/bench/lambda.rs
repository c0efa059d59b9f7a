//! `cargo xtask bench lambda`: what programs weigh and how fast they start, beside a function that says hello.
//!
//! Each runs under a runtime API of its own, on tables and a topic of an emulator, and is invoked with one request or one
//! event. It measures and judges nothing: what misses an aim is marked.

mod built;
mod cloud;
mod fact;
mod occasion;
mod quote;
mod run;
mod table;

use anyhow::{Context as _, Result};
use app::{Declaration, Service};
use tiffin::services::SERVICES;

use built::Built;
use cloud::Cloud;
use occasion::Occasion;
use run::Figures;

/// The functions on an order's path, from signing up to the last notice, in the order of their turns.
const PATH: [&str; 24] = [
    "register-user",
    "sign-in",
    "create-restaurant",
    "add-menu-item",
    "get-menu",
    "search-restaurants",
    "quote-basket",
    "place-order",
    "authorize-payment",
    "apply-payment",
    "dispatch-delivery",
    "put-courier",
    "set-courier-availability",
    "list-deliveries",
    "accept-order",
    "settle-payment",
    "accept-offer",
    "mark-order-ready",
    "pick-up-delivery",
    "complete-delivery",
    "update-delivery",
    "apply-delivery",
    "notify",
    "get-order",
];

/// Builds and measures them all, the one that says hello first.
pub(super) fn measure() -> Result<()> {
    let functions = PATH.into_iter().map(declared).collect::<Result<Vec<_>>>()?;
    let load = table::load()?;
    let built = Built::now()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let cloud = Cloud::open(&functions).await?;
        let empty = Figures::of("empty", &built.empty, Vec::new(), &cloud, Occasion::Hello).await?;
        table::begin(&built);
        table::row("empty", &empty, &empty);
        for (service, declaration) in functions {
            let name = declaration.function.name;
            let occasion = Occasion::of(declaration).with_context(|| format!("{name} is a sweep"))?;
            let variables = cloud.environment(service, declaration);
            let figures = Figures::of(name, &xtask::aws::program(name)?, variables, &cloud, occasion).await?;
            table::row(name, &figures, &empty);
        }
        table::end(&load)
    })
}

/// The function of this name, and its service.
fn declared(name: &str) -> Result<(&'static Service, &'static Declaration)> {
    let found = SERVICES.iter().find_map(|service| Some((service, service.function(name)?)));
    found.with_context(|| format!("nobody declares {name}"))
}
