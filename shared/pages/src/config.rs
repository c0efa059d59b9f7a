//! `config.json`: what the pages know of the place they are served at.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Country, PaymentMethod, Place};
use http::Uri;
use serde::{Deserialize, Serialize};

use crate::{Outputs, policy};

/// The content of `config.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub api: Api,
    /// Operations that have a URL of their own, where no gateway is in front of the functions.
    #[serde(default)]
    pub operations: BTreeMap<String, String>,
    pub area: Area,
    /// What customers may pay by.
    pub payment_methods: Vec<Means>,
    /// Whether no real money moves.
    pub payments_simulated: bool,
    /// Whether there is a demo city, with its theatre.
    #[serde(default)]
    pub demo: bool,
    /// The build that is served; without one, pages keep nothing for when they are offline. The server fills it in.
    #[serde(default)]
    pub build: Option<String>,
}

/// Where the API is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// What comes before `/v1`: nothing where pages and API have one origin.
    pub base: String,
}

/// Where food is brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    pub name: String,
    /// The country of addresses that name none.
    pub country: Country,
    /// Its middle.
    pub centre: Place,
    /// How far it reaches from there, in metres.
    pub radius_m: u32,
}

/// What a customer may pay by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Means {
    /// What the provider knows it by.
    pub token: PaymentMethod,
    /// What it is: `card`.
    pub kind: String,
    /// Which of them it is: a word that the pages translate.
    pub label: String,
}

/// Why a `config.json` can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WrongConfig {
    /// It is not what it should be.
    #[error(transparent)]
    Shape(#[from] serde_json::Error),
    /// An address is none.
    #[error("{field} must be {must}, not {value}")]
    Address {
        /// Where it stands.
        field: String,
        /// What it must be.
        must: &'static str,
        /// What it is.
        value: String,
    },
    /// It says that there is a demo city.
    #[error("demo must be false: only the local process has a demo city")]
    Demo,
}

impl Config {
    /// Reads what somebody wrote for pages that are served without a demo city.
    ///
    /// # Errors
    /// Where it is not JSON of this shape, or an address is none.
    pub fn parse(text: &str) -> Result<Self, WrongConfig> {
        serde_json::from_str::<Self>(text)?.checked()
    }

    /// The same pages, told where a stack's API or functions are.
    ///
    /// # Errors
    /// Where an address is none.
    pub fn reaching(mut self, outputs: &Outputs) -> Result<Self, WrongConfig> {
        if let Some(url) = outputs.api() {
            url.trim_end_matches('/').clone_into(&mut self.api.base);
        }
        self.operations.extend(outputs.operations());
        self.checked()
    }

    fn checked(self) -> Result<Self, WrongConfig> {
        if self.demo {
            return Err(WrongConfig::Demo);
        }
        let base = &self.api.base;
        if base.ends_with('/') || !(base.is_empty() || is_path(base) || origin(base).is_some()) {
            let must = "empty, or a path or URL (http, https) without a slash at its end";
            return Err(WrongConfig::Address { field: "api.base".to_owned(), must, value: base.clone() });
        }
        if let Some((name, url)) = self.operations.iter().find(|(_, url)| origin(url).is_none()) {
            let must = "a URL (http, https)";
            return Err(WrongConfig::Address { field: format!("operations.{name}"), must, value: url.clone() });
        }
        Ok(self)
    }

    /// The policy of pages that are told this.
    pub(crate) fn content_security(&self) -> String {
        policy::content_security(self.origins().iter().map(String::as_str))
    }

    /// The origins, besides the pages' own, that the API is asked at.
    fn origins(&self) -> BTreeSet<String> {
        self.operations.values().chain([&self.api.base]).filter_map(|url| origin(url)).collect()
    }
}

/// Whether this is a path on the pages' own origin.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && text.parse::<Uri>().is_ok_and(|uri| uri.query().is_none())
}

/// The origin of an absolute URL.
fn origin(text: &str) -> Option<String> {
    let url = text.parse::<Uri>().ok().filter(|url| url.query().is_none())?;
    let scheme = url.scheme_str()?;
    let authority = url.authority()?.as_str();
    // Only what may stand in a policy as it is.
    let is_plain = authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    (["http", "https"].contains(&scheme) && is_plain).then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn with(pointer: &str, value: Value) -> Result<Config, WrongConfig> {
        let mut config = json!({
            "api": {"base": ""},
            "operations": {"get-menu": "https://menu.example/"},
            "area": {"name": "București", "country": "RO", "centre": {"lat": 44.4, "lon": 26.1}, "radius_m": 6000},
            "payment_methods": [{"token": "tok_ok", "kind": "card", "label": "works"}],
            "payments_simulated": true,
        });
        if let Some(place) = config.pointer_mut(pointer) {
            *place = value;
        } else {
            config[pointer] = value;
        }
        Config::parse(&config.to_string())
    }

    fn with_base(base: &str) -> Result<Config, WrongConfig> {
        with("/api/base", base.into())
    }

    #[test]
    fn the_api_is_at_the_pages_own_origin_below_a_path_or_elsewhere() {
        for (base, origins) in [
            ("", vec!["https://menu.example"]),
            ("/api", vec!["https://menu.example"]),
            ("https://menu.example", vec!["https://menu.example"]),
            ("https://api.example:8443/tiffin", vec!["https://api.example:8443", "https://menu.example"]),
            ("http://[::1]:3000", vec!["http://[::1]:3000", "https://menu.example"]),
        ] {
            let config = with_base(base).unwrap();
            assert!(config.origins().iter().eq(origins), "{base}: {:?}", config.origins());
        }
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        for base in [
            "/",
            "https://api.example/",
            "api.example",
            "//api.example",
            "ftp://api.example",
            "https://a.example;script-src",
            "https://me:secret@api.example",
            "https://api.example?x=1",
            "https:// *",
        ] {
            let refused = with_base(base).unwrap_err().to_string();
            assert!(refused.starts_with("api.base must be ") && refused.ends_with(base), "{refused}");
        }
        let refused = with("/operations/get-menu", "menu".into()).unwrap_err();
        assert_eq!(refused.to_string(), "operations.get-menu must be a URL (http, https), not menu");
    }

    #[test]
    fn what_has_another_shape_is_refused_with_its_place() {
        for (pointer, value, word) in [
            ("/area/country", json!("Romania"), "country"),
            ("/area/centre/lat", json!(91), "latitude"),
            ("/area/radius_m", json!("far"), "radius_m"),
            ("/payments_simulated", json!(null), "boolean"),
            ("colour", json!("red"), "colour"),
            ("demo", json!(true), "demo must be false"),
        ] {
            let refused = with(pointer, value).unwrap_err().to_string();
            assert!(refused.contains(word) || refused.contains("line 1"), "{refused}");
        }
        assert!(Config::parse("{").is_err());
    }
}
