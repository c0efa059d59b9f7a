//! The index entries of an item as one text, kept with it, so that a rewrite touches only those that change.

use std::borrow::Cow;

use app::IndexKey;

/// Between the entries of an item, and between the parts of an entry.
const BETWEEN_ENTRIES: char = '\u{1e}';
const BETWEEN_PARTS: char = '\u{1f}';
/// Stands before the letter of one of these three where a key holds it.
const ESCAPE: char = '\u{1b}';
/// Each character that is escaped, with its letter.
const LETTERS: [(char, char); 3] = [(ESCAPE, 'b'), (BETWEEN_ENTRIES, 'e'), (BETWEEN_PARTS, 'f')];

/// One entry as text.
pub(crate) fn text(entry: &IndexKey) -> String {
    format!("{}{BETWEEN_PARTS}{}{BETWEEN_PARTS}{}", escape(entry.index.0), escape(&entry.pk), escape(&entry.sk))
}

/// All entries of an item as text.
pub(crate) fn joined(entries: &[IndexKey]) -> String {
    entries.iter().map(text).collect::<Vec<_>>().join(BETWEEN_ENTRIES.encode_utf8(&mut [0; 4]))
}

/// The entries of an item again, each as text.
pub(crate) fn split(entries: &str) -> impl Iterator<Item = &str> {
    entries.split(BETWEEN_ENTRIES).filter(|entry| !entry.is_empty())
}

/// The index, the partition key and the sort key of an entry.
pub(crate) fn parts(entry: &str) -> [Cow<'_, str>; 3] {
    let mut parts = entry.split(BETWEEN_PARTS).map(unescape);
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

fn escape(part: &str) -> Cow<'_, str> {
    if !part.contains(LETTERS.map(|(special, _)| special)) {
        return Cow::Borrowed(part);
    }
    let mut escaped = String::with_capacity(part.len() + 1);
    for character in part.chars() {
        match LETTERS.iter().find(|(special, _)| *special == character) {
            Some((_, letter)) => escaped.extend([ESCAPE, *letter]),
            None => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

fn unescape(part: &str) -> Cow<'_, str> {
    if !part.contains(ESCAPE) {
        return Cow::Borrowed(part);
    }
    let mut characters = part.chars();
    let mut plain = String::with_capacity(part.len());
    while let Some(character) = characters.next() {
        let letter = if character == ESCAPE { characters.next() } else { None };
        let special = LETTERS.iter().find(|(_, known)| Some(*known) == letter);
        plain.push(special.map_or(character, |(special, _)| *special));
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use app::Index;

    use super::*;

    #[test]
    fn entries_survive_as_text_whatever_their_keys_hold() {
        let keys =
            ["", "plain", "é#1", "\u{1e}", "\u{1f}", "\u{1b}", "\u{1b}e", "a\u{1f}b\u{1e}c\u{1b}d", "\u{1b}\u{1b}f"];
        let pairs = keys.iter().flat_map(|pk| keys.iter().map(move |sk| (pk, sk)));
        let entries: Vec<IndexKey> = pairs
            .map(|(pk, sk)| IndexKey { index: Index("by-name"), pk: (*pk).to_owned(), sk: (*sk).to_owned() })
            .collect();
        let joined = joined(&entries);
        let again: Vec<[Cow<'_, str>; 3]> = split(&joined).map(parts).collect();
        let expected: Vec<[Cow<'_, str>; 3]> =
            entries.iter().map(|entry| [entry.index.0.into(), (&*entry.pk).into(), (&*entry.sk).into()]).collect();
        assert_eq!(again, expected);
    }
}
