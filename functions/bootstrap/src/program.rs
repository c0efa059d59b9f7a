//! A function with all that it requires, ready to be called; or all functions of a service.

use std::{sync::Arc, time::Duration};

use app::{Bus, Clock, Declaration, KeyError, KeyPair, Keys, Random, Secrets, Service, Settings, Store};
use aws_types::SdkConfig;
use axum::Router;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use client::Http;
use dynamodb::DynamoDb;
use host::{
    BearerSecrets, Host, Options, Ports,
    requirements::{self, Requirements},
};
use messaging::{HttpBus, SnsBus};

use crate::{
    config::{Config, Destination, Events, Wrong},
    development::{self, DevelopmentKey},
    emulator,
    environment::variable,
    guard::EventsGuard,
    secret,
    unavailable::Unavailable,
};

/// One function and the host that runs it, or all functions of a service.
pub(crate) struct Program {
    /// The function; the first one where there are more.
    pub(crate) declaration: &'static Declaration,
    /// All of them.
    pub(crate) declarations: &'static [Declaration],
    /// Its host, which runs nothing else.
    pub(crate) host: Arc<Host>,
    /// Who may send it events over HTTP, if anybody does.
    pub(crate) events: Option<EventsGuard>,
    /// How long a sweep waits for what is due soon.
    pub(crate) sweep_window: Duration,
    /// The emulator that it stands on, on a computer that somebody works at.
    pub(crate) emulator: Option<String>,
}

/// A host, and what is read from the environment beside it.
pub(crate) struct Opened {
    pub(crate) host: Arc<Host>,
    pub(crate) events: Option<EventsGuard>,
    pub(crate) sweep_window: Duration,
    pub(crate) emulator: Option<String>,
}

