//! The name by which the gateway reaches a function. All functions are behind one address, that of Knative's local gateway; by a
//! name of its own each has limits, a circuit breaker and figures of its own, whichever revision answers.

use crate::{
    function_spec::FunctionSpec,
    mesh::{
        knative_service::{labels, pods},
        names::{LOCAL_GATEWAY, alias},
        object::Object,
    },
    yaml::map,
};

/// How long connecting may take.
const CONNECT: &str = "2s";
/// How long an idle connection is kept: less than a program keeps one.
const IDLE: &str = "60s";
/// How many retries there may be at once.
const RETRIES: u32 = 10;
/// How many requests at once a function is never refused at the gateway, however few its pods take: they wait.
const LEAST_BURST: u32 = 100;
/// How many failures in a row open the breaker, where a function can't be reached at all.
const UNREACHABLE: u32 = 5;
/// How many 502, 503 and 504 in a row open it.
const FAILURES: u32 = 10;
/// How often they are looked at, and for how long it stays open at first.
const INTERVAL: &str = "5s";
const EJECTION: &str = "15s";

/// The name, as a service of the mesh.
pub(crate) fn entry(spec: &FunctionSpec) -> Object {
    let port = map! { "number" => 80_u32, "name" => "http", "protocol" => "HTTP" };
    let endpoint = map! { "address" => LOCAL_GATEWAY, "ports" => map! { "http" => 80_u32 } };
    let entry = map! {
        "hosts" => [alias(spec.name())],
        "location" => "MESH_INTERNAL",
        "resolution" => "DNS",
        "ports" => [port],
        "endpoints" => [endpoint],
    };
    Object::of_spec("networking.istio.io/v1", "ServiceEntry", spec.name(), entry).labelled(labels(spec))
}

/// Its limits, and its circuit breaker.
pub(crate) fn destination_rule(spec: &FunctionSpec) -> Object {
    let function = &spec.declaration.function;
    let (_, most) = pods(function.scale);
    // What all its pods take at once. Requests that wait for a connection count as pending, so a burst needs as many of those.
    let burst = (function.concurrency * most).max(LEAST_BURST);
    let pool = map! {
        "tcp" => map! { "maxConnections" => burst, "connectTimeout" => CONNECT },
        "http" => map! {
            "http1MaxPendingRequests" => burst,
            "http2MaxRequests" => 2 * burst,
            "maxRetries" => RETRIES,
            "idleTimeout" => IDLE,
        },
    };
    // One that is busy with the processor says 503 by itself, and is not broken.
    let failures = if function.is_cpu_heavy { 0 } else { FAILURES };
    let breaker = map! {
        "splitExternalLocalOriginErrors" => true,
        "consecutiveLocalOriginFailures" => UNREACHABLE,
        "consecutiveGatewayErrors" => failures,
        "consecutive5xxErrors" => 0_u32,
        "interval" => INTERVAL,
        "baseEjectionTime" => EJECTION,
        // There is one endpoint: to eject it is to open the breaker.
        "maxEjectionPercent" => 100_u32,
    };
    let policy = map! {
        "tls" => map! { "mode" => "ISTIO_MUTUAL" },
        "connectionPool" => pool,
        "outlierDetection" => breaker,
    };
    let rule = map! { "host" => alias(spec.name()), "trafficPolicy" => policy };
    Object::of_spec("networking.istio.io/v1", "DestinationRule", spec.name(), rule).labelled(labels(spec))
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;
    use tiffin::services::SERVICES;

    use super::*;
    use crate::{function_spec::specs, mesh::names::PROVIDERS, yaml};

    #[test]
    fn a_hundred_at_once_wait_and_who_is_busy_is_not_broken() {
        for spec in specs(SERVICES, PROVIDERS) {
            let text = yaml::text(&[destination_rule(&spec).into()]).unwrap();
            let rule: Json = serde_saphyr::from_str(&text).unwrap();
            let policy = &rule["spec"]["trafficPolicy"];
            let pending = policy["connectionPool"]["http"]["http1MaxPendingRequests"].as_u64().unwrap();
            assert!(pending >= 100, "{}: {pending}", spec.name());
            let opens = policy["outlierDetection"]["consecutiveGatewayErrors"] != 0;
            assert_eq!(opens, !spec.declaration.function.is_cpu_heavy, "{}", spec.name());
        }
        let is_busy = |name| {
            specs(SERVICES, PROVIDERS).iter().any(|spec| spec.name() == name && spec.declaration.function.is_cpu_heavy)
        };
        assert!(is_busy("sign-in") && is_busy("register-user") && !is_busy("get-order"));
    }
}
