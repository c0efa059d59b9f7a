//! The settings that functions have in common, as kustomize reads them: overlays say more, or otherwise.

use app::Service;
use host::dead_letters::{FUNCTION, FUNCTION_EVENTS_URL};
use host::requirements::{CORS_ORIGINS, ISSUER, REGION, SINK, STAGE, providers_of, table_variable, tables_with_broker};

use crate::mesh::names::{API_HOST, BROKER, EVENTS_PATH, NAMESPACE, authority, outside};

pub(crate) const PATH: &str = "k8s-knative/base/config.env";

const HEADING: &str =
    "# Generated from the declarations by `cargo xtask generate`. An overlay's configMapGenerator merges into it.\n";
/// The prefix of the tables' names.
const PREFIX: &str = "tiffin";
/// Where Knative's brokers take events.
const INGRESS: &str = "http://broker-ingress.knative-eventing.svc.cluster.local";

/// Lines, `NAME=value`.
pub(crate) fn text(services: &[Service]) -> String {
    let tables = tables_with_broker(services).into_iter();
    let tables = tables.map(|table| (table_variable(table), format!("{PREFIX}-{}", table.name)));
    let common = [
        (STAGE.to_owned(), "staging".to_owned()),
        (REGION.to_owned(), "eu-central-1".to_owned()),
        (ISSUER.name.to_owned(), format!("https://{API_HOST}")),
        // None, said so that what reads it by kustomize finds it.
        (CORS_ORIGINS.name.to_owned(), String::new()),
        (SINK.to_owned(), format!("{INGRESS}/{NAMESPACE}/{BROKER}")),
        (FUNCTION_EVENTS_URL.name.to_owned(), format!("http://{}{EVENTS_PATH}", authority(FUNCTION))),
    ];
    // Functions speak plain HTTP: their sidecars make TLS of it.
    let providers = providers_of(services).into_iter().map(|provider| provider.callee);
    let providers = providers.map(|callee| (callee.url.name.to_owned(), format!("http://{}", outside(callee.name))));
    let lines = common.into_iter().chain(providers).chain(tables).map(|(name, value)| format!("{name}={value}\n"));
    HEADING.to_owned() + &lines.collect::<String>()
}
