//! A queue gets what its function subscribes to, and nothing else.

use std::collections::BTreeSet;

use app::TriggerKind;
use domain::Kind;
use serde_json::Value;

use crate::aws::{
    check::subject::Subject,
    expanded::{Resource, target},
    fault::Fault,
    queue,
};

/// The most values of a filter policy.
const MAX_TYPES: usize = 150;

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let mut faults = Vec::new();
    for spec in subject.specs.iter().filter(|spec| spec.declaration.kind() == TriggerKind::Subscriber) {
        let queue = queue::id(spec);
        let subscription =
            subject.expanded.of("AWS::SNS::Subscription").find(|one| target(one.at("/Endpoint")) == Some(&queue));
        let Some(subscription) = subscription else {
            faults.push(Fault::new(queue, "is subscribed to nothing"));
            continue;
        };
        if let Err(wrong) = matches_filter(&subscription, &spec.declaration.subscriptions()) {
            faults.push(Fault::new(subscription.id, wrong));
        }
    }
    faults
}

fn matches_filter(subscription: &Resource, kinds: &[Kind]) -> Result<(), String> {
    let Some(filter) = subscription.at("/FilterPolicy").as_object() else {
        return Err("its filter is no object".to_owned());
    };
    let Some(types) = filter.get("type").and_then(Value::as_array).filter(|_| filter.len() == 1) else {
        return Err("its filter is not about `type` alone".to_owned());
    };
    let types: Vec<&str> = types.iter().map(|one| one.as_str().unwrap_or_default()).collect();
    if let Some(unknown) = types.iter().find(|one| one.parse::<Kind>().is_err()) {
        return Err(format!("nobody publishes `{unknown}`"));
    }
    let wanted: BTreeSet<&str> = kinds.iter().map(|kind| kind.event_type()).collect();
    if types.iter().copied().collect::<BTreeSet<_>>() != wanted {
        return Err("its filter is not what its function subscribes to".to_owned());
    }
    if types.len() > MAX_TYPES {
        return Err(format!("SNS takes no more than {MAX_TYPES} types"));
    }
    let raw = subscription.at("/RawMessageDelivery") == &Value::Bool(true);
    if raw { Ok(()) } else { Err("wraps messages".to_owned()) }
}
