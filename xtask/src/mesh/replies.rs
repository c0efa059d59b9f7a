//! What the gateway says itself, in the words that functions have: who has no token, what no route leads to, what can't be reached.
//! Both times that a request crosses it, as what no pod answers is refused on the second.

use app::{Code, Problem, code};
use host::{SECURITY, cors::EXPOSED_HEADERS};

use crate::{
    mesh::{
        callers::{CALLERS, gateway},
        names::ISTIO_NAMESPACE,
        object::Object,
    },
    yaml::{Map, Value, map},
};

/// What the object is called.
pub(crate) const REPLIES: &str = "tiffin-replies";
/// A request's origin between commas, so that it can be looked for in a list as it is set: whole, and not as a part of another.
const FRAMED: &str = "x-tiffin-origin";
/// What the component puts the configured origins in the place of, by the commas around it.
pub(crate) const NO_ORIGINS: &str = "https://nobody.invalid";
/// The most characters of a client's own request id that are given back.
const MAX_REQUEST_ID_CHARS: usize = 128;
/// As the contract has it; no function says it, as none counts its callers.
const TOO_MANY_REQUESTS: Code = Code::new(
    "too-many-requests",
    429,
    "Too many requests",
    "More was asked than one caller may. Try again after `Retry-After` seconds.",
);
/// The least status of what is away, or took too long.
const BAD_GATEWAY: u32 = 502;
const TYPES: &str = "type.googleapis.com";

/// Which of its own replies, and what they say.
struct Reply {
    when: Map,
    /// The status, where it is not what it was.
    status: Option<u32>,
    code: Code,
}

/// The first that fits is taken.
fn replies() -> Vec<Reply> {
    let of = |code: Code| Reply { when: has_status("EQ", code.status.into()), status: None, code };
    // Envoy forbids who has no token, and a token for somebody else: to both, the contract says 401.
    let own = |details: &str| cel(format!("response.code_details.startsWith('{details}')"));
    let no_token = own(&format!("rbac_access_denied_matched_policy[ns[{ISTIO_NAMESPACE}]-policy[{CALLERS}]-"));
    let not_signed_in =
        any([no_token, own("jwt_authn_access_denied"), has_status("EQ", code::UNAUTHENTICATED.status.into())]);
    let status = Some(code::UNAUTHENTICATED.status.into());
    vec![
        Reply { when: not_signed_in, status, code: code::UNAUTHENTICATED },
        of(code::FORBIDDEN),
        of(code::NOT_FOUND),
        of(code::METHOD_NOT_ALLOWED),
        of(TOO_MANY_REQUESTS),
        Reply { when: has_status("GE", BAD_GATEWAY), status: None, code: code::UNAVAILABLE },
    ]
}

/// The filter: first what pages of configured origins get, then what everybody else does.
pub(crate) fn filter() -> Object {
    let mappers = |is_shown| replies().iter().map(|reply| mapper(reply, is_shown)).collect::<Value>();
    let framing = map! {
        "early_header_mutation_extensions" => [typed(
            "envoy.http.early_header_mutation.header_mutation",
            "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            map! { "mutations" => [map! { "append" => header(FRAMED, ",%REQ(ORIGIN)%,") }] },
        )],
    };
    let shown = framing.with("local_reply_config", map! { "mappers" => mappers(true) });
    let others = map! { "local_reply_config" => map! { "mappers" => mappers(false) } };
    let patches: Value = [shown, others].into_iter().map(patch).collect();
    let spec = map! { "workloadSelector" => map! { "labels" => gateway() }, "configPatches" => patches };
    Object::of_spec("networking.istio.io/v1alpha3", "EnvoyFilter", REPLIES, spec).within(ISTIO_NAMESPACE)
}

/// Into what handles requests at each of the gateway's ports.
fn patch(value: Map) -> Map {
    let manager = "envoy.filters.network.http_connection_manager";
    let config = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    let listener = map! { "filterChain" => map! { "filter" => map! { "name" => manager } } };
    map! {
        "applyTo" => "NETWORK_FILTER",
        "match" => map! { "context" => "GATEWAY", "listener" => listener },
        "patch" => map! {
            "operation" => "MERGE",
            "value" => map! { "typed_config" => map! { "@type" => format!("{TYPES}/{config}") }.and(value) },
        },
    }
}

fn mapper(reply: &Reply, is_shown: bool) -> Map {
    let Reply { when, status, code } = reply;
    let filter = if is_shown { all([is_listed(), when.clone()]) } else { when.clone() };
    let mapper = map! { "filter" => filter };
    let mapper = match status {
        Some(status) => mapper.with("status_code", *status),
        None => mapper,
    };
    mapper.with("headers_to_add", headers(code, is_shown)).with("body_format_override", body(code))
}

/// Whether the request's origin is one of those that are configured. What has a comma in it would be two of them.
fn is_listed() -> Map {
    cel(format!("',{NO_ORIGINS},'.contains(request.headers['{FRAMED}']) && !request.headers['origin'].contains(',')"))
}

/// The problem document, as functions write it; its status is the reply's.
fn body(code: &Code) -> Map {
    let document = Problem::of(*code).document();
    let mut members: Map =
        document.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?.replace('%', "%%")))).collect();
    members.insert("status", "%RESPONSE_CODE%");
    members.insert("instance", "%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%");
    let formatter = typed(
        "envoy.formatter.req_without_query",
        "envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery",
        Map::default(),
    );
    map! { "json_format" => members, "content_type" => "application/problem+json", "formatters" => [formatter] }
}

