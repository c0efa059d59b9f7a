//! The texts people write: names, notes, e-mail addresses, telephone numbers, passwords.

use crate::text;

text! {
    /// What somebody or something is called.
    pub struct Name(1..=100): trimmed;
}

text! {
    /// Free text: notes, a description.
    pub struct Text(1..=1000): trimmed, lines;
}

text! {
    /// Why somebody did a thing, in their words.
    pub struct Reason(1..=500): trimmed;
}

text! {
    /// An e-mail address, as its owner writes it: something, one `@`, something, no white space.
    pub struct Email(3..=254): trimmed, secret, pattern(r"^\s*[^\s@]+@[^\s@]+\s*$"),
        check(is_email, "must be an e-mail address");
}

impl Email {
    /// In lower case: two addresses that fold to the same are one.
    pub fn folded(&self) -> String {
        self.as_str().to_lowercase()
    }
}

text! {
    /// A telephone number: digits, with an optional `+` first, and spaces, hyphens and brackets between (E.164 and its
    /// usual spellings).
    pub struct Phone(5..=32): trimmed, secret, pattern(r"^\s*\+?[0-9 ()-]*[0-9][0-9 ()-]*\s*$"),
        check(is_phone, "must be a telephone number");
}

text! {
    @unserialized
    /// A password, as typed: not trimmed, never shown, never written.
    pub struct Password(10..=128): secret;
}

text! {
    /// A language, and perhaps where it is spoken: `en`, `ro-RO` (BCP 47, not looked up in its registry).
    pub struct Locale(2..=35): pattern("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"),
        check(is_locale, "must be a language tag such as `en` or `ro-RO`");
}

text! {
    /// A payment provider's token for a means of payment; only the provider knows what is in it.
    pub struct PaymentMethod(1..=255): secret, pattern("^[!-~]+$"),
        check(is_visible_ascii, "must be visible ASCII characters");
}

text! {
    /// A picture, by its name: letters, digits, and hyphens between. Whether it exists is checked where one is chosen: what was
    /// chosen before stays readable.
    pub struct Picture(1..=40): pattern("^[a-z0-9]+(-[a-z0-9]+)*$"),
        check(is_kebab, "must be lower-case letters and digits, with hyphens between");
}

text! {
    /// A kind of food, in lower case: `romanian`, `street_food`.
    pub struct Cuisine(1..=40): trimmed, lower;
}

fn is_email(text: &str) -> bool {
    let halves = text.split_once('@');
    halves.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(char::is_whitespace)
}

fn is_phone(text: &str) -> bool {
    let number = text.strip_prefix('+').unwrap_or(text);
    number.contains(|letter: char| letter.is_ascii_digit())
        && number.chars().all(|letter| letter.is_ascii_digit() || " ()-".contains(letter))
}

fn is_locale(text: &str) -> bool {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    (2..=8).contains(&language.len())
        && language.chars().all(|letter| letter.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len()) && subtag.chars().all(|letter| letter.is_ascii_alphanumeric())
        })
}

fn is_kebab(text: &str) -> bool {
    text.split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

fn is_visible_ascii(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_one_at_with_something_on_both_sides() {
        for (text, good) in [
            ("ana@example.org", true),
            (" Ana@Example.org ", true),
            ("a@b", true),
            ("@example.org", false),
            ("ana@", false),
            ("ana@b@c", false),
            ("ana example@b", false),
            ("ana", false),
        ] {
            assert_eq!(text.parse::<Email>().is_ok(), good, "{text}");
        }
        assert_eq!(" Ana@Example.ORG ".parse::<Email>().unwrap().folded(), "ana@example.org");
    }

    #[test]
    fn a_phone_is_digits_with_their_usual_separators() {
        for (text, good) in [
            ("+40 (21) 312-34-56", true),
            ("0213123456", true),
            ("12+34567", false),
            ("call me", false),
            ("-----", false),
        ] {
            assert_eq!(text.parse::<Phone>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_locale_is_a_language_and_perhaps_more() {
        for (text, good) in
            [("en", true), ("ro-RO", true), ("zh-Hant-TW", true), ("e", false), ("en-", false), ("e1", false)]
        {
            assert_eq!(text.parse::<Locale>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_picture_is_named_in_one_word() {
        for (text, good) in [
            ("pizza", true),
            ("ice-cream", true),
            ("7up", true),
            ("Pizza", false),
            ("ice--cream", false),
            ("-pizza", false),
            ("../pizza", false),
            ("https://example.org/pizza.webp", false),
        ] {
            assert_eq!(text.parse::<Picture>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_password_is_kept_as_typed_and_personal_data_is_not_shown() {
        let password: Password = "  ten chars".parse().unwrap();
        assert_eq!(password.as_str(), "  ten chars");
        let email: Email = "ana@example.org".parse().unwrap();
        let phone: Phone = "+40213123456".parse().unwrap();
        assert_eq!(format!("{password:?} {email:?} {phone:?}"), "*** *** ***");
        assert!("tok_ok".parse::<PaymentMethod>().is_ok() && "tok ok".parse::<PaymentMethod>().is_err());
        assert_eq!(" Street_Food ".parse::<Cuisine>().unwrap().as_str(), "street_food");
    }
}
