//! Readable pages of the API and of each problem, made from the same declarations as `openapi.json`. They use the style sheets
//! of the web pages, which are served beside them.

use std::fmt::Write as _;

use app::{Code, Problem, Service, code};
use axum::{Router, body::Body, extract::Path, response::Response, routing::get};
use http::{HeaderValue, header};

use crate::{FunctionRow, asyncapi, function_rows, openapi, reply, router};

/// The pages' own policy: style sheets and an icon of their own origin, and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const HEAD: &str = "<meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <meta name=\"color-scheme\" content=\"light dark\">\
    <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
    <link rel=\"stylesheet\" href=\"/css/tokens.css\">\
    <link rel=\"stylesheet\" href=\"/css/base.css\">\
    <link rel=\"stylesheet\" href=\"/css/docs.css\">";

const BAR: &str = "<header class=\"bar\"><a class=\"home\" href=\"/docs\">Tiffin <span>API</span></a>\
    <nav aria-label=\"Documents\"><a href=\"/openapi.json\">openapi.json</a><a href=\"/asyncapi.json\">asyncapi.json</a></nav>\
    </header>";

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
        .method_not_allowed_fallback(router::method_not_allowed)
}

fn api_page(services: &[Service]) -> String {
    let mut body = String::from(
        "<h1>The API</h1><p class=\"lead\">The whole of it, with schemas and every refusal, is in \
         <a href=\"/openapi.json\">openapi.json</a>; the events are in <a href=\"/asyncapi.json\">asyncapi.json</a>. \
         Send <code>Authorization: Bearer …</code> where a role is named. Errors are RFC 9457 problems; each code has a \
         page.</p><nav class=\"contents\" aria-label=\"Services\">",
    );
    for name in services.iter().map(|service| escape(service.name)) {
        write_to(&mut body, format_args!("<a href=\"#{name}\">{name}</a>"));
    }
    body.push_str("<a href=\"#problems\">problems</a></nav>");
    let rows = function_rows(services);
    for service in services {
        let name = escape(service.name);
        let about = escape(service.about);
        write_to(&mut body, format_args!("<section id=\"{name}\"><h2>{name}</h2><p>{about}</p>"));
        body.push_str(
            "<table class=\"functions\"><thead><tr><th scope=\"col\">called by</th><th scope=\"col\">function</th>",
        );
        body.push_str("<th scope=\"col\">who</th><th scope=\"col\">what it does</th></tr></thead><tbody>");
        rows.iter().filter(|row| row.service == service.name).for_each(|row| write_row(&mut body, row));
        body.push_str("</tbody></table></section>");
    }
    body.push_str(
        "<section id=\"problems\"><h2>problems</h2><table class=\"codes\"><thead><tr><th scope=\"col\">code</th>",
    );
    body.push_str("<th scope=\"col\">status</th><th scope=\"col\">what it means</th></tr></thead><tbody>");
    for code in codes(services) {
        let word = code.word;
        let status = code.status;
        let about = with_code(&escape(code.about));
        write_to(
            &mut body,
            format_args!(
                "<tr><td><a href=\"/problems/{word}\"><code>{word}</code></a></td><td>{status}</td><td>{about}</td></tr>"
            ),
        );
    }
    body.push_str("</tbody></table></section>");
    page("Tiffin API", &body)
}

fn write_row(body: &mut String, row: &FunctionRow) {
    let function = row.function;
    let who = escape(&row.who);
    let about = with_code(&escape(&row.about));
    let may = escape(&row.may);
    let called = match row.called_by.split_once(' ') {
        // A path may break where a segment begins.
        Some((method, path)) if !who.is_empty() => {
            let path = escape(path).replace('/', "/<wbr>");
            format!("<span class=\"route\"><b class=\"method {method}\">{method}</b><code>{path}</code></span>")
        }
        _ => format!("<code>{}</code>", escape(&row.called_by).replace(' ', "<br>")),
    };
    write_to(
        body,
        format_args!(
            "<tr id=\"{function}\"><td>{called}</td><td><code>{function}</code></td><td>{who}</td>\
             <td>{about}<p class=\"may\">{may}</p></td></tr>"
        ),
    );
}

fn problem_page(services: &[Service], word: &str) -> Response<Body> {
    let Some(code) = codes(services).into_iter().find(|code| code.word == word) else {
        return reply::problem(&Problem::not_found(), &format!("/problems/{word}"));
    };
    let title = escape(code.title);
    let status = code.status;
    let about = with_code(&escape(code.about));
    let body = format!(
        "<article class=\"problem\"><p class=\"status\">HTTP {status} · <code>{word}</code></p><h1>{title}</h1>\
         <p class=\"lead\">{about}</p><p><a href=\"/docs#problems\">All problems</a></p></article>"
    );
    html(page(&format!("{} · Tiffin API", code.title), &body))
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
        "<!doctype html><html lang=\"en\"><head>{HEAD}<title>{title}</title></head><body>{BAR}<main>{body}</main></body></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What stands between backticks, as code.
fn with_code(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(number, piece)| if number % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_owned() })
        .collect()
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
