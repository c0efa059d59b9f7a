//! Each check finds the fault that is planted for it.

use std::sync::LazyLock;

use serde_json::{Value, json};
use tiffin::services::SERVICES;

use super::*;
use crate::mesh::{files, rendered};

/// What is generated, and what the base has besides.
static GOOD: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let files = files(SERVICES).unwrap();
    let manifests = files.iter().filter(|file| file.path != crate::mesh::config::PATH);
    let text: Vec<&str> = manifests.map(|file| file.content.as_str()).collect();
    let config = files.iter().find(|file| file.path == crate::mesh::config::PATH).unwrap();
    let data: Value = config
        .content
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let by_hand = include_str!("../../../../k8s-knative/base/mesh/provider.yaml");
    let text = [text.join("---\n").as_str(), by_hand].join("---\n");
    let mut objects = Rendered::read(&text).unwrap().all().to_vec();
    objects.push(json!({"kind": "ConfigMap", "metadata": {"name": "tiffin-config"}, "data": data}));
    let class = json!({"eventing.knative.dev/broker.class": "MTChannelBasedBroker"});
    objects.push(json!({"kind": "Broker", "metadata": {"name": "tiffin", "annotations": class}}));
    objects
});

fn good() -> Vec<Value> {
    GOOD.clone()
}

fn faults(objects: Vec<Value>, is_for_people: bool) -> Vec<String> {
    let rendered = Rendered::of_objects(objects);
    let subject = Subject { rendered: &rendered, services: SERVICES, is_for_people };
    check(&subject).iter().map(ToString::to_string).collect()
}

/// The object of this kind and name.
fn at<'a>(objects: &'a mut [Value], kind: &str, name: &str) -> &'a mut Value {
    let found = objects.iter_mut().find(|one| {
        let is_function = !rendered::text(&one["apiVersion"]).is_empty() || kind != "Service";
        one["kind"] == kind && rendered::name(one) == name && is_function
    });
    found.unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// Plants a fault, and looks for these words in what is found.
fn finds(words: &str, plant: impl FnOnce(&mut Vec<Value>)) {
    let mut objects = good();
    plant(&mut objects);
    let found = faults(objects, false);
    assert!(found.iter().any(|fault| fault.contains(words)), "{words}: {found:#?}");
}

#[test]
fn nothing_is_wrong_with_what_is_generated() {
    assert_eq!(faults(good(), false), Vec::<String>::new());
}

#[test]
fn what_is_named_and_is_not_there_is_found() {
    finds("place-order: is declared, and no Knative service runs it", |all| {
        all.retain(|one| rendered::name(one) != "place-order");
    });
    finds("place-order: runs as get-order", |all| {
        at(all, "Service", "place-order")["spec"]["template"]["spec"]["serviceAccountName"] = json!("get-order");
    });
    finds("get-order: has no policy", |all| all.retain(|one| one["kind"] != "AuthorizationPolicy"));
    finds("is a policy of nobody-there, which is not there", |all| {
        at(all, "AuthorizationPolicy", "get-order")["spec"]["selector"]["matchLabels"]["serving.knative.dev/service"] =
            json!("nobody-there");
    });
    finds("get-jwks: is selected by 0 sidecars", |all| all.retain(|one| rendered::name(one) != "egress-none"));
    finds("get-order: must be told AWS_REGION", |all| at(all, "ConfigMap", "tiffin-config")["data"] = json!({}));
    finds("provider: must be told TIFFIN_TABLE_PROVIDER", |all| {
        at(all, "ConfigMap", "tiffin-config")["data"] = json!({});
    });
    finds("get-order: reads tiffin-config, which is not there", |all| all.retain(|one| one["kind"] != "ConfigMap"));
}

#[test]
fn a_route_that_leads_elsewhere_or_nowhere_is_found() {
    let rules = |all: &mut Vec<Value>, change: fn(&mut Vec<Value>)| {
        change(at(all, "VirtualService", "api-orders")["spec"]["http"].as_array_mut().unwrap());
    };
    finds("get-order: 0 virtual services take GET /v1/orders/x-1", |all| {
        rules(all, |rules| rules.retain(|rule| rule["name"] != "get-order"));
    });
    finds("get-order: GET /v1/orders/x-1 leads to the rule list-orders", |all| {
        rules(all, |rules| rules[1]["match"][0]["uri"] = json!({"prefix": "/v1/orders"}));
    });
    finds("place-order: 2 virtual services take POST /v1/orders", |all| {
        let again = at(all, "VirtualService", "api-orders").clone();
        all.push(again);
    });
    finds("place-order: leads to plaice-order.fn.tiffin.internal, which is nobody's name", |all| {
        rules(all, |rules| rules[0]["route"][0]["destination"]["host"] = json!("plaice-order.fn.tiffin.internal"));
    });
    finds("names plaice-order.tiffin.svc.cluster.local to Knative", |all| {
        rules(all, |rules| rules[0]["rewrite"]["authority"] = json!("plaice-order.tiffin.svc.cluster.local"));
    });
    finds("place-order: says nothing of retries", |all| rules(all, |rules| rules[0]["retries"] = Value::Null));
    finds("place-order: says nothing of its time", |all| rules(all, |rules| rules[0]["timeout"] = Value::Null));
    finds("place-order: injects faults and tries again", |all| {
        rules(all, |rules| rules[0]["fault"] = json!({"abort": {"httpStatus": 503}}));
    });
}

