//! `tiffin up`: everything in one process, until it is stopped.

use std::{future::Future, io, net::Ipv4Addr, panic::AssertUnwindSafe, path::PathBuf, sync::Arc, time::Duration};

use ::pages::Files;
use app::{Clock as _, Random as _, Settings, StoreError, TextSetting};
use clap::Args;
use futures::FutureExt as _;
use host::{
    SystemClock, SystemRandom, Timeouts,
    requirements::{self, CORS_ORIGINS, ISSUER},
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sqlite::{OpenError, SqliteStore};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    city::{self, BuildError, DemoCity},
    data_dir::{DataDir, DataDirError},
    local::{Local, Materials, StartError, TICK},
    services::SERVICES,
    simulate::{self, Simulate},
    theatre::Theatre,
    welcome,
};

/// The port unless another is given.
pub(crate) const DEFAULT_PORT: u16 = 3000;

/// How to start.
#[derive(Debug, Args)]
pub struct Up {
    /// The port on localhost.
    #[arg(long, env = "TIFFIN_PORT", default_value_t = DEFAULT_PORT)]
    pub port: u16,
    /// Where data is kept.
    #[arg(long, env = "TIFFIN_DATA_DIR", default_value = ".tiffin")]
    pub data_dir: PathBuf,
    /// Who is played: all, none, or a list of customers, restaurants, couriers.
    #[arg(long, env = "TIFFIN_SIMULATE", default_value = "all")]
    pub simulate: Simulate,
    /// How much faster than life the simulators act; deadlines keep their time.
    #[arg(long, env = "TIFFIN_SPEED", default_value_t = 10.0, value_parser = speed)]
    pub speed: f64,
    /// Start with an empty city: removes what is in the data directory.
    #[arg(long, env = "TIFFIN_FRESH")]
    pub fresh: bool,
    /// Serve the pages from this folder, read at each request, and not those in the program: for working on them.
    #[arg(long, env = "TIFFIN_WEB_DIR", value_name = "DIR")]
    pub web_dir: Option<PathBuf>,
    /// The address that the API is served under, who issues tokens; `http://localhost:<port>` unless given.
    #[arg(long, env = "TIFFIN_ISSUER", value_parser = text_of(ISSUER))]
    pub issuer: Option<String>,
    /// Origins whose pages may call the API, separated by commas.
    #[arg(long, env = "TIFFIN_CORS_ORIGINS", value_delimiter = ',', value_parser = text_of(CORS_ORIGINS))]
    pub cors_origins: Vec<String>,
}

/// Where a local process is served, and who issues its tokens unless it is told.
pub(crate) fn local_url(port: u16) -> String {
    format!("http://localhost:{port}")
}

/// Takes what a setting accepts.
pub(crate) fn text_of(setting: TextSetting) -> impl Fn(&str) -> Result<String, String> + Clone {
    move |text| {
        if (setting.accepts)(text) { Ok(text.to_owned()) } else { Err(format!("must be {}", setting.must_be)) }
    }
}

impl Up {
    /// Where it is served.
    pub(crate) fn url(&self) -> String {
        local_url(self.port)
    }

    /// Who issues tokens.
    pub(crate) fn issuer(&self) -> String {
        self.issuer.clone().unwrap_or_else(|| self.url())
    }
}

/// The fastest that simulators may act.
const MAX_SPEED: f64 = 1000.0;

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| *speed > 0.0 && *speed <= MAX_SPEED);
    speed.ok_or_else(|| format!("must be a number above 0, {MAX_SPEED} at most"))
}

/// How often expired items are deleted.
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// How often metrics are aggregated.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// The theatre's speed: as its habits say, which are made for spectators.
const AS_WATCHED: f64 = 1.0;
/// How long requests under way may take once the process stops.
const CLOSING: Duration = Duration::from_secs(2);

/// Why the process can't start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum UpError {
    /// The data directory can't be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The store's file can't be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The port is taken, or not ours to use.
    #[error("port {port} can't be used: {source}; choose another with --port")]
    Port { port: u16, source: io::Error },
    /// The pages are not where they were said to be.
    #[error("the pages can't be read from {directory}: {source}; name their folder with --web-dir")]
    Pages { directory: PathBuf, source: io::Error },
    /// Settings are wrong; every one is named.
    #[error("{0}")]
    Settings(String),
    /// Something else failed.
    #[error("{0}")]
    Failed(String),
}

/// Runs a command's future to its end.
///
/// # Panics
/// If no threads can be started.
pub fn in_runtime<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started").block_on(future)
}

