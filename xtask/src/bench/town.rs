//! The town that is measured: every function in one process, as `tiffin up` puts them together, on a port of its own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use anyhow::{Context as _, Result};
use app::{Keys, PublicKeys, Random as _, Settings, Store};
use axum::Router;
use host::{SystemClock, SystemRandom};
use pages::Files;
use sqlite::SqliteStore;
use tempfile::TempDir;
use tiffin::{
    city,
    local::{Local, Materials, TICK},
    simulate::Simulate,
};
use tokio::{
    net::TcpListener,
    runtime::{self, Runtime},
};

use super::load::Committed;

/// A server with threads of its own, which end with it.
pub(super) struct Server {
    runtime: Option<Runtime>,
    /// Where it listens.
    pub(super) address: SocketAddr,
}

/// A local process with the demo city in it, listening.
pub(super) struct BenchTown {
    pub(super) server: Server,
    /// The functions in this process.
    pub(super) local: Local,
    store: SqliteStore,
    _data: TempDir,
}

impl Server {
    /// Listens; `serve` puts together what is served, within the server's threads.
    pub(super) fn start(serve: impl Future<Output = Result<Router>>) -> Result<Self> {
        let runtime = runtime::Builder::new_multi_thread().thread_name("server").enable_all().build()?;
        let address = runtime.block_on(async {
            let router = serve.await?;
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = listener.local_addr()?;
            tokio::spawn(host::serve(listener, router, host::Timeouts::default(), std::future::pending()));
            anyhow::Ok(address)
        })?;
        Ok(Self { runtime: Some(runtime), address })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.runtime.take().map(Runtime::shutdown_background).unwrap_or_default();
    }
}

impl BenchTown {
    /// Opens a town whose data is kept in `directory`; `wrap` may put something between it and its store.
    pub(super) fn open(directory: &Path, wrap: impl FnOnce(SqliteStore) -> Arc<dyn Store>) -> Result<Self> {
        let data = tempfile::Builder::new().prefix("bench-").tempdir_in(directory)?;
        let store = SqliteStore::open(&data.path().join("tiffin.db"), sqlite::Options::default())?;
        let wrapped = wrap(store.clone());
        let mut opened = None;
        let server = Server::start(async {
            let local = Local::start(materials(wrapped)?).await?;
            city::build(&local).await?;
            Ok(opened.insert(local).router((Ipv4Addr::LOCALHOST, 0).into(), Files::Embedded))
        })?;
        let local = opened.context("a server that listens was put together")?;
        Ok(Self { server, local, store, _data: data })
    }

    /// Begins to sweep, as a process does once a second.
    pub(super) fn start_timer(&self) {
        let local = self.local.clone();
        let timer = async move {
            let mut interval = tokio::time::interval(TICK);
            // What can't be swept is swept at the next tick.
            loop {
                interval.tick().await;
                drop(local.tick().await);
            }
        };
        if let Some(runtime) = &self.server.runtime {
            runtime.spawn(timer);
        }
    }

    /// How much its store has committed so far.
    pub(super) fn committed(&self) -> Committed {
        Committed { transactions: self.store.transactions(), groups: self.store.groups() }
    }
}

/// As `tiffin up` has it, but for passwords: those are cheap, for they are not what is measured.
fn materials(store: Arc<dyn Store>) -> Result<Materials> {
    let mut cursor_secret = [0; 32];
    SystemRandom.fill(&mut cursor_secret);
    Ok(Materials {
        store,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        keys: Keys::generate()?,
        operator_keys: PublicKeys::default(),
        issuer: "http://localhost".to_owned(),
        secrets: app::Secrets::new(),
        cursor_secret,
        settings: Settings::default().with(&users::MEMORY_KIB, users::MEMORY_KIB.min),
        cors_origins: Vec::new(),
        simulate: Simulate::NONE,
        uses: None,
    })
}
