//! Which of a file's encodings a browser is sent.

use axum::body::Bytes;
use http::{HeaderMap, header};

use crate::file::File;

/// The bytes to send, and the `Content-Encoding` they are in if it is any.
pub(crate) fn choose(file: &File, asked: &HeaderMap) -> (Bytes, Option<&'static str>) {
    // The smallest first: of two that are as welcome it is taken.
    let codings = [("br", &file.brotli), ("gzip", &file.gzip)];
    let mut best = (file.bytes.clone(), None);
    let mut highest = weight(asked, "identity").unwrap_or(0.0);
    for (name, bytes) in codings {
        let weight = weight(asked, name).or_else(|| weight(asked, "*")).unwrap_or(0.0);
        if let Some(bytes) = bytes
            && weight > 0.0
            && (weight > highest || (weight >= highest && best.1.is_none()))
        {
            best = (bytes.clone(), Some(name));
            highest = weight;
        }
    }
    best
}

/// How welcome an encoding is, if `Accept-Encoding` names it; what can't be read is not welcome.
fn weight(asked: &HeaderMap, coding: &str) -> Option<f32> {
    let named = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).find_map(|one| {
        let (name, parameter) = one.split_once(';').unwrap_or((one, "q=1"));
        let quality =
            || parameter.trim().strip_prefix("q=")?.parse().ok().filter(|quality| (0.0..=1.0).contains(quality));
        name.trim().eq_ignore_ascii_case(coding).then(|| quality().unwrap_or(0.0))
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::file::Keep;

    fn chosen(asked: &str) -> Option<&'static str> {
        let mut file = File::new("js/api.js", Keep::AskEachTime, Bytes::from_static(b"plain"));
        file.brotli = Some(Bytes::from_static(b"br"));
        file.gzip = Some(Bytes::from_static(b"gzip"));
        let mut headers = HeaderMap::new();
        for value in asked.split('|').filter(|value| !value.is_empty()) {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
        }
        let (bytes, coding) = choose(&file, &headers);
        assert_eq!(bytes, coding.unwrap_or("plain"));
        coding
    }

    #[test]
    fn the_most_welcome_encoding_is_sent_and_of_equals_the_smallest() {
        for (asked, coding) in [
            ("", None),
            ("identity", None),
            ("deflate", None),
            ("gzip", Some("gzip")),
            ("br", Some("br")),
            ("gzip, deflate, br, zstd", Some("br")),
            ("GZIP,BR", Some("br")),
            ("gzip|br", Some("br")),
            ("*", Some("br")),
            ("br;q=0, *", Some("gzip")),
            ("br;q=0.5, gzip", Some("gzip")),
            ("br ; q=0.5 , gzip;q=0.4", Some("br")),
            ("gzip;q=0", None),
            ("gzip;q=0.5, identity", None),
            ("gzip;q=0.5, identity;q=0.2", Some("gzip")),
            ("br;q=much", None),
            ("br;q=7", None),
        ] {
            assert_eq!(chosen(asked), coding, "{asked}");
        }
    }

    #[test]
    fn what_is_not_compressed_is_sent_as_it_is() {
        let file = File::new("img/food/soup.webp", Keep::ADay, Bytes::from_static(b"plain"));
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("br, gzip"))]);
        assert_eq!(choose(&file, &headers), (Bytes::from_static(b"plain"), None));
    }
}
