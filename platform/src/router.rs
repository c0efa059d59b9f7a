//! The local process over HTTP: the API, its documents, the pages, and routes of its own.

use std::net::SocketAddr;

use ::pages::Files;
use axum::Router;

use crate::{local::Local, ops, pages, services::SERVICES};

impl Local {
    /// The API with its documents, the pages of these files, and the control routes of a process that listens at this
    /// address.
    pub fn router(&self, address: SocketAddr, files: Files) -> Router {
        let api = host::router(self.host.clone()).merge(host::pages(SERVICES));
        let own = ops::router(self.clone(), address).merge(pages::router(self.store.clone(), files));
        host::edge(api, &self.host).merge(host::edge_without_cors(own, &self.host))
    }
}
