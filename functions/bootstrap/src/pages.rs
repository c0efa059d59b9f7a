//! `function pages`: the pages that the program holds, over HTTP. What they are told of where they are, a file says.

use std::{fs, io, sync::Arc};

use app::Keys;
use axum::Router;
use host::{Host, Options, Ports};
use pages::{Config, Files, NoDemo, WrongConfig};

use crate::{Machine, environment::variable, unavailable::Unavailable};

/// What the command line calls it.
pub(crate) const NAME: &str = "pages";
/// The variable that names the file with the pages' `config.json`.
const CONFIG: &str = "TIFFIN_PAGES_CONFIG";

/// Why the pages can't be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoPages {
    /// Nobody says where the file is.
    #[error("the environment does not say {CONFIG}")]
    Unnamed,
    /// It can't be read.
    #[error("{CONFIG} names {path}, which can't be read: {source}")]
    Unreadable { path: String, source: io::Error },
    /// It does not say what it should.
    #[error("{CONFIG} names {path}, which is not what pages are told: {source}")]
    Wrong { path: String, source: WrongConfig },
}

/// The pages, `/healthz`, and a problem for everything else.
pub(crate) fn router(machine: Machine) -> Result<Router, NoPages> {
    let config = read()?;
    let host = Arc::new(nobody(machine));
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

/// A host without functions, for what it puts around replies.
fn nobody(Machine { clock, random }: Machine) -> Host {
    let nowhere = Arc::new(Unavailable);
    let ports = Ports { store: nowhere.clone(), bus: nowhere, clock, random, keys: Arc::new(Keys::default()) };
    Host::new(&[], ports, Options::default())
}
