//! Events: facts, and the envelope they travel in (`CloudEvents` 1.0, structured JSON).

use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

pub use crate::kind::{DeliveryKind, Kind, KindName, OrderKind, PaymentKind, UnknownKind, UserKind};
use crate::{EventId, Timestamp};

/// A fact: what happened to a thing, and what subscribers need to know of it. On its way its data is JSON; a subscriber is
/// handed it as what it subscribes to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Received", bound = "Self: TryFrom<Received, Error = InvalidEvent>")]
pub struct Event<D: EventData = Value> {
    /// Of the fact: the same however often it is delivered.
    pub id: EventId,
    /// What happened.
    pub kind: D::Kind,
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
    /// What subscribers need to know.
    pub data: D,
}

/// What the data of events may be.
pub trait EventData: Sized {
    /// What may have happened.
    type Kind: Copy + fmt::Debug + PartialEq + Into<Kind> + Send + Sync + 'static;

    /// Reads the data of an event of this kind.
    fn read(kind: Kind, data: &Value) -> Result<(Self::Kind, Self), InvalidData>;
}

/// Data that is not what an event of its kind has.
#[derive(Debug, thiserror::Error)]
pub enum InvalidData {
    /// The event is about something else.
    #[error("the event is {0}")]
    OtherKind(Kind),
    /// It can't be read.
    #[error("the event's data can't be read: {0}")]
    Json(#[from] serde_json::Error),
}

impl EventData for Value {
    type Kind = Kind;

    fn read(kind: Kind, data: &Value) -> Result<(Kind, Self), InvalidData> {
        Ok((kind, data.clone()))
    }
}

impl Event {
    /// The same event with its data read as a fact.
    pub fn typed<D: EventData>(&self) -> Result<Event<D>, InvalidData> {
        let (kind, data) = D::read(self.kind, &self.data)?;
        Ok(Event {
            id: self.id,
            kind,
            subject: self.subject.clone(),
            time: self.time,
            partition_key: self.partition_key.clone(),
            sequence: self.sequence,
            traceparent: self.traceparent.clone(),
            data,
        })
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
        assert_eq!(event.kind, Kind::Order(OrderKind::Placed));
        assert_eq!(event.sequence, 1);
        assert_eq!(serde_json::to_value(&event).unwrap(), envelope());
        let traced = Event { traceparent: Some("00-aa-bb-01".to_owned()), ..event };
        let json = serde_json::to_string(&traced).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), traced);
    }

    #[test]
    fn what_is_not_ours_is_refused_by_name() {
        for (field, value, message) in [
            ("type", "tiffin.order.eaten.v1", "unknown-kind: this version knows no event type `tiffin.order.eaten.v1`"),
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
