//! A file that is served.

use std::borrow::Cow;

use axum::body::Bytes;

use crate::{hash, list};

/// A file that is served.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) content_type: &'static str,
    pub(crate) keep: Keep,
    /// The hash of its bytes, in hexadecimal digits.
    pub(crate) hash: Cow<'static, str>,
    pub(crate) bytes: Bytes,
    /// The bytes, compressed.
    pub(crate) brotli: Option<Bytes>,
    /// The bytes, compressed for older clients.
    pub(crate) gzip: Option<Bytes>,
}

/// How long browsers keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// They ask each time whether it has changed.
    AskEachTime,
    /// For a day: nothing goes wrong where an old one is shown.
    ADay,
}

impl Keep {
    /// How long the file of this path is kept.
    ///
    /// Pictures are kept for a while. Everything else has the same name in the next build and has to be of one build with
    /// what it loads, so browsers ask for it each time, and mostly learn that nothing has changed.
    pub fn of(path: &str) -> Self {
        let is_picture = path.starts_with("img/") && list::ending(path) != "svg";
        if is_picture { Self::ADay } else { Self::AskEachTime }
    }

    /// What `Cache-Control` says then.
    pub const fn cache_control(self) -> &'static str {
        match self {
            Self::AskEachTime => "no-cache",
            Self::ADay => "public, max-age=86400",
        }
    }
}

impl File {
    /// A file of this path, as it is.
    pub(crate) fn new(path: &str, keep: Keep, bytes: Bytes) -> Self {
        Self {
            content_type: content_type(path),
            keep,
            hash: hash::of_file(&bytes).into(),
            bytes,
            brotli: None,
            gzip: None,
        }
    }
}

/// The media type of the file of this path.
pub fn content_type(path: &str) -> &'static str {
    match list::ending(path) {
        "avif" => "image/avif",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "jpg" => "image/jpeg",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_kept_and_what_has_to_be_of_one_build_is_asked_for() {
        assert_eq!(Keep::of("img/food/soup.webp"), Keep::ADay);
        for path in ["eat.html", "js/api.js", "css/kit.css", "img/icons.svg", "i18n/en.json", "sw.js"] {
            assert_eq!(Keep::of(path), Keep::AskEachTime, "{path}");
        }
    }
}