fn headers(code: &Code, is_shown: bool) -> Value {
    let problem = Problem::of(*code);
    let retry_after = problem.retry_after_s.map(|seconds| header("retry-after", seconds.to_string()));
    let how = (code.status == code::UNAUTHENTICATED.status).then(|| header("www-authenticate", "Bearer"));
    let id = header("x-request-id", format!("%REQ(X-REQUEST-ID):{MAX_REQUEST_ID_CHARS}%"));
    let always = [header("cache-control", "no-store"), id, header("vary", "origin")];
    let security = SECURITY.into_iter().filter_map(|(name, value)| Some(header(name.as_str(), value.to_str().ok()?)));
    let shown = is_shown.then(|| {
        // What the filter has found in the list.
        let origin = header("access-control-allow-origin", "%REQ(ORIGIN)%");
        [origin, header("access-control-expose-headers", EXPOSED_HEADERS.join(","))]
    });
    always.into_iter().chain(retry_after).chain(how).chain(security).chain(shown.into_iter().flatten()).collect()
}

fn header(name: &str, value: impl Into<Value>) -> Map {
    map! {
        "header" => map! { "key" => name, "value" => value },
        "append_action" => "OVERWRITE_IF_EXISTS_OR_ADD",
    }
}

fn has_status(comparison: &str, status: u32) -> Map {
    // The runtime's key has to be there, and nobody sets it.
    let value = map! { "default_value" => status, "runtime_key" => "tiffin.none" };
    map! { "status_code_filter" => map! { "comparison" => map! { "op" => comparison, "value" => value } } }
}

fn cel(expression: String) -> Map {
    let filter = typed(
        "envoy.access_loggers.extension_filters.cel",
        "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
        map! { "expression" => expression },
    );
    map! { "extension_filter" => filter }
}

fn all(filters: impl Into<Value>) -> Map {
    map! { "and_filter" => map! { "filters" => filters } }
}

fn any(filters: impl Into<Value>) -> Map {
    map! { "or_filter" => map! { "filters" => filters } }
}

/// An extension of Envoy's.
fn typed(name: &str, kind: &str, config: Map) -> Map {
    map! { "name" => name, "typed_config" => map! { "@type" => format!("{TYPES}/{kind}") }.and(config) }
}

#[cfg(test)]
mod tests {
    use http::header;
    use http_body_util::BodyExt as _;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::yaml;

    const PATH: &str = "/v1/orders";

    /// What is said to pages of configured origins, or to everybody else.
    fn mappers(index: usize) -> Vec<Json> {
        let text = yaml::text(&[filter().into()]).unwrap();
        let filter: Json = serde_saphyr::from_str(&text).unwrap();
        let value = &filter["spec"]["configPatches"][index]["patch"]["value"];
        value["typed_config"]["local_reply_config"]["mappers"].as_array().unwrap().clone()
    }

    fn added<'a>(mapper: &'a Json, name: &str) -> Option<&'a str> {
        let all = mapper["headers_to_add"].as_array().unwrap();
        all.iter().find(|one| one["header"]["key"] == name).map(|one| one["header"]["value"].as_str().unwrap())
    }

    #[tokio::test]
    async fn the_gateway_says_what_functions_say() {
        let codes = [
            code::UNAUTHENTICATED,
            code::FORBIDDEN,
            code::NOT_FOUND,
            code::METHOD_NOT_ALLOWED,
            TOO_MANY_REQUESTS,
            code::UNAVAILABLE,
        ];
        for mappers in [mappers(0), mappers(1)] {
            assert_eq!(mappers.len(), codes.len());
            for (mapper, code) in mappers.iter().zip(codes) {
                let (head, body) = host::problem(&Problem::of(code), PATH).into_parts();
                let said: Json = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
                let format = &mapper["body_format_override"];
                let mut document = format["json_format"].clone();
                assert_eq!(document["status"].take(), "%RESPONSE_CODE%");
                document["status"] = json!(code.status);
                assert!(document["instance"].take().as_str().unwrap().starts_with("%REQ_WITHOUT_QUERY("));
                document["instance"] = json!(PATH);
                assert_eq!(document, said);
                assert_eq!(format["content_type"], head.headers[header::CONTENT_TYPE].to_str().unwrap());
                for (name, value) in head.headers.iter().filter(|(name, _)| *name != header::CONTENT_TYPE) {
                    assert_eq!(added(mapper, name.as_str()), value.to_str().ok(), "{}: {name}", code.word);
                }
                assert!(added(mapper, "x-request-id").is_some() && added(mapper, "vary") == Some("origin"));
            }
        }
    }

    #[test]
    fn who_is_not_signed_in_is_told_so_by_the_status_too() {
        let told: Vec<Json> = mappers(1).iter().map(|mapper| mapper["status_code"].clone()).collect();
        assert_eq!(told.first(), Some(&json!(401)));
        assert!(told.iter().skip(1).all(Json::is_null), "{told:?}");
    }

    #[test]
    fn only_listed_origins_are_named() {
        for mapper in mappers(0) {
            let filters = &mapper["filter"]["and_filter"]["filters"];
            let expression = &filters[0]["extension_filter"]["typed_config"]["expression"];
            let listed = format!("',{NO_ORIGINS},'.contains(request.headers['{FRAMED}'])");
            assert!(expression.as_str().unwrap().starts_with(&listed), "{expression}");
            assert!(added(&mapper, "access-control-allow-origin").is_some());
        }
        assert!(mappers(1).iter().all(|mapper| added(mapper, "access-control-allow-origin").is_none()));
    }
}
