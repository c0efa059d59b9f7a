//! Requests as an HTTP API of API Gateway and a Lambda function URL hand them over, payload format 2.0, by `lambda_http`.
//!
//! What it would refuse or panic at is mended before it converts; the path is then taken as it was sent, since what it makes
//! of it is normalised; and a reply is written by ourselves as far as it is text or not, which spares a program the tables of
//! every encoding, and has each header once, since of a repeated one it writes the first alone. ADR 9 has the list.
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::convert::Infallible;

use axum::Router;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::BoxFuture;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode, Uri,
    header::{self, SET_COOKIE},
};
use http_body_util::BodyExt as _;
use lambda_http::{
    Adapter, Body, IntoResponse, LambdaEvent, RequestExt as _, Response, Service,
    aws_lambda_events::apigw::ApiGatewayV2httpRequest, request::LambdaRequest, tower::ServiceBuilder,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value};
use url::Url;

/// The only version of the payload format that is read.
const VERSION: &str = "2.0";
/// The most bytes of a path with its query, encoded. Gateways allow less: 10 KiB, headers included.
const MAX_URI_BYTES: usize = 32 * 1024;
/// What gateways name the scheme in that a client used.
const FORWARDED_SCHEME: &str = "x-forwarded-proto";

/// A request that `lambda_http` can convert.
#[derive(Debug)]
pub(crate) struct Payload(ApiGatewayV2httpRequest);

/// A payload that holds no request.
#[derive(Debug, thiserror::Error)]
enum NoRequest {
    #[error("the payload is no request of an HTTP API or a function URL: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("the payload's version is {0}, not \"{VERSION}\"")]
    Version(Value),
    #[error("the payload has no path")]
    Path,
    #[error("the payload's path and query are longer than {MAX_URI_BYTES} bytes")]
    TooLong,
    #[error("the payload's body is no base64")]
    Body,
}

/// Answers requests by this router, as `lambda_runtime::run` takes it.
pub(crate) fn answers(
    router: Router,
) -> impl Service<LambdaEvent<Payload>, Response = impl Serialize + use<>, Error = Infallible, Future: Send> + Clone {
    let router = ServiceBuilder::new().map_request(as_sent).map_response(Reply).service(router);
    ServiceBuilder::new()
        .map_request(|event: LambdaEvent<Payload>| {
            LambdaEvent::new(LambdaRequest::ApiGatewayV2(event.payload.0), event.context)
        })
        .service(Adapter::from(router))
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(Map::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

fn read(mut payload: Map<String, Value>) -> Result<ApiGatewayV2httpRequest, NoRequest> {
    // Local tools say `null` of what gateways leave out.
    payload.retain(|_, member| !member.is_null());
    match payload.get("version") {
        Some(version) if version == VERSION => {}
        version => return Err(NoRequest::Version(version.cloned().unwrap_or_default())),
    }
    if let Some(headers) = payload.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|name, value| HeaderName::try_from(name).is_ok() && mend_header(value));
    }
    let mut request = ApiGatewayV2httpRequest::deserialize(Value::Object(payload))?;
    let path = encoded(request.raw_path.as_deref().ok_or(NoRequest::Path)?, NOT_IN_PATH);
    let path = if path.starts_with('/') { path } else { format!("/{path}") };
    let query = request.raw_query_string.as_deref().map(|query| encoded(query, NOT_IN_QUERY)).unwrap_or_default();
    if path.len() + query.len() > MAX_URI_BYTES {
        return Err(NoRequest::TooLong);
    }
    if request.is_base64_encoded && request.body.as_ref().is_some_and(|body| STANDARD.decode(body).is_err()) {
        return Err(NoRequest::Body);
    }
    if !is_address(&request, &path) {
        request.headers.remove(header::HOST);
        request.headers.remove(FORWARDED_SCHEME);
        request.request_context.domain_name = None;
    }
    request.raw_path = Some(path);
    request.raw_query_string = Some(query);
    Ok(request)
}

/// A value that is no ASCII is refused as text, and taken as bytes. Returns whether HTTP allows it at all; else it is left out.
fn mend_header(value: &mut Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    if HeaderValue::from_bytes(text.as_bytes()).is_err() {
        return false;
    }
    if HeaderValue::from_str(text).is_err() {
        *value = Value::from(vec![Value::from(text.as_bytes())]);
    }
    true
}

/// What must be encoded in a query (RFC 3986, 3.4), and what in a path (3.3). A `%` is left as it came.
const NOT_IN_QUERY: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'[').add(b'\\').add(b']').add(b'^').add(b'`');
const NOT_IN_PATH: &AsciiSet = &NOT_IN_QUERY.add(b'?').add(b'{').add(b'|').add(b'}');

fn encoded(text: &str, not_allowed: &'static AsciiSet) -> String {
    utf8_percent_encode(text, not_allowed).to_string()
}

