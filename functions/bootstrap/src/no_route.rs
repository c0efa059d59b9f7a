//! `no-route`: what an HTTP API asks about requests that no function answers.

use std::sync::Arc;

use app::{Clock, Random, Route, Service, Settings};
use axum::Router;
use host::{Host, Options, requirements::CORS_ORIGINS};

use crate::{SERVICES, config, environment::variable, unavailable::ports};

pub(crate) const NAME: &str = "no-route";

/// The most routes there may be; with more it does not compile.
const MAX_ROUTES: usize = 150;
/// The routes, and how many they are: copied while compiling, so that nothing else of the services is in the program.
const ROUTES: ([Route; MAX_ROUTES], usize) = routes(SERVICES);

/// A problem for everything; preflights are answered where no gateway does.
pub(crate) fn router(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Router, String> {
    let texts = Settings::read(&[], &[CORS_ORIGINS], variable)?;
    let options = Options { cors_origins: config::origins(&texts), ..Options::default() };
    let host = Arc::new(Host::new(&[], ports(clock, random), options));
    Ok(host::edge(host::without_functions(&ROUTES.0[..ROUTES.1]), &host))
}

const fn routes(services: &[Service]) -> ([Route; MAX_ROUTES], usize) {
    let mut routes = [Route::get("/"); MAX_ROUTES];
    let mut count = 0;
    let mut service = 0;
    while service < services.len() {
        let functions = services[service].functions;
        let mut function = 0;
        while function < functions.len() {
            if let Some(endpoint) = functions[function].as_endpoint() {
                routes[count] = endpoint.route;
                count += 1;
            }
            function += 1;
        }
        service += 1;
    }
    (routes, count)
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, response::Response};
    use host::{SystemClock, SystemRandom};
    use http::{Request, StatusCode};
    use http_body_util::BodyExt as _;
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    async fn asked(method: &str, path: &str) -> Response {
        let router = router(Arc::new(SystemClock), Arc::new(SystemRandom)).unwrap();
        router.oneshot(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn problem(response: Response) -> (String, Value) {
        let allow = response.headers().get("allow").map(|allow| allow.to_str().unwrap().to_owned());
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert!(response.headers().contains_key("x-request-id"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (allow.unwrap_or_default(), serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_path_that_nobody_knows_is_404_and_a_method_that_it_does_not_know_is_405() {
        let unknown = asked("GET", "/v2/orders").await;
        assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
        let (_, document) = problem(unknown).await;
        assert_eq!(document["code"], "not-found");
        assert_eq!(document["instance"], "/v2/orders");
        let wrong = asked("DELETE", "/v1/orders/ord_1").await;
        assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
        let (allow, document) = problem(wrong).await;
        assert_eq!(allow, "GET,HEAD");
        assert_eq!(document["code"], "method-not-allowed");
    }
}
