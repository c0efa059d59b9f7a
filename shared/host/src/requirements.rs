//! What a function needs where it runs as a program of its own, made from its declaration: what it may do, and the
//! environment that says where things are. Programs read it, templates and manifests are written from it.

use std::collections::BTreeSet;

use crate::dead_letters::{DEAD_LETTERS, FUNCTION_EVENTS_URL};
use app::{
    Callee, Declaration, Function, Grant, Placement, ProviderGrant, Random, SecretName, Service, Setting, Table,
    TextSetting, TokenKind, are_origins, is_base_url,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The public keys, as JSON (see [`app::PublicKeys`]).
pub const PUBLIC_KEYS: &str = "TIFFIN_PUBLIC_KEYS";
/// The operator's private key (see [`app::OperatorKey`]), for the two commands that sign with it; no function is given it.
pub const OPERATOR_KEY: &str = "TIFFIN_OPERATOR_KEY";
/// The ARN of the topic that events are published to, on AWS.
pub const TOPIC_ARN: &str = "TIFFIN_TOPIC_ARN";
/// Where events are posted to, off AWS; Knative's name for it.
pub const SINK: &str = "K_SINK";
/// What cursors are signed with: 32 bytes, base64url without padding.
pub const CURSOR_KEY: &str = "TIFFIN_CURSOR_KEY";
/// The bearer token that a broker delivers events over HTTP with: at least 32 characters; two with a comma between while it
/// is rotated.
pub const EVENTS_SECRET: &str = "TIFFIN_EVENTS_SECRET";
/// `mesh` where the network's policy says who may deliver events over HTTP.
pub const EVENTS_GUARD: &str = "TIFFIN_EVENTS_GUARD";
/// Who issues tokens.
pub const ISSUER: TextSetting = TextSetting {
    name: "TIFFIN_ISSUER",
    must_be: "the http or https URL that the API is served under, without a slash at its end",
    accepts: is_base_url,
    default: "`http://localhost:<port>` in the local process; elsewhere it must be given",
    about: "The address that the API is served under: who issues tokens, and where discovery and public keys stand",
};
/// The origins whose pages may call the API.
pub const CORS_ORIGINS: TextSetting = TextSetting {
    name: "TIFFIN_CORS_ORIGINS",
    must_be: "origins such as https://food.example, separated by commas; or `*`, where the stage is `local`",
    accepts: |text| text == ANY_ORIGIN || are_origins(text),
    default: "none",
    about: "The origins whose pages may call the API, separated by commas",
};
/// Where the program is: `local`, `staging`, `production`. What is not said is not [`LOCAL`].
pub const STAGE: &str = "TIFFIN_STAGE";
/// The stage of a computer that somebody works at, with an emulator.
pub const LOCAL: &str = "local";
/// What stands for every origin among [`CORS_ORIGINS`], where the stage is [`LOCAL`].
pub const ANY_ORIGIN: &str = "*";
/// What a container calls the computer that it is on, where an engine is told to.
pub const HOST_OF_CONTAINERS: &str = "host.docker.internal";
/// Names the region, as AWS does.
pub const REGION: &str = "AWS_REGION";
/// Where AWS is, if not where its region says; empty where it is.
pub const AWS_ENDPOINT: &str = "TIFFIN_AWS_ENDPOINT";
/// What is added to the name of a secret's variable where it holds the secret's ARN and not the secret.
const BY_REFERENCE: &str = "_SECRET";

/// How long a scheduled sweep waits for deadlines that fall within its minute.
pub const SWEEP_WINDOW_S: Setting = Setting {
    name: "TIFFIN_SWEEP_WINDOW_S",
    default: 50,
    min: 0,
    max: 55,
    about: "How long a scheduled sweep waits for deadlines that fall within its minute, in seconds; the local process sweeps each second",
};

/// The variable that holds the physical name of a table: `TIFFIN_TABLE_ORDERS`.
pub fn table_variable(table: Table) -> String {
    format!("TIFFIN_TABLE_{}", screaming_snake_case(table.name))
}

/// The variable that holds the private key of a kind of tokens (see [`app::KeyPair`]): `TIFFIN_ACCESS_TOKEN_KEY`.
pub fn key_variable(kind: TokenKind) -> String {
    format!("TIFFIN_{}_KEY", screaming_snake_case(kind.name))
}

/// The variable that holds a secret shared with somebody: `TIFFIN_PROVIDER_WEBHOOK_KEY`.
pub fn shared_secret_variable(name: SecretName) -> String {
    format!("TIFFIN_{}_KEY", screaming_snake_case(name.0))
}

/// The variable that holds the ARN of a secret: `TIFFIN_CURSOR_KEY_SECRET`.
pub fn secret_variable(variable: &str) -> String {
    format!("{variable}{BY_REFERENCE}")
}

fn screaming_snake_case(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

/// What one function needs.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "whatever is required is required for itself")]
pub struct Requirements {
    /// Everything it may do: what it declares, and what the host does on its behalf.
    pub grants: Vec<Grant>,
    /// The tables among its grants, each once.
    pub tables: Vec<Table>,
    /// Whether it publishes: it writes to the table whose outbox holds its events.
    pub publishes: bool,
    /// The kinds of tokens it signs.
    pub signs: Vec<TokenKind>,
    /// Whether it lists by page, and so signs cursors.
    pub pages: bool,
    /// Whether it answers requests.
    pub answers: bool,
    /// Whether it takes events, or ticks of a schedule.
    pub handles: bool,
    /// The secrets that it may know.
    pub knows: Vec<SecretName>,
    /// Whom it calls over HTTP.
    pub calls: Vec<Callee>,
    /// The settings that it reads.
    pub settings: Vec<Setting>,
    /// The texts among its settings.
    pub texts: Vec<TextSetting>,
}

impl Requirements {
    /// The requirements of a function of this service, where providers are there.
    pub fn of(service: &Service, declaration: &Declaration, placement: Placement) -> Self {
        let function = declaration.function.placed(|_| placement);
        let own: Vec<Grant> = function.grants().collect();
        let grants = union(own, service.host_grants(declaration), |one, other| one == other);
        let answers = declaration.as_endpoint().is_some();
        let sweeps = matches!(declaration.trigger, app::Trigger::Sweep { .. });
        let window = sweeps.then_some(SWEEP_WINDOW_S);
        let bare = Self::of_grants(grants, answers);
        Self {
            publishes: bare.grants.contains(&Grant::Write(service.table)),
            pages: declaration.pages(),
            handles: !answers,
            settings: function.settings.iter().copied().chain(window).collect(),
            texts: bare.texts.iter().chain(function.texts).copied().collect(),
            ..bare
        }
    }

    /// The requirements of a program that is no function of a service, but has a function's grants.
    pub fn of_program(function: &Function) -> Self {
        let bare = Self::of_grants(function.grants().collect(), false);
        let texts = bare.texts.iter().chain(function.texts).copied().collect();
        Self { settings: function.settings.to_vec(), texts, ..bare }
    }

    fn of_grants(grants: Vec<Grant>, answers: bool) -> Self {
        let mut tables: Vec<Table> = Vec::new();
        for table in grants.iter().filter_map(Grant::table) {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        let mut signs = Vec::new();
        let mut knows = Vec::new();
        let mut calls = Vec::new();
        for grant in &grants {
            match grant {
                Grant::Sign(kind) => signs.push(*kind),
                Grant::Secret(name) => knows.push(*name),
                Grant::Call(callee) => calls.push(*callee),
                // Where providers are was found before.
                Grant::Get(_) | Grant::Query(_) | Grant::QueryIndex(..) | Grant::Write(_) | Grant::Provider(_) => {}
            }
        }
        // Tokens are signed and verified by their issuer; whom it calls may be found under it.
        let names_issuer = answers || !signs.is_empty() || calls.iter().any(|callee| callee.path.is_some());
        let texts = names_issuer.then_some(ISSUER).into_iter().chain(answers.then_some(CORS_ORIGINS));
        Self {
            texts: texts.chain(calls.iter().map(|callee| callee.url)).collect(),
            signs,
            knows,
            calls,
            answers,
            grants,
            tables,
            ..Self::none()
        }
    }

    /// The requirements of all functions of this service that are there, in one program.
    pub fn of_all(service: &Service, placement: Placement) -> Self {
        let there = service.functions.iter().filter(|declaration| declaration.function.is_there(|_| placement));
        let each = there.map(|declaration| Self::of(service, declaration, placement));
        each.reduce(Self::and).unwrap_or_else(Self::none)
    }

    /// Those of the program that keeps a broker's dead letters.
    pub fn of_dead_letters() -> Self {
        Self {
            grants: vec![Grant::Get(DEAD_LETTERS), Grant::Query(DEAD_LETTERS), Grant::Write(DEAD_LETTERS)],
            tables: vec![DEAD_LETTERS],
            handles: true,
            texts: vec![FUNCTION_EVENTS_URL],
            ..Self::none()
        }
    }

    /// Those of no function.
    const fn none() -> Self {
        Self {
            grants: Vec::new(),
            tables: Vec::new(),
            publishes: false,
            signs: Vec::new(),
            pages: false,
            answers: false,
            handles: false,
            knows: Vec::new(),
            calls: Vec::new(),
            settings: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// These and those, each once.
    fn and(self, other: Self) -> Self {
        Self {
            grants: union(self.grants, other.grants, |one, other| one == other),
            tables: union(self.tables, other.tables, |one, other| one.name == other.name),
            publishes: self.publishes || other.publishes,
            signs: union(self.signs, other.signs, |one, other| one.name == other.name),
            pages: self.pages || other.pages,
            answers: self.answers || other.answers,
            handles: self.handles || other.handles,
            knows: union(self.knows, other.knows, |one, other| one == other),
            calls: union(self.calls, other.calls, |one, other| one == other),
            settings: union(self.settings, other.settings, |one, other| one.name == other.name),
            texts: union(self.texts, other.texts, |one, other| one.name == other.name),
        }
    }

    /// The variables that hold secrets, by value or, under [`secret_variable`], by reference.
    pub fn secrets(&self) -> Vec<String> {
        let keys = self.signs.iter().map(|kind| key_variable(*kind));
        let shared = self.knows.iter().map(|name| shared_secret_variable(*name));
        keys.chain(self.pages.then(|| CURSOR_KEY.to_owned())).chain(shared).collect()
    }

    /// Whether it must be told who issues tokens.
    pub fn names_issuer(&self) -> bool {
        self.texts.iter().any(|text| text.name == ISSUER.name)
    }
}

/// Where the providers of a service's functions are, by an environment: outside, where it says an address.
pub fn placement(service: &Service, given: impl Fn(&str) -> Option<String>) -> Placement {
    let is_outside = providers_of(&[*service]).iter().any(|provider| given(provider.callee.url.name).is_some());
    if is_outside { Placement::Outside } else { Placement::Inside }
}

/// What is in one, and what is only in the other.
fn union<T>(mut one: Vec<T>, other: Vec<T>, is_same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    for value in other {
        if one.iter().all(|known| !is_same(known, &value)) {
            one.push(value);
        }
    }
    one
}

/// A new secret to share with somebody: 33 random bytes, as Standard Webhooks writes them, of those that make one word of
/// `A-Za-z0-9_-`.
pub fn new_shared_secret(random: &dyn Random) -> String {
    loop {
        let mut bytes = [0; 33];
        random.fill(&mut bytes);
        let secret = STANDARD.encode(bytes);
        if secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return format!("whsec_{secret}");
        }
    }
}

/// The tables of these services, each once: every service's own, then what functions use besides, and providers that are inside.
pub fn tables_of(services: &[Service]) -> Vec<Table> {
    let functions = services.iter().flat_map(|service| service.functions.iter().map(move |one| (service, one)));
    let used =
        functions.flat_map(|(service, declaration)| Requirements::of(service, declaration, Placement::Inside).tables);
    let mut tables: Vec<Table> = Vec::new();
    for table in services.iter().map(|service| service.table).chain(used) {
        if tables.iter().all(|known| known.name != table.name) {
            tables.push(table);
        }
    }
    tables
}

/// The tables of these services where a broker carries events: the dead letters' too.
pub fn tables_with_broker(services: &[Service]) -> Vec<Table> {
    let mut tables = tables_of(services);
    tables.push(DEAD_LETTERS);
    tables
}

/// The texts among the settings of these services, each once, where providers are there.
pub fn texts_of(services: &[Service], placement: Placement) -> Vec<TextSetting> {
    let each = services.iter().map(|service| Requirements::of_all(service, placement).texts);
    each.fold(Vec::new(), |texts, more| union(texts, more, |one, other| one.name == other.name))
}

/// The providers that functions of these services ask, each once.
pub fn providers_of(services: &[Service]) -> Vec<ProviderGrant> {
    let functions = services.iter().flat_map(|service| service.functions);
    let each = functions.map(|declaration| declaration.function.providers().collect());
    each.fold(Vec::new(), |providers, more| union(providers, more, |one, other| one == other))
}

/// The secrets that functions of these services share with others, each once.
pub fn shared_secrets_of(services: &[Service]) -> BTreeSet<SecretName> {
    let functions = services.iter().flat_map(|service| service.functions);
    let grants = functions.flat_map(|declaration| declaration.function.grants().collect::<Vec<_>>());
    grants.filter_map(|grant| grant.secret()).collect()
}

#[cfg(test)]
mod tests {
    use app::{ACCESS_TOKEN, QUOTE};

    use super::*;

    #[test]
    fn variables_are_named_after_what_they_hold() {
        assert_eq!(table_variable(Table::new("orders", &[])), "TIFFIN_TABLE_ORDERS");
        assert_eq!(key_variable(ACCESS_TOKEN), "TIFFIN_ACCESS_TOKEN_KEY");
        assert_eq!(secret_variable(&key_variable(QUOTE)), "TIFFIN_QUOTE_KEY_SECRET");
        assert_eq!(shared_secret_variable(SecretName("provider-webhook")), "TIFFIN_PROVIDER_WEBHOOK_KEY");
    }
}
