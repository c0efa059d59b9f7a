//! What is said of the city as a whole.

use domain::EventId;

/// The password of everybody in the city.
pub const PASSWORD: &str = "tiffin-demo";
/// The city's name.
pub const NAME: &str = "București";
/// The country it is in.
pub const COUNTRY: &str = "RO";
/// How far it reaches from its middle, in metres.
pub const RADIUS_M: u32 = 6000;
/// Where the city is: degrees north and east of its middle.
pub const CENTRE: (f64, f64) = (44.4268, 26.1025);
/// A stop that the example restaurant delivers to, as JSON without single quotes.
pub const EXAMPLE_STOP: &str = r#"{"place": {"lat": 44.4361, "lon": 26.1027}, "address": {"street": "Bd. Magheru 7", "city": "București", "postcode": "010322", "country": "RO"}}"#;

/// The time in the city's ids: 2026-01-01T00:00:00Z.
pub(super) const FOUNDED: jiff::Timestamp = jiff::Timestamp::constant(1_767_225_600, 0);

/// The event id that the city's ids are derived from.
pub(super) fn founding() -> EventId {
    EventId::generate(FOUNDED, [0; 10])
}
