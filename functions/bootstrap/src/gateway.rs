//! Requests as an HTTP API of API Gateway and a Lambda function URL hand them over, payload format 2.0, and the replies.
//!
//! The path is taken from `rawPath` alone: an HTTP API hands it over decoded, a function URL as it was sent, and neither's
//! own idea of the parameters is trusted. What is not allowed in a URI is encoded, so that any path is answered.
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;

use axum::{Router, body::Body};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Request, Response};
use lambda_runtime::tower::ServiceExt as _;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// A payload that holds no request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnknownShape {
    #[error("the payload is no request of an HTTP API or a function URL: {0}")]
    Payload(#[from] serde_json::Error),
    #[error("the payload's version is {0}, not 2.0")]
    Version(String),
    #[error("the payload holds no valid request: {0}")]
    Request(#[from] http::Error),
    #[error("the payload's body is no base64")]
    Body,
    #[error("the reply can't be read: {0}")]
    Reply(#[from] axum::Error),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    version: String,
    raw_path: String,
    // Gateways leave out what is empty, and local tools say `null`.
    raw_query_string: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
    request_context: RequestContext,
}

#[derive(Deserialize)]
struct RequestContext {
    http: HttpContext,
}

#[derive(Deserialize)]
struct HttpContext {
    method: String,
}

/// A reply, payload format 2.0.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reply {
    status_code: u16,
    headers: BTreeMap<String, String>,
    /// Always empty; local tools require it.
    cookies: [String; 0],
    body: String,
    is_base64_encoded: bool,
}

/// The only version of the payload format that is read.
const VERSION: &str = "2.0";
/// The most bytes of a reply: the limit of Lambda.
const MAX_REPLY_BYTES: usize = 6 * 1024 * 1024;

/// Answers one request.
pub(crate) async fn answer(router: Router, payload: &str) -> Result<Reply, UnknownShape> {
    let request = read(payload)?;
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    write(response).await
}

fn read(payload: &str) -> Result<Request<Body>, UnknownShape> {
    let payload: Payload = serde_json::from_str(payload)?;
    if payload.version != VERSION {
        return Err(UnknownShape::Version(payload.version));
    }
    let body = match payload.body {
        None => Vec::new(),
        Some(text) if payload.is_base64_encoded == Some(true) => {
            STANDARD.decode(text).map_err(|_| UnknownShape::Body)?
        }
        Some(text) => text.into_bytes(),
    };
    let mut uri = encoded(&payload.raw_path, NOT_IN_PATH);
    if !uri.starts_with('/') {
        uri.insert(0, '/');
    }
    if let Some(query) = payload.raw_query_string.filter(|query| !query.is_empty()) {
        uri.push('?');
        uri.push_str(&encoded(&query, NOT_IN_QUERY));
    }
    let mut request =
        Request::builder().method(payload.request_context.http.method.as_str()).uri(uri).body(Body::from(body))?;
    for (name, value) in payload.headers.unwrap_or_default() {
        // Headers that HTTP does not allow are left out.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            request.headers_mut().append(name, value);
        }
    }
    Ok(request)
}

/// What must be encoded in a query (RFC 3986, 3.4), and what in a path (3.3). A `%` is left as it came.
const NOT_IN_QUERY: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'[').add(b'\\').add(b']').add(b'^').add(b'`');
const NOT_IN_PATH: &AsciiSet = &NOT_IN_QUERY.add(b'?').add(b'{').add(b'|').add(b'}');

fn encoded(text: &str, not_allowed: &'static AsciiSet) -> String {
    utf8_percent_encode(text, not_allowed).to_string()
}

async fn write(response: Response<Body>) -> Result<Reply, UnknownShape> {
    let (head, body) = response.into_parts();
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &head.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers
            .entry(name.as_str().to_owned())
            .and_modify(|present| {
                present.push_str(", ");
                present.push_str(&value);
            })
            .or_insert(value);
    }
    let bytes = axum::body::to_bytes(body, MAX_REPLY_BYTES).await?;
    let (body, is_base64_encoded) = match String::from_utf8(bytes.into()) {
        Ok(text) => (text, false),
        Err(error) => (STANDARD.encode(error.as_bytes()), true),
    };
    Ok(Reply { status_code: head.status.as_u16(), headers, cookies: [], body, is_base64_encoded })
}

#[cfg(test)]
mod tests {
    use axum::routing::any;
    use http_body_util::BodyExt as _;
    use serde_json::{Value, json};

    use super::*;

    fn payload(raw_path: &str) -> Value {
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": raw_path, "rawQueryString": "a=1&b=%C3%A9",
            "headers": {"content-type": "application/json", "bad header": "x"},
            "requestContext": {"http": {"method": "POST", "path": raw_path}},
            "body": "eyJhIjoxfQ==", "isBase64Encoded": true,
        })
    }

    #[tokio::test]
    async fn a_request_is_what_was_sent() {
        let request = read(&payload("/v1/orders").to_string()).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "/v1/orders?a=1&b=%C3%A9");
        assert_eq!(request.headers().len(), 1);
        assert_eq!(request.into_body().collect().await.unwrap().to_bytes(), r#"{"a":1}"#);
    }

    #[test]
    fn what_is_left_out_or_null_is_empty() {
        let bare = json!({"version": "2.0", "rawPath": "/a", "requestContext": {"http": {"method": "GET"}}});
        let mut nulls = bare.clone();
        for name in ["rawQueryString", "headers", "body", "isBase64Encoded", "pathParameters", "cookies"] {
            nulls[name] = Value::Null;
        }
        for payload in [bare, nulls] {
            let request = read(&payload.to_string()).unwrap();
            assert_eq!(request.uri(), "/a");
            assert!(request.headers().is_empty());
        }
    }

    #[test]
    fn any_path_is_a_path_encoded_or_not() {
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
        ] {
            let request = read(&payload(raw).to_string()).unwrap();
            assert_eq!(request.uri().path(), path, "{raw:?}");
        }
    }

    #[test]
    fn a_payload_without_a_request_is_refused() {
        let mut first = payload("/");
        first["version"] = "1.0".into();
        assert!(matches!(read(&first.to_string()), Err(UnknownShape::Version(_))));
        for wrong in [r#"{"Records":[]}"#, "null", "[]", "{}"] {
            assert!(matches!(read(wrong), Err(UnknownShape::Payload(_))), "{wrong}");
        }
        let mut body = payload("/");
        body["body"] = "?".into();
        assert!(matches!(read(&body.to_string()), Err(UnknownShape::Body)));
    }

    #[tokio::test]
    async fn a_reply_is_text_where_it_can_be() {
        let router = Router::new().route("/text", any(|| async { ([("x", "1"), ("x", "2")], "héllo") }));
        let router = router.route("/bytes", any(|| async { vec![0xff_u8, 0xfe] }));
        let reply = answer(router.clone(), &payload("/text").to_string()).await.unwrap();
        assert_eq!(reply.status_code, 200);
        assert_eq!(reply.body, "héllo");
        assert!(!reply.is_base64_encoded);
        let reply = answer(router, &payload("/bytes").to_string()).await.unwrap();
        assert_eq!(reply.body, "//4=");
        assert!(reply.is_base64_encoded);
    }
}
