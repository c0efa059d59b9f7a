//! The environment of a function: what it needs, and no more.

use host::needs::{CORS_ORIGINS, PUBLIC_KEYS, TOPIC_ARN, secret_variable, table_variable};

use crate::aws::{
    front::Front,
    names::{parameter, table},
    unit::Unit,
};

/// The topic's logical id.
pub(crate) const TOPIC: &str = "Events";

/// Its variables, with what the template gives them.
pub(crate) fn variables(unit: &Unit, front: Front) -> Vec<(String, String)> {
    let needs = &unit.needs;
    let given = |name: &str| (name.to_owned(), format!("!Ref {}", parameter(name)));
    let tables = needs.tables.iter().map(|one| (table_variable(*one), format!("!Ref {}", table(*one))));
    let topic = needs.publishes.then(|| (TOPIC_ARN.to_owned(), format!("!Ref {TOPIC}")));
    let keys = needs.answers.then(|| given(PUBLIC_KEYS));
    let origins = needs.answers.then(|| (CORS_ORIGINS.to_owned(), front.origins().to_owned()));
    let secrets = needs.secrets();
    let secrets = secrets.iter().flat_map(|name| [given(&secret_variable(name)), given(name)]);
    let settings = needs.settings.iter().map(|setting| given(setting.name));
    tables.chain(topic).chain(keys).chain(origins).chain(secrets).chain(settings).collect()
}
