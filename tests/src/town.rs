//! The town: the local process on a port of its own, over HTTP.

use std::{cell::Cell, net::Ipv4Addr, path::Path, sync::Arc, time::Duration};

use app::{GrantUses, Keys, OperatorKey, OperatorToken, Settings, Store};
use axum::Router;
use domain::Timestamp;
use host::Host;
use pages::Files;
use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::Value;
use sqlite::SqliteStore;
use tempfile::TempDir;
use testing::{NOON, SeededRandom, TestClock};
use tiffin::{
    city,
    local::{Local, Materials},
    simulate::Simulate,
};
use tokio::{net::TcpListener, sync::RwLockWriteGuard};

use crate::{
    Person, conformance,
    deployed::Deployed,
    fleet::{self, Executable, Fleet, Platform},
};

/// How far index reads may lag in tests, as GSIs do.
const INDEX_LAG: Duration = Duration::from_millis(200);
/// How often a test looks for a thing before it gives up, and how long it waits between two looks.
const LOOKS: usize = 500;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
/// How long a reply of a deployed town may take: a tool may compile a function first.
const REPLY: Duration = Duration::from_mins(10);
/// After how many looks index reads have caught up, a little more than [`INDEX_LAG`] takes.
pub(crate) const LOOKS_UNTIL_CAUGHT_UP: usize = 25;

/// How a town is set up.
#[derive(Clone, Default)]
pub struct TownOptions {
    /// Settings that differ from the defaults.
    pub settings: Settings,
    /// Where the use of grants is recorded.
    pub uses: Option<Arc<GrantUses>>,
    /// Which roles simulators play.
    pub simulate: Simulate,
    /// Whether the demo city is in it.
    pub city: bool,
    /// Whether index reads show everything at once, as those of the local process do, rather than lag.
    pub prompt: bool,
    /// What wraps its router, before it listens.
    pub around: Option<fn(Router) -> Router>,
}

/// A town, whatever it runs on.
pub struct Town {
    /// Its clock, which only the test moves.
    pub clock: Arc<TestClock>,
    /// Where it listens: `http://127.0.0.1:…`.
    pub url: String,
    operator: OperatorKey,
    client: reqwest::Client,
    runs_on: RunsOn,
}

enum RunsOn {
    /// Every function in the process of the test, as `tiffin` runs them.
    Local { local: Box<Local>, _data: TempDir },
    /// Every function a process of its own.
    Fleet(Box<Fleet>),
    /// Whatever somebody else runs, by the computer's clock.
    Deployed(Box<Deployed>),
}

/// Nothing is delivered until it is dropped.
pub struct Held<'a>(#[expect(dead_code, reason = "it is held")] RwLockWriteGuard<'a, ()>);

/// A reply, read in full.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body; `null` where there is none.
    pub body: Value,
}

impl Town {
    /// An empty town at noon.
    pub async fn open() -> Self {
        Self::with(TownOptions::default()).await
    }

