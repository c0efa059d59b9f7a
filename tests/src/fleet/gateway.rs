//! Requests and replies as an HTTP API and a function URL hand them to a function, payload format 2.0.

use std::collections::BTreeMap;

use axum::{body::Body, response::Response};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, request::Parts};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// What hands a request over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gateway {
    /// An HTTP API: the path decoded, the body as text.
    HttpApi,
    /// A function URL: the path as it was sent, the body in base64.
    FunctionUrl,
}

impl Gateway {
    pub fn payload(self, head: &Parts, body: &[u8]) -> Value {
        let sent = head.uri.path();
        let path = match self {
            // What is no UTF-8 then is shown as gateways show it.
            Self::HttpApi => percent_decode_str(sent).decode_utf8_lossy().into_owned(),
            Self::FunctionUrl => sent.to_owned(),
        };
        let mut headers: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in &head.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            headers.entry(name.as_str()).and_modify(|held| *held = format!("{held},{value}")).or_insert(value.into());
        }
        let (body, encoded) = match self {
            _ if body.is_empty() => (Value::Null, false),
            Self::HttpApi => (String::from_utf8_lossy(body).into(), false),
            Self::FunctionUrl => (STANDARD.encode(body).into(), true),
        };
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": head.uri.query().unwrap_or_default(),
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000", "apiId": "api", "domainName": "api.example", "domainPrefix": "api",
                "http": {
                    "method": head.method.as_str(), "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                    "userAgent": "tests",
                },
                "requestId": "JKJaXmPLvHcESHA=", "routeKey": "$default", "stage": "$default",
                "time": "23/Nov/2026:12:00:00 +0000", "timeEpoch": 1_795_435_200_000_u64,
            },
            "body": body,
            "isBase64Encoded": encoded,
        })
    }

    /// The reply a function's answer stands for.
    pub fn reply(answer: &Value) -> Response {
        let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        let text = answer["body"].as_str().unwrap_or_default();
        let body = if answer["isBase64Encoded"] == true {
            STANDARD.decode(text).expect("base64")
        } else {
            text.as_bytes().to_vec()
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = http::StatusCode::from_u16(status.expect("a status")).expect("a status");
        for (name, value) in answer["headers"].as_object().into_iter().flatten() {
            let value = HeaderValue::try_from(value.as_str().expect("a text")).expect("a header");
            response.headers_mut().append(HeaderName::try_from(name).expect("a header"), value);
        }
        response
    }
}
