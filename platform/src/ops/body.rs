//! What control routes take: small JSON documents and single query parameters.

use app::{FieldError, Problem, code};
use axum::extract::Request;
use http::Uri;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The document of a request, which must say that it is JSON.
pub(super) async fn document<T: DeserializeOwned + JsonSchema>(request: Request) -> Result<T, Problem> {
    if !host::is_json(request.headers()) {
        return Err(Problem::of(code::NOT_JSON));
    }
    let (head, body) = request.into_parts();
    read(&host::read_body(&head.headers, body).await?)
}

fn read<T: DeserializeOwned + JsonSchema>(bytes: &[u8]) -> Result<T, Problem> {
    let value = host::read_json(bytes)?;
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    let wrong = host::wrong_fields(&schema, &value);
    if !wrong.is_empty() {
        return Err(Problem::invalid_fields(wrong));
    }
    T::deserialize(value).map_err(|error| Problem::invalid("", error.to_string()))
}

/// The one query parameter that a route knows.
pub(super) fn parameter<T: DeserializeOwned>(uri: &Uri, name: &str) -> Result<Option<T>, Problem> {
    let mut found = None;
    for (key, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let wrong = |code, detail: &str| {
            let pointer = format!("/{key}");
            Problem::invalid_fields(vec![FieldError { pointer, code, detail: detail.to_owned() }])
        };
        if key != name {
            return Err(wrong("unknown", "is not known here"));
        }
        if found.is_some() {
            return Err(wrong("invalid", "is there twice"));
        }
        // A number, or else a word.
        let value = serde_json::from_str::<u64>(&value).map_or_else(|_| Value::from(&*value), Value::from);
        found = Some(T::deserialize(value).map_err(|error| wrong("invalid", &error.to_string()))?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde::Deserialize;

    use super::*;
    use crate::theatre::Played;

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Said {
        who: Played,
    }

    #[test]
    fn each_wrong_member_is_named() {
        assert_eq!(read::<Said>(br#"{"who": "courier"}"#).unwrap(), Said { who: Played::Courier });
        for (body, code, pointers) in [
            ("", code::INVALID_REQUEST, vec!["/who"]),
            ("{\"who\": \"courier\"}x", code::MALFORMED, vec![]),
            ("[]", code::INVALID_REQUEST, vec![""]),
            ("{}", code::INVALID_REQUEST, vec!["/who"]),
            (r#"{"who": "admin"}"#, code::INVALID_REQUEST, vec!["/who"]),
            (r#"{"who": 1, "why": 2}"#, code::INVALID_REQUEST, vec!["/who", "/why"]),
        ] {
            let problem = read::<Said>(body.as_bytes()).unwrap_err();
            let named: Vec<&str> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
            assert_eq!(problem.code, code, "{body}");
            assert_eq!(named, pointers, "{body}");
        }
    }

    #[tokio::test]
    async fn a_document_says_that_it_is_json_and_is_small() {
        let request =
            |kind: &str, body: String| Request::builder().header("content-type", kind).body(Body::from(body)).unwrap();
        let said = r#"{"who": "merchant"}"#.to_owned();
        assert!(document::<Said>(request("application/json; charset=utf-8", said.clone())).await.is_ok());
        let silent = Request::builder().body(Body::from(said.clone())).unwrap();
        for request in [request("text/plain", said.clone()), request("application/jsonx", said), silent] {
            assert_eq!(document::<Said>(request).await.unwrap_err().code, code::NOT_JSON);
        }
        let long = format!(r#"{{"who": "merchant"{}}}"#, " ".repeat(host::MAX_BODY_BYTES));
        assert_eq!(document::<Said>(request("application/json", long)).await.unwrap_err().code, code::TOO_LARGE);
    }

    #[test]
    fn a_parameter_is_known_and_there_once() {
        let read = |uri: &'static str| parameter::<u64>(&Uri::from_static(uri), "after");
        assert_eq!(read("/x").unwrap(), None);
        assert_eq!(read("/x?").unwrap(), None);
        assert_eq!(read("/x?after=17").unwrap(), Some(17));
        for uri in ["/x?after=", "/x?after=-1", "/x?after=1.5", "/x?after=a", "/x?after=1&after=1", "/x?before=1"] {
            assert_eq!(read(uri).unwrap_err().code, code::INVALID_REQUEST, "{uri}");
        }
    }
}
