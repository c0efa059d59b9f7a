//! `/_tiffin/`: control routes for operators and for the theatre's pages. They are no part of the API.

mod body;
mod dead_letters;
mod guard;
mod sessions;
mod theatre;

use std::net::SocketAddr;

use app::Problem;
use axum::{
    Router,
    extract::Request,
    middleware,
    response::Response,
    routing::{any, get, post, put},
};

use crate::local::Local;

/// The routes of a process that listens at this address.
pub(crate) fn router(local: Local, address: SocketAddr) -> Router {
    let guarded = move |request, next| guard::guard(address, request, next);
    host::dead_letter_routes(local.clone()).merge(own_routes(local)).layer(middleware::from_fn(guarded))
}

fn own_routes(local: Local) -> Router {
    Router::new()
        .route("/_tiffin/sessions", post(sessions::open))
        .route("/_tiffin/theatre", get(theatre::show))
        .route("/_tiffin/theatre/ticker", get(theatre::show_ticker))
        .route("/_tiffin/theatre/plays/{role}", put(theatre::put_switch))
        .route("/_tiffin", any(not_found))
        .route("/_tiffin/", any(not_found))
        .route("/_tiffin/{*rest}", any(not_found))
        .method_not_allowed_fallback(host::method_not_allowed)
        .with_state(local)
}

async fn not_found(request: Request) -> Response {
    host::problem(&Problem::not_found(), request.uri().path())
}
