//! What a queue hands to a Lambda function: a batch of messages, each an event as it was published (raw delivery), or as
//! SNS wraps it. Format: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use domain::Event;
use serde::{Deserialize, de::Error as _};

use crate::object::object;

/// A message of a batch.
#[derive(Debug)]
pub struct Received {
    /// Its id, by which a failure is reported.
    pub message_id: String,
    /// The event in it.
    pub event: Result<Event, Unreadable>,
}

/// A message that holds no event of ours.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// A payload that is no batch of a queue.
#[derive(Debug, thiserror::Error)]
#[error("the payload is no batch of a queue: {0}")]
pub struct NoBatch(#[from] serde_json::Error);

/// SNS' envelope, where raw delivery is off.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    message: String,
}

/// Reads a batch. A message that can't be read is one of it all the same.
pub fn read(payload: &[u8]) -> Result<Vec<Received>, NoBatch> {
    let batch: SqsEvent = object(payload)?;
    batch.records.into_iter().map(received).collect()
}

/// One without an id could not be reported, so the whole batch fails with it.
fn received(message: SqsMessage) -> Result<Received, NoBatch> {
    let message_id = message.message_id.ok_or_else(|| serde_json::Error::missing_field("messageId"))?;
    let event = message.body.as_deref().map_or_else(|| Err(Unreadable("it has no body".to_owned())), event);
    Ok(Received { message_id, event })
}

fn event(body: &str) -> Result<Event, Unreadable> {
    let raw = match object::<Notification>(body.as_bytes()) {
        Ok(wrapped) => object(wrapped.message.as_bytes()),
        Err(_) => object(body.as_bytes()),
    };
    raw.map_err(|error| Unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloudevents::tests::event as an_event;

    fn batch(bodies: &[String]) -> Vec<u8> {
        let records: Vec<Value> = bodies
            .iter()
            .enumerate()
            .map(|(number, body)| {
                json!({"messageId": number.to_string(), "body": body, "eventSource": "aws:sqs", "attributes": {}})
            })
            .collect();
        json!({"Records": records}).to_string().into_bytes()
    }

    #[test]
    fn an_event_is_read_wrapped_or_not_and_a_bad_one_spoils_no_other() {
        let event = an_event();
        let raw = serde_json::to_string(&event).unwrap();
        let wrapped = json!({"Type": "Notification", "MessageId": "m", "TopicArn": "t", "Message": raw}).to_string();
        let bodies = [raw, "{".to_owned(), wrapped, r#"{"Message":"no"}"#.to_owned(), String::new()];
        let read = read(&batch(&bodies)).unwrap();
        let good: Vec<bool> = read.iter().map(|one| one.event.as_ref().is_ok_and(|read| *read == event)).collect();
        assert_eq!(good, [true, false, true, false, false]);
        assert_eq!(read.iter().map(|one| one.message_id.as_str()).collect::<Vec<_>>(), ["0", "1", "2", "3", "4"]);
        let bodiless = super::read(br#"{"Records":[{"messageId":"1"}]}"#).unwrap();
        assert!(bodiless[0].event.is_err());
    }

    #[test]
    fn what_is_no_batch_is_not_taken_for_an_empty_one() {
        assert!(read(br#"{"Records":[]}"#).unwrap().is_empty());
        for wrong in ["{}", "[]", "null", r#"{"Records":[{"body":"x"}]}"#, "x", "[[]]", r#"[[["1","x"]]]"#] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_message_that_is_no_object_is_not_read_as_one_and_not_quoted() {
        let event = serde_json::to_string(&an_event()).unwrap();
        let bodies =
            [json!("Ana's address"), json!(["Ana's address"]), json!([event]), json!({"Message": "\"Ana's\""})];
        for body in bodies {
            let read = read(&batch(&[body.to_string()])).unwrap();
            let error = read[0].event.as_ref().unwrap_err().to_string();
            assert!(!error.contains("Ana"), "{error}");
        }
    }
}