/// Why a program can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("there is no such function")]
    Unknown,
    /// It is a part of a provider that is elsewhere.
    #[error("{0} says that the provider is outside, and this is a part of it")]
    Outside(&'static str),
    #[error(transparent)]
    Config(#[from] Wrong),
    #[error("{variable} can't be used: {reason}")]
    Secret {
        /// The variable that holds it.
        variable: String,
        reason: String,
    },
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The sink is no URL.
    #[error("K_SINK can't be used: {0}")]
    Sink(String),
    #[error(transparent)]
    DevelopmentKey(#[from] DevelopmentKey),
}

impl Program {
    /// Reads the configuration of the service's functions, of which there is one but where a whole service is one program, and makes
    /// the clients that they require and no others.
    pub(crate) async fn start(
        service: Service,
        on_lambda: bool,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StartError> {
        let placement = requirements::placement(&service, variable);
        let is_there = |declaration: &&Declaration| declaration.function.is_there(|_| placement);
        let declaration = service.functions.iter().find(is_there).ok_or_else(|| not_there(&service))?;
        let requirements = Requirements::of_all(&service, placement);
        let opened = Opened::new(&[service], &requirements, on_lambda, clock, random).await?;
        let Opened { host, events, sweep_window, emulator } = opened;
        Ok(Self { declaration, declarations: service.functions, host, events, sweep_window, emulator })
    }

    /// What answers its requests.
    pub(crate) fn router(&self) -> Router {
        self.edge(host::router(self.host.clone()))
    }

    /// Puts the edge around a router of it.
    pub(crate) fn edge(&self, router: Router) -> Router {
        let router = match &self.emulator {
            Some(endpoint) => emulator::told_of(router, endpoint.clone()),
            None => router,
        };
        host::edge(router, &self.host)
    }
}

impl Opened {
    /// Reads the configuration of what runs these services, and makes the clients that it requires and no others.
    pub(crate) async fn new(
        services: &[Service],
        requirements: &Requirements,
        on_lambda: bool,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StartError> {
        let config = Config::read(requirements, on_lambda, variable)?;
        let http = Http::new();
        let sdk = config.region.as_ref().map(|region| aws::config(&http, region, config.endpoint.as_deref()));
        let secrets = ProgramSecrets::read(sdk.as_ref(), &config, requirements).await?;
        if config.emulator().is_none() {
            development::refuse(&config.public_keys, &secrets)?;
        }
        let events = events_guard(sdk.as_ref(), config.events.as_ref()).await?;
        let keys = if requirements.answers {
            Keys::new(&config.public_keys, &secrets.keys, &config.issuer)?
        } else {
            Keys::issued_by(&config.issuer)
        };
        let ports = Ports {
            store: store(sdk.as_ref(), &config),
            bus: bus(http.clone(), sdk.as_ref(), &config)?,
            clock,
            random,
            keys: Arc::new(keys),
            http: Arc::new(http),
        };
        let sweep_window = sweep_window(&config.settings);
        let emulator = config.emulator().map(str::to_owned);
        let options = Options {
            settings: config.settings,
            secrets: secrets.shared,
            cursor_secret: secrets.cursor,
            uses: None,
            cors_origins: config.cors_origins,
        };
        let host = Arc::new(Host::new(services, ports, options));
        Ok(Self { host, events, sweep_window, emulator })
    }
}

/// Why a service has nothing to run.
fn not_there(service: &Service) -> StartError {
    let part = service.functions.iter().find_map(|declaration| declaration.function.part_of);
    part.map_or(StartError::Unknown, |provider| StartError::Outside(provider.callee.url.name))
}

pub(crate) fn store(sdk: Option<&SdkConfig>, config: &Config) -> Arc<dyn Store> {
    match sdk {
        Some(sdk) if !config.tables.is_empty() => Arc::new(DynamoDb::connect(sdk, config.tables.iter().cloned())),
        _ => Arc::new(Unavailable),
    }
}

fn bus(http: Http, sdk: Option<&SdkConfig>, config: &Config) -> Result<Arc<dyn Bus>, StartError> {
    Ok(match (&config.publishes_to, sdk) {
        (Some(Destination::Topic(arn)), Some(sdk)) => Arc::new(SnsBus::connect(sdk, arn.clone())),
        (Some(Destination::Sink(url)), _) => {
            Arc::new(HttpBus::to(http, url).map_err(|error| StartError::Sink(error.to_string()))?)
        }
        (Some(Destination::Topic(_)) | None, _) => Arc::new(Unavailable),
    })
}

pub(crate) async fn events_guard(
    sdk: Option<&SdkConfig>,
    events: Option<&Events>,
) -> Result<Option<EventsGuard>, StartError> {
    let secret = match events {
        None => return Ok(None),
        Some(Events::Mesh) => return Ok(Some(EventsGuard::Mesh)),
        Some(Events::Secret(secret)) => secret,
    };
    let wrong = |reason| StartError::Secret { variable: requirements::EVENTS_SECRET.to_owned(), reason };
    let text = secret::reveal(sdk, secret).await.map_err(wrong)?;
    BearerSecrets::parse(&text)
        .map(|secrets| Some(EventsGuard::Secrets(secrets)))
        .map_err(|error| wrong(error.to_string()))
}

fn sweep_window(settings: &Settings) -> Duration {
    Duration::from_secs(u64::try_from(settings.get(&requirements::SWEEP_WINDOW_S)).unwrap_or(0))
}

/// The secrets of a program.
#[derive(Default)]
pub(crate) struct ProgramSecrets {
    /// The keys that it signs with.
    pub(crate) keys: Vec<KeyPair>,
    /// What it signs cursors with.
    pub(crate) cursor: [u8; 32],
    /// What it shares with others.
    pub(crate) shared: Secrets,
}

impl ProgramSecrets {
    async fn read(sdk: Option<&SdkConfig>, config: &Config, requirements: &Requirements) -> Result<Self, StartError> {
        let mut secrets = Self::default();
        for (variable, secret) in &config.secrets {
            let wrong = |reason: String| StartError::Secret { variable: variable.clone(), reason };
            let value = secret::reveal(sdk, secret).await.map_err(wrong)?;
            let shared =
                requirements.knows.iter().find(|name| requirements::shared_secret_variable(**name) == *variable);
            if variable == requirements::CURSOR_KEY {
                let bytes = URL_SAFE_NO_PAD.decode(value.trim()).ok().and_then(|bytes| bytes.try_into().ok());
                secrets.cursor = bytes.ok_or_else(|| wrong("it must be 32 bytes, base64url".to_owned()))?;
            } else if let Some(name) = shared {
                secrets.shared.insert(*name, value.trim().to_owned());
            } else {
                // What is wrong with it is not said: that would show the key.
                let key = app::from_word(&value).map_err(|_| wrong("it holds no key".to_owned()))?;
                secrets.keys.push(key);
            }
        }
        Ok(secrets)
    }
}
