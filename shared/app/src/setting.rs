//! Settings: numbers and texts that operators may change, each with its default and its limits or its rule.

use std::collections::HashMap;

use crate::{Placement, ProviderGrant};

/// A whole number from the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The environment variable; its last word is the unit.
    pub name: &'static str,
    /// What it is where nothing is set.
    pub default: i64,
    /// The least it may be.
    pub min: i64,
    /// The most it may be.
    pub max: i64,
    /// What it does, in a sentence.
    pub about: &'static str,
}

/// A text from the environment.
#[derive(Clone, Copy, Debug)]
pub struct TextSetting {
    /// The environment variable.
    pub name: &'static str,
    /// What it must be, in words: `an https URL`.
    pub must_be: &'static str,
    /// Whether a text is that.
    pub accepts: fn(&str) -> bool,
    /// What it is where nothing is set, in words.
    pub default: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
}

/// The settings that differ from their defaults.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    numbers: HashMap<&'static str, i64>,
    texts: HashMap<&'static str, String>,
}

impl Settings {
    /// Reads settings from an environment; every wrong one is named at once.
    pub fn read<'a>(
        numbers: impl IntoIterator<Item = &'a Setting>,
        texts: impl IntoIterator<Item = &'a TextSetting>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let given = |name| environment(name).filter(|text| !text.is_empty());
        let mut settings = Self::default();
        let mut wrong = Vec::new();
        for setting in numbers {
            let Some(text) = given(setting.name) else { continue };
            match text.parse() {
                Ok(value) if (setting.min..=setting.max).contains(&value) => {
                    settings.numbers.insert(setting.name, value);
                }
                _ => wrong
                    .push(format!("{} must be a whole number from {} to {}", setting.name, setting.min, setting.max)),
            }
        }
        for setting in texts {
            let Some(text) = given(setting.name) else { continue };
            if (setting.accepts)(&text) {
                settings.texts.insert(setting.name, text);
            } else {
                wrong.push(format!("{} must be {}", setting.name, setting.must_be));
            }
        }
        if wrong.is_empty() { Ok(settings) } else { Err(wrong.join("; ")) }
    }

    /// The same settings with one changed.
    #[must_use]
    pub fn with(mut self, setting: &Setting, value: i64) -> Self {
        self.numbers.insert(setting.name, value);
        self
    }

    /// The same settings with a text changed.
    #[must_use]
    pub fn with_text(mut self, setting: &TextSetting, text: impl Into<String>) -> Self {
        self.texts.insert(setting.name, text.into());
        self
    }

    /// The value of a setting: its default where nothing else is set.
    pub fn get(&self, setting: &Setting) -> i64 {
        self.numbers.get(setting.name).copied().unwrap_or(setting.default)
    }

    /// Where a provider is: outside, where an address of it is set.
    pub fn placement(&self, provider: &ProviderGrant) -> Placement {
        if self.text(&provider.callee.url).is_some() { Placement::Outside } else { Placement::Inside }
    }

    /// A text, where it is set.
    pub fn text(&self, setting: &TextSetting) -> Option<&str> {
        self.texts.get(setting.name).map(String::as_str)
    }
}

/// Whether a text is an `http://` or `https://` address that a path can follow: a host, and no query, fragment, white space or
/// slash at its end.
pub fn is_base_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !rest.ends_with('/')
            && rest.chars().all(|one| one.is_ascii_graphic() && !matches!(one, '?' | '#' | '"' | '<' | '>' | '\\'))
    })
}

/// Whether a text is an `http://` or `https://` address.
pub fn is_url(text: &str) -> bool {
    let (address, query) = text.split_once('?').unwrap_or((text, ""));
    is_base_url(address.strip_suffix('/').unwrap_or(address))
        && query.chars().all(|one| one.is_ascii_graphic() && one != '#')
}

/// Whether a text lists origins, separated by commas.
pub fn are_origins(text: &str) -> bool {
    text.split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .all(|one| is_base_url(one) && one.matches('/').count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Setting = Setting { name: "TIFFIN_WAIT_S", default: 30, min: 1, max: 60, about: "How long." };
    const NEAR: Setting =
        Setting { name: "TIFFIN_DELIVERIES_NEAR_M", default: 5000, min: 1, max: 9000, about: "How far." };
    const ADDRESS: TextSetting =
        TextSetting { name: "TIFFIN_ADDRESS", must_be: "a URL", accepts: is_url, default: "none", about: "Where." };

    #[test]
    fn what_is_not_set_is_the_default_and_every_wrong_one_is_named() {
        let read = |values: &'static [(&str, &str)]| {
            Settings::read(&[WAIT, NEAR], &[ADDRESS], move |name| {
                values.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(read(&[]).unwrap().get(&WAIT), 30);
        assert_eq!(read(&[("TIFFIN_WAIT_S", "")]).unwrap().get(&WAIT), 30);
        assert_eq!(read(&[("TIFFIN_WAIT_S", "60")]).unwrap().get(&WAIT), 60);
        assert_eq!(read(&[("TIFFIN_ADDRESS", "https://a.example")]).unwrap().text(&ADDRESS), Some("https://a.example"));
        assert_eq!(read(&[]).unwrap().text(&ADDRESS), None);
        let wrong = &[("TIFFIN_WAIT_S", "61"), ("TIFFIN_DELIVERIES_NEAR_M", "far"), ("TIFFIN_ADDRESS", "a.example")];
        let wrong = read(wrong).unwrap_err();
        assert!(wrong.contains("TIFFIN_WAIT_S") && wrong.contains("1 to 9000"), "{wrong}");
        assert!(wrong.contains("TIFFIN_ADDRESS must be a URL"), "{wrong}");
    }

    #[test]
    fn addresses_and_origins() {
        for base in ["https://api.example", "http://localhost:3000", "https://a.example/food", "http://[::1]:80"] {
            assert!(is_base_url(base) && is_url(base), "{base}");
        }
        for other in ["", "a.example", "ftp://a.example", "https://", "https:///x", "https://a b", "https://a#b"] {
            assert!(!is_base_url(other) && !is_url(other), "{other}");
        }
        for url in ["https://a.example/", "https://a.example/x?y=z"] {
            assert!(!is_base_url(url) && is_url(url), "{url}");
        }
        assert!(are_origins("https://a.example, http://localhost:8080,") && are_origins(""));
        assert!(!are_origins("https://a.example/food") && !are_origins("*"));
    }
}
