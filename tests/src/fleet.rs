//! A town of programs: every function a process of its own, started when it is first needed, on a DynamoDB-compatible
//! server, behind an ingress and a broker. Over HTTP, as on the mesh, the payment provider is a program of its own, too.

mod broker;
mod gateway;
mod program;
mod tally;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use app::{Bus, Callee, Declaration, Keys, OperatorKey, Placement, Service, Store, Table};
use axum::{body::Bytes, response::Response};
use cargo_aws::keys::KeyMaterial;
use domain::{Event, EventId};
use futures::future::BoxFuture;
use host::{
    Host, Options, Ports,
    dead_letters::FUNCTION_EVENTS_URL,
    requirements::{self, Requirements},
};
use http::request::Parts;
use payments::PAYMENT_PROVIDER;
use provider::PROGRAM;
use serde_json::Value;
use tempfile::TempDir;
use testing::{
    CURSOR_KEY, CURSOR_SECRET, Failed, ISSUER, SeededRandom, TestClock, aws::REGION, emulators::MiniStack, public_keys,
};
use tokio::sync::{OnceCell, RwLockWriteGuard};

use crate::{
    Queues,
    ingress::{self, Functions},
};

pub use broker::{Broker, DeadLetter};
pub use gateway::Gateway;
pub use program::{Program, Received};
pub use tally::{Cost, Tally};

/// The services whose functions are run.
pub const SERVICES: &[Service] = cargo_aws::SERVICES;

/// Every function as a process.
pub struct Fleet {
    /// The same tables as the processes have.
    pub store: Arc<dyn Store>,
    /// Every function within the test, for what nobody can do from outside.
    pub host: Arc<Host>,
    carrier: Carrier,
    programs: Arc<Programs>,
    /// The payment provider, where it is outside.
    provider: Option<tokio::sync::Mutex<Program>>,
    _data: TempDir,
}

/// What the processes run under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// HTTP, with a broker that keeps Knative's contract.
    Http,
    /// A Lambda runtime API, with a topic and queues.
    Lambda,
}

/// What is started for a function.
#[derive(Clone, Debug)]
pub enum Executable {
    /// One program that holds every function.
    Any(PathBuf),
    /// A program per function, in this folder.
    Each(PathBuf),
}

/// What carries events.
enum Carrier {
    Broker(Arc<Broker>),
    Queues(Box<Queues>),
}

/// The processes, by the name of their function.
pub struct Programs {
    executable: Executable,
    environment: Environment,
    platform: Platform,
    tally: Arc<Tally>,
    running: Mutex<HashMap<&'static str, Arc<OnceCell<Arc<Program>>>>>,
}

/// The variables of all processes; each gets those that it requires.
struct Environment {
    clock: PathBuf,
    endpoint: String,
    /// The sink or the topic.
    publishes_to: (&'static str, String),
    tables: HashMap<&'static str, String>,
    keys: KeyMaterial,
    /// Where the town is, once it is open.
    url: OnceLock<String>,
    /// Where the payment provider is, once it is there, if it is outside.
    provider: OnceLock<String>,
}

/// How the broker authenticates itself to programs.
pub(crate) const EVENTS_SECRET: &str = "a secret that the broker of this town alone knows";

impl Fleet {
    /// An empty town; nothing runs yet. Returns it with its address.
    pub async fn open(
        platform: Platform,
        executable: Executable,
        clock: Arc<TestClock>,
        operator: &OperatorKey,
        data: TempDir,
    ) -> (Self, String) {
        let endpoint = MiniStack::shared().await.endpoint().to_owned();
        let prefix = unique_name();
        let (store, tables) = tables(&endpoint, &prefix).await;
        let pairs = Keys::generate().expect("keys can be made");
        let public = public_keys(&pairs, operator);
        let (carrier, publishes_to) = match platform {
            Platform::Http => {
                let (broker, sink) = Broker::open().await;
                (Carrier::Broker(broker), (requirements::SINK, sink))
            }
            Platform::Lambda => {
                let queues = Queues::open(&endpoint, &prefix).await;
                let topic = queues.topic().to_owned();
                (Carrier::Queues(Box::new(queues)), (requirements::TOPIC_ARN, topic))
            }
        };
        let environment = Environment {
            clock: clock_file(&data),
            endpoint,
            publishes_to,
            tables,
            keys: KeyMaterial::of(&public, &pairs, CURSOR_KEY, &shared_secrets()).expect("keys can be written"),
            url: OnceLock::new(),
            provider: OnceLock::new(),
        };
        let programs =
            Arc::new(Programs { executable, environment, platform, tally: Arc::default(), running: Mutex::default() });
        if let Carrier::Broker(broker) = &carrier {
            broker.deliver_to(programs.clone());
        }
        let url = ingress::open(programs.clone()).await;
        programs.environment.url.set(url.clone()).expect("it is opened once");
        let provider = match platform {
            Platform::Http => Some(programs.start_provider().await.into()),
            Platform::Lambda => None,
        };
        let ports = Ports {
            store: store.clone(),
            bus: Arc::new(NullBus),
            clock,
            random: Arc::new(SeededRandom::new(11)),
            keys: Arc::new(Keys::new(&public, &pairs, ISSUER).expect("they are keys")),
            http: Arc::new(testing::Outside::silent()),
        };
        let mut settings = app::Settings::default().with(&users::MEMORY_KIB, users::MEMORY_KIB.min);
        if let Some(url) = programs.environment.provider.get() {
            settings = settings.with_text(&PAYMENT_PROVIDER.callee.url, url);
        }
        let options =
            Options { settings, secrets: shared_secrets(), cursor_secret: CURSOR_SECRET, ..Options::default() };
        let host = Arc::new(Host::new(SERVICES, ports, options));
        (Self { store, host, carrier, programs, provider, _data: data }, url)
    }

