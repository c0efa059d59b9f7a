//! Which characters people see.
//!
//! What nobody sees can forge a line in a log, run a sentence backwards, or make two names look like one. It is refused, but
//! for what text is really written with: joiners between two characters that are seen (Persian, Hindi, emoji families), and
//! variation selectors and tags after one (❤️, flags).

use std::ops::RangeInclusive;

/// What a client may send on one line (ECMA 262), as far as a regular expression says it.
pub(crate) const LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8]*$";
/// The same with line breaks and tabs.
pub(crate) const LINES: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8]*$";

/// Characters that nobody sees: `Default_Ignorable_Code_Point` of Unicode's `DerivedCoreProperties.txt`, version 16.
const UNSEEN: &[RangeInclusive<char>] = &[
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fff8}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];
/// Of these, what stands between two characters that are seen: U+200C and U+200D.
const JOINERS: RangeInclusive<char> = '\u{200c}'..='\u{200d}';
/// Of these, what stands after a character that is seen: variation selectors, and the tags of flags.
const FOLLOWERS: &[RangeInclusive<char>] =
    &['\u{180b}'..='\u{180f}', '\u{fe00}'..='\u{fe0f}', '\u{e0020}'..='\u{e007f}', '\u{e0100}'..='\u{e01ef}'];
/// Seen by nobody, though no white space: the Braille pattern without dots.
const EMPTY_BRAILLE: char = '\u{2800}';

/// What somebody wrote, for a sentence of another language: its direction changes nothing around it (U+2068 and U+2069).
pub fn isolated(text: impl AsRef<str>) -> String {
    format!("\u{2068}{}\u{2069}", text.as_ref())
}

/// Whether the character ends a line.
pub(crate) const fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether something in the text is seen at all.
pub(crate) fn shows(text: &str) -> bool {
    text.chars().any(is_seen)
}

/// Whether something in the text is seen by nobody, where it does nothing for what is seen. Line breaks and tabs hide nothing.
pub(crate) fn hides(text: &str) -> bool {
    let mut after_seen = false;
    let mut joining = false;
    for character in text.chars() {
        if JOINERS.contains(&character) {
            if !after_seen || joining {
                return true;
            }
            joining = true;
        } else if is_in(FOLLOWERS, character) {
            if !after_seen || joining {
                return true;
            }
        } else if is_in(UNSEEN, character) || (character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
            return true;
        } else {
            after_seen = is_seen(character);
            if joining && !after_seen {
                return true;
            }
            joining = false;
        }
    }
    joining
}

fn is_seen(character: char) -> bool {
    !(character.is_whitespace() || character.is_control() || character == EMPTY_BRAILLE || is_in(UNSEEN, character))
}

fn is_in(ranges: &[RangeInclusive<char>], character: char) -> bool {
    ranges.iter().any(|range| range.contains(&character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_text_is_written_with_is_taken() {
        for text in [
            "Ana",
            "Ș\u{327}tefan",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            "\u{1f469}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f468}",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "one\r\ntwo\tthree",
            "",
        ] {
            assert!(!hides(text), "{text:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_found() {
        for text in [
            "An\u{0}a",
            "\u{202e}ana",
            "a\u{2066}b\u{2069}",
            "\u{200b}",
            "\u{3164}",
            "a\u{ad}b",
            "\u{200d}a",
            "a\u{200d}",
            "a\u{200d}\u{200d}b",
            "a \u{200c}b",
            "a\u{200c} b",
            "\u{fe0f}",
            "a\u{85}b",
            "\u{1b}[2K",
        ] {
            assert!(hides(text), "{text:?}");
        }
    }

    #[test]
    fn white_space_and_an_empty_pattern_show_nothing() {
        for text in ["", " \u{3000}", "\u{2800}", "\n"] {
            assert!(!shows(text), "{text:?}");
        }
        assert!(shows(" . "));
    }
}
