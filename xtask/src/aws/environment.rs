//! The environment of a function: what it needs, and no more.

use host::requirements::{CORS_ORIGINS, ISSUER, PUBLIC_KEYS, TOPIC_ARN, secret_variable, table_variable};

use crate::{
    aws::{
        front::Front,
        function_spec::FunctionSpec,
        intrinsics::{if_, reference},
        names::{logical_id, table},
    },
    yaml::Map,
};

/// The topic's logical id.
pub(crate) const TOPIC: &str = "Events";

/// Who issues tokens on an emulator: where `sam local start-api` listens.
const LOCAL_ISSUER: &str = "http://localhost:3000";

/// Its variables, with what the template gives them.
pub(crate) fn variables(spec: &FunctionSpec, front: Front) -> Map {
    let requirements = &spec.requirements;
    let given = |name: &str| (name.to_owned(), reference(logical_id(name)));
    let tables = requirements.tables.iter().map(|one| (table_variable(*one), reference(table(*one))));
    let topic = requirements.publishes.then(|| (TOPIC_ARN.to_owned(), reference(TOPIC)));
    let keys = requirements.answers.then(|| given(PUBLIC_KEYS));
    let texts = requirements.texts.iter().map(|text| match text.name {
        name if name == CORS_ORIGINS.name => (name.to_owned(), front.origins()),
        name if name == ISSUER.name => (name.to_owned(), if_("HasIssuer", reference("Issuer"), LOCAL_ISSUER)),
        name => given(name),
    });
    let secrets = requirements.secrets();
    let secrets = secrets.iter().flat_map(|name| [given(&secret_variable(name)), given(name)]);
    let settings = requirements.settings.iter().map(|setting| given(setting.name));
    let all = tables.chain(topic).chain(keys).chain(texts).chain(secrets).chain(settings);
    all.collect()
}
