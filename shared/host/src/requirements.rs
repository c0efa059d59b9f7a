//! What a function needs where it runs as a program of its own, made from its declaration: what it may do, and the
//! environment that says where things are. Programs read it, templates and manifests are written from it.

use app::{Declaration, Grant, Service, Setting, Table, TokenKind};

/// The public keys, as JSON (see [`app::PublicKeys`]).
pub const PUBLIC_KEYS: &str = "TIFFIN_PUBLIC_KEYS";
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
/// The origins whose pages may call the API, separated by commas.
pub const CORS_ORIGINS: &str = "TIFFIN_CORS_ORIGINS";
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

/// The variable that holds a private key as JSON (see [`app::KeyPair`]): `TIFFIN_ACCESS_TOKEN_KEY`.
pub fn key_variable(kind: TokenKind) -> String {
    format!("TIFFIN_{}_KEY", screaming_snake_case(kind.name))
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
    /// Whether it answers requests; otherwise it takes events, or ticks of a schedule.
    pub answers: bool,
    /// The settings that it reads.
    pub settings: Vec<Setting>,
}

impl Requirements {
    /// The requirements of a function of this service.
    pub fn of(service: &Service, declaration: &Declaration) -> Self {
        let mut grants: Vec<Grant> = declaration.function.grants().collect();
        for grant in service.host_grants(declaration) {
            if !grants.contains(&grant) {
                grants.push(grant);
            }
        }
        let mut tables: Vec<Table> = Vec::new();
        for table in grants.iter().filter_map(Grant::table) {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        let signs = grants.iter().filter_map(|grant| match grant {
            Grant::Sign(kind) => Some(*kind),
            Grant::Get(_) | Grant::Query(_) | Grant::QueryIndex(..) | Grant::Write(_) => None,
        });
        let sweeps = matches!(declaration.trigger, app::Trigger::Sweep { .. });
        let own = sweeps.then_some(SWEEP_WINDOW_S);
        Self {
            signs: signs.collect(),
            publishes: grants.contains(&Grant::Write(service.table)),
            pages: declaration.pages(),
            answers: declaration.as_endpoint().is_some(),
            settings: declaration.function.settings.iter().copied().chain(own).collect(),
            grants,
            tables,
        }
    }

    /// The variables that hold secrets, by value or, under [`secret_variable`], by reference.
    pub fn secrets(&self) -> Vec<String> {
        let keys = self.signs.iter().map(|kind| key_variable(*kind));
        keys.chain(self.pages.then(|| CURSOR_KEY.to_owned())).collect()
    }
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
    }
}