/// Runs until Ctrl-C or SIGTERM.
pub async fn up(up: Up) -> Result<(), UpError> {
    let numbers = SERVICES.iter().flat_map(|service| service.settings);
    let texts = requirements::texts_of(SERVICES, app::Placement::Inside);
    let settings = Settings::read(numbers, &texts, |name| std::env::var(name).ok()).map_err(UpError::Settings)?;
    let files = page_files(&up)?;
    let port = |source| UpError::Port { port: up.port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, up.port)).await.map_err(port)?;
    let address = listener.local_addr().map_err(port)?;
    let figures = PrometheusBuilder::new().install_recorder().map_err(|error| UpError::Failed(error.to_string()))?;

    let directory = DataDir::open(&up.data_dir, up.fresh)?;
    let store = SqliteStore::open(&directory.store(), sqlite::Options::default())?;
    let names = requirements::shared_secrets_of(SERVICES);
    let secrets = directory.secrets(&names, &SystemRandom)?;
    let operator_keys = directory.operator_key()?.public().map_err(StartError::from)?;
    let shared = names.into_iter().filter_map(|name| Some((name, secrets.shared.get(name.0)?.clone())));
    let materials = Materials {
        store: Arc::new(store.clone()),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        keys: secrets.keys,
        operator_keys,
        issuer: up.issuer(),
        secrets: shared.collect(),
        cursor_secret: secrets.cursors,
        settings,
        cors_origins: up.cors_origins.clone(),
        simulate: up.simulate,
        uses: None,
    };
    let local = Local::start(materials).await?;
    let city = city::city();
    let failed = |error: BuildError| UpError::Failed(format!("the city can't be built: {error}"));
    let seeded = city::build(&local).await.map_err(failed)?;

    let (stop, stopping) = watch::channel(false);
    let timer = tokio::spawn(run_timer(local.clone(), stopping.clone()));
    let purge = tokio::spawn(purge_expired(store.clone(), stopping.clone()));
    let upkeep = tokio::spawn(keep_figures_small(figures.clone(), stopping.clone()));
    welcome::print(&up, &city, seeded);
    let simulators = start_simulators(&up, &city, local.theatre.clone(), stopping.clone());
    let router = local.router(address, files).merge(host::edge_without_cors(metrics_page(figures, store), &local.host));
    let (close, closing) = watch::channel(false);
    let serving = tokio::spawn(serve(listener, router, closing));

    stop_signal().await;
    tracing::info!("stopping");
    // Simulators go home first: a courier goes offline by asking the API.
    stop.send_replace(true);
    join(simulators).await?;
    join(timer).await?;
    join(purge).await?;
    join(upkeep).await?;
    close.send_replace(true);
    // Clients that keep their connections open don't keep the process.
    match tokio::time::timeout(CLOSING, serving).await {
        Ok(ended) => ended.map_err(|error| UpError::Failed(error.to_string())),
        Err(_) => Ok(()),
    }
}

/// The pages' files: in the program, or where the command line says.
fn page_files(up: &Up) -> Result<Files, UpError> {
    let Some(directory) = &up.web_dir else { return Ok(Files::Embedded) };
    Files::of_directory(directory).map_err(|source| UpError::Pages { directory: directory.clone(), source })
}

fn start_simulators(
    up: &Up,
    city: &DemoCity,
    theatre: Arc<Theatre>,
    stopping: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let url = up.url();
    let seed = || {
        let mut seed = [0; 8];
        SystemRandom.fill(&mut seed);
        u64::from_le_bytes(seed)
    };
    let played = simulate::play_theatre(url.clone(), theatre, AS_WATCHED, seed(), stopping.clone());
    let lived = simulate::run(url, city.accounts(), up.simulate, up.speed, seed(), stopping);
    tokio::spawn(async move {
        futures::future::join(played, lived).await;
    })
}

async fn serve(listener: TcpListener, router: axum::Router, mut stopping: watch::Receiver<bool>) {
    let stopped = async move { drop(stopping.wait_for(|stop| *stop).await) };
    host::serve(listener, router, Timeouts::default(), stopped).await;
}

/// Sweeps and retries, once every tick.
async fn run_timer(local: Local, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        log_failure(local.tick()).await;
    }
}

/// Logs a tick that failed or panicked; the next one sweeps again.
async fn log_failure<T>(tick: impl Future<Output = Result<T, StoreError>>) {
    match AssertUnwindSafe(tick).catch_unwind().await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::error!(%error, "sweeping failed"),
        // The panic hook has logged the message.
        Err(_) => tracing::error!("sweeping panicked"),
    }
}

async fn purge_expired(store: SqliteStore, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(PURGE_EVERY);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        match store.purge_expired(SystemClock.now().as_second()).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "deleted expired items"),
            Err(error) => tracing::error!(%error, "expired items could not be deleted"),
        }
    }
}

/// Aggregates metrics, so that they do not pile up where nobody scrapes them.
async fn keep_figures_small(figures: PrometheusHandle, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(UPKEEP_EVERY);
    loop {
        tokio::select! {
            _ = interval.tick() => figures.run_upkeep(),
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// `/metrics`, in Prometheus' text format.
fn metrics_page(figures: PrometheusHandle, store: SqliteStore) -> axum::Router {
    axum::Router::new().route(
        "/metrics",
        axum::routing::get(async move || {
            metrics::counter!("tiffin_store_transactions_total").absolute(store.transactions());
            metrics::counter!("tiffin_store_groups_total").absolute(store.groups());
            figures.render()
        })
        .fallback(host::method_not_allowed),
    )
}

async fn stop_signal() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("a process may listen for SIGTERM");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn join(task: JoinHandle<()>) -> Result<(), UpError> {
    task.await.map_err(|error| UpError::Failed(error.to_string()))
}

impl From<StartError> for UpError {
    fn from(error: StartError) -> Self {
        Self::Failed(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tick_that_panics_is_the_end_of_that_tick_alone() {
        log_failure::<()>(async { panic!("by this test") }).await;
        log_failure::<()>(async { Err(StoreError::Conflict) }).await;
    }
}