    /// The same, set up differently.
    pub async fn with(options: TownOptions) -> Self {
        let data = tempfile::tempdir().expect("a directory can be made");
        let index_lag = (!options.prompt).then_some(INDEX_LAG);
        let store_options = sqlite::Options { index_lag, ..sqlite::Options::default() };
        let store = SqliteStore::open(&data.path().join("tiffin.db"), store_options).expect("a store can be opened");
        let clock = Arc::new(TestClock::at(NOON));
        // Passwords are as cheap as argon2 allows: what they cost is tested where they are hashed.
        let settings = options.settings.with(&users::MEMORY_KIB, users::MEMORY_KIB.min);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("it listens somewhere");
        let url = format!("http://{address}");
        // Whoever functions call is here.
        let settings = fleet::callees().fold(settings, |settings, callee| {
            settings.with_text(&callee.url, format!("{url}{}", callee.path.unwrap_or_default()))
        });
        let operator = new_operator();
        let materials = Materials {
            store: Arc::new(store),
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(7)),
            keys: Keys::generate().expect("keys can be made"),
            operator_keys: operator.public().expect("it is a key"),
            issuer: testing::ISSUER.to_owned(),
            secrets: fleet::shared_secrets(),
            cursor_secret: [7; 32],
            settings,
            cors_origins: vec!["https://tiffin.example".to_owned()],
            simulate: options.simulate,
            uses: options.uses,
        };
        let local = Local::start(materials).await.expect("the process starts");
        if options.city {
            assert!(city::build(&local).await.expect("the city can be built"), "there was none");
        }
        let router = local.router(address, Files::Embedded);
        let router = options.around.into_iter().fold(router, |router, around| around(router));
        tokio::spawn(host::serve(listener, router, host::Timeouts::default(), std::future::pending()));
        Self {
            clock,
            url,
            operator,
            client: reqwest::Client::new(),
            runs_on: RunsOn::Local { local: Box::new(local), _data: data },
        }
    }

    /// An empty town at noon whose functions are processes, on the test's clock: `executable` is `function-under-test`.
    pub async fn of_programs(platform: Platform, executable: &Path) -> Self {
        Self::of_fleet(platform, Executable::Any(executable.to_owned()), NOON).await
    }

    /// An empty town of the programs themselves, one per function in this folder, which use the computer's clock.
    pub async fn of_real_programs(platform: Platform, folder: &Path) -> Self {
        let now = app::Clock::now(&host::SystemClock).to_string();
        Self::of_fleet(platform, Executable::Each(folder.to_owned()), &now).await
    }

    async fn of_fleet(platform: Platform, executable: Executable, time: &str) -> Self {
        let data = tempfile::tempdir().expect("a directory can be made");
        let clock = Arc::new(TestClock::at(time).shown_in(&fleet::clock_file(&data)));
        let operator = new_operator();
        let (fleet, url) = Fleet::open(platform, executable, clock.clone(), &operator, data).await;
        Self { clock, url, operator, client: reqwest::Client::new(), runs_on: RunsOn::Fleet(Box::new(fleet)) }
    }

    /// The town behind this URL.
    pub fn of_others(url: impl Into<String>, deployed: Deployed) -> Self {
        let clock = Arc::new(TestClock::at(&app::Clock::now(&host::SystemClock).to_string()));
        let client = reqwest::Client::builder().timeout(REPLY).build().expect("a client can be made");
        Self { clock, url: url.into(), operator: new_operator(), client, runs_on: RunsOn::Deployed(Box::new(deployed)) }
    }

    /// The one process of a local town.
    pub fn local(&self) -> &Local {
        match &self.runs_on {
            RunsOn::Local { local, .. } => local,
            RunsOn::Fleet(_) | RunsOn::Deployed(_) => panic!("this town is many processes"),
        }
    }

    /// The many processes of a town that has them.
    pub fn fleet(&self) -> &Fleet {
        match &self.runs_on {
            RunsOn::Local { .. } | RunsOn::Deployed(_) => panic!("this town is no fleet"),
            RunsOn::Fleet(fleet) => fleet,
        }
    }

    /// A token that its operator signs now, for somebody; a town that others run has an operator of its own, and does not take it.
    pub fn operator_signs(&self, kind: OperatorToken, email: &str) -> String {
        testing::operator_signs(&self.operator, kind, email, &self.clock)
    }

    /// Where its items are kept.
    pub fn store(&self) -> &dyn Store {
        match &self.runs_on {
            RunsOn::Local { local, .. } => &*local.store,
            RunsOn::Fleet(fleet) => &*fleet.store,
            RunsOn::Deployed(_) => panic!("only its functions reach its store"),
        }
    }

    /// A host of every function within the test.
    pub fn host(&self) -> &Host {
        match &self.runs_on {
            RunsOn::Local { local, .. } => &local.host,
            RunsOn::Fleet(fleet) => &fleet.host,
            RunsOn::Deployed(_) => panic!("its functions are elsewhere"),
        }
    }

    /// Holds events back.
    pub async fn hold(&self) -> Held<'_> {
        match &self.runs_on {
            RunsOn::Local { local, .. } => Held(local.dispatcher.hold().await),
            RunsOn::Fleet(fleet) => Held(fleet.hold().await),
            RunsOn::Deployed(_) => panic!("nobody holds its events back"),
        }
    }

    /// Runs every sweep once; events that it publishes may still be under way.
    pub async fn sweep(&self) {
        match &self.runs_on {
            RunsOn::Local { local, .. } => drop(local.tick().await.expect("sweeping works")),
            RunsOn::Fleet(fleet) => fleet.sweep().await,
            RunsOn::Deployed(_) => {}
        }
    }

    /// A request to a path, by somebody or by nobody.
    pub fn request(&self, method: Method, path: &str, who: Option<&Person>) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match who {
            None => request,
            Some(person) => request.bearer_auth(&person.token),
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let request = request.build().expect("a request");
        let method = request.method().to_string();
        let path = request.url().path().to_owned();
        let response = self.client.execute(request).await.expect("the process answers");
        let status = response.status();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("the body arrives");
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes).into_owned()))
        };
        conformance::check(&method, &path, status.as_u16(), &body);
        Reply { status, headers, body }
    }

    pub async fn get(&self, who: &Person, path: &str) -> Reply {
        self.send(self.request(Method::GET, path, Some(who))).await
    }

    /// POST, with a body.
    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::POST, path, Some(who)).json(&body)).await
    }

    /// POST, without a body.
    pub async fn act(&self, who: &Person, path: &str) -> Reply {
        self.send(self.request(Method::POST, path, Some(who))).await
    }

    pub async fn put(&self, who: &Person, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::PUT, path, Some(who)).json(&body)).await
    }

    /// Waits until every event published so far was handled.
    pub async fn wait_until_idle(&self) {
        match &self.runs_on {
            RunsOn::Local { local, .. } => local.bus.idle().await,
            RunsOn::Fleet(fleet) => fleet.wait_until_idle().await,
            RunsOn::Deployed(deployed) => deployed.wait_until_idle().await,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.seconds()
    }

    /// Lets time pass, and does what is due then.
    pub async fn pass_s(&self, seconds: i64) {
        self.wait_until_idle().await;
        if let RunsOn::Deployed(_) = self.runs_on {
            tokio::time::sleep(Duration::from_secs(u64::try_from(seconds).unwrap_or(0))).await;
        }
        self.clock.advance_s(seconds);
        self.tick().await;
    }

    /// Does what is due now.
    pub async fn tick(&self) {
        self.sweep().await;
        self.wait_until_idle().await;
    }

    /// Looks until there is something to see. Index reads lag, so what a list shows may take some time; `look` may let
    /// time pass where what it waits for needs a sweep.
    pub async fn eventually<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        self.eventually_while_busy(what, async || {
            self.wait_until_idle().await;
            look().await
        })
        .await
    }

    /// Looks until what an index shows is seen by every reader: each read lags for itself, and by no more than so many looks.
    pub async fn eventually_by_every_reader<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let seen = Cell::new(0_usize);
        self.eventually(what, async || {
            let found = look().await;
            seen.set(if found.is_some() { seen.get() + 1 } else { 0 });
            found.filter(|_| seen.get() >= LOOKS_UNTIL_CAUGHT_UP)
        })
        .await
    }

    /// The same where events are held back, so that waiting until idle would never end.
    pub async fn eventually_while_busy<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        for _ in 0..LOOKS {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        panic!("{what}: never seen");
    }
}

fn new_operator() -> OperatorKey {
    OperatorKey::generate().expect("a key can be made")
}

impl Reply {
    /// The same reply, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self
    }

    /// Checks that it is this refusal.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        assert_eq!(self.body["code"], code, "{:#}", self.body);
    }

    /// A header, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A member of the body that is text.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {:#}", self.body)).to_owned()
    }
}
