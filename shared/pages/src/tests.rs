//! Requests to the pages, and what comes back.

use std::{fs, path::Path};

use app::{Problem, code};
use axum::{Router, body::Body, response::Response};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::{Config, Demo, Files, NoDemo, router};

const CONFIG: &str = r#"{
    "api": {"base": "https://api.example/tiffin"},
    "area": {"name": "Riga", "country": "LV", "centre": {"lat": 56.95, "lon": 24.1}, "radius_m": 5000},
    "payment_methods": [],
    "payments_simulated": false
}"#;

struct DemoCity;

impl Demo for DemoCity {
    async fn is_there(&self) -> Result<bool, Problem> {
        Ok(true)
    }
}

/// A demo that cannot be looked for.
struct NoStore;

impl Demo for NoStore {
    async fn is_there(&self) -> Result<bool, Problem> {
        Err(Problem::of(code::UNAVAILABLE))
    }
}

/// A folder of pages, with things beside them that nobody may have.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("eat.html", "eat"),
        ("kitchen.html", "kitchen"),
        ("ride.html", "ride"),
        ("demo.html", "demo"),
        ("sw.js", "worker"),
        ("js/api.js", "api"),
        ("js/timer-worker.js", "timers"),
        ("index.html", "index"),
        ("package.json", "{}"),
        (".npmrc", "x"),
        ("node_modules/a.js", "a"),
        ("tests/a.js", "a"),
        ("types/a.js", "a"),
    ] {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn pages(folder: &TempDir, demo: impl Demo) -> Router {
    router(Files::of_directory(folder.path()).unwrap(), Config::parse(CONFIG).unwrap(), demo)
}

async fn send(router: &Router, request: Request<Body>) -> Response {
    match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn get(router: &Router, path: &str) -> Response {
    send(router, Request::get(path).body(Body::empty()).unwrap()).await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn an_entry_answers_at_its_address_and_below_unless_a_file_is_asked_for() {
    let folder = folder();
    let pages = pages(&folder, NoDemo);
    for path in ["/eat", "/eat/", "/eat/restaurants/rst_1", "/kitchen/rst_1/menu", "/ride/notices", "/ride.html"] {
        let response = get(&pages, path).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert!(path.contains(&text(response).await), "{path}");
    }
    for path in ["/eat/main.js", "/eat/x%2Ejs", "/eat/../secret", "/eat/%2e%2E/secret", "/eat/./x", "/kitchen/a/b.css"]
    {
        assert_eq!(get(&pages, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_on_the_list_is_not_found() {
    let folder = folder();
    let pages = pages(&folder, DemoCity);
    assert_eq!(get(&pages, "/js/api.js").await.status(), StatusCode::OK);
    for path in [
        "/ops",
        "/index.html",
        "/package.json",
        "/.npmrc",
        "/node_modules/a.js",
        "/tests/a.js",
        "/types/a.js",
        "/js",
        "/js/",
        "/js/none.js",
        "/js//api.js",
        "/js/../package.json",
        "/js/..%2fpackage.json",
        "/js/%2e%2e/package.json",
        "/js/%61pi.js",
        "/js/api.js/",
        "/js/api.js%00",
        "//js/api.js",
    ] {
        assert_eq!(get(&pages, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn only_a_demo_city_has_a_theatre_and_begins_there() {
    let folder = folder();
    for (pages, begins, theatre) in
        [(pages(&folder, DemoCity), "/demo", StatusCode::OK), (pages(&folder, NoDemo), "/eat", StatusCode::NOT_FOUND)]
    {
        let home = get(&pages, "/").await;
        assert_eq!(home.status(), StatusCode::FOUND);
        assert_eq!(header(&home, "location"), begins);
        assert_eq!(header(&home, "cache-control"), "no-store");
        for path in ["/demo", "/demo.html"] {
            assert_eq!(get(&pages, path).await.status(), theatre, "{path}");
        }
        let config: Config = serde_json::from_str(&text(get(&pages, "/config.json").await).await).unwrap();
        assert_eq!(config.demo, begins == "/demo");
        assert_eq!(config.build, None);
    }
    let pages = pages(&folder, NoStore);
    for path in ["/", "/demo", "/config.json"] {
        assert_eq!(get(&pages, path).await.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let folder = folder();
    let pages = pages(&folder, NoDemo);
    for path in ["/eat", "/js/api.js", "/config.json"] {
        let tag = header(&get(&pages, path).await, "etag").to_owned();
        assert!(tag.starts_with('"'), "{path} has no strong tag: {tag}");
        let known = async |tags: String| {
            let request = Request::get(path).header("if-none-match", tags).body(Body::empty()).unwrap();
            send(&pages, request).await
        };
        let same = known(format!("\"other\", {tag}")).await;
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&same, "etag"), tag);
        assert_eq!(header(&same, "cache-control"), "no-cache");
        assert_eq!(header(&same, "vary"), "accept-encoding");
        assert_eq!(header(&same, "content-type"), "");
        assert_eq!(text(same).await, "");
        assert_eq!(known("\"other\"".to_owned()).await.status(), StatusCode::OK, "{path}");
    }
    let tag = header(&get(&pages, "/eat").await, "etag").to_owned();
    write(folder.path(), "eat.html", "changed");
    assert_ne!(header(&get(&pages, "/eat").await, "etag"), tag);
}

#[tokio::test]
async fn each_encoding_has_its_own_tag_and_what_is_not_compressed_says_nothing() {
    let pages = router(Files::Embedded, Config::parse(CONFIG).unwrap(), NoDemo);
    let mut tags = Vec::new();
    for (accepted, sent) in [("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")] {
        let request = Request::get("/sw.js").header("accept-encoding", accepted).body(Body::empty()).unwrap();
        let response = send(&pages, request).await;
        assert_eq!(header(&response, "content-encoding"), sent);
        assert_eq!(header(&response, "vary"), "accept-encoding");
        tags.push(header(&response, "etag").to_owned());
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "{tags:?}");
    let config: Config = serde_json::from_str(&text(get(&pages, "/config.json").await).await).unwrap();
    assert!(config.build.is_some_and(|build| build.len() == 16));
}

#[tokio::test]
async fn head_is_answered_like_get_and_nothing_else_is() {
    let folder = folder();
    let pages = pages(&folder, NoDemo);
    let head = send(&pages, Request::head("/eat").body(Body::empty()).unwrap()).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(header(&head, "content-length"), "3");
    assert_eq!(text(head).await, "");
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        for path in ["/", "/eat", "/js/api.js", "/config.json"] {
            let response = send(&pages, Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await;
            assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(header(&response, "allow"), "GET,HEAD");
        }
    }
}

#[tokio::test]
async fn pages_may_ask_their_own_origin_and_the_apis_and_nothing_is_unsafe() {
    let folder = folder();
    let pages = pages(&folder, NoDemo);
    // A worker lives by the policy of its own script.
    for path in ["/eat", "/sw.js", "/js/timer-worker.js"] {
        let response = get(&pages, path).await;
        let policy = header(&response, "content-security-policy");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        let directives: Vec<&str> = policy.split("; ").collect();
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self' https://api.example",
            "frame-ancestors 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types tiffin",
        ] {
            assert!(directives.contains(&directive), "{directive} is not in {policy}");
        }
        let permissions = header(&response, "permissions-policy");
        assert!(permissions.starts_with("geolocation=(self), ") && permissions.matches("(self)").count() == 1);
    }
}