/// Whether scheme and host, from wherever `lambda_http` takes them, are an address with this path.
fn is_address(ApiGatewayV2httpRequest { headers, request_context, .. }: &ApiGatewayV2httpRequest, path: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let scheme = text(HeaderName::from_static(FORWARDED_SCHEME)).unwrap_or("https");
    let Some(host) = text(header::HOST).or(request_context.domain_name.as_deref()) else { return true };
    Url::parse(&format!("{scheme}://{host}{path}")).is_ok_and(|url| Uri::try_from(url.as_str()).is_ok())
}

/// The request under the path as it was sent.
fn as_sent(mut request: lambda_http::Request) -> lambda_http::Request {
    let mut uri = request.raw_http_path().to_owned();
    if let Some(query) = request.uri().query().filter(|query| !query.is_empty()) {
        uri.push('?');
        uri.push_str(query);
    }
    if let Ok(uri) = Uri::try_from(uri) {
        *request.uri_mut() = uri;
    }
    request
}

/// A reply, as `lambda_http` takes one.
struct Reply(Response<axum::body::Body>);

impl IntoResponse for Reply {
    fn into_response(self) -> BoxFuture<'static, Response<Body>> {
        Box::pin(async move {
            let (mut head, body) = self.0.into_parts();
            head.headers = joined(head.headers);
            let bytes = match body.collect().await {
                Ok(body) => body.to_bytes().to_vec(),
                Err(error) => {
                    tracing::error!(%error, "a reply broke off");
                    head.status = StatusCode::INTERNAL_SERVER_ERROR;
                    Vec::new()
                }
            };
            let body = String::from_utf8(bytes).map_or_else(|error| Body::Binary(error.into_bytes()), Body::Text);
            Response::from_parts(head, body)
        })
    }
}

