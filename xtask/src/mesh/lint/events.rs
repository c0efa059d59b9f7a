//! Events get to whom they are declared for, and to nobody else; what is not handled goes somewhere.

use std::collections::BTreeSet;

use app::Trigger;
use serde_json::Value;

use super::Subject;
use crate::{
    aws::Fault,
    mesh::{
        names::EVENTS_PATH,
        rendered::{items, name, text},
    },
};

/// What a Broker says whose events are gone with its pod.
const IN_MEMORY: &str = "MTChannelBasedBroker";
const CLASS: &str = "eventing.knative.dev/broker.class";
/// The dialects of a filter: one an item.
const DIALECTS: [&str; 7] = ["exact", "prefix", "suffix", "any", "all", "not", "cesql"];

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let mut faults = Vec::new();
    for function in subject.declared() {
        let named = function.function.name;
        match &function.trigger {
            Trigger::Endpoint(_) => {}
            Trigger::Subscriber { subscribes_to, .. } => {
                let wanted: BTreeSet<&str> = subscribes_to().into_iter().map(domain::Kind::event_type).collect();
                let triggers: Vec<&Value> =
                    subject.rendered.of("Trigger").filter(|one| subscriber(one) == named).collect();
                let got: BTreeSet<&str> = triggers.iter().flat_map(|one| types(&one["spec"]["filters"])).collect();
                if triggers.len() != 1 || wanted != got {
                    faults.push(Fault::new(named, format!("should get {wanted:?}, and gets {got:?}")));
                }
            }
            Trigger::Sweep { .. } | Trigger::Schedule { .. } => {
                let of = |one: &&Value| text(&one["spec"]["sink"]["ref"]["name"]) == named;
                if subject.rendered.of("PingSource").filter(of).count() != 1 {
                    faults.push(Fault::new(named, "is called by no schedule, or by two"));
                }
            }
        }
    }
    for trigger in subject.rendered.of("Trigger") {
        let sinks = [&trigger["spec"]["subscriber"], &trigger["spec"]["delivery"]["deadLetterSink"]];
        faults.extend(sinks.into_iter().filter_map(|sink| missing(subject, trigger, sink)));
        let broker = text(&trigger["spec"]["broker"]);
        if !subject.rendered.of("Broker").any(|one| name(one) == broker) {
            faults.push(Fault::new(name(trigger), format!("listens to the broker {broker}, which is not there")));
        }
        for filter in items(&trigger["spec"]["filters"]) {
            let dialects = DIALECTS.iter().filter(|dialect| !filter[**dialect].is_null()).count();
            if dialects != 1 {
                faults.push(Fault::new(name(trigger), format!("has a filter of {dialects} dialects, not one")));
            }
        }
    }
    for source in subject.rendered.of("PingSource") {
        faults.extend(missing(subject, source, &source["spec"]["sink"]));
    }
    for broker in subject.rendered.of("Broker") {
        faults.extend(missing(subject, broker, &broker["spec"]["delivery"]["deadLetterSink"]));
    }
    let in_memory = |broker: &&Value| text(&broker["metadata"]["annotations"][CLASS]) == IN_MEMORY;
    for broker in subject.rendered.of("Broker").filter(in_memory).filter(|_| subject.is_for_people) {
        faults.push(Fault::new(name(broker), "keeps events in memory, and this is for people: take kafka-broker"));
    }
    faults
}

fn subscriber(trigger: &Value) -> &str {
    text(&trigger["spec"]["subscriber"]["ref"]["name"])
}

/// The types that filters let through.
fn types(filters: &Value) -> Vec<&str> {
    items(filters)
        .iter()
        .flat_map(|filter| {
            let any = items(&filter["any"]).iter().map(|one| &one["exact"]["type"]);
            any.chain([&filter["exact"]["type"]]).filter_map(Value::as_str)
        })
        .collect()
}

/// Whoever is sent something has to be there.
fn missing(subject: &Subject, from: &Value, sink: &Value) -> Option<Fault> {
    let wanted = text(&sink["ref"]["name"]);
    let api = &sink["ref"]["apiVersion"];
    let is_there = subject.rendered.of("Service").any(|one| name(one) == wanted && one["apiVersion"] == *api);
    let is_there = is_there && sink["uri"] == EVENTS_PATH;
    (!is_there).then(|| Fault::new(name(from), format!("sends to {wanted}{}, where nobody is", text(&sink["uri"]))))
}
