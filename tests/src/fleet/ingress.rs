//! The ingress: each route leads to the process of its function, as a gateway's or a mesh's would.

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use app::Method;
use axum::{
    Router,
    extract::Request,
    response::Response,
    routing::{MethodFilter, MethodRouter},
};
use tokio::net::TcpListener;

use super::{Programs, SERVICES};

/// The most bytes that are handed on.
const MAX_BYTES: usize = 1024 * 1024;

/// Opens it; returns its address.
pub(super) async fn open(programs: Arc<Programs>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it listens somewhere"));
    tokio::spawn(axum::serve(listener, router(&programs)).into_future());
    url
}

fn router(programs: &Arc<Programs>) -> Router {
    let mut paths: BTreeMap<&'static str, MethodRouter> = BTreeMap::new();
    for declaration in SERVICES.iter().flat_map(|service| service.functions) {
        let Some(endpoint) = declaration.as_endpoint() else { continue };
        let programs = programs.clone();
        let name = declaration.function.name;
        let handler = move |request: Request| {
            let programs = programs.clone();
            async move { answer(&programs, name, request).await }
        };
        let methods = paths.remove(endpoint.route.path).unwrap_or_default();
        paths.insert(endpoint.route.path, methods.on(filter(endpoint.route.method), handler));
    }
    paths.into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods))
}

async fn answer(programs: &Programs, function: &str, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MAX_BYTES).await.expect("the body arrives");
    programs.get(function).await.answer(head, body.into()).await
}

const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}