    /// The process of a function, started where it does not run.
    pub async fn program(&self, function: &str) -> Arc<Program> {
        self.programs.get(function).await
    }

    /// Kills the process of a function as it is; the next call starts another.
    pub fn kill(&self, function: &str) {
        self.programs.kill(function);
    }

    /// Starts what keeps dead letters; the broker sends it those from now on.
    pub async fn keep_dead_letters(&self) -> Arc<Program> {
        let Executable::Any(executable) = &self.programs.executable else {
            panic!("that is one program with functions")
        };
        let requirements = Requirements::of_dead_letters();
        let mut variables = self.programs.environment.told(&requirements);
        variables.push((FUNCTION_EVENTS_URL.name.to_owned(), self.broker().function_events_url()));
        let program = Program::over_http(executable, "dead-letters", variables, self.programs.tally.clone()).await;
        let program = Arc::new(program);
        self.broker().dead_letter_to(program.clone());
        program
    }

    /// Has the payment provider, which is outside, away while something is done.
    pub async fn without_provider<T>(&self, work: impl AsyncFnOnce() -> T) -> T {
        let mut provider = self.provider.as_ref().expect("it is outside").lock().await;
        provider.end().await;
        let done = work().await;
        *provider = self.programs.start_provider().await;
        done
    }

    /// Stops every process; returns what it all has cost.
    pub async fn stopped_cost(&self) -> Cost {
        let names: Vec<&'static str> =
            self.programs.running.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        for name in names {
            self.programs.kill(name);
        }
        self.programs.tally.read_out().await;
        self.programs.tally.cost()
    }

    /// What whoever works on the tables from outside has to be told.
    pub fn for_operators(&self) -> Vec<(String, String)> {
        let Environment { endpoint, tables, .. } = &self.programs.environment;
        let tables = all_tables().map(|table| (requirements::table_variable(table), tables[table.name].clone()));
        let given = [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            (requirements::AWS_ENDPOINT, endpoint),
        ];
        tables.chain(given.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
    }

    /// Runs every sweep once, as a schedule would.
    pub async fn sweep(&self) {
        for sweep in self.host.scheduled() {
            self.programs.get(sweep).await.sweep().await;
        }
    }

    /// Waits until every event published so far was handled or dead-lettered.
    pub async fn wait_until_idle(&self) {
        match &self.carrier {
            Carrier::Broker(broker) => broker.idle().await,
            Carrier::Queues(queues) => queues.wait_until_idle(&self.programs).await,
        }
    }

    /// Holds deliveries back for as long as the guard lives.
    pub async fn hold(&self) -> RwLockWriteGuard<'_, ()> {
        match &self.carrier {
            Carrier::Broker(broker) => broker.hold().await,
            Carrier::Queues(queues) => queues.hold().await,
        }
    }

    /// The broker of a town over HTTP.
    pub fn broker(&self) -> &Arc<Broker> {
        let Carrier::Broker(broker) = &self.carrier else { panic!("this town has queues") };
        broker
    }

    /// The queues of a town on Lambda.
    pub fn queues(&self) -> &Queues {
        let Carrier::Queues(queues) = &self.carrier else { panic!("this town has a broker") };
        queues
    }
}

/// The bus of what the test itself does: it publishes nothing.
struct NullBus;

impl Bus for NullBus {
    fn publish(&self, _table: Table, _events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
        Box::pin(async { Vec::new() })
    }
}

/// Where the clock of a town is shown.
pub(crate) fn clock_file(data: &TempDir) -> PathBuf {
    data.path().join("clock")
}

/// Tables that nobody else has, and the store over them. The server deletes nothing: by the computer's clock, what
/// expires in the future of a test may be long past.
async fn tables(endpoint: &str, prefix: &str) -> (Arc<dyn Store>, HashMap<&'static str, String>) {
    let store = cargo_aws::tables::make(endpoint, prefix, all_tables()).await.expect("tables can be made");
    let names = all_tables().map(|table| (table.name, cargo_aws::names::table(prefix, table))).collect();
    (Arc::new(store), names)
}

fn all_tables() -> impl Iterator<Item = app::Table> {
    host::requirements::tables_with_broker(SERVICES).into_iter()
}

/// A name that no other town has, in this process or another.
fn unique_name() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("t{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst))
}

impl Functions for Programs {
    async fn answer(&self, function: &'static str, head: Parts, body: Bytes) -> Response {
        self.get(function).await.answer(head, body).await
    }
}

impl Programs {
    /// The payment provider as a process, which every function is told of.
    async fn start_provider(&self) -> Program {
        let executable = match &self.executable {
            Executable::Any(path) => path.clone(),
            Executable::Each(folder) => folder.join("function"),
        };
        let mut variables = self.environment.told(&Requirements::of_program(&PROGRAM));
        // Whoever knows where it was finds it there again.
        let port = self.environment.provider.get().and_then(|url| url.rsplit_once(':'));
        variables.extend(port.map(|(_, port)| ("PORT".to_owned(), port.to_owned())));
        let program = Program::over_http(&executable, PROGRAM.name, variables, self.tally.clone()).await;
        self.environment.provider.get_or_init(|| program.url().to_owned());
        program
    }

