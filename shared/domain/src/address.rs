//! Where to go: addresses, and stops on a courier's way.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::wire::travels_as_string;
use crate::{Place, Text, text};

text! {
    /// Street and house, and whatever else belongs on that line.
    pub struct Street(1..=200): trimmed;
}

text! {
    /// A town or village.
    pub struct City(1..=100): trimmed;
}

text! {
    /// A postal code, in whatever form its country has.
    pub struct Postcode(1..=20): trimmed;
}

/// A country, by its two capital letters (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

impl Country {
    /// The two capital letters, `RO`.
    pub const fn code(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl FromStr for Country {
    type Err = InvalidCountry;

    fn from_str(code: &str) -> Result<Self, InvalidCountry> {
        COUNTRIES.split(' ').find(|country| *country == code).map(Self).ok_or(InvalidCountry)
    }
}

travels_as_string!(
    Country,
    "pattern": format!("^({})$", COUNTRIES.replace(' ', "|")),
    "x-message": InvalidCountry.to_string()
);

/// A text that is no country's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a country code of ISO 3166-1, such as `RO`")]
pub struct InvalidCountry;

/// Where post goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and house.
    pub street: Street,
    /// Town or village.
    pub city: City,
    /// Postal code, where the country has them.
    pub postcode: Option<Postcode>,
    /// ISO 3166-1 alpha-2.
    pub country: Country,
}

/// Where a courier stops: to pick up or to deliver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// The point on the map.
    pub place: Place,
    /// The postal address of that point.
    pub address: Address,
    /// For the courier: which bell, which floor.
    pub notes: Option<Text>,
}

/// The 249 codes officially assigned (ISO 3166-1, as of 2026), sorted.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
    UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn countries_are_those_of_the_list() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        assert!(COUNTRIES.split(' ').is_sorted() && COUNTRIES.split(' ').all(|code| code.len() == 2));
        assert_eq!("RO".parse::<Country>().map(Country::code), Ok("RO"));
        for code in ["", "ro", "XX", "RO SE", "UK"] {
            assert_eq!(code.parse::<Country>(), Err(InvalidCountry), "{code}");
        }
    }

    #[test]
    fn notes_and_the_postcode_may_be_left_out_and_are_null_then() {
        let given = json!({
            "place": { "lat": 44.5, "lon": 26.5 },
            "address": { "street": " Str. Lipscani 1 ", "city": "București", "postcode": "030031", "country": "RO" },
        });
        let stop: Stop = serde_json::from_value(given.clone()).unwrap();
        assert_eq!(stop.address.street.as_str(), "Str. Lipscani 1");
        assert_eq!(serde_json::to_value(stop).unwrap()["notes"], json!(null));
        let mut without = given.clone();
        without["address"].as_object_mut().unwrap().remove("postcode");
        let stop: Stop = serde_json::from_value(without).unwrap();
        assert_eq!(serde_json::to_value(stop).unwrap()["address"]["postcode"], json!(null));
        let mut unknown = given;
        unknown["address"]["county"] = "Ilfov".into();
        assert!(serde_json::from_value::<Stop>(unknown).is_err());
    }
}
