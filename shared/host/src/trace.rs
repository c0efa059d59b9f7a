//! The trace that a request belongs to, as W3C Trace Context has it in version 00:
//! <https://www.w3.org/TR/trace-context/#traceparent-header>. It goes into each event and out again as a header, so only what has
//! that form is taken.

use app::Random;
use http::HeaderMap;

const HEADER: &str = "traceparent";
const VERSION: &str = "00";
/// Digits of a trace's id, of its parent's, and of its flags.
const TRACE_DIGITS: usize = 32;
const PARENT_DIGITS: usize = 16;
const FLAGS_DIGITS: usize = 2;
/// A trace that begins here is not sampled: nobody has asked for it.
const NOT_SAMPLED: &str = "00";

/// The trace of a request that names one; where it names it in another form, one of its own.
pub(crate) fn of(headers: &HeaderMap, random: &dyn Random) -> Option<String> {
    let sent = headers.get(HEADER)?.to_str().unwrap_or_default();
    Some(if is_traceparent(sent) { sent.to_owned() } else { fresh(random) })
}

fn is_traceparent(text: &str) -> bool {
    let fields: Vec<&str> = text.split('-').collect();
    let [version, trace, parent, flags] = fields[..] else { return false };
    let is_id = |id: &str, digits| is_hex(id, digits) && id.bytes().any(|digit| digit != b'0');
    version == VERSION && is_id(trace, TRACE_DIGITS) && is_id(parent, PARENT_DIGITS) && is_hex(flags, FLAGS_DIGITS)
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

fn fresh(random: &dyn Random) -> String {
    let mut ids = [0; 24];
    random.fill(&mut ids);
    // Neither may be zero.
    ids[0] |= 1;
    ids[16] |= 1;
    let digits: String = ids.iter().map(|byte| format!("{byte:02x}")).collect();
    let (trace, parent) = digits.split_at(TRACE_DIGITS);
    format!("{VERSION}-{trace}-{parent}-{NOT_SAMPLED}")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use testing::SeededRandom;

    use super::*;

    const SENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn taken(sent: &[u8]) -> String {
        let headers =
            HeaderMap::from_iter([(http::HeaderName::from_static(HEADER), HeaderValue::from_bytes(sent).unwrap())]);
        of(&headers, &SeededRandom::new(1)).unwrap()
    }

    #[test]
    fn what_has_another_form_is_a_trace_of_its_own() {
        assert_eq!(of(&HeaderMap::new(), &SeededRandom::new(1)), None);
        assert_eq!(taken(SENT.as_bytes()), SENT);
        let zero = "0".repeat(TRACE_DIGITS);
        for wrong in [
            "",
            "nonsense",
            &SENT.to_uppercase(),
            &SENT.replacen("00", "01", 1),
            &SENT.replacen("00", "ff", 1),
            &format!("{SENT}-00"),
            &format!("{SENT} "),
            &SENT[..54],
            &SENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", &zero),
            &SENT.replace("00f067aa0ba902b7", &zero[..PARENT_DIGITS]),
            &SENT.replace("4736", "473g"),
            &"x".repeat(9000),
        ] {
            let own = taken(wrong.as_bytes());
            assert!(is_traceparent(&own) && own.len() == SENT.len(), "{wrong} became {own}");
        }
        assert!(is_traceparent(&taken(b"\xff")));
    }
}
