//! Each check finds the fault that is planted for it.

use std::sync::LazyLock;

use serde_json::{Value, json};
use tiffin::services::SERVICES;

use super::*;
use crate::mesh::{
    callers::CALLERS,
    files, rendered,
    replies::{NO_ORIGINS, REPLIES},
    verify::jwks,
};

/// Origins of pages, as an overlay names them.
const ORIGINS: &str = "https://tiffin.example,https://partner.example";

/// What is generated, and what the base has besides.
static GOOD: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let files = files(SERVICES).unwrap();
    let manifests = files.iter().filter(|file| file.path != crate::mesh::config::PATH);
    let text: Vec<&str> = manifests.map(|file| file.content.as_str()).collect();
    let config = files.iter().find(|file| file.path == crate::mesh::config::PATH).unwrap();
    let mut data: Value = config
        .content
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let by_hand = include_str!("../../../../k8s-knative/base/mesh/provider.yaml");
    let text = [text.join("---\n").as_str(), by_hand].join("---\n").replace(NO_ORIGINS, ORIGINS);
    let mut objects = Rendered::read(&text).unwrap().all().to_vec();
    data["TIFFIN_CORS_ORIGINS"] = json!(ORIGINS);
    objects.push(json!({"kind": "ConfigMap", "metadata": {"name": "tiffin-config"}, "data": data}));
    let keeper = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "dead-letters"}});
    let sink = json!({"ref": {"apiVersion": "v1", "kind": "Service", "name": "dead-letters"}, "uri": "/events"});
    objects.push(keeper);
    at(&mut objects, "RequestAuthentication", CALLERS)["spec"]["jwtRules"][0]["jwks"] = json!(jwks().unwrap());
    let servers = json!([{"hosts": ["api.tiffin.example"]}]);
    objects.push(json!({"kind": "Gateway", "metadata": {"name": "tiffin-edge"}, "spec": {"servers": servers}}));
    let class = json!({"eventing.knative.dev/broker.class": "MTChannelBasedBroker"});
    objects.push(json!({"kind": "Broker", "metadata": {"name": "tiffin", "annotations": class}, "spec": {"delivery": {"deadLetterSink": sink}}}));
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
    finds("get-order: 0 virtual services take GET /v1/orders/x-1", |all| rules(all, Vec::clear));
    finds("get-order: GET /v1/orders/x-1 leads to the rule get-head-options-not-allowed", |all| {
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
    finds("/v1/orders: does not say by which methods", |all| {
        rules(all, |rules| rules.retain(|rule| rule["directResponse"].is_null()));
    });
    finds("/v1/orders: answers TRACE", |all| {
        rules(all, |rules| {
            for rule in rules.iter_mut().filter(|rule| rule["directResponse"].is_object()) {
                rule["headers"]["response"]["set"]["allow"] = json!("GET");
            }
        });
    });
    finds("place-order: tries again what a busy program refuses", |all| {
        rules(all, |rules| rules[0]["retries"]["retryOn"] = json!("connect-failure,gateway-error"));
    });
    finds("place-order: gives up a try", |all| rules(all, |rules| rules[0]["retries"]["perTryTimeout"] = json!("2s")));
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
    finds("notify: sends to , where nobody is", |all| {
        at(all, "Trigger", "notify")["spec"]["delivery"]["deadLetterSink"] = Value::Null;
    });
    finds("tiffin: sends to dead-letters/, where nobody is", |all| {
        at(all, "Broker", "tiffin")["spec"]["delivery"]["deadLetterSink"]["uri"] = json!("/");
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

/// The operation of the first rule that has a path.
fn of<'a>(rules: &'a mut Value, path: &str) -> &'a mut Value {
    let operations = rules.as_array_mut().unwrap().iter_mut().flat_map(|rule| rule["to"].as_array_mut().unwrap());
    let mut operations = operations.map(|to| &mut to["operation"]);
    operations.find(|one| one["paths"].as_array().unwrap().contains(&json!(path))).unwrap()
}

#[test]
fn a_token_that_is_asked_for_where_it_should_not_be_or_not_where_it_should_is_found() {
    let rules = |change: fn(&mut Value)| {
        move |all: &mut Vec<Value>| change(&mut at(all, "AuthorizationPolicy", CALLERS)["spec"]["rules"])
    };
    finds(
        "asks for none for POST /v1/orders/x-1/accept",
        rules(|rules| {
            of(rules, "/v1/orders/{*}/accept")["paths"]
                .as_array_mut()
                .unwrap()
                .retain(|path| *path != "/v1/orders/{*}/accept");
        }),
    );
    finds(
        "asks for none for HEAD /v1/orders, other",
        rules(|rules| of(rules, "/v1/orders/{*}")["methods"] = json!(["GET"])),
    );
    finds(
        "asks for a token for GET /v1/restaurants/x-1, other",
        rules(|rules| {
            of(rules, "/v1/orders/{*}")["paths"] = json!(["/v1/orders", "/v1/restaurants/{*}"]);
        }),
    );
    finds(
        "asks for a token for POST /v1/payments/webhooks/x-1, other",
        rules(|rules| {
            of(rules, "/v1/orders/{*}/accept")["paths"] = json!(["/v1/payments/webhooks/{*}"]);
        }),
    );
    finds(
        "asks for a token for OPTIONS /v1/orders, other",
        rules(|rules| {
            of(rules, "/v1/orders/{*}")["methods"] = json!(["GET", "HEAD", "OPTIONS"]);
        }),
    );
    finds(
        "asks for none for GET /v1/orders/x-1, other",
        rules(|rules| {
            of(rules, "/v1/orders/{*}")["notPaths"] = json!(["/v1/orders/{*}"]);
        }),
    );
    finds(
        "looks at requests for {\"api.tiffin.example\"}, and",
        rules(|rules| {
            of(rules, "/v1/orders/{*}")["hosts"] = json!(["api.tiffin.example"]);
        }),
    );
    finds("refuses others than those who have no token", rules(|rules| rules[0]["from"] = Value::Null));
    finds("is not at the gateway", |all| {
        at(all, "AuthorizationPolicy", CALLERS)["spec"]["selector"] = json!({"matchLabels": {"istio": "another"}});
    });
    finds("reads tokens, and refuses nobody", |all| {
        all.retain(|one| one["kind"] != "AuthorizationPolicy" || rendered::name(one) != CALLERS);
    });
    finds("refuses everybody, as nobody reads", |all| all.retain(|one| one["kind"] != "RequestAuthentication"));
}

#[test]
fn tokens_of_another_issuer_or_for_others_are_found() {
    let rule = |change: fn(&mut Value)| {
        move |all: &mut Vec<Value>| change(&mut at(all, "RequestAuthentication", CALLERS)["spec"]["jwtRules"][0])
    };
    finds("takes tokens of \"https://other.example\"", rule(|rule| rule["issuer"] = json!("https://other.example")));
    finds("takes tokens for [\"tiffin-orders\"]", rule(|rule| rule["audiences"] = json!(["tiffin-orders"])));
    finds("keeps the token", rule(|rule| rule["forwardOriginalToken"] = json!(false)));
    finds("takes tokens from elsewhere", rule(|rule| rule["fromHeaders"] = Value::Null));
    finds("has no keys", rule(|rule| rule["jwks"] = json!("{\"keys\":[]}")));
    finds("has no keys, or has to ask", rule(|rule| rule["jwksUri"] = json!("https://api.tiffin.example/jwks")));
}

#[test]
fn replies_for_other_origins_than_the_configured_are_found() {
    finds("says of its refusals what functions would not say", |all| all.retain(|one| one["kind"] != "EnvoyFilter"));
    finds("shows its replies to other origins", |all| {
        at(all, "ConfigMap", "tiffin-config")["data"]["TIFFIN_CORS_ORIGINS"] = json!("https://tiffin.example");
    });
    finds("shows its replies to other origins", |all| {
        let patches = at(all, "EnvoyFilter", REPLIES)["spec"]["configPatches"].as_array_mut().unwrap();
        patches.remove(0);
    });
    finds("would look for the blanks", |all| {
        at(all, "ConfigMap", "tiffin-config")["data"]["TIFFIN_CORS_ORIGINS"] =
            json!("https://a.example, https://b.example");
    });
}

#[test]
fn a_wall_between_functions_and_their_store_is_found() {
    let told = |all: &mut Vec<Value>| {
        at(all, "ConfigMap", "tiffin-config")["data"]["TIFFIN_AWS_ENDPOINT"] =
            json!("http://dynamodb.tiffin.svc.cluster.local:8000");
        let selector = json!({"selector": {"app": "dynamodb"}});
        all.push(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "dynamodb"}, "spec": selector}));
    };
    let entered = |all: &mut Vec<Value>| {
        let from = json!([{"podSelector": {"matchLabels": {"egress/store": "true"}}}]);
        let ingress = json!([{"from": from, "ports": [{"protocol": "TCP", "port": 8000}]}]);
        let spec = json!({"podSelector": {"matchLabels": {"app": "dynamodb"}}, "ingress": ingress});
        all.push(json!({"kind": "NetworkPolicy", "metadata": {"name": "dynamodb"}, "spec": spec}));
    };
    let mut objects = good();
    told(&mut objects);
    entered(&mut objects);
    assert_eq!(faults(objects, false), Vec::<String>::new());
    finds("dynamodb: it lets no function in", told);
    finds("dynamodb: the wall keeps functions from it", |all| {
        told(all);
        at(all, "NetworkPolicy", "egress-store")["spec"]["egress"] = json!([]);
    });
}
