//! What a subscriber needs: a queue of the events it subscribes to and no others, and a dead-letter queue.

use app::Scale;
use domain::Kind;

use crate::aws::{
    alarm::{Alarm, Metric},
    environment::TOPIC,
    function_spec::{FunctionSpec, VISIBILITY_FACTOR},
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
pub(crate) fn source(spec: &FunctionSpec) -> String {
    let queue = id(spec);
    let concurrency = max_concurrency(spec.declaration.function.scale);
    format!(
        "      Events:
        Messages:
          Type: SQS
          Properties:
            Queue: !GetAtt {queue}.Arn
            BatchSize: {BATCH_SIZE}
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig:
              MaximumConcurrency: {concurrency}
"
    )
}

/// How many batches are handled at once.
const fn max_concurrency(scale: Scale) -> u32 {
    match scale {
        Scale::Hot => 50,
        Scale::Normal => 20,
        Scale::Rare => 2,
    }
}

/// The queue, its subscription and its dead-letter queue, as resources in YAML.
pub(crate) fn resources(spec: &FunctionSpec, subscribes_to: &[Kind]) -> String {
    let id = spec.id();
    let visible_s = VISIBILITY_FACTOR * spec.timeout_s();
    let types: String = subscribes_to.iter().map(|kind| format!("          - {}\n", kind.event_type())).collect();
    format!(
        "
  {id}Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: {visible_s}
      SqsManagedSseEnabled: true
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt {id}DeadLetters.Arn
        maxReceiveCount: {MAX_RECEIVE_COUNT}

  {id}Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref {TOPIC}
      Protocol: sqs
      Endpoint: !GetAtt {id}Queue.Arn
      RawMessageDelivery: true
      FilterPolicyScope: MessageAttributes
      FilterPolicy:
        type:
{types}      RedrivePolicy:
        deadLetterTargetArn: !GetAtt {id}DeadLetters.Arn

  {id}DeadLetters:
    Type: AWS::SQS::Queue
    Properties:
      MessageRetentionPeriod: {DEAD_LETTER_LIFE_S}
      SqsManagedSseEnabled: true
{}{}{}",
        policy(&format!("{id}Queue")),
        policy(&format!("{id}DeadLetters")),
        alarm(spec),
    )
}

/// The topic may send to the queue, and nobody else.
fn policy(queue: &str) -> String {
    format!(
        "
  {queue}Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues:
        - !Ref {queue}
      PolicyDocument:
        Version: \"2012-10-17\"
        Statement:
          - Effect: Allow
            Principal:
              Service: sns.amazonaws.com
            Action: sqs:SendMessage
            Resource: !GetAtt {queue}.Arn
            Condition:
              ArnEquals:
                aws:SourceArn: !Ref {TOPIC}
"
    )
}

fn alarm(spec: &FunctionSpec) -> String {
    let id = spec.id();
    dead_letters(&format!("{id}DeadLetters"), &format!("{} could not take an event", spec.name()))
}

/// An alarm that rings as long as a dead-letter queue holds a message.
pub(crate) fn dead_letters(queue: &str, about: &str) -> String {
    let dimensions = [("QueueName", format!("!GetAtt {queue}.QueueName"))];
    let metric = Metric {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        statistic: "Maximum",
        dimensions: &dimensions,
    };
    Alarm { id: &format!("{queue}Alarm"), name: None, about, metric, minutes: 1 }.yaml()
}
