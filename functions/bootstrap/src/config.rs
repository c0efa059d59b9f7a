//! The configuration of a program, read from the environment before anything starts: every missing and every wrong variable
//! is named at once.

use app::{PublicKeys, Settings, Table};
use host::requirements::{self, Requirements};

use crate::guard::MESH;

pub(crate) struct Config {
    /// The physical names of its tables.
    pub(crate) tables: Vec<(Table, String)>,
    /// Where its events go, if it publishes.
    pub(crate) publishes_to: Option<Destination>,
    /// The public keys, if it answers requests.
    pub(crate) public_keys: PublicKeys,
    /// Who issues tokens, if it signs, verifies, or calls anybody.
    pub(crate) issuer: String,
    /// Who may send it events over HTTP, if anybody does.
    pub(crate) events: Option<Events>,
    /// Its secrets by the name of their variable.
    pub(crate) secrets: Vec<(String, Secret)>,
    pub(crate) settings: Settings,
    /// The origins whose pages may call it.
    pub(crate) cors_origins: Vec<String>,
    /// The region, if it needs AWS at all.
    pub(crate) region: Option<String>,
    /// The endpoint of AWS, if it is not the region's own.
    pub(crate) endpoint: Option<String>,
    /// Whether it is on a computer that somebody works at.
    pub(crate) is_local: bool,
}

/// Where events go.
pub(crate) enum Destination {
    /// An SNS topic.
    Topic(String),
    /// A URL that takes `CloudEvents`.
    Sink(String),
}

/// Who may send events over HTTP.
pub(crate) enum Events {
    /// Anybody whom the network's policy lets through.
    Mesh,
    /// Anybody who knows this.
    Secret(Secret),
}

/// A secret, by value or by reference.
pub(crate) enum Secret {
    /// The secret itself.
    Value(String),
    /// The ARN of a secret of AWS Secrets Manager.
    Reference(String),
}

/// Names every variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct Wrong(Vec<String>);

impl Config {
    /// The emulator, if this is a computer that somebody works at with one.
    pub(crate) fn emulator(&self) -> Option<&str> {
        self.endpoint.as_deref().filter(|_| self.is_local)
    }