    /// The process of a function, started where it does not run.
    async fn get(&self, function: &str) -> Arc<Program> {
        let (service, declaration) = declared(function);
        let name = declaration.function.name;
        let cell = self.running.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default().clone();
        let start = async || {
            let variables = self.environment.of(&service, declaration);
            let executable = match &self.executable {
                Executable::Any(path) => path.clone(),
                Executable::Each(folder) => folder.join(name),
            };
            Arc::new(match self.platform {
                Platform::Http => Program::over_http(&executable, name, variables, self.tally.clone()).await,
                Platform::Lambda => Program::on_lambda(&executable, name, variables, self.tally.clone()).await,
            })
        };
        cell.get_or_init(start).await.clone()
    }

    pub(crate) async fn invoke(&self, function: &str, payload: &Value) -> Result<Value, Failed> {
        self.get(function).await.invoke(payload).await
    }

    fn kill(&self, function: &str) {
        let killed = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(function);
        if let Some(program) = killed.as_ref().and_then(|cell| cell.get()) {
            program.kill();
        }
    }
}

/// A function of this name, and its service.
fn declared(function: &str) -> (Service, &'static Declaration) {
    let found = SERVICES.iter().find_map(|service| Some((*service, service.function(function)?)));
    found.unwrap_or_else(|| panic!("there is no function {function}"))
}

impl Environment {
    /// What a function needs, and no more: where that is too little, its process does not start.
    fn of(&self, service: &Service, declaration: &'static Declaration) -> Vec<(String, String)> {
        let placement = if self.provider.get().is_some() { Placement::Outside } else { Placement::Inside };
        self.told(&Requirements::of(service, declaration, placement))
    }

    fn told(&self, requirements: &Requirements) -> Vec<(String, String)> {
        let mut variables: Vec<(String, String)> = [
            ("TIFFIN_TEST_CLOCK", &*self.clock.to_string_lossy()),
            ("PORT", "0"),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            // Templates leave variables empty that are not set.
            ("AWS_ENDPOINT_URL", ""),
            (requirements::AWS_ENDPOINT, &self.endpoint),
            (requirements::SWEEP_WINDOW_S.name, "0"),
            (users::MEMORY_KIB.name, &users::MEMORY_KIB.min.to_string()),
            (requirements::EVENTS_SECRET, EVENTS_SECRET),
            ("RUST_LOG", "info,dynamodb=debug"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        variables.extend(
            requirements.tables.iter().map(|one| (requirements::table_variable(*one), self.tables[one.name].clone())),
        );
        variables
            .extend(requirements.secrets().into_iter().map(|name| (name.clone(), self.keys.secrets[&name].clone())));
        let (variable, value) = &self.publishes_to;
        variables.extend(requirements.publishes.then(|| ((*variable).to_owned(), value.clone())));
        variables.extend(
            requirements.answers.then(|| (requirements::PUBLIC_KEYS.to_owned(), self.keys.public_keys.clone())),
        );
        let url = self.url.get().expect("the town is open");
        let called = callees().filter(|callee| requirements.texts.iter().any(|text| text.name == callee.url.name));
        variables.extend(
            called.map(|callee| (callee.url.name.to_owned(), format!("{url}{}", callee.path.unwrap_or_default()))),
        );
        let asks = requirements.calls.contains(&PAYMENT_PROVIDER.callee);
        let provider = self.provider.get().filter(|_| asks);
        variables.extend(provider.map(|url| (PAYMENT_PROVIDER.callee.url.name.to_owned(), url.clone())));
        variables
            .extend(requirements.names_issuer().then(|| (requirements::ISSUER.name.to_owned(), ISSUER.to_owned())));
        variables
    }
}

/// Whoever functions call, once for each that does.
pub fn callees() -> impl Iterator<Item = Callee> {
    let functions = SERVICES.iter().flat_map(|service| service.functions);
    functions.flat_map(|declaration| declaration.function.grants()).filter_map(|grant| grant.callee())
}

/// The secrets that functions share with others, and those that providers know them by, the same in every process of a test.
pub fn shared_secrets() -> app::Secrets {
    let random = testing::SeededRandom::new(11);
    let names = requirements::shared_secrets_of(SERVICES).into_iter();
    let keys = requirements::providers_of(SERVICES).into_iter().map(|provider| provider.key);
    names.chain(keys).map(|name| (name, requirements::new_shared_secret(&random))).collect()
}
