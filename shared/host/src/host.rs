//! The host: every function of the services it runs, bound to what it may reach.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use app::{
    Bus, Clock, Committer, Context, CpuPool, Declaration, Dependencies, EndpointDeclaration, Function, GrantUses,
    Granted, HttpClient, Keys, Random, Secrets, Service, Settings, Store, System,
};
use domain::{Event, Kind};
use schemars::Schema;

use crate::{cursor::Cursors, query::QueryTypes, refusal::input_schema, tokens::Tokens};

/// What is kept of a function's time for publishing and replying, once it stopped waiting for others.
const REPLY_RESERVE: Duration = Duration::from_millis(1500);

/// The adapters that a platform brings.
pub struct Ports {
    pub store: Arc<dyn Store>,
    /// Who carries events.
    pub bus: Arc<dyn Bus>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub keys: Arc<Keys>,
    /// How functions call others.
    pub http: Arc<dyn HttpClient>,
}

/// How a host is set up.
#[derive(Clone, Default)]
pub struct Options {
    pub settings: Settings,
    /// The secrets that functions may know.
    pub secrets: Secrets,
    /// The secret that cursors are signed with.
    pub cursor_secret: [u8; 32],
    /// Where the use of grants is recorded, if anybody asks.
    pub uses: Option<Arc<GrantUses>>,
    /// The origins whose pages may call the API.
    pub cors_origins: Vec<String>,
}

/// The functions of some services, ready to run.
pub struct Host {
    functions: Vec<Bound>,
    pub(crate) dependencies: Dependencies,
    pub(crate) cursors: Cursors,
    pub(crate) tokens: Tokens,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) system: System,
}

/// A function, bound to its context.
pub(crate) struct Bound {
    pub(crate) service: Service,
    pub(crate) declaration: &'static Declaration,
    pub(crate) context: Context,
    /// The store within what the host does on the function's behalf.
    pub(crate) store: Granted,
    pub(crate) calls: metrics::Counter,
    pub(crate) seconds: metrics::Histogram,
    pub(crate) query: Option<QueryTypes>,
    subscriptions: Vec<Kind>,
    schema: OnceLock<Schema>,
}

impl Host {
    /// Binds every function of `services`, but the parts of a provider that the settings say is outside.
    pub fn new(services: &[Service], ports: Ports, options: Options) -> Self {
        let Ports { store, bus, clock, random, keys, http } = ports;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let dependencies = Dependencies {
            committer: Arc::new(Committer::new(store.clone(), bus, clock.clone())),
            store,
            clock,
            random,
            keys,
            settings: Arc::new(options.settings),
            secrets: Arc::new(options.secrets),
            http,
            cpu_pool: CpuPool::new(cores),
            uses: options.uses,
        };
        let functions = services
            .iter()
            .flat_map(|service| {
                let settings = dependencies.settings.clone();
                let is_there = move |one: &&Declaration| one.function.is_there(|provider| settings.placement(provider));
                let there = service.functions.iter().filter(is_there);
                there.map(|declaration| Bound::new(*service, declaration, &dependencies))
            })
            .collect();
        let cursors = Cursors::new(options.cursor_secret);
        Self {
            functions,
            dependencies,
            cursors,
            tokens: Tokens::default(),
            cors_origins: options.cors_origins,
            system: System::held_by_host(),
        }
    }

    pub(crate) fn functions(&self) -> &[Bound] {
        &self.functions
    }

    /// The names of the subscribers to this kind of event.
    pub fn subscribers_of(&self, event: &Event) -> Vec<&'static str> {
        let subscribes = |bound: &&Bound| bound.subscriptions.contains(&event.kind);
        self.functions.iter().filter(subscribes).map(|bound| bound.declaration.function.name).collect()
    }

    /// The names of the functions that a schedule calls.
    pub fn scheduled(&self) -> Vec<&'static str> {
        let scheduled = |bound: &&Bound| bound.declaration.is_scheduled();
        self.functions.iter().filter(scheduled).map(|bound| bound.declaration.function.name).collect()
    }

    /// What a function may reach; for tools that act as one.
    pub fn context_of(&self, function: &str) -> Option<&Context> {
        self.bound(function).map(|bound| &bound.context)
    }

    /// What a program may reach that is no function of a service, but has a function's grants.
    pub fn context_for(&self, function: Function) -> Context {
        Context::new(function, self.dependencies.clone())
    }

    /// How long an invocation of a function may take: what its declaration says, less what the reply needs.
    pub fn budget_of(&self, function: &str) -> Duration {
        self.bound(function).map(Bound::budget).unwrap_or_default()
    }

    pub(crate) fn bound(&self, function: &str) -> Option<&Bound> {
        self.functions.iter().find(|bound| bound.declaration.function.name == function)
    }
}

impl Bound {
    fn new(service: Service, declaration: &'static Declaration, dependencies: &Dependencies) -> Self {
        let name = declaration.function.name;
        Self {
            service,
            declaration,
            context: Context::new(declaration.function, dependencies.clone()),
            store: Granted::new(
                Function::new(name).granted(service.host_grants(declaration)),
                dependencies.store.clone(),
                dependencies.clock.clone(),
                None,
            ),
            calls: metrics::counter!("tiffin_function_calls_total", "function" => name),
            seconds: metrics::histogram!("tiffin_function_duration_seconds", "function" => name),
            query: declaration.as_endpoint().filter(|endpoint| !endpoint.route.method.has_body()).map(QueryTypes::of),
            subscriptions: declaration.subscriptions(),
            schema: OnceLock::new(),
        }
    }

    /// The schema of its input, made when it is first looked at.
    pub(crate) fn input_schema(&self, endpoint: &EndpointDeclaration) -> &Schema {
        self.schema.get_or_init(|| input_schema(endpoint))
    }

    /// How long a call may take: what the declaration says, less what the reply needs.
    pub(crate) fn budget(&self) -> Duration {
        Duration::from_secs(self.declaration.function.timeout_s.into()).saturating_sub(REPLY_RESERVE)
    }
}