    /// Reads what a function requires from an environment.
    pub(crate) fn read(
        requirements: &Requirements,
        on_lambda: bool,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Wrong> {
        let mut reader = Reader {
            variable: |name: &str| variable(name).filter(|value| !value.is_empty()),
            wrong: Vec::new(),
            missing: Vec::new(),
        };
        let tables: Vec<(Table, String)> = requirements
            .tables
            .iter()
            .map(|table| (*table, reader.required(&requirements::table_variable(*table))))
            .collect();
        let publishes_to = requirements.publishes.then(|| {
            if on_lambda {
                Destination::Topic(reader.required(requirements::TOPIC_ARN))
            } else {
                Destination::Sink(reader.required(requirements::SINK))
            }
        });
        let public_keys = if requirements.answers { reader.public_keys() } else { PublicKeys::default() };
        let secrets: Vec<(String, Secret)> =
            requirements.secrets().into_iter().filter_map(|name| Some((name.clone(), reader.secret(&name)?))).collect();
        let events = if requirements.handles && !on_lambda { reader.events() } else { None };
        let guarding = events.iter().filter_map(|events| match events {
            Events::Secret(secret) => Some(secret),
            Events::Mesh => None,
        });
        let mut given = secrets.iter().map(|(_, secret)| secret).chain(guarding);
        let has_references = given.any(|secret| matches!(secret, Secret::Reference(_)));
        let uses_aws = !tables.is_empty() || has_references || matches!(publishes_to, Some(Destination::Topic(_)));
        let region = uses_aws.then(|| reader.required(requirements::REGION));
        let endpoint = (reader.variable)(requirements::AWS_ENDPOINT);
        let is_local = (reader.variable)(requirements::STAGE).is_some_and(|stage| stage == requirements::LOCAL);
        let settings = reader.settings(requirements);
        if requirements.names_issuer() {
            reader.required(requirements::ISSUER.name);
        }
        let issuer = settings.text(&requirements::ISSUER).unwrap_or_default().to_owned();
        let cors_origins = origins(&settings);
        if !is_local && cors_origins.iter().any(|origin| origin == requirements::ANY_ORIGIN) {
            reader.wrong.push(format!(
                "{} may be {} only where {} is {}",
                requirements::CORS_ORIGINS.name,
                requirements::ANY_ORIGIN,
                requirements::STAGE,
                requirements::LOCAL
            ));
        }
        reader.end()?;
        Ok(Self {
            tables,
            publishes_to,
            public_keys,
            issuer,
            events,
            secrets,
            settings,
            cors_origins,
            region,
            endpoint,
            is_local,
        })
    }
}

/// The origins among the settings of a program.
pub(crate) fn origins(settings: &Settings) -> Vec<String> {
    let origins = settings.text(&requirements::CORS_ORIGINS).unwrap_or_default();
    origins.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

struct Reader<F> {
    variable: F,
    missing: Vec<String>,
    wrong: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn required(&mut self, name: &str) -> String {
        (self.variable)(name).unwrap_or_else(|| {
            self.missing.push(name.to_owned());
            String::new()
        })
    }

    fn public_keys(&mut self) -> PublicKeys {
        let text = self.required(requirements::PUBLIC_KEYS);
        if text.is_empty() {
            return PublicKeys::default();
        }
        app::from_word(&text).unwrap_or_else(|error| {
            self.wrong.push(format!("{} holds no public keys: {error}", requirements::PUBLIC_KEYS));
            PublicKeys::default()
        })
    }

    fn settings(&mut self, Requirements { settings, texts, .. }: &Requirements) -> Settings {
        Settings::read(settings, texts, |name| (self.variable)(name)).unwrap_or_else(|wrong| {
            self.wrong.push(wrong);
            Settings::default()
        })
    }

    fn secret(&mut self, name: &str) -> Option<Secret> {
        let found = self.find_secret(name);
        if found.is_none() {
            self.missing.push(format!("{name} or {}", requirements::secret_variable(name)));
        }
        found
    }

    fn find_secret(&self, name: &str) -> Option<Secret> {
        let value = (self.variable)(name).map(Secret::Value);
        value.or_else(|| (self.variable)(&requirements::secret_variable(name)).map(Secret::Reference))
    }

    /// There is no default: a program that anybody may send events to does not start. Where both guards are set, the secret
    /// is required.
    fn events(&mut self) -> Option<Events> {
        let mesh = (self.variable)(requirements::EVENTS_GUARD);
        if mesh.as_ref().is_some_and(|guard| guard != MESH) {
            self.wrong.push(format!("{} must be {MESH}, or not be there", requirements::EVENTS_GUARD));
        }
        let secret = self.find_secret(requirements::EVENTS_SECRET);
        if secret.is_none() && mesh.is_none() {
            let reference = requirements::secret_variable(requirements::EVENTS_SECRET);
            self.missing.push(format!(
                "{} or {reference} or {}",
                requirements::EVENTS_SECRET,
                requirements::EVENTS_GUARD
            ));
        }
        secret.map(Events::Secret).or_else(|| mesh.map(|_| Events::Mesh))
    }

    fn end(self) -> Result<(), Wrong> {
        let Self { missing, mut wrong, .. } = self;
        if !missing.is_empty() {
            wrong.insert(0, format!("the environment does not say {}", missing.join(", ")));
        }
        if wrong.is_empty() { Ok(()) } else { Err(Wrong(wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::SERVICES;

    const ISSUER: (&str, &str) = ("TIFFIN_ISSUER", "https://api.example");

    fn read(function: &str, on_lambda: bool, environment: &[(&str, &str)]) -> Result<Config, Wrong> {
        let environment: HashMap<&str, &str> = environment.iter().copied().collect();
        let service = SERVICES.iter().find(|service| service.function(function).is_some()).unwrap();
        let requirements = Requirements::of(service, service.function(function).unwrap(), app::Placement::Inside);
        Config::read(&requirements, on_lambda, |name| environment.get(name).map(ToString::to_string))
    }

    #[test]
    fn everything_that_is_missing_or_wrong_is_named_in_one_line() {
        let wrong =
            read("register-user", true, &[("TIFFIN_USERS_PASSWORD_MEMORY_KIB", "much"), ("TIFFIN_TOPIC_ARN", "")]);
        assert_eq!(
            wrong.err().unwrap().to_string(),
            "the environment does not say TIFFIN_TABLE_USERS, TIFFIN_TOPIC_ARN, TIFFIN_PUBLIC_KEYS, \
             TIFFIN_ACCESS_TOKEN_KEY or TIFFIN_ACCESS_TOKEN_KEY_SECRET, AWS_REGION, TIFFIN_ISSUER; \
             TIFFIN_USERS_PASSWORD_MEMORY_KIB must be a whole number from 8 to 1048576"
        );
    }

    #[test]
    fn a_function_requires_what_it_uses_and_no_more() {
        let keys = ("TIFFIN_PUBLIC_KEYS", "{}");
        let jwks = read("get-jwks", true, &[keys, ISSUER]).ok().unwrap();
        assert!(jwks.region.is_none() && jwks.tables.is_empty() && jwks.publishes_to.is_none());
        let table = ("TIFFIN_TABLE_ORDERS", "orders-1");
        let region = ("AWS_REGION", "eu-central-1");
        let mesh = ("TIFFIN_EVENTS_GUARD", "mesh");
        let subscriber =
            read("apply-payment", false, &[table, region, ("K_SINK", "http://broker"), mesh]).ok().unwrap();
        assert!(matches!(subscriber.publishes_to, Some(Destination::Sink(url)) if url == "http://broker"));
        assert!(read("apply-payment", true, &[table, region, ("K_SINK", "http://broker")]).is_err());
        let cors = ("TIFFIN_CORS_ORIGINS", "https://a.example, https://b.example,");
        let get =
            read("get-order", true, &[table, region, keys, cors, ISSUER, ("TIFFIN_AWS_ENDPOINT", "")]).ok().unwrap();
        assert_eq!(get.cors_origins, ["https://a.example", "https://b.example"]);
        assert_eq!(get.endpoint, None);
        assert_eq!(get.tables[0].1, "orders-1");
        assert_eq!(get.issuer, ISSUER.1);
        let any = ("TIFFIN_CORS_ORIGINS", "*");
        let wrong = read("get-order", true, &[table, region, keys, any, ISSUER]).err().unwrap();
        assert_eq!(wrong.to_string(), "TIFFIN_CORS_ORIGINS may be * only where TIFFIN_STAGE is local");
        let local = ("TIFFIN_STAGE", "local");
        let get = read("get-order", true, &[table, region, keys, any, ISSUER, local]).ok().unwrap();
        assert!(get.cors_origins == ["*"] && get.emulator().is_none());
        let wrong = read("get-order", true, &[table, region, keys, ("TIFFIN_ISSUER", "api.example")]).err().unwrap();
        assert!(wrong.to_string().starts_with("TIFFIN_ISSUER must be the http or https URL"), "{wrong}");
    }

    #[test]
    fn a_program_that_takes_events_over_http_requires_a_guard() {
        let base = [("TIFFIN_TABLE_ORDERS", "o"), ("AWS_REGION", "x"), ("K_SINK", "http://broker")];
        let with = |more: &[(&'static str, &'static str)]| read("apply-payment", false, &[&base[..], more].concat());
        assert_eq!(
            with(&[]).err().unwrap().to_string(),
            "the environment does not say TIFFIN_EVENTS_SECRET or TIFFIN_EVENTS_SECRET_SECRET or TIFFIN_EVENTS_GUARD"
        );
        assert_eq!(
            with(&[("TIFFIN_EVENTS_GUARD", "none")]).err().unwrap().to_string(),
            "TIFFIN_EVENTS_GUARD must be mesh, or not be there"
        );
        let mesh = ("TIFFIN_EVENTS_GUARD", "mesh");
        let secret = ("TIFFIN_EVENTS_SECRET", "s");
        assert!(matches!(with(&[mesh]).ok().unwrap().events, Some(Events::Mesh)));
        assert!(matches!(with(&[mesh, secret]).ok().unwrap().events, Some(Events::Secret(Secret::Value(_)))));
        let by_reference = with(&[("TIFFIN_EVENTS_SECRET_SECRET", "arn:x")]).ok().unwrap();
        assert!(matches!(by_reference.events, Some(Events::Secret(Secret::Reference(_)))));
        assert!(read("get-jwks", false, &[("TIFFIN_PUBLIC_KEYS", "{}"), ISSUER]).ok().unwrap().events.is_none());
    }

    #[test]
    fn a_secret_comes_by_value_or_by_reference() {
        let base = [("TIFFIN_TABLE_ORDERS", "o"), ("AWS_REGION", "x"), ("TIFFIN_PUBLIC_KEYS", "{}"), ISSUER];
        let with = |more: (&'static str, &'static str)| read("list-orders", true, &[&base[..], &[more]].concat());
        let by_value = with(("TIFFIN_CURSOR_KEY", "abc")).ok().unwrap();
        assert!(matches!(&by_value.secrets[..], [(_, Secret::Value(value))] if value == "abc"));
        let by_reference = with(("TIFFIN_CURSOR_KEY_SECRET", "arn:x")).ok().unwrap();
        assert!(matches!(&by_reference.secrets[..], [(_, Secret::Reference(arn))] if arn == "arn:x"));
        assert!(with(("OTHER", "")).is_err());
    }
}
