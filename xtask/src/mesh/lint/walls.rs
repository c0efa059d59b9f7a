//! Network policies, where there are any, let functions reach the store that they are told of, if that is in the cluster.

use host::requirements::AWS_ENDPOINT;
use serde_json::{Value, json};

use super::{Subject, setting};
use crate::{
    aws::Fault,
    mesh::{
        egress::Egress,
        rendered::{items, name, text},
    },
};

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let is_walled = subject.rendered.of("NetworkPolicy").any(|policy| policy["spec"]["podSelector"] == json!({}));
    let endpoint = setting(subject, AWS_ENDPOINT).trim_start_matches("http://");
    let address =
        endpoint.rsplit_once(':').and_then(|(host, port)| Some((host.split('.').next()?, port.parse().ok()?)));
    let Some((host, port)) = address.filter(|_| is_walled) else { return Vec::new() };
    let Some(service) = subject.rendered.of("Service").find(|one| name(one) == host) else { return Vec::new() };
    let asking = json!({Egress::Store.label(): "true"});
    let store = &service["spec"]["selector"];
    let is_reached = lets(subject, ["egress", "to"], &asking, store, port);
    let is_entered = lets(subject, ["ingress", "from"], store, &asking, port);
    let wrong = [(is_reached, "the wall keeps functions from it"), (is_entered, "it lets no function in")];
    wrong.into_iter().filter(|(is_let, _)| !is_let).map(|(_, wrong)| Fault::new(host, wrong)).collect()
}

/// Whether a policy of these pods lets others through, in this direction and at this port.
fn lets(subject: &Subject, [direction, peers]: [&str; 2], own: &Value, others: &Value, port: u64) -> bool {
    let policies = subject.rendered.of("NetworkPolicy").filter(|one| selects(&one["spec"]["podSelector"], own));
    policies.flat_map(|policy| items(&policy["spec"][direction])).any(|rule| {
        let is_peer = |peer: &Value| peer["namespaceSelector"].is_null() && selects(&peer["podSelector"], others);
        let is_port = |one: &Value| one["port"] == port;
        items(&rule[peers]).iter().any(is_peer) && items(&rule["ports"]).iter().any(is_port)
    })
}

/// Whether pods with these labels are meant by a selector.
fn selects(selector: &Value, labels: &Value) -> bool {
    let wanted = selector["matchLabels"].as_object();
    selector.is_object()
        && wanted.into_iter().flatten().all(|(label, value)| text(&labels[label.as_str()]) == text(value))
}
