//! `If-Match` (RFC 9110, 13.1.1): which version of a thing a request is about.

use std::sync::LazyLock;

use app::{Declaration, Precondition, Problem};
use http::{HeaderMap, header};
use regex_lite::Regex;

/// What it may be: `*`, or tags, weak or strong, at least one of them in the form of our `ETag`s.
pub(crate) const IF_MATCH: &str = concat!(
    r#"^ *(\*|((W/)?"[!#-+\--~]*" *, *)*"#,
    r#"(W/)?"[0-9]{1,19}(-[!#-+\--~]*)?""#,
    r#"( *, *(W/)?"[!#-+\--~]*")*) *$"#
);
static IF_MATCH_FORM: LazyLock<Regex> = LazyLock::new(|| Regex::new(IF_MATCH).expect("it is a regular expression"));

/// What it asks: `*`, or the versions in tags of the form of our `ETag`s.
pub(crate) fn precondition(declaration: &Declaration, headers: &HeaderMap) -> Result<Precondition, Problem> {
    let Some(value) = headers.get(header::IF_MATCH).filter(|_| declaration.honours_preconditions()) else {
        return Ok(Precondition::None);
    };
    let tags = value.to_str().unwrap_or_default();
    if !IF_MATCH_FORM.is_match(tags) {
        return Err(Problem::invalid("/if-match", "must be `*` or the ETag of the thing as it was last read"));
    }
    if tags.trim() == "*" {
        return Ok(Precondition::Exists);
    }
    Ok(Precondition::Versions(tags.split(',').filter_map(version).collect()))
}

/// The version in a tag, weak or strong: `"7-0a1b"`.
fn version(tag: &str) -> Option<u64> {
    let opaque = tag.trim().trim_start_matches("W/").trim_matches('"');
    opaque.split('-').next()?.parse().ok()
}
