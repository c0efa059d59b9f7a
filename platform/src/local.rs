//! The local process, put together: store, bus, host, dispatcher.

use std::{sync::Arc, time::Duration};

use app::{Clock, GrantUses, KeyError, KeyPair, Keys, PublicKeys, Random, Secrets, Settings, Store, StoreError};
use client::Http;
use host::{Host, Options, Ports, Swept};

use crate::{
    dispatcher::{Dispatcher, LocalBus},
    services::SERVICES,
    simulate::Simulate,
    theatre::{self, Theatre},
};

/// How often sweeps and due retries run.
pub const TICK: Duration = Duration::from_secs(1);

/// What a local process is made from.
pub struct Materials {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    /// The private keys, one of each kind.
    pub keys: Vec<KeyPair>,
    /// The public keys of the operator, if there is one.
    pub operator_keys: PublicKeys,
    /// Who issues tokens: the address that the API is served under.
    pub issuer: String,
    /// What functions share with others, by name.
    pub secrets: Secrets,
    /// What cursors are signed with.
    pub cursor_secret: [u8; 32],
    pub settings: Settings,
    /// Origins whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// Who is simulated.
    pub simulate: Simulate,
    /// Records which grants are used; for tests.
    pub uses: Option<Arc<GrantUses>>,
}

/// Every function in one process.
#[derive(Clone)]
pub struct Local {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    /// Calls the functions.
    pub host: Arc<Host>,
    pub dispatcher: Arc<Dispatcher>,
    pub bus: Arc<LocalBus>,
    /// The theatre; its routes are there once the city is built.
    pub theatre: Arc<Theatre>,
}

/// Why a local process can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A key can't be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Local {
    /// Starts the dispatcher; no port is open yet.
    pub async fn start(materials: Materials) -> Result<Self, StartError> {
        let Materials { store, clock, random, keys, operator_keys, issuer, .. } = materials;
        let Materials { secrets, cursor_secret, settings, cors_origins, simulate, uses, .. } = materials;
        let (bus, queue) = LocalBus::new();
        let public = PublicKeys::of(&keys)?.and(operator_keys);
        let keys = Arc::new(Keys::new(&public, &keys, issuer)?);
        let http = Arc::new(Http::new());
        let ports = Ports { store: store.clone(), bus: bus.clone(), clock: clock.clone(), random, keys, http };
        let options = Options { settings, secrets, cursor_secret, uses, cors_origins };
        let host = Arc::new(Host::new(SERVICES, ports, options));
        let dispatcher =
            Dispatcher::start(host.clone(), store.clone(), clock.clone(), bus.clone(), queue, SERVICES).await?;
        let theatre = Arc::new(Theatre::new(clock.clone(), simulate));
        tokio::spawn(theatre::listen(theatre.clone(), bus.listen()));
        Ok(Self { store, clock, host, dispatcher, bus, theatre })
    }

    /// Runs every scheduled function and every due retry once, also after one that failed. Returns the sum of what the sweeps did, or the
    /// first error.
    pub async fn tick(&self) -> Result<Swept, StoreError> {
        let mut sum = Ok(Swept::default());
        for scheduled in self.host.scheduled() {
            let swept = self.host.sweep(scheduled).await;
            sum = sum.and_then(|sum| Ok(sum + swept?));
        }
        let retried = self.dispatcher.retry_due().await;
        sum.and_then(|sum| retried.map(|_| sum))
    }
}
