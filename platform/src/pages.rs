//! The pages of the local process, configured for its city.

use std::{collections::BTreeMap, sync::Arc};

use app::{Problem, Store};
use axum::Router;
use domain::Place;
use pages::{Api, Area, Config, Demo, Files, Means};

use crate::city;

/// The kind of every means of payment of the simulated provider.
const CARD: &str = "card";

/// The pages, from these files.
pub(crate) fn router(store: Arc<dyn Store>, files: Files) -> Router {
    pages::router(files, config(), DemoCity(store))
}

/// The demo city, if the store holds it.
struct DemoCity(Arc<dyn Store>);

impl Demo for DemoCity {
    async fn is_there(&self) -> Result<bool, Problem> {
        Ok(city::is_built(&*self.0).await?)
    }
}

fn config() -> Config {
    let (lat, lon) = city::CENTRE;
    Config {
        api: Api::default(),
        operations: BTreeMap::new(),
        area: Area {
            name: city::NAME.to_owned(),
            country: city::COUNTRY.parse().expect("the city lies in a country"),
            centre: Place::new(lat, lon).expect("the city is on Earth"),
            radius_m: city::RADIUS_M,
        },
        payment_methods: payments::METHODS.into_iter().map(means).collect(),
        payments_simulated: true,
        demo: false,
        build: None,
    }
}

fn means((token, label): (&str, &str)) -> Means {
    let token = token.parse().expect("the provider's own words are well-formed");
    Means { token, kind: CARD.to_owned(), label: label.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_know_the_city_and_the_providers_cards() {
        let config = serde_json::to_value(config()).unwrap();
        let means = ["tok_ok", "tok_declined"]
            .map(|token| config["payment_methods"].as_array().unwrap().iter().any(|one| one["token"] == token));
        assert_eq!(means, [true, true]);
        assert_eq!(config["area"]["country"], "RO");
        assert_eq!(config["api"]["base"], "");
    }
}
