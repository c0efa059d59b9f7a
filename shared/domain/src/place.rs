//! Places on Earth, and how far apart they are.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The radius of the sphere distances are measured on, in metres (the mean radius of WGS 84).
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point on Earth, WGS 84, in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Degrees north of the equator.
    #[schemars(range(min = -90, max = 90))]
    lat: f64,
    /// Degrees east of Greenwich.
    #[schemars(range(min = -180, max = 180))]
    lon: f64,
}

impl Place {
    /// The point at so many degrees north and east.
    pub fn new(lat: f64, lon: f64) -> Result<Self, InvalidPlace> {
        // NaN and the infinities lie in no range.
        if !(-90.0..=90.0).contains(&lat) {
            return Err(InvalidPlace::Latitude);
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(InvalidPlace::Longitude);
        }
        Ok(Self { lat, lon })
    }

    /// Degrees north of the equator.
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Degrees east of Greenwich.
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// The great-circle distance in whole metres (haversine formula, sphere of radius 6,371,008.8 m).
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 20,015,115 metres")]
    pub fn distance_m(self, other: Self) -> u32 {
        let lat = self.lat.to_radians();
        let other_lat = other.lat.to_radians();
        let north = other_lat - lat;
        let east = (other.lon - self.lon).to_radians();
        let haversine = (north / 2.0).sin().powi(2) + lat.cos() * other_lat.cos() * (east / 2.0).sin().powi(2);
        (2.0 * EARTH_RADIUS_M * haversine.sqrt().min(1.0).asin()).round() as u32
    }

    /// The same to so many decimals of a degree: three are about a hundred metres.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX).min(15));
        Self { lat: (self.lat * scale).round() / scale, lon: (self.lon * scale).round() / scale }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let RawPlace { lat, lon } = RawPlace::deserialize(deserializer)?;
        Self::new(lat, lon).map_err(serde::de::Error::custom)
    }
}

/// Degrees out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlace {
    /// `lat` is, or is not a number.
    #[error("lat must be from -90 to 90")]
    Latitude,
    /// `lon` is, or is not a number.
    #[error("lon must be from -180 to 180")]
    Longitude,
}

/// A place as given, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlace {
    lat: f64,
    lon: f64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(lat: f64, lon: f64) -> Place {
        Place::new(lat, lon).unwrap()
    }

    #[test]
    fn distances_are_those_of_the_sphere() {
        let degree = (EARTH_RADIUS_M * 1_f64.to_radians()).round();
        for (from, to, metres) in [
            (place(0.0, 0.0), place(0.0, 0.0), 0.0),
            (place(0.0, 0.0), place(0.0, 1.0), degree),
            (place(44.0, 26.0), place(45.0, 26.0), degree),
            (place(0.0, 179.5), place(0.0, -179.5), degree),
            (place(90.0, 0.0), place(-90.0, 77.0), (EARTH_RADIUS_M * std::f64::consts::PI).round()),
        ] {
            assert!((f64::from(from.distance_m(to)) - metres).abs() < 0.5, "{from:?} {to:?}");
        }
    }

    #[test]
    fn what_is_not_on_earth_is_refused() {
        for (lat, lon) in [(90.1, 0.0), (f64::NAN, 0.0), (0.0, -180.1), (0.0, f64::INFINITY)] {
            assert!(Place::new(lat, lon).is_err(), "{lat} {lon}");
        }
        for json in [r#"{"lat":91,"lon":0}"#, r#"{"lat":1}"#, r#"{"lat":1,"lon":2,"alt":3}"#] {
            assert!(serde_json::from_str::<Place>(json).is_err(), "{json}");
        }
        let json = r#"{"lat":44.4268,"lon":26.1025}"#;
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Place>(json).unwrap()).unwrap(), json);
    }

    #[test]
    fn a_rounded_place_has_so_many_decimals() {
        assert_eq!(place(44.426_789, -26.102_549).rounded(3), place(44.427, -26.103));
    }

    proptest! {
        #[test]
        fn distance_is_the_same_both_ways(a in -90.0..=90.0, b in -180.0..=180.0, c in -90.0..=90.0, d in -180.0..=180.0) {
            prop_assert_eq!(place(a, b).distance_m(place(c, d)), place(c, d).distance_m(place(a, b)));
        }
    }
}
