//! What Knative runs: a service for each function, with an identity of its own.

use app::{Declaration, Scale, Trigger};
use host::requirements::SWEEP_WINDOW_S;

use crate::{
    function_spec::FunctionSpec,
    mesh::{
        egress,
        environment::variables,
        names::{EGRESS_LABEL, IMAGE},
        object::Object,
    },
    yaml::{Map, Value, map},
};

/// The port that functions listen on.
pub(crate) const PORT: u32 = 8080;
/// The user that they run as: nobody, by number, as an image from scratch knows no names.
const USER: u32 = 65532;
/// How long a cold start may take, in seconds: the activator counts it into a request's time.
const COLD_START_S: u32 = 10;
/// The least time that Knative gives a request, in seconds; it is also what a pod has to end.
const MIN_TIMEOUT_S: u32 = 30;

/// Its identity; it asks Kubernetes for nothing.
pub(crate) fn account(spec: &FunctionSpec) -> Object {
    Object::new("v1", "ServiceAccount", spec.name(), map! { "automountServiceAccountToken" => false })
        .labelled(labels(spec))
}

/// The service.
pub(crate) fn service(spec: &FunctionSpec) -> Object {
    let name = spec.name();
    let function = &spec.declaration.function;
    let timeout = timeout_s(spec.declaration);
    let container = map! {
        "name" => "function",
        "image" => IMAGE,
        "args" => [name],
        "ports" => [map! { "containerPort" => PORT }],
        "env" => variables(&spec.requirements),
        "readinessProbe" => map! {
            "httpGet" => map! { "path" => "/healthz", "port" => PORT },
            "successThreshold" => 1_u32,
        },
        "resources" => map! {
            "requests" => map! { "cpu" => "50m", "memory" => "32Mi" },
            "limits" => map! { "cpu" => "1", "memory" => format!("{}Mi", function.memory_mib) },
        },
        "securityContext" => security(),
    };
    let template = map! {
        "metadata" => map! { "labels" => template_labels(spec), "annotations" => scaling(spec) },
        "spec" => map! {
            "serviceAccountName" => name,
            "automountServiceAccountToken" => false,
            "enableServiceLinks" => false,
            "containerConcurrency" => function.concurrency,
            "timeoutSeconds" => timeout,
            "responseStartTimeoutSeconds" => timeout,
            "containers" => [container],
        },
    };
    let traffic = map! { "latestRevision" => true, "percent" => 100_u32 };
    let spec_of = map! { "template" => template, "traffic" => [traffic] };
    // Nobody reaches it past the gateway.
    let labels = labels(spec).with("networking.knative.dev/visibility", "cluster-local");
    Object::of_spec("serving.knative.dev/v1", "Service", name, spec_of).labelled(labels)
}

/// How long Knative lets a request take: what is declared and a sweep's window, and a cold start before that.
pub(crate) fn timeout_s(declaration: &Declaration) -> u32 {
    let window = match declaration.trigger {
        Trigger::Sweep { .. } => u32::try_from(SWEEP_WINDOW_S.max).unwrap_or(0),
        Trigger::Endpoint(_) | Trigger::Subscriber { .. } | Trigger::Schedule { .. } => 0,
    };
    (declaration.function.timeout_s + window + COLD_START_S).max(MIN_TIMEOUT_S)
}

/// How many pods a function has at least, and at most.
pub(crate) const fn pods(scale: Scale) -> (u32, u32) {
    match scale {
        Scale::Hot => (1, 20),
        Scale::Normal => (0, 10),
        Scale::Rare => (0, 3),
    }
}

fn scaling(spec: &FunctionSpec) -> Map {
    let function = &spec.declaration.function;
    let (least, most) = pods(function.scale);
    // A function whose callers must be known is never behind the activator, which would hide them.
    let least = if function.is_sensitive { least.max(1) } else { least };
    let annotation = |name: &str, value: String| (format!("autoscaling.knative.dev/{name}"), value);
    let mut annotations: Map = [
        annotation("metric", "concurrency".to_owned()),
        annotation("target", (function.concurrency / 2).max(1).to_string()),
        annotation("min-scale", least.to_string()),
        annotation("max-scale", most.to_string()),
    ]
    .into_iter()
    .collect();
    if least > 0 {
        annotations.insert("autoscaling.knative.dev/target-burst-capacity", "0");
    }
    annotations
        .with("queue.sidecar.serving.knative.dev/cpu-resource-request", "25m")
        .with("queue.sidecar.serving.knative.dev/memory-resource-request", "50Mi")
}

/// What every object of a function is found by.
pub(crate) fn labels(spec: &FunctionSpec) -> Map {
    map! {
        "app.kubernetes.io/name" => spec.name(),
        "app.kubernetes.io/component" => spec.service.name,
        "app.kubernetes.io/part-of" => "tiffin",
    }
}

fn template_labels(spec: &FunctionSpec) -> Map {
    let kinds = egress::kinds(&spec.requirements);
    let mut labels = map! { "app" => spec.name() }.and(labels(spec));
    for kind in &kinds {
        labels.insert(kind.label(), "true");
    }
    labels.with(EGRESS_LABEL, egress::word(&kinds))
}

pub(crate) fn security() -> Map {
    map! {
        "allowPrivilegeEscalation" => false,
        "readOnlyRootFilesystem" => true,
        "runAsNonRoot" => true,
        "runAsUser" => USER,
        "capabilities" => map! { "drop" => Value::from(["ALL"]) },
        "seccompProfile" => map! { "type" => "RuntimeDefault" },
    }
}
