//! The pages, as the local process and `function pages` serve them.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::symlink,
    path::Path,
    process::Command,
};

use reqwest::{Method, Response, header::HeaderMap, redirect::Policy};
use serde_json::Value;
use testing::{NOON, TestClock};
use tests::{Reply, Town, TownOptions};

use crate::process::Process;

/// Headers whose values differ from reply to reply.
const VARYING: [&str; 2] = ["date", "x-request-id"];

async fn get(town: &Town, path: &str) -> Reply {
    town.send(town.request(Method::GET, path, None)).await
}

async fn fetch(url: &str, path: &str) -> Response {
    let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client can be made");
    client.get(format!("{url}{path}")).send().await.expect("it answers")
}

/// The status and the body of a request whose path is sent as it is, which no client would do.
fn fetch_as_is(port: u16, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("it reads");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("it replies");
    let (head, body) = reply.split_once("\r\n\r\n").expect("a head and a body");
    (head.split(' ').nth(1).expect("a status").to_owned(), body.to_owned())
}

#[tokio::test]
async fn the_root_leads_to_a_demo_citys_theatre_or_to_the_customers_page() {
    for (city, leads_to) in [(true, "/demo"), (false, "/eat")] {
        let town = Town::with(TownOptions { city, ..TownOptions::default() }).await;
        let home = fetch(&town.url, "/").await;
        assert_eq!(home.status(), 302);
        assert_eq!(home.headers()["location"], leads_to);
        assert_eq!(home.headers()["cache-control"], "no-store");
        assert_eq!(get(&town, "/config.json").await.expect(200).body["demo"], city);
        if !city {
            get(&town, "/demo").await.refused(404, "not-found");
        }
    }
}

