//! Readable pages of the API and of each problem, made from the same declarations as `openapi.json`.

use std::fmt::Write as _;

use app::{Code, Problem, Service, code};
use axum::{Router, body::Body, extract::Path, response::Response, routing::get};
use http::{HeaderValue, header};

use crate::{asyncapi, function_rows, openapi, reply};

/// The pages' own policy: their one inline style sheet and nothing else.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
    code{font:0.9em ui-monospace,monospace}table{border-collapse:collapse;width:100%}\
    th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8884}\
    td:first-child{white-space:nowrap}.may{opacity:.7}";

/// `/docs` (the API page), `/openapi.json`, `/asyncapi.json` and `/problems/<code>`.
pub fn pages(services: &'static [Service]) -> Router {
    let document = openapi(services).to_string();
    let events = asyncapi(services).to_string();
    let page = api_page(services);
    Router::new()
        .route("/docs", get(async move || html(page.clone())))
        .route("/openapi.json", get(async move || json(document.clone())))
        .route("/asyncapi.json", get(async move || json(events.clone())))
        .route("/problems/{code}", get(async move |Path(word): Path<String>| problem_page(services, &word)))
}

fn api_page(services: &[Service]) -> String {
    let mut body = String::from(
        "<h1>Tiffin API</h1><p>The whole of it, with schemas and every refusal, is in <a href=\"/openapi.json\">openapi.json</a>; \
         the events are in <a href=\"/asyncapi.json\">asyncapi.json</a>. Send <code>Authorization: Bearer …</code> where a \
         role is named. Errors are RFC 9457 problems; each code has a page.</p>",
    );
    let rows = function_rows(services);
    for service in services {
        write_to(&mut body, format_args!("<h2>{}</h2><p>{}</p><table>", escape(service.name), escape(service.about)));
        body.push_str("<tr><th>called by</th><th>function</th><th>who</th><th>what it does</th></tr>");
        for row in rows.iter().filter(|row| row.service == service.name) {
            let (called, who) = (escape(&row.called_by).replace(' ', "<br>"), escape(&row.who));
            let called = if row.who.is_empty() { called } else { escape(&row.called_by) };
            let (about, may) = (escape(&row.about), escape(&row.may));
            write_to(
                &mut body,
                format_args!(
                    "<tr><td><code>{called}</code></td><td>{}</td><td>{who}</td><td>{about}<br><span class=may>{may}</span></td></tr>",
                    row.function
                ),
            );
        }
        body.push_str("</table>");
    }
    body.push_str("<h2>Problems</h2><table>");
    for code in codes(services) {
        let (word, about) = (code.word, escape(code.about));
        write_to(
            &mut body,
            format_args!(
                "<tr><td><a href=\"/problems/{word}\"><code>{word}</code></a></td><td>{}</td><td>{about}</td></tr>",
                code.status
            ),
        );
    }
    body.push_str("</table>");
    page("Tiffin API", &body)
}

fn problem_page(services: &[Service], word: &str) -> Response<Body> {
    let Some(code) = codes(services).into_iter().find(|code| code.word == word) else {
        return reply::problem(&Problem::not_found(), &format!("/problems/{word}"));
    };
    let body = format!(
        "<h1>{}</h1><p>HTTP {}, code <code>{}</code></p><p>{}</p><p><a href=\"/docs\">All codes</a></p>",
        escape(code.title),
        code.status,
        code.word,
        escape(code.about)
    );
    html(page(code.title, &body))
}

/// Every code there is, each once.
fn codes(services: &[Service]) -> Vec<Code> {
    let functions = services.iter().flat_map(|service| service.functions);
    let own = functions.filter_map(|one| one.as_endpoint()).flat_map(|endpoint| endpoint.problems).copied();
    let mut codes: Vec<Code> = code::ALL.to_vec();
    for code in own {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><body>{body}"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn write_to(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    text.write_fmt(arguments).unwrap_or_default();
}

fn html(page: String) -> Response<Body> {
    let mut response = Response::new(Body::from(page));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

fn json(document: String) -> Response<Body> {
    let mut response = Response::new(Body::from(document));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
