//! The wall: what may reach a function, and what it may reach, by the same labels as its sidecar, which an intruder could get past.

use provider::PROGRAM;

use crate::{
    mesh::{
        egress::Egress,
        names::{EVENTING_NAMESPACE, ISTIO_NAMESPACE, PROVIDER_NAMESPACE, SERVING_NAMESPACE},
        object::Object,
    },
    yaml::{Map, Value, map},
};

const API: &str = "networking.k8s.io/v1";
/// What Kubernetes calls a namespace by.
const NAMESPACE_LABEL: &str = "kubernetes.io/metadata.name";
const OBSERVABILITY_NAMESPACE: &str = "observability";
const DNS_NAMESPACE: &str = "kube-system";
/// Where sidecars get their configuration and certificates.
const ISTIOD: u32 = 15012;
/// Where traces go.
const OTLP: u32 = 4317;
const DNS: u32 = 53;
const HTTPS: u32 = 443;
/// Where Knative listens in front of a function, and for one that has no pod.
const QUEUE_PROXY: u32 = 8012;
/// Where gateways' pods listen.
const GATEWAY_HTTP: u32 = 8080;
const GATEWAY_HTTPS: u32 = 8443;
/// Where the broker's pods listen.
const INGRESS: u32 = 8080;
/// The store of those who try it in the cluster, and where it listens; where there is none, this leads nowhere.
const STORE: &str = "dynamodb";
const STORE_PORT: u32 = 8000;
/// Where EKS gives pods their credentials.
const POD_IDENTITY: [&str; 2] = ["169.254.170.23/32", "fd00:ec2::23/128"];
/// What of the internet is none: the network's own addresses, and those of its computers' metadata.
const NOT_OUTSIDE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"];

/// Every policy.
pub(crate) fn policies() -> Vec<Object> {
    let nothing = map! { "podSelector" => Map::default(), "policyTypes" => Value::from(["Ingress", "Egress"]) };
    vec![
        Object::of_spec(API, "NetworkPolicy", "nothing", nothing),
        Object::of_spec(API, "NetworkPolicy", "callers", callers()),
        Object::of_spec(API, "NetworkPolicy", "every-sidecar", every_sidecar()),
        allowing(Egress::Broker, vec![to(vec![namespace(EVENTING_NAMESPACE)], &[("TCP", INGRESS), ("TCP", 80)])]),
        allowing(Egress::Functions, vec![to(vec![any_pod(), namespace(SERVING_NAMESPACE)], &[("TCP", QUEUE_PROXY)])]),
        allowing(
            Egress::Provider,
            vec![
                to(vec![outside()], &[("TCP", HTTPS)]),
                to(vec![namespace(PROVIDER_NAMESPACE)], &[("TCP", GATEWAY_HTTPS)]),
            ],
        ),
        Object::of_spec(API, "NetworkPolicy", "provider", webhooks()),
        allowing(
            Egress::Store,
            vec![
                to(vec![outside()], &[("TCP", HTTPS)]),
                to(credentials(), &[("TCP", 80)]),
                to(vec![pods(STORE)], &[("TCP", STORE_PORT)]),
            ],
        ),
    ]
}

/// The gateway, that of a provider for trying, Knative's two, what collects figures, and of its own namespace what replays dead letters. By which of them, and for what, is Istio's policies' to say.
fn callers() -> Map {
    let namespaces =
        [ISTIO_NAMESPACE, SERVING_NAMESPACE, EVENTING_NAMESPACE, OBSERVABILITY_NAMESPACE, PROVIDER_NAMESPACE];
    let replays = map! { "podSelector" => map! { "matchLabels" => map! { Egress::Functions.label() => "true" } } };
    let from: Value = namespaces.into_iter().map(namespace).chain([replays]).collect();
    map! {
        "podSelector" => Map::default(),
        "policyTypes" => Value::from(["Ingress"]),
        "ingress" => [map! { "from" => from }],
    }
}

/// The provider of those who try it in the cluster sends its webhooks to the API's door.
fn webhooks() -> Map {
    let selector = map! { "matchLabels" => map! { "app" => PROGRAM.name } };
    let door = to(vec![namespace(ISTIO_NAMESPACE)], &[("TCP", GATEWAY_HTTP)]);
    map! { "podSelector" => selector, "policyTypes" => Value::from(["Egress"]), "egress" => [door] }
}

/// What every pod asks, whatever its function does.
fn every_sidecar() -> Map {
    map! {
        "podSelector" => Map::default(),
        "policyTypes" => Value::from(["Egress"]),
        "egress" => [
            to(vec![namespace(DNS_NAMESPACE)], &[("UDP", DNS), ("TCP", DNS)]),
            to(vec![namespace(ISTIO_NAMESPACE)], &[("TCP", ISTIOD)]),
            to(vec![namespace(OBSERVABILITY_NAMESPACE)], &[("TCP", OTLP)]),
        ],
    }
}

fn allowing(egress: Egress, rules: Vec<Map>) -> Object {
    let selector = map! { "matchLabels" => map! { egress.label() => "true" } };
    let policy = map! { "podSelector" => selector, "policyTypes" => Value::from(["Egress"]), "egress" => rules };
    Object::of_spec(API, "NetworkPolicy", egress.label().replace('/', "-"), policy)
}

fn namespace(name: &str) -> Map {
    map! { "namespaceSelector" => map! { "matchLabels" => map! { NAMESPACE_LABEL => name } } }
}

/// Any of the same namespace.
fn any_pod() -> Map {
    map! { "podSelector" => Map::default() }
}

/// Pods of the namespace.
fn pods(app: &str) -> Map {
    map! { "podSelector" => map! { "matchLabels" => map! { "app" => app } } }
}

fn outside() -> Map {
    map! { "ipBlock" => map! { "cidr" => "0.0.0.0/0", "except" => Value::from(NOT_OUTSIDE) } }
}

fn credentials() -> Vec<Map> {
    POD_IDENTITY.iter().map(|address| map! { "ipBlock" => map! { "cidr" => *address } }).collect()
}

fn to(peers: Vec<Map>, ports: &[(&str, u32)]) -> Map {
    let ports: Value = ports.iter().map(|(protocol, port)| map! { "protocol" => *protocol, "port" => *port }).collect();
    map! { "to" => peers, "ports" => ports }
}
