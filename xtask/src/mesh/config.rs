//! The settings that functions have in common, as kustomize reads them: overlays say more, or otherwise.

use app::Service;
use host::requirements::{ISSUER, REGION, SINK, STAGE, providers_of, table_variable, tables_of};

use crate::mesh::names::{API_HOST, BROKER, NAMESPACE, outside};

pub(crate) const PATH: &str = "k8s-knative/base/config.env";

const HEADING: &str =
    "# Generated from the declarations by `cargo xtask generate`. An overlay's configMapGenerator merges into it.\n";
/// The prefix of the tables' names.
const PREFIX: &str = "tiffin";
/// Where Knative's brokers take events.
const INGRESS: &str = "http://broker-ingress.knative-eventing.svc.cluster.local";

/// Lines, `NAME=value`.
pub(crate) fn text(services: &[Service]) -> String {
    let tables = tables_of(services).into_iter();
    let tables = tables.map(|table| (table_variable(table), format!("{PREFIX}-{}", table.name)));
    let common = [
        (STAGE.to_owned(), "staging".to_owned()),
        (REGION.to_owned(), "eu-central-1".to_owned()),
        (ISSUER.name.to_owned(), format!("https://{API_HOST}")),
        (SINK.to_owned(), format!("{INGRESS}/{NAMESPACE}/{BROKER}")),
    ];
    // Functions speak plain HTTP: their sidecars make TLS of it.
    let providers = providers_of(services).into_iter().map(|provider| provider.callee);
    let providers = providers.map(|callee| (callee.url.name.to_owned(), format!("http://{}", outside(callee.name))));
    let lines = common.into_iter().chain(providers).chain(tables).map(|(name, value)| format!("{name}={value}\n"));
    HEADING.to_owned() + &lines.collect::<String>()
}
