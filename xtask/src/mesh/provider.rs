//! The simulated payment provider in the cluster: a program that functions reach as they would reach one outside.

use host::Requirements;
use provider::PROGRAM;

use crate::{
    mesh::{
        egress::Egress,
        environment::variables,
        knative_service::{PORT, security},
        names::{IMAGE, PROVIDER_GATEWAY_PRINCIPAL},
        object::Object,
    },
    yaml::{Map, Value, map},
};

/// What its pods are found by.
const APP: &str = "app";
/// How long a pod goes on answering after it was told to end, in seconds: until everybody knows that it is going.
const GOING_S: u32 = 5;
/// What a pod has to end in, in seconds: that, and the ten seconds that requests in progress have.
const GRACE_S: u32 = 20;

/// Its identity, its pod, its name in the cluster, and who may call it.
pub(crate) fn objects() -> Vec<Object> {
    let name = PROGRAM.name;
    let account = map! { "automountServiceAccountToken" => false };
    let port = map! { "name" => "http", "port" => 80_u32, "targetPort" => PORT, "protocol" => "TCP" };
    let service = map! { "selector" => selected(), "ports" => [port] };
    vec![
        Object::new("v1", "ServiceAccount", name, account).labelled(labels()),
        Object::of_spec("apps/v1", "Deployment", name, deployment()).labelled(labels()),
        Object::of_spec("v1", "Service", name, service).labelled(labels()),
        Object::of_spec("security.istio.io/v1", "AuthorizationPolicy", name, policy()).labelled(labels()),
    ]
}

fn deployment() -> Map {
    let container = map! {
        "name" => PROGRAM.name,
        "image" => IMAGE,
        "args" => [PROGRAM.name],
        "ports" => [map! { "containerPort" => PORT }],
        "env" => variables(&Requirements::of_program(&PROGRAM)),
        "readinessProbe" => map! { "httpGet" => map! { "path" => "/healthz", "port" => PORT } },
        "lifecycle" => map! { "preStop" => map! { "sleep" => map! { "seconds" => GOING_S } } },
        "resources" => map! {
            "requests" => map! { "cpu" => "50m", "memory" => "32Mi" },
            "limits" => map! { "memory" => format!("{}Mi", PROGRAM.memory_mib) },
        },
        "securityContext" => security(),
    };
    let pod = map! {
        "serviceAccountName" => PROGRAM.name,
        "automountServiceAccountToken" => false,
        "enableServiceLinks" => false,
        "terminationGracePeriodSeconds" => GRACE_S,
        "containers" => [container],
    };
    let rolling = map! { "maxUnavailable" => 0_u32 };
    map! {
        "replicas" => 1_u32,
        "selector" => map! { "matchLabels" => selected() },
        "strategy" => map! { "type" => "RollingUpdate", "rollingUpdate" => rolling },
        "template" => map! { "metadata" => map! { "labels" => selected().and(labels()).with(Egress::Store.label(), "true") }, "spec" => pod },
    }
}

/// Its gateway alone, which ends its TLS, and for what it answers alone.
fn policy() -> Map {
    let caller = map! { "source" => map! { "principals" => Value::from([PROVIDER_GATEWAY_PRINCIPAL]) } };
    let operation = map! { "methods" => Value::from(["GET", "POST"]), "paths" => Value::from(["/v1/*"]) };
    let rule = map! { "from" => [caller], "to" => [map! { "operation" => operation }] };
    map! { "selector" => map! { "matchLabels" => selected() }, "action" => "ALLOW", "rules" => [rule] }
}

fn selected() -> Map {
    map! { APP => PROGRAM.name }
}

fn labels() -> Map {
    map! { "app.kubernetes.io/name" => PROGRAM.name, "app.kubernetes.io/part-of" => "tiffin" }
}
