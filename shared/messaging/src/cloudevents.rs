//! Events over HTTP, as the `CloudEvents` HTTP binding says: binary, the attributes in headers, or structured, all in the
//! body. Format: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md>

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Event;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::object::object;

/// What begins the name of an attribute's header.
const PREFIX: &str = "ce-";
/// The content type of one event in structured mode.
const STRUCTURED: &str = "application/cloudevents+json";
const JSON: &str = "application/json";

/// A message that holds no event of ours.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The content type is not one that events come in.
    #[error("the content type {0} is neither that of an event nor that of its data")]
    ContentType(String),
    /// An attribute's header is not text.
    #[error("the header {0} is not text")]
    Header(HeaderName),
    /// The event can't be read.
    #[error("no event of ours: {0}")]
    Event(#[from] serde_json::Error),
}

/// Reads an event in either mode.
pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Event, Unreadable> {
    match &*content_type(headers) {
        STRUCTURED => Ok(object(body)?),
        JSON => {
            let mut attributes = attributes(headers)?;
            attributes.insert("data".to_owned(), serde_json::from_slice(body)?);
            Ok(serde_json::from_value(Value::Object(attributes))?)
        }
        other => Err(Unreadable::ContentType(other.to_owned())),
    }
}

/// Reads whatever is an event in either mode, also one that no version of ours knows, as the JSON format has it: data that is no
/// JSON is in `data_base64`. Format: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>
pub fn read_any(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    let content_type = content_type(headers);
    if content_type == STRUCTURED {
        return Ok(object(body)?);
    }
    let mut attributes = attributes(headers)?;
    attributes.insert("datacontenttype".to_owned(), content_type.into());
    match serde_json::from_slice(body) {
        Ok(data) => attributes.insert("data".to_owned(), data),
        Err(_) => attributes.insert("data_base64".to_owned(), STANDARD.encode(body).into()),
    };
    Ok(attributes)
}

/// Writes whatever is an event, in structured mode.
pub fn write_any(event: &Value) -> (HeaderMap, Vec<u8>) {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(STRUCTURED))];
    (headers.into_iter().collect(), event.to_string().into_bytes())
}

fn content_type(headers: &HeaderMap) -> String {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Why an event can't be written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// It does not serialise as an object.
    #[error("it is no JSON object: {0}")]
    Json(#[from] serde_json::Error),
    /// An attribute does not fit into a header.
    #[error("{0} does not fit into a header")]
    Attribute(String),
}

/// Writes an event in binary mode.
pub fn write(event: &Event) -> Result<(HeaderMap, Vec<u8>), Unwritable> {
    let mut attributes: Map<String, Value> = serde_json::from_value(serde_json::to_value(event)?)?;
    let data = attributes.remove("data").unwrap_or_default().to_string();
    let mut headers = HeaderMap::new();
    for (name, value) in attributes {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (header, text) = if name == "datacontenttype" {
            (Ok(header::CONTENT_TYPE), text)
        } else {
            (HeaderName::try_from(format!("{PREFIX}{name}")), encoded(&text))
        };
        let Ok(header) = header else { return Err(Unwritable::Attribute(name)) };
        let Ok(value) = HeaderValue::try_from(text) else { return Err(Unwritable::Attribute(name)) };
        headers.insert(header, value);
    }
    Ok((headers, data.into_bytes()))
}

/// The attributes in headers.
fn attributes(headers: &HeaderMap) -> Result<Map<String, Value>, Unreadable> {
    let mut attributes = Map::new();
    for (name, value) in headers {
        let Some(attribute) = name.as_str().strip_prefix(PREFIX) else { continue };
        let text = value.to_str().map_err(|_| Unreadable::Header(name.clone()))?;
        let text = decoded(text).ok_or_else(|| Unreadable::Header(name.clone()))?;
        attributes.insert(attribute.to_owned(), Value::from(text));
    }
    Ok(attributes)
}

/// What the binding does not allow in a header besides what is not ASCII: space, `"`, `%` (3.1.3.2).
const NOT_IN_HEADER: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_HEADER).to_string()
}

/// Undoes that; `None` where it is not UTF-8 afterwards. A `%` that begins no escape stands for itself.
fn decoded(text: &str) -> Option<String> {
    percent_decode_str(&unquoted(text)).decode_utf8().ok().map(Cow::into_owned)
}

