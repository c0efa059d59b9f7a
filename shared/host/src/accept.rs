//! `Accept` (RFC 9110, 12.5.1): whether a request asks for a stream and would not take JSON.

use http::{HeaderMap, header};

/// Whether the headers allow server-sent events and no JSON.
pub(crate) fn asks_for_a_stream(headers: &HeaderMap) -> bool {
    let texts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range<'_>> = texts.flat_map(|text| text.split(',')).filter_map(Range::of).collect();
    let allows = |kind, subtype| {
        let matching = ranges.iter().filter_map(|range| Some((range.specificity(kind, subtype)?, range.wanted)));
        matching.max().is_some_and(|(_, wanted)| wanted)
    };
    allows("text", "event-stream") && !allows("application", "json")
}

/// A media range.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// Whether its weight is not zero.
    wanted: bool,
}

impl<'a> Range<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let wanted = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
        Some(Self { kind, subtype, wanted })
    }

    /// How closely it matches a media type; nothing where it does not.
    fn specificity(&self, kind: &str, subtype: &str) -> Option<u8> {
        match (self.kind, self.subtype) {
            ("*", "*") => Some(0),
            (own, "*") if own.eq_ignore_ascii_case(kind) => Some(1),
            (own, exact) if own.eq_ignore_ascii_case(kind) && exact.eq_ignore_ascii_case(subtype) => Some(2),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(accept: &[&str]) -> bool {
        let values = accept.iter().map(|text| (header::ACCEPT, text.parse().unwrap()));
        asks_for_a_stream(&values.collect())
    }

    #[test]
    fn who_takes_a_stream_alone_asks_for_one() {
        for accept in [
            "text/event-stream",
            "Text/Event-Stream; charset=utf-8",
            "text/*",
            "text/event-stream, application/json;q=0",
            "text/event-stream, */*;q=0",
        ] {
            assert!(asks(&[accept]), "{accept}");
        }
        assert!(asks(&["text/html", "text/event-stream"]));
    }

    #[test]
    fn everybody_else_gets_json() {
        for accept in [
            "",
            "*/*",
            "application/json",
            "text/event-stream, application/json",
            "text/event-stream, */*;q=0.1",
            "text/event-stream;q=0",
            "text/html",
            "application/*, text/event-stream",
            "nonsense",
        ] {
            assert!(!asks(&[accept]), "{accept}");
        }
        assert!(!asks(&[]));
    }
}