/// The headers with each once, as text; cookies are not joined, but have a place of their own in the reply.
fn joined(mut headers: HeaderMap) -> HeaderMap {
    let names: Vec<HeaderName> = headers.keys().filter(|name| *name != SET_COOKIE).cloned().collect();
    for name in names {
        let values = headers.get_all(&name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let joined = HeaderValue::try_from(values.collect::<Vec<_>>().join(", ").into_bytes());
        if let Ok(joined) = joined {
            headers.insert(name, joined);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use axum::{extract::Request, routing::any};
    use lambda_http::{Context, tower::ServiceExt as _};
    use serde_json::json;

    use super::*;

    fn payload(raw_path: &str) -> Value {
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": raw_path, "rawQueryString": "a=1&b=%C3%A9",
            "headers": {"content-type": "application/json", "host": "api.example"},
            "requestContext": {"http": {"method": "POST", "path": raw_path}, "stage": "$default"},
            "body": "eyJhIjoxfQ==", "isBase64Encoded": true,
        })
    }

    /// What a router gets of this payload: method, URI, headers and body.
    async fn sent(payload: &Value) -> Result<Value, serde_json::Error> {
        let echo = |request: Request| async {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let headers: Map<String, Value> = head
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
                .collect();
            let seen = json!({
                "method": head.method.as_str(), "uri": head.uri.to_string(), "headers": headers,
                "body": String::from_utf8_lossy(&body),
            });
            seen.to_string()
        };
        let reply = reply(Router::new().fallback(echo), payload).await?;
        serde_json::from_str(reply["body"].as_str().unwrap())
    }

    async fn reply(router: Router, payload: &Value) -> Result<Value, serde_json::Error> {
        let payload: Payload = serde_json::from_str(&payload.to_string())?;
        let Ok(reply) = answers(router).oneshot(LambdaEvent::new(payload, Context::default())).await;
        serde_json::to_value(reply)
    }

    #[tokio::test]
    async fn a_request_is_what_was_sent() {
        let seen = sent(&payload("/v1/orders")).await.unwrap();
        assert_eq!(seen["method"], "POST");
        assert_eq!(seen["uri"], "/v1/orders?a=1&b=%C3%A9");
        assert_eq!(seen["headers"], json!({"content-type": "application/json", "host": "api.example"}));
        assert_eq!(seen["body"], r#"{"a":1}"#);
    }

    #[tokio::test]
    async fn what_is_left_out_or_null_is_empty() {
        let bare = json!({"version": "2.0", "rawPath": "/a", "requestContext": {"http": {"method": "GET"}}});
        let mut nulls = bare.clone();
        for name in ["rawQueryString", "headers", "body", "isBase64Encoded", "pathParameters", "cookies"] {
            nulls[name] = Value::Null;
        }
        for payload in [bare, nulls] {
            let seen = sent(&payload).await.unwrap();
            assert_eq!(seen, json!({"method": "GET", "uri": "/a", "headers": {}, "body": ""}));
        }
    }

    #[tokio::test]
    async fn any_path_is_a_path_encoded_or_not() {
        for (raw, path) in [
            ("/v1/orders/ord_1", "/v1/orders/ord_1"),
            ("/v1/orders/a b", "/v1/orders/a%20b"),
            ("/v1/orders/a%20b", "/v1/orders/a%20b"),
            ("/v1/orders/100%", "/v1/orders/100%"),
            ("/v1/orders/%zz", "/v1/orders/%zz"),
            ("/v1/orders/é\u{0}\r\n", "/v1/orders/%C3%A9%00%0D%0A"),
            ("/v1/../secret", "/v1/../secret"),
            ("//evil.example/x", "//evil.example/x"),
            ("/a?b#c", "/a%3Fb%23c"),
            ("", "/"),
            ("v1", "/v1"),
            (":x", "/:x"),
        ] {
            for host in [json!("api.example"), Value::Null] {
                let mut payload = payload(raw);
                payload["headers"]["host"] = host;
                let seen = sent(&payload).await.unwrap();
                assert_eq!(seen["uri"], format!("{path}?a=1&b=%C3%A9"), "{raw:?}");
            }
        }
    }

    /// Each of these makes `lambda_http` panic, or refuse the whole payload, where it gets it as it is.
    #[tokio::test]
    async fn what_lambda_http_would_not_bear_is_mended() {
        for (pointer, value) in [
            ("/headers/host", json!("a b")),
            ("/headers/host", json!("api.example:99999")),
            ("/headers/x-forwarded-proto", json!("ht tp")),
            ("/headers/x-forwarded-proto", json!("javascript:alert(1)")),
            ("/headers/bad header", json!("x")),
            ("/headers/x-bad", json!("a\u{0}b")),
            ("/headers/x-bad", json!(5)),
            ("/rawQueryString", json!("q=a b\u{e9}<>#")),
            ("/isBase64Encoded", Value::Null),
        ] {
            let mut payload = payload("/v1/orders");
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            payload.pointer_mut(parent).unwrap()[member] = value.clone();
            let seen = sent(&payload).await.unwrap();
            let query = if member == "rawQueryString" { "q=a%20b%C3%A9%3C%3E%23" } else { "a=1&b=%C3%A9" };
            assert_eq!(seen["uri"], format!("/v1/orders?{query}"), "{pointer}: {value}");
            assert_eq!(seen["headers"]["content-type"], "application/json", "{pointer}: {value}");
        }
        let mut named = payload("/v1/orders");
        named["headers"]["x-name"] = json!("caf\u{e9}");
        assert_eq!(sent(&named).await.unwrap()["headers"]["x-name"], "caf\u{e9}");
        let mut payload = payload("/v1/orders");
        payload["headers"] = json!({});
        payload["requestContext"]["domainName"] = json!("api .example");
        assert_eq!(sent(&payload).await.unwrap()["uri"], "/v1/orders?a=1&b=%C3%A9");
    }

    #[tokio::test]
    async fn a_payload_without_a_request_is_refused() {
        for (pointer, value, wrong) in [
            ("/version", json!("1.0"), "the payload's version is \"1.0\", not \"2.0\""),
            ("/version", Value::Null, "the payload's version is null, not \"2.0\""),
            ("/rawPath", Value::Null, "the payload has no path"),
            ("/rawPath", json!("/x".repeat(MAX_URI_BYTES)), "are longer than 32768 bytes"),
            ("/body", json!("?"), "the payload's body is no base64"),
            ("/requestContext", Value::Null, "missing field `requestContext`"),
            ("/requestContext/http/method", json!("G T"), "valid method name"),
        ] {
            let mut payload = payload("/");
            *payload.pointer_mut(pointer).unwrap() = value;
            let error = sent(&payload).await.unwrap_err().to_string();
            assert!(error.contains(wrong), "{pointer}: {error}");
        }
        for wrong in [r#"{"Records":[]}"#, "null", "[]", "{}"] {
            assert!(serde_json::from_str::<Payload>(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_reply_is_text_where_it_can_be_and_has_each_header_once() {
        let vary = [("vary", "origin"), ("vary", "accept"), ("set-cookie", "a=1"), ("set-cookie", "b=2")];
        let latin = HeaderValue::from_bytes(b"caf\xe9").unwrap();
        let router = Router::new()
            .route("/text", any(move || async move { (axum::response::AppendHeaders(vary), [("x", latin)], "héllo") }))
            .route("/bytes", any(|| async { vec![0xff_u8, 0xfe] }))
            .route("/empty", any(|| async { http::StatusCode::NO_CONTENT }));
        let text = reply(router.clone(), &payload("/text")).await.unwrap();
        assert_eq!(text["statusCode"], 200);
        assert_eq!(text["body"], "héllo");
        assert_eq!(text["isBase64Encoded"], false);
        assert_eq!(text["headers"]["vary"], "origin, accept");
        assert_eq!(text["headers"]["x"], "caf\u{fffd}");
        assert_eq!(text["cookies"], json!(["a=1", "b=2"]));
        let bytes = reply(router.clone(), &payload("/bytes")).await.unwrap();
        assert_eq!(bytes["body"], "//4=");
        assert_eq!(bytes["isBase64Encoded"], true);
        let empty = reply(router, &payload("/empty")).await.unwrap();
        assert_eq!(empty["statusCode"], 204);
        // Local tools want it.
        assert_eq!(empty["cookies"], json!([]));
    }
}