#[test]
fn events_that_get_to_nobody_are_found() {
    finds("notify: should get", |all| all.retain(|one| one["kind"] != "Trigger"));
    finds("sweep-orders: is called by no schedule", |all| all.retain(|one| one["kind"] != "PingSource"));
    finds("notify: sends to nobody/events, where nobody is", |all| {
        at(all, "Trigger", "notify")["spec"]["subscriber"]["ref"]["name"] = json!("nobody");
    });
    finds("notify: has a filter of 2 dialects", |all| {
        at(all, "Trigger", "notify")["spec"]["filters"][0]["exact"] = json!({"type": "tiffin.order.placed.v1"});
    });
    finds("notify: listens to the broker elsewhere", |all| {
        at(all, "Trigger", "notify")["spec"]["broker"] = json!("elsewhere");
    });
    let found = faults(good(), true);
    assert_eq!(found, ["tiffin: keeps events in memory, and this is for people: take kafka-broker"]);
}

#[test]
fn what_knative_refuses_is_found() {
    let service = |change: fn(&mut Value)| move |all: &mut Vec<Value>| change(at(all, "Service", "place-order"));
    finds(
        "autoscaling.knative.dev/min-scale belongs to its template",
        service(|one| {
            one["metadata"]["annotations"] = json!({"autoscaling.knative.dev/min-scale": "1"});
        }),
    );
    finds(
        "Knative knows no autoscaling.knative.dev/minScale",
        service(|one| {
            one["spec"]["template"]["metadata"]["annotations"]["autoscaling.knative.dev/minScale"] = json!("1");
        }),
    );
    finds(
        "has at least 21 pods and at most 20",
        service(|one| {
            one["spec"]["template"]["metadata"]["annotations"]["autoscaling.knative.dev/min-scale"] = json!("21");
        }),
    );
    finds("shares 90 % of its traffic out", service(|one| one["spec"]["traffic"][0]["percent"] = json!(90)));
    finds("has a revision v2", service(|one| one["spec"]["template"]["metadata"]["name"] = json!("v2")));
    finds("gives a request 10 s", service(|one| one["spec"]["template"]["spec"]["timeoutSeconds"] = json!(10)));
    let container = |change: fn(&mut Value)| {
        move |all: &mut Vec<Value>| {
            change(&mut at(all, "Service", "place-order")["spec"]["template"]["spec"]["containers"][0]);
        }
    };
    finds("may write to its root", container(|one| one["securityContext"] = json!({})));
    finds("has no limit of memory", container(|one| one["resources"] = json!({})));
    finds("sets K_SERVICE", container(|one| one["env"][0] = json!({"name": "K_SERVICE", "value": "x"})));
    finds(
        "says of TIFFIN_EVENTS_GUARD something else",
        container(|one| {
            one["env"][0] = json!({"name": "TIFFIN_EVENTS_GUARD", "value": "none"});
        }),
    );
}

#[test]
fn somebody_outside_who_is_not_there_or_not_verified_is_found() {
    finds("provider.tiffin.internal: is called, and nobody's name", |all| {
        all.retain(|one| one["kind"] != "ServiceEntry" || rendered::name(one) != "provider");
    });
    finds("provider.tiffin.internal: is called outside without TLS", |all| {
        all.retain(|one| one["kind"] != "DestinationRule" || rendered::name(one) != "provider");
    });
    let tls = |change: fn(&mut Value)| {
        move |all: &mut Vec<Value>| change(&mut at(all, "DestinationRule", "provider")["spec"]["trafficPolicy"]["tls"])
    };
    finds("provider: says no name to whom it speaks to", tls(|tls| tls["sni"] = Value::Null));
    finds("provider: takes a certificate of any name", tls(|tls| tls["subjectAltNames"] = json!([])));
    finds("provider: takes a certificate of any authority", tls(|tls| tls["caCertificates"] = Value::Null));
    finds(
        "provider: takes a certificate of any authority",
        tls(|tls| *tls = json!({"mode": "SIMPLE", "sni": "x", "subjectAltNames": ["x"], "credentialName": "ca"})),
    );
}

#[test]
fn a_key_is_found_wherever_it_is() {
    let known =
        include_str!("../../../../local.env").lines().find_map(|line| line.strip_prefix("TIFFIN_CURSOR_KEY=")).unwrap();
    finds("holds a key: TIFFIN_CURSOR_KEY", |all| at(all, "ConfigMap", "tiffin-config")["data"]["X"] = json!(known));
    finds("holds a key: whsec_", |all| at(all, "ConfigMap", "tiffin-config")["data"]["X"] = json!("whsec_AAAA"));
    finds("is a secret with something in it", |all| {
        all.push(json!({"kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}));
    });
    finds("get-order: reads TIFFIN_QUOTE_KEY, which it does not require", |all| {
        let reference = json!({"name": "X", "valueFrom": {"secretKeyRef": {"name": "k", "key": "TIFFIN_QUOTE_KEY"}}});
        at(all, "Service", "get-order")["spec"]["template"]["spec"]["containers"][0]["env"][0] = reference;
    });
}
