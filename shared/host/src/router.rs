//! An axum router of any list of functions, made from their declarations.

use std::{collections::BTreeMap, sync::Arc};

use app::{Method, Problem, Route, code};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequestParts, RawPathParams, Request},
    handler::Handler,
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde_json::Value;

use crate::{Host, answer, reply};

/// The most bytes of a body.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Every endpoint of the host, a problem for everything else, and `/healthz`, which does no I/O.
pub fn router(host: Arc<Host>) -> Router {
    let endpoints = host.functions().iter().enumerate().filter_map(|(index, bound)| {
        let route = bound.declaration.as_endpoint()?.route;
        let host = host.clone();
        let handler = move |request: Request| {
            let host = host.clone();
            async move { handle(&host, index, request).await }
        };
        Some((route, handler))
    });
    let healthz = on(MethodFilter::GET, || async { StatusCode::NO_CONTENT }).fallback(method_not_allowed);
    routed(endpoints).route("/healthz", healthz)
}

/// The problem for whatever none of these routes leads to: 405 where one has the path, with the methods it may be asked by.
pub fn without_functions(routes: &[Route]) -> Router {
    routed(routes.iter().map(|route| (*route, not_found)))
}

fn routed<H: Handler<T, ()>, T: 'static>(handlers: impl Iterator<Item = (Route, H)>) -> Router {
    let mut paths: BTreeMap<&'static str, MethodRouter> = BTreeMap::new();
    for (route, handler) in handlers {
        let methods = paths.remove(route.path).unwrap_or_default();
        paths.insert(route.path, methods.on(filter(route.method), handler));
    }
    let router = paths
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| router.route(path, methods.fallback(method_not_allowed)));
    router.fallback(not_found)
}

async fn handle(host: &Host, index: usize, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    let Some(path) = path_parameters(&mut head).await else {
        return reply::problem(&Problem::not_found(), head.uri.path());
    };
    let body = match read_body(&head.headers, body).await {
        Ok(body) => body,
        Err(problem) => return reply::problem(&problem, head.uri.path()),
    };
    host.answer(&host.functions()[index], answer::Request { head: &head, path, body: &body }).await
}

/// A whole body, where it is not too large. What its head says of it is enough: nobody has to send it first.
pub async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > MAX_BODY_BYTES) {
        return Err(Problem::of(code::TOO_LARGE));
    }
    axum::body::to_bytes(body, MAX_BODY_BYTES).await.map_err(|error| unreadable(&error))
}

/// The decoded parameters; `None` where they are not UTF-8, which is no path of ours.
async fn path_parameters(head: &mut Parts) -> Option<serde_json::Map<String, Value>> {
    let parameters = RawPathParams::from_request_parts(head, &()).await.ok()?;
    Some(parameters.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect())
}

fn unreadable(error: &axum::Error) -> Problem {
    let too_large =
        std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
    if too_large { Problem::of(code::TOO_LARGE) } else { Problem::new(code::MALFORMED, "The body broke off.") }
}

async fn not_found(request: Request) -> Response {
    reply::problem(&Problem::not_found(), request.uri().path())
}

/// The refusal of a method that an address does not know.
pub async fn method_not_allowed(request: Request) -> Response<Body> {
    reply::problem(&Problem::of(code::METHOD_NOT_ALLOWED), request.uri().path())
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
