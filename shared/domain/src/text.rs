//! Bounded strings: `text!` makes a type for each, so that a text too long or malformed has no type to be in.

use schemars::{Schema, json_schema};
use serde_json::json;

use crate::seen;

/// Makes a bounded string type: `text! { /// What it is. pub struct Name(1..=100): trimmed; }`.
///
/// Lengths are in characters. After the colon, separated by commas, stand methods of [`Rule`]: `trimmed`, `lines`, `lower`,
/// `secret`, `pattern("…")`, `check(function, "must be …")`. The type reads from a string (`TryFrom`, `FromStr`, serde;
/// the error is [`InvalidText`]), derefs to `str`, and has a schema of its name.
#[macro_export]
macro_rules! text {
    (@unserialized $(#[$meta:meta])* $visibility:vis struct $name:ident($min:literal..=$max:literal)
        $(: $($rule:ident $(($($argument:expr),+))?),+)? ;) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility struct $name(String);

        impl $name {
            /// What a text must be to become one of these.
            pub const RULE: $crate::Rule = $crate::Rule::between($min, $max)$($(.$rule($($($argument),+)?))+)?;

            /// The text, as the rule made it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::InvalidText;

            fn try_from(text: String) -> Result<Self, $crate::InvalidText> {
                Self::RULE.parse(&text).map(Self)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::InvalidText;

            fn from_str(text: &str) -> Result<Self, $crate::InvalidText> {
                Self::RULE.parse(text).map(Self)
            }
        }

        impl ::std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                if Self::RULE.is_secret() { f.write_str("***") } else { ::std::fmt::Debug::fmt(&self.0, f) }
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <String as $crate::__private::serde::Deserialize>::deserialize(from)?;
                Self::try_from(text).map_err($crate::__private::serde::de::Error::custom)
            }
        }

        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                Self::RULE.schema()
            }
        }
    };
    ($(#[$meta:meta])* $visibility:vis struct $name:ident $($rest:tt)+) => {
        $crate::text! { @unserialized $(#[$meta])* $visibility struct $name $($rest)+ }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }
    };
}

/// What a text must be, and what is done to it first: the part of [`text!`](crate::text) after the name.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    min: usize,
    max: usize,
    form: Form,
    lower: bool,
    secret: bool,
    pattern: Option<&'static str>,
    check: Option<Check>,
}

/// What kind of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As it came.
    Raw,
    /// One line that people read.
    Line,
    /// Lines that people read.
    Lines,
}