/// What stands in double quotes, its backslashes undone: senders of older versions of the binding quote what is now encoded.
fn unquoted(text: &str) -> Cow<'_, str> {
    let Some(quoted) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return text.into() };
    let mut plain = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        plain.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    plain.into()
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn event() -> Event {
        let envelope = json!({
            "specversion": "1.0", "id": "evt_01h455vb4pex5vsknk084sn02q", "source": "/tiffin/orders",
            "type": "tiffin.order.placed.v1", "subject": "ord_01h455vb4pex5vsknk084sn02q",
            "time": "2026-11-23T12:00:00Z", "datacontenttype": "application/json",
            "partitionkey": "ord_01h455vb4pex5vsknk084sn02q", "sequence": "0000000001",
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "data": {"number": "K7Q2M9XA", "name": "Crêpes & “more”"},
        });
        serde_json::from_value(envelope).unwrap()
    }

    #[test]
    fn an_event_survives_either_mode() {
        let event = event();
        let (headers, body) = write(&event).unwrap();
        assert_eq!(headers["ce-type"], "tiffin.order.placed.v1");
        assert_eq!(headers["ce-sequence"], "0000000001");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers.len(), 10);
        assert_eq!(read(&headers, &body).unwrap(), event);
        for content_type in ["application/cloudevents+json", "Application/CloudEvents+JSON; charset=UTF-8"] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
            assert_eq!(read(&headers, &serde_json::to_vec(&event).unwrap()).unwrap(), event);
        }
    }

    #[test]
    fn what_is_no_event_of_ours_is_read_all_the_same_and_written() {
        let (headers, body) = write(&event()).unwrap();
        let any = read_any(&headers, &body).unwrap();
        assert_eq!(Value::Object(any.clone()), serde_json::to_value(event()).unwrap());
        let (headers, body) = write_any(&Value::Object(any.clone()));
        assert_eq!(read_any(&headers, &body).unwrap(), any);
        assert_eq!(read(&headers, &body).unwrap(), event());
        let of = |content_type, body: &[u8]| {
            let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
            headers.insert("ce-id", HeaderValue::from_static("1"));
            headers.insert("ce-type", HeaderValue::from_static("of.another"));
            Value::Object(read_any(&headers, body).unwrap())
        };
        let picture = json!({"id": "1", "type": "of.another", "datacontenttype": "image/png", "data_base64": "iVA="});
        assert_eq!(of("image/png", &[0x89, 0x50]), picture);
        let text = json!({"id": "1", "type": "of.another", "datacontenttype": "application/json", "data": [1]});
        assert_eq!(of("application/json; charset=utf-8", b"[1]"), text);
    }

    #[test]
    fn header_values_are_encoded_as_the_binding_says() {
        for (text, header) in [
            ("plain/text", "plain/text"),
            ("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80"),
            ("100%\"", "100%25%22"),
            ("\r\nx: y", "%0D%0Ax:%20y"),
        ] {
            assert_eq!(encoded(text), header);
            assert_eq!(decoded(header).as_deref(), Some(text));
        }
        for (header, text) in
            [(r#""Euro € \"%20""#, "Euro € \" "), (r#""a\\b""#, r"a\b"), (r#"""#, r#"""#), (r#""a\"#, r#""a\"#)]
        {
            assert_eq!(decoded(header).as_deref(), Some(text), "{header}");
        }
        assert_eq!(decoded("100%").as_deref(), Some("100%"));
        assert_eq!(decoded("%zz%4").as_deref(), Some("%zz%4"));
        assert_eq!(decoded("%ff"), None);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        let (headers, body) = write(&event()).unwrap();
        let without = |name: &str| {
            let mut headers = headers.clone();
            headers.remove(name);
            read(&headers, &body)
        };
        for name in ["ce-id", "ce-type", "ce-specversion", "ce-time", "ce-subject", "ce-sequence", "ce-partitionkey"] {
            assert!(matches!(without(name), Err(Unreadable::Event(_))), "{name}");
        }
        assert!(matches!(without("content-type"), Err(Unreadable::ContentType(_))));
        assert!(matches!(read(&headers, b"{"), Err(Unreadable::Event(_))));
        let mut batch = headers.clone();
        batch.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/cloudevents-batch+json"));
        assert!(matches!(read(&batch, &body), Err(Unreadable::ContentType(_))));
        let mut strange = headers;
        strange.insert("ce-type", HeaderValue::from_bytes(b"\xff").unwrap());
        assert!(matches!(read(&strange, &body), Err(Unreadable::Header(_))));
    }

    #[test]
    fn any_text_in_an_attribute_survives() {
        for text in ["", " ", "\"quoted\"", "a\\b", "100%41", "Crêpe 😀", "\r\nce-id: x", "\u{7f}\u{0}"] {
            let event = Event { subject: text.to_owned(), partition_key: text.to_owned(), ..event() };
            let (headers, body) = write(&event).unwrap();
            assert_eq!(read(&headers, &body).unwrap(), event, "{text:?}");
        }
    }

    #[test]
    fn a_corrupt_message_is_refused_or_read_but_never_panics() {
        let structured = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(STRUCTURED))]);
        let body = serde_json::to_vec(&event()).unwrap();
        for end in 0..body.len() {
            assert!(read(&structured, &body[..end]).is_err());
        }
        let (headers, data) = write(&event()).unwrap();
        for byte in [0, b'"', b'%', b'\\', b'[', b'{', 0x80, 0xff] {
            for place in 0..body.len() {
                let mut corrupt = body.clone();
                corrupt[place] = byte;
                drop(read(&structured, &corrupt));
            }
            let Ok(value) = HeaderValue::from_bytes(&[byte; 3]) else { continue };
            for name in headers.keys() {
                let mut corrupt = headers.clone();
                corrupt.insert(name, value.clone());
                drop(read(&corrupt, &data));
            }
        }
        let deep = "[".repeat(100_000);
        assert!(read(&headers, deep.as_bytes()).is_err());
    }
}
