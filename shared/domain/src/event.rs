//! Events: facts, and the envelope they travel in (`CloudEvents` 1.0, structured JSON).

use serde::de::DeserializeOwned;
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

pub use crate::kind::{Kind, Thing, UnknownKind};
use crate::{EventId, Timestamp};

/// A fact: what happened to a thing, and what subscribers need to know of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Received")]
pub struct Event {
    /// Of the fact: the same however often it is delivered.
    pub id: EventId,
    /// What happened.
    pub kind: Kind,
    /// The id of the thing it happened to.
    pub subject: String,
    /// When.
    pub time: Timestamp,
    /// Facts with the same key are published in order: the order's id where there is one.
    pub partition_key: String,
    /// The version of the thing after the fact.
    pub sequence: u64,
    /// The trace it belongs to (W3C Trace Context).
    pub traceparent: Option<String>,
    /// The payload: one of [`facts`](crate::facts), by [`Kind::thing`].
    pub data: Value,
}

impl Event {
    /// The payload, read as a fact.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.data)
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut envelope = serializer.serialize_struct("Event", 10 + usize::from(self.traceparent.is_some()))?;
        envelope.serialize_field("specversion", SPEC_VERSION)?;
        envelope.serialize_field("id", &self.id)?;
        envelope.serialize_field("source", self.kind.source())?;
        envelope.serialize_field("type", &self.kind)?;
        envelope.serialize_field("subject", &self.subject)?;
        envelope.serialize_field("time", &self.time)?;
        envelope.serialize_field("datacontenttype", "application/json")?;
        envelope.serialize_field("partitionkey", &self.partition_key)?;
        envelope.serialize_field("sequence", &format!("{:010}", self.sequence))?;
        match &self.traceparent {
            Some(traceparent) => envelope.serialize_field("traceparent", traceparent)?,
            None => envelope.skip_field("traceparent")?,
        }
        envelope.serialize_field("data", &self.data)?;
        envelope.end()
    }
}

/// An envelope that holds no event of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEvent {
    /// Not `CloudEvents` 1.0.
    #[error("specversion must be 1.0")]
    SpecVersion,
    /// The type is not in the catalogue.
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    /// `sequence` is no number.
    #[error("sequence must be decimal digits")]
    Sequence,
}

const SPEC_VERSION: &str = "1.0";

/// An envelope as it came; attributes not named here are ignored.
#[derive(Deserialize)]
struct Received {
    specversion: String,
    id: EventId,
    r#type: String,
    subject: String,
    time: Timestamp,
    partitionkey: String,
    sequence: String,
    traceparent: Option<String>,
    data: Value,
}

/// A number in decimal digits and nothing else: `parse` alone would take a sign.
fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl TryFrom<Received> for Event {
    type Error = InvalidEvent;

    fn try_from(received: Received) -> Result<Self, InvalidEvent> {
        if received.specversion != SPEC_VERSION {
            return Err(InvalidEvent::SpecVersion);
        }
        Ok(Self {
            id: received.id,
            kind: received.r#type.parse()?,
            subject: received.subject,
            time: received.time,
            partition_key: received.partitionkey,
            sequence: digits(&received.sequence).ok_or(InvalidEvent::Sequence)?,
            traceparent: received.traceparent,
            data: received.data,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn envelope() -> Value {
        json!({
            "specversion": "1.0",
            "id": "evt_01h455vb4pex5vsknk084sn02q",
            "source": "/tiffin/orders",
            "type": "tiffin.order.placed.v1",
            "subject": "ord_01h455vb4pex5vsknk084sn02q",
            "time": "2026-11-23T12:00:00Z",
            "datacontenttype": "application/json",
            "partitionkey": "ord_01h455vb4pex5vsknk084sn02q",
            "sequence": "0000000001",
            "data": { "number": "K7Q2M9XA" },
        })
    }

    #[test]
    fn an_event_survives_json() {
        let event: Event = serde_json::from_value(envelope()).unwrap();
        assert_eq!(event.kind, Kind::OrderPlaced);
        assert_eq!(event.sequence, 1);
        assert_eq!(serde_json::to_value(&event).unwrap(), envelope());
        let traced = Event { traceparent: Some("00-aa-bb-01".to_owned()), ..event };
        let json = serde_json::to_string(&traced).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), traced);
    }

    #[test]
    fn what_is_not_ours_is_refused_by_name() {
        for (field, value, message) in [
            ("type", "tiffin.order.eaten.v1", "unknown event type `tiffin.order.eaten.v1`"),
            ("specversion", "0.3", "specversion must be 1.0"),
            ("sequence", "one", "sequence must be decimal digits"),
            ("sequence", "+5", "sequence must be decimal digits"),
            ("sequence", "", "sequence must be decimal digits"),
        ] {
            let mut envelope = envelope();
            envelope[field] = value.into();
            assert_eq!(serde_json::from_value::<Event>(envelope).unwrap_err().to_string(), message);
        }
    }
}
