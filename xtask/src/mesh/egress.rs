//! What functions may send to, from what they require.

use std::collections::BTreeMap;

use host::Requirements;

use crate::{
    function_spec::FunctionSpec,
    mesh::{names::EGRESS_LABEL, object::Object},
    yaml::{Value, map},
};

/// Where traces go, whatever a function does.
const TRACES: &str = "observability/otel-collector.observability.svc.cluster.local";
/// Whatever is in the namespace.
const ALL: &str = "./*";

/// What is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Egress {
    /// The broker of events.
    Broker,
    /// Functions, for what replays events to them.
    Functions,
    /// The payment provider.
    Provider,
    /// The store.
    Store,
}

impl Egress {
    const fn word(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Functions => "functions",
            Self::Provider => "provider",
            Self::Store => "store",
        }
    }

    /// The label that network policies go by.
    pub(crate) fn label(self) -> String {
        format!("egress/{}", self.word())
    }

    /// Where it is, as sidecars know it. What is outside has service entries in the namespace.
    const fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::Broker => &["knative-eventing/*"],
            Self::Functions => &[ALL, "istio-system/knative-local-gateway.istio-system.svc.cluster.local"],
            Self::Provider => &["./provider.tiffin.internal"],
            Self::Store => &["./*.amazonaws.com", "./dynamodb.tiffin.svc.cluster.local"],
        }
    }
}

/// What a function sends to.
pub(crate) fn kinds(requirements: &Requirements) -> Vec<Egress> {
    let broker = requirements.publishes.then_some(Egress::Broker);
    let provider = (!requirements.calls.is_empty()).then_some(Egress::Provider);
    let store = (!requirements.tables.is_empty()).then_some(Egress::Store);
    [broker, provider, store].into_iter().flatten().collect()
}

/// What the program sends to that keeps dead letters.
const DEAD_LETTERS: [Egress; 2] = [Egress::Functions, Egress::Store];

/// The combination in one word: `broker-store`.
pub(crate) fn word(kinds: &[Egress]) -> String {
    if kinds.is_empty() {
        return "none".to_owned();
    }
    kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join("-")
}

/// What the sidecars of each combination know; what they don't know is not reached.
pub(crate) fn sidecars(specs: &[FunctionSpec]) -> Vec<Object> {
    let combinations = specs.iter().map(|spec| kinds(&spec.requirements)).chain([DEAD_LETTERS.to_vec()]);
    let combinations: BTreeMap<String, Vec<Egress>> = combinations.map(|kinds| (word(&kinds), kinds)).collect();
    let sidecar = |(word, kinds): (String, Vec<Egress>)| {
        let hosts = kinds.iter().flat_map(|kind| kind.hosts()).copied();
        // What knows all of the namespace knows the store there.
        let has_all = kinds.contains(&Egress::Functions);
        let hosts = hosts.filter(|host| *host == ALL || !has_all || !host.starts_with("./"));
        let hosts: Value = hosts.chain([TRACES]).collect();
        let spec = map! {
            "workloadSelector" => map! { "labels" => map! { EGRESS_LABEL => word.as_str() } },
            "outboundTrafficPolicy" => map! { "mode" => "REGISTRY_ONLY" },
            "egress" => [map! { "hosts" => hosts }],
        };
        Object::of_spec("networking.istio.io/v1", "Sidecar", format!("egress-{word}"), spec)
    };
    combinations.into_iter().map(sidecar).collect()
}
