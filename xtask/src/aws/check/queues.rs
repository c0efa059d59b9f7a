//! A message stays hidden while its function may run, and one that can't be handled goes to a dead-letter queue.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::aws::{
    check::subject::Subject,
    expanded::{holding, target},
    fault::Fault,
    function_spec::VISIBILITY_FACTOR,
};

const QUEUE: &str = "AWS::SQS::Queue";

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let mut faults = visibility(subject);
    faults.extend(dead_letters(subject));
    faults
}

fn visibility(subject: &Subject) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in subject.expanded.of("AWS::Lambda::EventSourceMapping") {
        let function = target(source.at("/FunctionName")).and_then(|id| subject.expanded.resource(id));
        let queue = target(source.at("/EventSourceArn")).and_then(|id| subject.expanded.resource(id));
        let (Some(function), Some(queue)) = (function, queue) else {
            faults.push(Fault::new(source.id, "leads from no queue, or to no function"));
            continue;
        };
        let hidden = queue.at("/VisibilityTimeout").as_u64().unwrap_or_default();
        let runs = function.at("/Timeout").as_u64().unwrap_or(u64::MAX);
        if hidden < runs.saturating_mul(u64::from(VISIBILITY_FACTOR)) {
            let wrong = format!(
                "hides messages for {hidden} s, less than {VISIBILITY_FACTOR} times the {runs} s of {}",
                function.id
            );
            faults.push(Fault::new(queue.id, wrong));
        }
        if source.at("/FunctionResponseTypes/0").as_str() != Some("ReportBatchItemFailures") {
            faults.push(Fault::new(source.id, "fails whole batches"));
        }
    }
    faults
}

/// A queue has a dead-letter queue, or is one.
fn dead_letters(subject: &Subject) -> Vec<Fault> {
    let template = &subject.expanded.0;
    let redriven =
        holding(template, "deadLetterTargetArn").into_iter().filter_map(|one| one.get("deadLetterTargetArn"));
    let missed =
        holding(template, "DeadLetterConfig").into_iter().filter_map(|one| one.get("DeadLetterConfig")?.get("Arn"));
    let ends: BTreeSet<&str> = redriven.chain(missed).filter_map(target).collect();
    let without = subject.expanded.of(QUEUE).filter(|queue| {
        let end = target(queue.at("/RedrivePolicy/deadLetterTargetArn"));
        let has_end = end.is_some_and(|id| subject.expanded.resource(id).is_some_and(|end| end.kind == QUEUE));
        !has_end && !ends.contains(queue.id)
    });
    let without = without.map(|queue| Fault::new(queue.id, "has no dead-letter queue"));
    let lost = subject.expanded.of("AWS::SNS::Subscription").filter(|one| *one.at("/RedrivePolicy") == Value::Null);
    without.chain(lost.map(|one| Fault::new(one.id, "has no dead-letter queue"))).collect()
}
