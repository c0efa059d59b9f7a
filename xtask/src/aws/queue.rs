//! What a subscriber needs: a queue of the events it subscribes to and no others, and a dead-letter queue.

use app::Scale;
use domain::Kind;

use crate::{
    aws::{
        alarm::{Alarm, Metric},
        environment::TOPIC,
        function_spec::{FunctionSpec, VISIBILITY_FACTOR},
        intrinsics::{arn, get_att, reference},
        resource::{resource, service_may},
    },
    yaml::{Map, Value, map},
};

/// What a function that polls a queue must be allowed.
pub(crate) const POLLING: &[&str] = &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
/// How often a message is received before it goes to the dead-letter queue.
const MAX_RECEIVE_COUNT: u32 = 5;
/// The most messages a function gets at once.
const BATCH_SIZE: u32 = 10;
/// How long dead letters are kept, in seconds: the longest there is, 14 days.
const DEAD_LETTER_LIFE_S: u32 = 14 * 24 * 60 * 60;

/// The queue's logical id.
pub(crate) fn id(spec: &FunctionSpec) -> String {
    spec.id() + "Queue"
}

/// The event source, among the properties of the function.
pub(crate) fn source(spec: &FunctionSpec) -> Map {
    let properties = map! {
        "Queue" => arn(&id(spec)),
        "BatchSize" => BATCH_SIZE,
        "FunctionResponseTypes" => ["ReportBatchItemFailures"],
        "ScalingConfig" => map! { "MaximumConcurrency" => max_concurrency(spec.declaration.function.scale) },
    };
    map! { "Events" => map! { "Messages" => resource("SQS", properties) } }
}

/// How many batches are handled at once.
const fn max_concurrency(scale: Scale) -> u32 {
    match scale {
        Scale::Hot => 50,
        Scale::Normal => 20,
        Scale::Rare => 2,
    }
}

/// The queue, its subscription and its dead-letter queue.
pub(crate) fn resources(spec: &FunctionSpec, subscribes_to: &[Kind]) -> Map {
    let queue = id(spec);
    let dead_letters = spec.id() + "DeadLetters";
    let redriven = || map! { "deadLetterTargetArn" => arn(&dead_letters) };
    let takes = map! {
        "VisibilityTimeout" => VISIBILITY_FACTOR * spec.timeout_s(),
        "RedrivePolicy" => redriven().with("maxReceiveCount", MAX_RECEIVE_COUNT),
    };
    let subscription = map! {
        "TopicArn" => reference(TOPIC),
        "Protocol" => "sqs",
        "Endpoint" => arn(&queue),
        "RawMessageDelivery" => true,
        "FilterPolicyScope" => "MessageAttributes",
        "FilterPolicy" => map! { "type" => subscribes_to.iter().map(|kind| kind.event_type()).collect::<Value>() },
        "RedrivePolicy" => redriven(),
    };
    let about = format!("{} could not take an event", spec.name());
    map! {
        queue.as_str() => encrypted(takes),
        spec.id() + "Subscription" => resource("AWS::SNS::Subscription", subscription),
        dead_letters.as_str() => encrypted(map! { "MessageRetentionPeriod" => DEAD_LETTER_LIFE_S }),
    }
    .and(topic_may_send(&queue))
    .and(topic_may_send(&dead_letters))
    .and(alarm(&dead_letters, &about))
}

/// A queue, encrypted with a key of SQS.
pub(crate) fn encrypted(properties: Map) -> Map {
    resource("AWS::SQS::Queue", properties.with("SqsManagedSseEnabled", true))
}

/// The policy of a queue: the topic may send to it, and nobody else.
fn topic_may_send(queue: &str) -> Map {
    let from_topic = map! {
        "Resource" => arn(queue),
        "Condition" => map! { "ArnEquals" => map! { "aws:SourceArn" => reference(TOPIC) } },
    };
    let properties = map! {
        "Queues" => [reference(queue)],
        "PolicyDocument" => service_may("sns.amazonaws.com", "sqs:SendMessage", from_topic),
    };
    map! { format!("{queue}Policy") => resource("AWS::SQS::QueuePolicy", properties) }
}

/// An alarm that rings as long as a dead-letter queue holds a message.
pub(crate) fn alarm(queue: &str, about: &str) -> Map {
    let metric = Metric {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        statistic: "Maximum",
        dimensions: vec![("QueueName", get_att(queue, "QueueName"))],
    };
    map! { format!("{queue}Alarm") => Alarm { about, metric, threshold: 1, minutes: 1 }.resource() }
}