#[tokio::test]
async fn the_config_of_pages_names_the_city_its_cards_and_their_build() {
    let config = get(&Town::open().await, "/config.json").await.expect(200).body;
    assert_eq!(config["area"]["centre"], serde_json::json!({"lat": 44.4268, "lon": 26.1025}));
    assert_eq!(config["area"]["country"], "RO");
    assert_eq!(config["api"]["base"], "");
    let cards = config["payment_methods"].as_array().expect("means of payment");
    assert!(cards.iter().any(|card| card["token"] == "tok_ok" && card["label"] == "works"), "{config}");
    let build = config["build"].as_str().expect("a build");
    let worker = get(&Town::open().await, "/sw.js").await.expect(200).body.to_string();
    assert!(worker.contains(build), "the service worker is of another build than {build}");
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_and_never_a_page() {
    let town = Town::open().await;
    for path in ["/ops", "/ops/", "/demo/x", "/eat/main.js", "/js/none.js", "/favicon.ico", "/index.html", "/eats"] {
        let reply = get(&town, path).await;
        reply.refused(404, "not-found");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
    }
    for path in ["/", "/eat", "/config.json", "/sw.js"] {
        town.send(town.request(Method::POST, path, None)).await.refused(405, "method-not-allowed");
    }
}

#[tokio::test]
async fn the_api_answers_at_its_own_addresses_whatever_pages_there_are() {
    let town = Town::open().await;
    let customer = town.customer().await;
    for declaration in tiffin::services::SERVICES.iter().flat_map(|service| service.functions) {
        let Some(endpoint) = declaration.as_endpoint().filter(|endpoint| endpoint.route.method.name() == "GET") else {
            continue;
        };
        let path = endpoint.route.path.replace('{', "x").replace('}', "");
        let reply = town.get(&customer, &path).await;
        let kind = reply.header("content-type").unwrap_or_default();
        assert!(["application/json", "application/problem+json"].contains(&kind), "{path} is {kind}");
    }
}

#[tokio::test]
async fn pages_carry_a_policy_and_can_be_read_by_no_other_origin() {
    let town = Town::open().await;
    let runs_by_its_own_policy = ["/eat", "/sw.js", "/js/timer-worker.js"];
    for path in runs_by_its_own_policy.into_iter().chain(["/js/api.js", "/css/docs.css", "/config.json"]) {
        let request = town.request(Method::GET, path, None).header("origin", "https://tiffin.example");
        let reply = town.send(request).await.expect(200);
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(reply.header("access-control-allow-origin"), None, "{path}");
        let policy = reply.header("content-security-policy").expect("a policy");
        if !runs_by_its_own_policy.contains(&path) {
            assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{path}");
            continue;
        }
        assert!(policy.contains("connect-src 'self';") && policy.contains("frame-ancestors 'self'"), "{policy}");
        assert!(policy.contains("trusted-types tiffin") && !policy.contains("unsafe"), "{policy}");
        assert!(reply.header("permissions-policy").is_some_and(|policy| policy.contains("geolocation=(self)")));
    }
}

#[tokio::test]
async fn the_readable_api_uses_the_pages_style_sheets_and_no_others() {
    let town = Town::open().await;
    for path in ["/docs", "/problems/quote-used"] {
        let reply = get(&town, path).await.expect(200);
        assert!(reply.header("content-security-policy").is_some_and(|policy| !policy.contains("unsafe")), "{path}");
        let page = reply.body.as_str().expect("a page");
        assert!(!page.contains("<style") && !page.contains("style="), "{path}");
        let sheets = page.split("<link rel=\"stylesheet\" href=\"").skip(1);
        let sheets: Vec<&str> = sheets.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(sheets, ["/css/tokens.css", "/css/base.css", "/css/docs.css"]);
    }
}

#[tokio::test]
async fn what_is_embedded_is_compressed_and_revalidated_by_its_etag() {
    let town = Town::open().await;
    let mut seen = Vec::new();
    for accepted in ["br", "gzip", "identity"] {
        let ask = || town.request(Method::GET, "/css/docs.css", None).header("accept-encoding", accepted);
        let reply = ask().send().await.expect("it answers");
        let headers = reply.headers().clone();
        let length = reply.bytes().await.expect("a body").len();
        assert_eq!(headers["vary"], "accept-encoding");
        assert_eq!(
            headers.get("content-encoding").map_or("identity", |coding| coding.to_str().expect("text")),
            accepted
        );
        let again = ask().header("if-none-match", &headers["etag"]).send().await.expect("it answers");
        assert_eq!(again.status(), 304);
        assert_eq!(again.headers().get("etag"), headers.get("etag"));
        seen.push((length, headers["etag"].clone()));
    }
    assert!(seen.is_sorted_by_key(|(length, _)| *length), "{seen:?}");
    assert!(seen[0].1 != seen[1].1 && seen[1].1 != seen[2].1, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_serves_only_what_is_on_the_list_and_as_it_is_now() {
    let data = tempfile::tempdir().expect("a directory can be made");
    let folder = data.path().join("frontend");
    for path in [
        "eat.html",
        "js/api.js",
        "package.json",
        "tsconfig.json",
        ".npmrc",
        "js/.secret.js",
        "node_modules/preact/preact.js",
        "types/api.js",
        "tests/browser/walk.js",
        "tools/vendor.js",
    ] {
        write(&folder, path, path);
    }
    write(data.path(), "secret.js", "secret");
    symlink("../../secret.js", folder.join("js/out.js")).expect("a link can be made");
    symlink("../node_modules/preact", folder.join("js/preact")).expect("a link can be made");
    let store = data.path().join("data");
    let process = Process::local(&store, &["--web-dir".as_ref(), folder.as_os_str()]).await;
    let (status, body) = fetch_as_is(process.port, "/eat/orders/ord_1");
    assert_eq!(status, "200");
    assert_eq!(body, "eat.html");
    write(&folder, "eat.html", "changed");
    let (status, body) = fetch_as_is(process.port, "/eat");
    assert_eq!(status, "200");
    assert_eq!(body, "changed");
    // What only the process serves refuses other methods as everything else does.
    let posted = reqwest::Client::new().post(format!("{}/metrics", process.url)).send().await.expect("it answers");
    assert_eq!(posted.status(), 405);
    assert_eq!(posted.headers()["content-type"], "application/problem+json");
    let headed = reqwest::Client::new().head(format!("{}/metrics", process.url)).send().await.expect("it answers");
    assert_eq!(headed.status(), 200);
    assert!(headed.headers().contains_key("x-content-type-options") && headed.headers().contains_key("x-request-id"));
    let config: Value = fetch(&process.url, "/config.json").await.json().await.expect("JSON");
    assert_eq!(config["build"], Value::Null);
    assert_eq!(config["demo"], true);
    for path in [
        "/package.json",
        "/tsconfig.json",
        "/.npmrc",
        "/js/.secret.js",
        "/node_modules/preact/preact.js",
        "/types/api.js",
        "/tests/browser/walk.js",
        "/tools/vendor.js",
        "/js/out.js",
        "/js/preact/preact.js",
        "/js/../package.json",
        "/js/../../secret.js",
        "/js/%2e%2e/package.json",
        "/js/%2e%2e%2f%2e%2e%2fsecret.js",
        "/js/..%5c..%5csecret.js",
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/eat/../../secret.js",
        "/css/docs.css",
    ] {
        assert_eq!(fetch_as_is(process.port, path).0, "404", "{path}");
    }
}

#[test]
fn a_missing_folder_is_reported_at_start() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tiffin-under-test"));
    let ended = command.args(["--port", "0", "--web-dir", "/nowhere"]).output().expect("it runs");
    assert_eq!(ended.status.code(), Some(2));
    let printed = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(printed.contains("/nowhere") && printed.contains("--web-dir"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn function_pages_serves_the_same_files_with_the_same_headers() {
    let town = Town::open().await;
    let folder = tempfile::tempdir().expect("a directory can be made");
    let config = folder.path().join("config.json");
    let clock = folder.path().join("clock");
    let _clock = TestClock::at(NOON).shown_in(&clock);
    fs::write(&config, get(&town, "/config.json").await.expect(200).body.to_string()).expect("it can be written");
    let process = Process::pages(&config, &clock).await;
    for path in ["/", "/eat", "/kitchen/rst_1/menu", "/ride", "/sw.js", "/css/docs.css", "/NOTICE", "/config.json"] {
        let local = fetch(&town.url, path).await;
        let alone = fetch(&process.url, path).await;
        assert_eq!(local.status(), alone.status(), "{path}");
        assert_eq!(without_varying(local.headers()), without_varying(alone.headers()), "{path}");
        assert_eq!(local.bytes().await.expect("a body"), alone.bytes().await.expect("a body"), "{path}");
    }
}

fn without_varying(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = headers.iter().filter(|(name, _)| !VARYING.contains(&name.as_str()));
    let mut kept: Vec<_> = kept.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    kept.sort();
    kept
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().expect("it is in a folder")).expect("it can be made");
    fs::write(file, text).expect("it can be written");
}
