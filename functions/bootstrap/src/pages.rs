//! `function pages`: the pages that the program holds, over HTTP. Their configuration comes from a file.

use std::{fs, io, sync::Arc};

use app::{Clock, Random};
use axum::Router;
use host::{Host, Options};
use pages::{Config, Files, NoDemo, WrongConfig};

use crate::{environment::variable, unavailable::ports};

/// What the command line calls it.
pub(crate) const NAME: &str = "pages";
/// The variable that names the file with the pages' `config.json`.
const CONFIG: &str = "TIFFIN_PAGES_CONFIG";

/// Why the pages can't be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoPages {
    #[error("the environment does not say {CONFIG}")]
    Unnamed,
    #[error("{CONFIG} names {path}, which can't be read: {source}")]
    Unreadable { path: String, source: io::Error },
    #[error("{CONFIG} names {path}, which is not a configuration of pages: {source}")]
    Wrong { path: String, source: WrongConfig },
}

/// The pages, `/healthz`, and a problem for everything else.
pub(crate) fn router(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Router, NoPages> {
    let config = read()?;
    let host = Arc::new(Host::new(&[], ports(clock, random), Options::default()));
    let router = host::router(host.clone()).merge(pages::router(Files::Embedded, config, NoDemo));
    Ok(host::edge_without_cors(router, &host))
}

fn read() -> Result<Config, NoPages> {
    let path = variable(CONFIG).ok_or(NoPages::Unnamed)?;
    match fs::read_to_string(&path) {
        Ok(text) => Config::parse(&text).map_err(|source| NoPages::Wrong { path, source }),
        Err(source) => Err(NoPages::Unreadable { path, source }),
    }
}