/// What must hold of a text, and what to say where it does not.
type Check = (fn(&str) -> bool, &'static str);

impl Rule {
    /// From `min` to `max` characters, both included.
    pub const fn between(min: usize, max: usize) -> Self {
        Self { min, max, form: Form::Raw, lower: false, secret: false, pattern: None, check: None }
    }

    /// It is what people write and read: white space around it is dropped, it stands on one line, and nothing is in it that
    /// nobody sees.
    #[must_use]
    pub const fn trimmed(self) -> Self {
        Self { form: Form::Line, ..self }
    }

    /// What is trimmed may have line breaks.
    #[must_use]
    pub const fn lines(self) -> Self {
        Self { form: Form::Lines, ..self }
    }

    /// It is turned to lower case.
    #[must_use]
    pub const fn lower(self) -> Self {
        Self { lower: true, ..self }
    }

    /// `Debug` shows `***`: personal data and passwords.
    #[must_use]
    pub const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// What the schema says of its form (ECMA 262); enforced by [`check`](Self::check), which should agree.
    #[must_use]
    pub const fn pattern(self, pattern: &'static str) -> Self {
        Self { pattern: Some(pattern), ..self }
    }

    /// It must pass `holds`; else the error is `message`, which goes on from the field's name: "must be …".
    #[must_use]
    pub const fn check(self, holds: fn(&str) -> bool, message: &'static str) -> Self {
        Self { check: Some((holds, message)), ..self }
    }

    /// Whether `Debug` hides it.
    pub const fn is_secret(&self) -> bool {
        self.secret
    }

    /// Makes the text what the rule wants, or refuses it.
    pub fn parse(&self, text: &str) -> Result<String, InvalidText> {
        self.check_form(text)?;
        let text = if self.is_trimmed() { text.trim() } else { text };
        let text = if self.lower { text.to_lowercase() } else { text.to_owned() };
        if !(self.min..=self.max).contains(&text.chars().count()) {
            return Err(InvalidText::Length { min: self.min, max: self.max });
        }
        if self.is_trimmed() && self.min > 0 && !seen::shows(&text) {
            return Err(InvalidText::Form(BLANK));
        }
        match self.check {
            Some((holds, message)) if !holds(&text) => Err(InvalidText::Form(message)),
            _ => Ok(text),
        }
    }

    /// Refuses what nobody sees, and line breaks where it stands on one line.
    fn check_form(&self, text: &str) -> Result<(), InvalidText> {
        match self.form {
            Form::Line if text.contains(seen::is_line_break) || text.contains('\t') || seen::hides(text) => {
                Err(InvalidText::Form(BROKEN))
            }
            Form::Lines if seen::hides(text) => Err(InvalidText::Form(HIDDEN)),
            Form::Raw | Form::Line | Form::Lines => Ok(()),
        }
    }

    fn is_trimmed(&self) -> bool {
        self.form != Form::Raw
    }

    /// The JSON Schema of what a client may send. `x-trimmed` says that white space around it does not count, and `x-message`
    /// is the error for what the pattern refuses.
    pub fn schema(&self) -> Schema {
        let mut schema = json_schema!({ "type": "string", "minLength": self.min, "maxLength": self.max });
        if let Some(pattern) = self.pattern {
            schema.insert("pattern".to_owned(), pattern.into());
        }
        if let Some((_, message)) = self.check {
            schema.insert("x-message".to_owned(), message.into());
        }
        let shown = match self.form {
            Form::Raw => None,
            Form::Line => Some((seen::LINE, BROKEN)),
            Form::Lines => Some((seen::LINES, HIDDEN)),
        };
        if let Some((seen, message)) = shown {
            schema.insert("x-trimmed".to_owned(), true.into());
            let mut patterns = vec![json!({ "pattern": seen, "x-message": message })];
            if self.min > 0 {
                patterns.push(json!({ "pattern": r"\S", "x-message": BLANK }));
            }
            schema.insert("allOf".to_owned(), patterns.into());
        }
        schema
    }
}

/// The error of a text that shows nothing.
const BLANK: &str = "must have a character that can be seen";
/// The error of a text that breaks its line, or hides something.
const BROKEN: &str = "must stand on one line, with no control characters and nothing that nobody sees";
/// The error of a text that may have line breaks, and hides something else.
const HIDDEN: &str = "must have no control characters but line breaks, and nothing that nobody sees";

/// Why a text was refused; the message goes on from the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Too short or too long, in characters.
    #[error("must be {min} to {max} characters")]
    Length {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// Not of the form wanted.
    #[error("{0}")]
    Form(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    text! {
        /// A plain one.
        pub struct Plain(2..=3);
    }
    text! {
        /// One with everything.
        pub struct Full(1..=3): trimmed, lower, secret, pattern("^[a-z]+$"), check(|text| text != "bad", "must be good");
    }

    #[test]
    fn lengths_are_in_characters_and_both_ends_are_in() {
        let lengths: Vec<bool> = ["é", "éé", "ééé", "éééé"].map(|text| text.parse::<Plain>().is_ok()).into();
        assert_eq!(lengths, [false, true, true, false]);
        assert_eq!(Plain::try_from("x".to_owned()).unwrap_err().to_string(), "must be 2 to 3 characters");
    }

    #[test]
    fn only_what_asks_for_it_is_trimmed_lowered_and_hidden() {
        assert_eq!(" A".parse::<Plain>().unwrap().as_str(), " A");
        let full: Full = "  Ab ".parse().unwrap();
        assert_eq!(&*full, "ab");
        assert_eq!(format!("{full:?}"), "***");
        assert_eq!("bad".parse::<Full>(), Err(InvalidText::Form("must be good")));
        assert_eq!("   ".parse::<Full>(), Err(InvalidText::Length { min: 1, max: 3 }));
    }

    #[test]
    fn json_is_checked_and_the_schema_says_how() {
        let error = serde_json::from_str::<Plain>("\"x\"").unwrap_err().to_string();
        assert!(error.starts_with("must be 2 to 3 characters"), "{error}");
        assert_eq!(serde_json::to_string(&"abc".parse::<Plain>().unwrap()).unwrap(), "\"abc\"");
        let schema = serde_json::to_value(Full::RULE.schema()).unwrap();
        let wanted = json!({
            "type": "string", "minLength": 1, "maxLength": 3, "pattern": "^[a-z]+$", "x-message": "must be good",
            "x-trimmed": true,
            "allOf": [
                { "pattern": seen::LINE, "x-message": BROKEN },
                { "pattern": r"\S", "x-message": BLANK },
            ],
        });
        assert_eq!(schema, wanted);
        assert_eq!("a\nb".parse::<Full>(), Err(InvalidText::Form(BROKEN)));
        assert_eq!("a\nb".parse::<Plain>().unwrap().as_str(), "a\nb");
    }
}
