//! The addresses, and the headers of what is found there.

use std::{future::Future, sync::Arc};

use app::{Problem, code};
use axum::{
    Router,
    body::Body,
    extract::State,
    response::Response,
    routing::{MethodRouter, get},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts};

use crate::{
    Config, Files,
    addresses::{CONFIG, HOME, PAGES, Page, THEATRE},
    coding,
    file::{File, Keep},
    list, policy,
};

/// Whether there is a demo city, and so its theatre.
pub trait Demo: Send + Sync + 'static {
    fn is_there(&self) -> impl Future<Output = Result<bool, Problem>> + Send;
}

/// The answer of deployments, which have no demo city.
#[derive(Clone, Copy, Debug)]
pub struct NoDemo;

impl Demo for NoDemo {
    async fn is_there(&self) -> Result<bool, Problem> {
        Ok(false)
    }
}

/// What answers requests.
struct Site<D> {
    files: Files,
    config: Config,
    demo: D,
    content_security: HeaderValue,
    permissions: HeaderValue,
}

/// Every page at its address, and the files that pages load. Everything else is for others to answer.
pub fn router<D: Demo>(files: Files, config: Config, demo: D) -> Router {
    let site = Arc::new(Site {
        content_security: header_value(config.content_security(), "default-src 'none'"),
        permissions: header_value(policy::permissions(), "geolocation=()"),
        config: Config { build: files.build().map(str::to_owned), ..config },
        files,
        demo,
    });
    let mut router = Router::new()
        .route("/", only(get(home::<D>)))
        .route(THEATRE.address, only(get(theatre::<D>)))
        .route(&format!("/{CONFIG}"), only(get(config_json::<D>)));
    for Page { address: page, file } in PAGES {
        let answer = async move |State(site): State<Arc<Site<D>>>, request: Parts| site.page(file, &request).await;
        for address in [page.to_owned(), format!("{page}/"), format!("{page}/{{*below}}")] {
            router = router.route(&address, only(get(answer)));
        }
    }
    for file in list::ENTRIES.iter().chain(&list::FILES) {
        router = router.route(&format!("/{file}"), only(get(file_at::<D>)));
    }
    for (folder, _) in list::FOLDERS {
        router = router.route(&format!("/{folder}/{{*below}}"), only(get(file_at::<D>)));
    }
    router.with_state(site)
}

/// Any other method is a problem.
fn only<S: Clone + Send + Sync + 'static>(methods: MethodRouter<S>) -> MethodRouter<S> {
    methods.fallback(host::method_not_allowed)
}

/// Where somebody goes who only knows the host's name. It may be elsewhere tomorrow, so nobody keeps it.
async fn home<D: Demo>(State(site): State<Arc<Site<D>>>, uri: Uri) -> Response {
    let page = match site.demo.is_there().await {
        Ok(true) => THEATRE.address,
        Ok(false) => HOME.address,
        Err(problem) => return refuse(&problem, uri.path()),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(page));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn theatre<D: Demo>(State(site): State<Arc<Site<D>>>, request: Parts) -> Response {
    site.file(THEATRE.file, &request).await
}

async fn file_at<D: Demo>(State(site): State<Arc<Site<D>>>, request: Parts) -> Response {
    site.file(request.uri.path().trim_start_matches('/'), &request).await
}

async fn config_json<D: Demo>(State(site): State<Arc<Site<D>>>, request: Parts) -> Response {
    let config = match site.demo.is_there().await {
        Ok(demo) => Config { demo, ..site.config.clone() },
        Err(problem) => return refuse(&problem, request.uri.path()),
    };
    match serde_json::to_vec(&config) {
        Ok(text) => reply(File::new(CONFIG, Keep::AskEachTime, text.into()), &request.headers),
        Err(error) => refuse(&Problem::internal(error), request.uri.path()),
    }
}

impl<D: Demo> Site<D> {
    /// The page of an address; one whose last part names a file, or that climbs, is nobody's.
    async fn page(&self, file: &str, request: &Parts) -> Response {
        let path = request.uri.path().to_ascii_lowercase().replace("%2e", ".");
        let climbs = path.split('/').any(|segment| segment == "." || segment == "..");
        if climbs || path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
            return refuse(&Problem::not_found(), request.uri.path());
        }
        self.file(file, request).await
    }

    async fn file(&self, path: &str, request: &Parts) -> Response {
        match self.find(path).await {
            Ok(Some(file)) => {
                let mut response = reply(file, &request.headers);
                if policy::is_asked_of(path) {
                    self.govern(response.headers_mut());
                }
                response
            }
            Ok(None) => refuse(&Problem::not_found(), request.uri.path()),
            Err(problem) => refuse(&problem, request.uri.path()),
        }
    }

    async fn find(&self, path: &str) -> Result<Option<File>, Problem> {
        if path == THEATRE.file && !self.demo.is_there().await? {
            return Ok(None);
        }
        self.files.find(path).await.map_err(Problem::internal)
    }

    /// Says what a page may do.
    fn govern(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.content_security.clone());
        headers.insert(PERMISSIONS_POLICY, self.permissions.clone());
    }
}

/// A policy as a header; one that can't be sent gives way to one that is stricter.
fn header_value(policy: String, stricter: &'static str) -> HeaderValue {
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(stricter))
}

fn reply(file: File, asked: &HeaderMap) -> Response {
    let (bytes, coding) = coding::choose(&file, asked);
    // Other bytes have another tag.
    let tag = coding.map_or_else(|| format!("\"{}\"", file.hash), |coding| format!("\"{}-{coding}\"", file.hash));
    let is_known = host::none_match(asked, &tag);
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(bytes) });
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.keep.cache_control()));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
        headers.extend(coding.map(|coding| (header::CONTENT_ENCODING, HeaderValue::from_static(coding))));
    }
    response
}

fn refuse(problem: &Problem, path: &str) -> Response {
    if problem.code.status >= code::INTERNAL.status {
        tracing::error!(path, source = problem.source.as_ref().map(ToString::to_string), "a page can't be served");
    }
    host::problem(problem, path)
}

const PERMISSIONS_POLICY: http::HeaderName = http::HeaderName::from_static("permissions-policy");
