//! Names that manifests share.

use app::Placement;

/// Where providers are: outside of the functions.
pub(crate) const PROVIDERS: Placement = Placement::Outside;

/// The namespace of everything.
pub(crate) const NAMESPACE: &str = "tiffin";
/// The host that the API has; overlays put theirs in its place.
pub(crate) const API_HOST: &str = "api.tiffin.example";
/// The gateway that the API is served by.
pub(crate) const GATEWAY: &str = "tiffin-edge";
/// The broker that events are posted to.
pub(crate) const BROKER: &str = "tiffin";
/// The image of every function; overlays say which.
pub(crate) const IMAGE: &str = "tiffin";
/// Settings.
pub(crate) const CONFIG: &str = "tiffin-config";
/// Keys. The name ends in their version: whoever changes them makes the next one, and goes back by the one before.
pub(crate) const KEYS: &str = "tiffin-keys-1";

/// What Knative calls the pods of a service by.
pub(crate) const SERVICE_LABEL: &str = "serving.knative.dev/service";
/// What a function sends to, as one word: each combination has a sidecar's configuration of its own.
pub(crate) const EGRESS_LABEL: &str = "tiffin.example/egress";

/// Where Knative's services are found inside the cluster.
pub(crate) const LOCAL_GATEWAY: &str = "knative-local-gateway.istio-system.svc.cluster.local";
/// What the gateway's pods are found by.
pub(crate) const GATEWAY_LABEL: [&str; 2] = ["istio", "ingressgateway"];
/// Who the gateway is, as mTLS shows it.
pub(crate) const GATEWAY_PRINCIPAL: &str = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account";
/// Who Knative's activator is, which stands before a function that has no pod.
pub(crate) const ACTIVATOR_PRINCIPAL: &str = "cluster.local/ns/knative-serving/sa/activator";
/// Who replays dead letters.
pub(crate) const DEAD_LETTERS_PRINCIPAL: &str = "cluster.local/ns/tiffin/sa/dead-letters";
/// What keeps dead letters, and takes them where functions take events.
pub(crate) const DEAD_LETTERS: &str = "dead-letters";
/// Who ends the TLS of the provider that is there for trying, and where that is.
pub(crate) const PROVIDER_GATEWAY_PRINCIPAL: &str = "cluster.local/ns/tiffin-provider/sa/provider-gateway";
pub(crate) const PROVIDER_NAMESPACE: &str = "tiffin-provider";
pub(crate) const ISTIO_NAMESPACE: &str = "istio-system";
pub(crate) const SERVING_NAMESPACE: &str = "knative-serving";
pub(crate) const EVENTING_NAMESPACE: &str = "knative-eventing";

/// Where events are posted to a function.
pub(crate) const EVENTS_PATH: &str = "/events";

/// The name by which the gateway reaches a function: a cluster of its own in Envoy, whichever revision answers.
pub(crate) fn alias(function: &str) -> String {
    format!("{function}.fn.{NAMESPACE}.internal")
}

/// The name by which functions reach somebody outside: sidecars know where it leads, and make TLS of it.
pub(crate) fn outside(name: &str) -> String {
    format!("{name}.{NAMESPACE}.internal")
}

/// The authority by which Knative knows a function.
pub(crate) fn authority(function: &str) -> String {
    format!("{function}.{NAMESPACE}.svc.cluster.local")
}
