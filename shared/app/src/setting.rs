//! Settings: numbers that operators may change, each with its default and limits.

use std::collections::HashMap;

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

/// The settings that differ from their defaults.
#[derive(Clone, Debug, Default)]
pub struct Settings(HashMap<&'static str, i64>);

impl Settings {
    /// Reads `settings` from an environment; every wrong one is named at once.
    pub fn read<'a>(
        settings: impl IntoIterator<Item = &'a Setting>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let mut values = HashMap::new();
        let mut wrong = Vec::new();
        for setting in settings {
            let Some(text) = environment(setting.name).filter(|text| !text.is_empty()) else { continue };
            match text.parse() {
                Ok(value) if (setting.min..=setting.max).contains(&value) => {
                    values.insert(setting.name, value);
                }
                _ => wrong
                    .push(format!("{} must be a whole number from {} to {}", setting.name, setting.min, setting.max)),
            }
        }
        if wrong.is_empty() { Ok(Self(values)) } else { Err(wrong.join("; ")) }
    }

    /// The same settings with one changed.
    #[must_use]
    pub fn with(mut self, setting: &Setting, value: i64) -> Self {
        self.0.insert(setting.name, value);
        self
    }

    /// The value of a setting: its default where nothing else is set.
    pub fn get(&self, setting: &Setting) -> i64 {
        self.0.get(setting.name).copied().unwrap_or(setting.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Setting = Setting { name: "TIFFIN_WAIT_S", default: 30, min: 1, max: 60, about: "How long." };
    const NEAR: Setting =
        Setting { name: "TIFFIN_DELIVERIES_NEAR_M", default: 5000, min: 1, max: 9000, about: "How far." };

    #[test]
    fn what_is_not_set_is_the_default_and_every_wrong_one_is_named() {
        let read = |values: &'static [(&str, &str)]| {
            Settings::read(&[WAIT, NEAR], move |name| {
                values.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(read(&[]).unwrap().get(&WAIT), 30);
        assert_eq!(read(&[("TIFFIN_WAIT_S", "")]).unwrap().get(&WAIT), 30);
        assert_eq!(read(&[("TIFFIN_WAIT_S", "60")]).unwrap().get(&WAIT), 60);
        let wrong = read(&[("TIFFIN_WAIT_S", "61"), ("TIFFIN_DELIVERIES_NEAR_M", "far")]).unwrap_err();
        assert!(wrong.contains("TIFFIN_WAIT_S") && wrong.contains("1 to 9000"), "{wrong}");
    }
}
