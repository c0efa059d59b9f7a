//! What a program is invoked with: its example as a request of somebody who may, or one event that it subscribes to.

use anyhow::{Context as _, Result, bail};
use app::{ACCESS_TOKEN, Access, Declaration, EndpointDeclaration, Trigger};
use domain::{Kind, Role, UserId};
use serde_json::{Value, json};

use super::{
    cloud::{Cloud, now, random},
    fact, quote,
};

/// How long a token is valid, in seconds.
const TOKEN_LIFE_S: i64 = 600;
/// What follows the prefix in the id of a thing that is not there.
const NOBODYS: &str = "01h455vb4pex5vsknk084sn02q";
/// What `place-order` shows instead of a quote.
const SHOWN_QUOTE: &str = "eyJ0eXAiOiJxdW90ZStqd3Qi…";

/// One kind of invocation.
#[derive(Clone, Copy)]
pub(super) enum Occasion {
    /// A request to the function that says hello.
    Hello,
    /// A request to an endpoint.
    Request(&'static EndpointDeclaration),
    /// A queue's batch of one event.
    Event(Kind),
}

impl Occasion {
    /// How a function is invoked; `None` for a sweep.
    pub(super) fn of(declaration: &'static Declaration) -> Option<Self> {
        match &declaration.trigger {
            Trigger::Endpoint(endpoint) => Some(Self::Request(endpoint)),
            Trigger::Subscriber { subscribes_to, .. } => subscribes_to().first().copied().map(Self::Event),
            Trigger::Sweep { .. } | Trigger::Schedule { .. } => None,
        }
    }

    /// An invocation of this kind; no two are about the same person or order.
    pub(super) fn payload(self, cloud: &Cloud) -> Result<Value> {
        Ok(match self {
            Self::Hello => payload("GET", "/", "", &json!({"host": "api.example"}), None),
            Self::Request(endpoint) => request(endpoint, cloud)?,
            Self::Event(kind) => {
                let body = serde_json::to_string(&fact::event(kind))?;
                json!({"Records": [{"messageId": "1", "body": body, "eventSource": "aws:sqs"}]})
            }
        })
    }

    /// What it was, and what came of it: `POST 201`, `order.paid done`.
    pub(super) fn words(self, answer: &Value) -> Result<String> {
        let status = || answer["statusCode"].as_u64().with_context(|| format!("no reply: {answer}"));
        Ok(match self {
            Self::Hello => format!("GET {}", status()?),
            Self::Request(endpoint) if status()? < 500 => format!("{} {}", endpoint.route.method.name(), status()?),
            Self::Request(_) => bail!("it failed: {answer}"),
            Self::Event(kind) => {
                let failures = answer["batchItemFailures"].as_array().with_context(|| format!("no reply: {answer}"))?;
                format!("{} {}", kind.short(), if failures.is_empty() { "done" } else { "left" })
            }
        })
    }
}

/// The example, sent by somebody new who may.
fn request(endpoint: &EndpointDeclaration, cloud: &Cloud) -> Result<Value> {
    let now = now();
    let caller = UserId::generate(now.jiff(), random());
    let id = caller.to_string();
    let mut headers = json!({"host": "api.example", "idempotency-key": id, "content-type": "application/json"});
    if let Access::Roles(roles) = endpoint.access {
        let role = roles.first().copied().unwrap_or(Role::Customer);
        let iat = now.as_second();
        let exp = now.as_second() + TOKEN_LIFE_S;
        let claims =
            json!({"sub": caller, "role": role, "name": "Sam Bench", "sid": "s", "jti": "t", "iat": iat, "exp": exp});
        headers["authorization"] = format!("Bearer {}", cloud.keys.sign(ACCESS_TOKEN, &claims)?).into();
    }
    let method = endpoint.route.method;
    let path = path(endpoint.route.path, &id);
    if method.has_body() {
        // Nobody signs up twice.
        let mut body = endpoint.example.replace('@', &format!("-{id}@"));
        if body.contains(SHOWN_QUOTE) {
            body = body.replace(SHOWN_QUOTE, &quote::token(cloud, caller)?);
        }
        return Ok(payload(method.name(), &path, "", &headers, Some(&body)));
    }
    Ok(payload(method.name(), &path, &query(endpoint.example)?, &headers, None))
}

/// A path of this route: people are the caller, things are not there.
fn path(route: &str, caller: &str) -> String {
    let segment = |segment: &str| match segment {
        "{user_id}" | "{merchant_id}" | "{courier_id}" => caller.to_owned(),
        "{order_id}" => format!("ord_{NOBODYS}"),
        "{restaurant_id}" => format!("rst_{NOBODYS}"),
        "{delivery_id}" => format!("dlv_{NOBODYS}"),
        plain => plain.to_owned(),
    };
    route.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// An example as a query; its values need no escapes.
fn query(example: &str) -> Result<String> {
    let example: Value = serde_json::from_str(example)?;
    let members = example.as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(members.map(|(name, value)| format!("{name}={}", text(value))).collect::<Vec<_>>().join("&"))
}

/// As an HTTP API hands a request over, format 2.0.
fn payload(method: &str, path: &str, query: &str, headers: &Value, body: Option<&str>) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers,
        "requestContext": {
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "bench",
            },
            "accountId": "0", "apiId": "api", "domainName": "api.example", "domainPrefix": "api", "requestId": "r",
            "routeKey": "$default", "stage": "$default", "time": "23/Nov/2026:12:00:00 +0000", "timeEpoch": 0,
        },
        "body": body, "isBase64Encoded": false,
    })
}
