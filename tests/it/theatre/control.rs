//! Who may call a control route, and with what: each wrong combination alone.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::{Reply, Town};
use tiffin::simulate::Simulate;

use super::{SESSIONS, THEATRE, city, from_own_page, get, person, session, theatre};

const JSON: (&str, &str) = ("content-type", "application/json");

/// Every control route: its method, path and body, and the status that a program gets in a city.
const ROUTES: [(Method, &str, &str, u16); 7] = [
    (Method::GET, "/_tiffin/dead-letters", "", 200),
    (Method::DELETE, "/_tiffin/dead-letters/evt_1", "", 404),
    (Method::POST, "/_tiffin/dead-letters/evt_1/replay", "", 404),
    (Method::POST, SESSIONS, r#"{"who": "customer"}"#, 403),
    (Method::GET, THEATRE, "", 200),
    (Method::GET, "/_tiffin/theatre/ticker", "", 200),
    (Method::PUT, "/_tiffin/theatre/plays/courier", r#"{"on": true}"#, 200),
];

fn request(town: &Town, method: Method, path: &str, body: &'static str) -> RequestBuilder {
    let request = town.request(method, path, None);
    if body.is_empty() { request } else { request.header(JSON.0, JSON.1).body(body) }
}

/// The port that the town listens on, as a `Host` has it.
fn port(town: &Town) -> &str {
    town.url.rsplit(':').next().expect("a port")
}

#[track_caller]
fn has_no_cors(reply: &Reply) {
    let cors = reply.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(cors, None);
}

#[tokio::test]
async fn the_theatres_people_are_signed_in_by_a_page_of_the_process() {
    let town = city(Simulate::NONE).await;
    let people = theatre(&town).await["people"].clone();
    for who in ["customer", "merchant", "courier"] {
        let session = session(&town, who).await.expect(201);
        assert_eq!(session.body["role"], who);
        assert_eq!(session.body["user_id"], people[who]["user_id"]);
        assert_eq!(session.header("cache-control"), Some("no-store"));
        let person = person(&town, who).await;
        let account = town.get(&person, &format!("/v1/users/{}", person.id)).await.expect(200);
        assert_eq!(account.body["name"], people[who]["name"]);
        let refreshed = json!({"refresh_token": session.body["refresh_token"]});
        let refreshed = town.request(Method::POST, "/v1/sessions/refresh", None).json(&refreshed);
        let members =
            |session: &Value| session.as_object().expect("a session").keys().cloned().collect::<Vec<String>>();
        let next = town.send(refreshed).await.expect(200).body;
        assert_eq!(members(&next), members(&session.body), "it is the session of the contract");
    }
}

#[tokio::test]
async fn a_session_is_for_one_of_three_words_and_for_json() {
    let town = city(Simulate::NONE).await;
    let post = async |content_type: Option<&str>, body: &'static str| {
        let request = from_own_page(&town, town.request(Method::POST, SESSIONS, None)).body(body);
        let request = content_type.into_iter().fold(request, |request, kind| request.header("content-type", kind));
        town.send(request).await
    };
    for word in ["admin", "Customer", "", "usr_01h455vb4pex5vsknk084sn02q", "ana@tiffin.example"] {
        let refused = session(&town, word).await;
        refused.refused(400, "invalid-request");
        assert_eq!(refused.body["errors"][0]["pointer"], "/who", "{word}");
    }
    for (body, code) in [
        ("", "invalid-request"),
        (r#"{"who": "customer"}{}"#, "malformed"),
        ("{}", "invalid-request"),
        (r#"["customer"]"#, "invalid-request"),
        (r#"{"who": ["customer"]}"#, "invalid-request"),
        (r#"{"who": "customer", "role": "admin"}"#, "invalid-request"),
    ] {
        post(Some("application/json"), body).await.refused(400, code);
    }
    for kind in
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/json-patch+json")]
    {
        post(kind, r#"{"who": "customer"}"#).await.refused(415, "not-json");
    }
    post(Some("application/json; charset=utf-8"), r#"{"who": "customer"}"#).await.expect(201);
}

#[tokio::test]
async fn a_session_needs_an_origin_and_what_else_changes_something_does_not() {
    let town = city(Simulate::NONE).await;
    for (method, path, body, status) in ROUTES {
        let reply = town.send(request(&town, method.clone(), path, body)).await;
        assert_eq!(reply.status.as_u16(), status, "{method} {path}: {:#}", reply.body);
        let reply = town.send(from_own_page(&town, request(&town, method.clone(), path, body))).await;
        assert_eq!(reply.status.as_u16(), if path == SESSIONS { 201 } else { status }, "{method} {path}");
    }
}

#[tokio::test]
async fn pages_of_others_change_nothing_and_read_nothing() {
    let town = city(Simulate::NONE).await;
    let port = port(&town);
    let other_name = format!("http://localhost:{port}");
    let tls = format!("https://127.0.0.1:{port}");
    let portless = "http://127.0.0.1".to_owned();
    // The last one may call the API.
    for origin in [&other_name, &tls, &portless, "null", "http://evil.example", "https://tiffin.example"] {
        for (method, path, body, _) in ROUTES {
            let reply = town.send(request(&town, method.clone(), path, body).header("origin", origin)).await;
            if method == Method::GET {
                assert_eq!(reply.status.as_u16(), 200, "{path} from {origin}");
            } else {
                reply.refused(403, "forbidden");
                assert_eq!(reply.header("content-type"), Some("application/problem+json"));
                assert_eq!(reply.body["instance"], path);
            }
            has_no_cors(&reply);
        }
    }
}

#[tokio::test]
async fn a_host_that_is_not_this_computers_own_name_is_refused_everywhere() {
    let town = city(Simulate::NONE).await;
    let others = ["evil.example", "localhost.evil.example", "tiffin.local", "127.0.0.2", "0.0.0.0", "localhost:x", ""];
    let unknown = [(Method::GET, "/_tiffin/", "", 404), (Method::GET, "/_tiffin/nothing/here", "", 404)];
    for (method, path, body, status) in ROUTES.into_iter().chain(unknown) {
        for host in others {
            // DNS rebinding: a name that resolves to this computer, from a page that is honest about its origin.
            let asked = request(&town, method.clone(), path, body).header("host", host);
            town.send(asked.header("origin", format!("http://{host}"))).await.refused(403, "forbidden");
        }
        for host in ["localhost", "localhost:8080", "[::1]", "[::1]:3000"] {
            let asked = request(&town, method.clone(), path, body).header("host", host);
            // A forwarded port: the page knows it by another one than the process does.
            let reply = town.send(asked.header("origin", format!("http://{host}"))).await;
            assert_eq!(reply.status.as_u16(), if path == SESSIONS { 201 } else { status }, "{method} {path} {host}");
        }
    }
}

#[tokio::test]
async fn no_browser_may_call_from_another_origin() {
    let town = city(Simulate::NONE).await;
    for (method, path, _, _) in ROUTES {
        for origin in ["https://tiffin.example", "http://evil.example", &town.url] {
            let preflight = town.request(Method::OPTIONS, path, None).header("origin", origin);
            let preflight = preflight.header("access-control-request-method", method.as_str());
            let reply = town.send(preflight.header("access-control-request-headers", "content-type")).await;
            reply.refused(405, "method-not-allowed");
            has_no_cors(&reply);
        }
    }
    let reply = town.send(town.request(Method::GET, "/_tiffin", None).header("origin", "https://tiffin.example")).await;
    reply.refused(404, "not-found");
    has_no_cors(&reply);
}

#[tokio::test]
async fn other_methods_and_other_paths_are_problems() {
    let town = city(Simulate::NONE).await;
    for (method, path) in [
        (Method::GET, SESSIONS),
        (Method::PUT, SESSIONS),
        (Method::POST, THEATRE),
        (Method::DELETE, "/_tiffin/theatre/ticker"),
        (Method::GET, "/_tiffin/theatre/plays/courier"),
        (Method::POST, "/_tiffin/theatre/plays/courier"),
    ] {
        let reply = town.send(request(&town, method, path, "")).await;
        reply.refused(405, "method-not-allowed");
        assert!(reply.header("allow").is_some_and(|allow| !allow.is_empty()), "{path}");
    }
    for path in ["/_tiffin", "/_tiffin/", "/_tiffin/session", "/_tiffin/theatre/plays", "/_tiffin/theatre/"] {
        get(&town, path).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn without_a_city_there_is_no_theatre() {
    let town = Town::open().await;
    session(&town, "customer").await.refused(404, "not-found");
    for path in [THEATRE, "/_tiffin/theatre/ticker"] {
        get(&town, path).await.refused(404, "not-found");
    }
    super::put(&town, "courier", true).await.refused(404, "not-found");
    get(&town, "/_tiffin/dead-letters").await.expect(200);
}
