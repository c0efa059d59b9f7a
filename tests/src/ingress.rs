//! The ingress: each route leads to its function, as a gateway's or a mesh's would.

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use app::Method;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    response::Response,
    routing::{MethodFilter, MethodRouter},
};
use http::request::Parts;
use tiffin::services::SERVICES;
use tokio::net::TcpListener;

/// The most bytes that are handed on.
const MAX_BYTES: usize = 1024 * 1024;

/// Functions, wherever they are.
pub trait Functions: Send + Sync + 'static {
    /// What the one of this name replies.
    fn answer(&self, function: &'static str, head: Parts, body: Bytes) -> impl Future<Output = Response> + Send;
}

/// Opens it; returns its address.
pub async fn open(functions: Arc<impl Functions>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it listens somewhere"));
    tokio::spawn(axum::serve(listener, router(&functions)).into_future());
    url
}

fn router(functions: &Arc<impl Functions>) -> Router {
    let mut paths: BTreeMap<&'static str, MethodRouter> = BTreeMap::new();
    for declaration in SERVICES.iter().flat_map(|service| service.functions) {
        let Some(endpoint) = declaration.as_endpoint() else { continue };
        let functions = functions.clone();
        let name = declaration.function.name;
        let handler = move |request: Request| {
            let functions = functions.clone();
            async move { answer(&*functions, name, request).await }
        };
        let methods = paths.remove(endpoint.route.path).unwrap_or_default();
        paths.insert(endpoint.route.path, methods.on(filter(endpoint.route.method), handler));
    }
    paths.into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods))
}

async fn answer(functions: &impl Functions, function: &'static str, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MAX_BYTES).await.expect("the body arrives");
    functions.answer(function, head, body).await
}

/// The reply of a function that answers at a URL.
pub async fn hand_on(client: &reqwest::Client, url: &str, head: Parts, body: Bytes) -> Response {
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let request = client.request(head.method, format!("{url}{path}")).headers(head.headers).body(body);
    let response = request.send().await.expect("the function answers");
    let status = response.status();
    let headers = response.headers().clone();
    let mut handed_on = Response::new(Body::from(response.bytes().await.expect("the reply arrives")));
    *handed_on.status_mut() = status;
    *handed_on.headers_mut() = headers;
    handed_on
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
