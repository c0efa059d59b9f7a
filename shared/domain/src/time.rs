//! Points in time, to the second, and the zones restaurants live in.

use std::fmt;
use std::str::FromStr;

use crate::wire::travels_as_string;

/// A second in UTC, from the year 0 to the year 9999; written as RFC 3339, `2026-11-23T12:00:00Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

/// 0000-01-01T00:00:00Z: before it, years have a sign, which RFC 3339 does not know and which sorts wrongly.
const FIRST_SECOND: i64 = -62_167_219_200;

impl Timestamp {
    /// The second of that time, without its fraction.
    pub fn of(time: jiff::Timestamp) -> Self {
        Self::from_second(time.as_second())
    }

    /// So many seconds after 1970 began; beyond the first or last second there is, that one.
    pub fn from_second(second: i64) -> Self {
        let second = second.clamp(FIRST_SECOND, jiff::Timestamp::MAX.as_second());
        Self(jiff::Timestamp::from_second(second).unwrap_or(jiff::Timestamp::MAX))
    }

    /// Seconds since 1970 began.
    pub fn as_second(self) -> i64 {
        self.0.as_second()
    }

    /// So many seconds later (earlier if negative), as far as time goes.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_second(self.as_second().saturating_add(seconds))
    }

    /// So many minutes later (earlier if negative), as far as time goes.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// How many seconds from this to `other`; negative if `other` is earlier.
    pub fn seconds_until(self, other: Self) -> i64 {
        other.as_second() - self.as_second()
    }

    /// The same, for arithmetic with calendars and zones.
    pub const fn jiff(self) -> jiff::Timestamp {
        self.0
    }

    /// The RFC 3339 text, twenty characters, which sorts as time does.
    pub fn sort_key(self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Reads RFC 3339 with any offset; fractions of a second are dropped.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let (second, rest) = text.split_at_checked("2026-11-23T12:00:00".len()).ok_or(InvalidTimestamp)?;
        let offset = without_fraction(rest).ok_or(InvalidTimestamp)?;
        if !has_form(second, "dddd-dd-ddTdd:dd:dd") || !(has_form(offset, "Z") || has_form(offset, "+dd:dd")) {
            return Err(InvalidTimestamp);
        }
        match format!("{second}{offset}").parse::<jiff::Timestamp>() {
            Ok(time) if time.as_second() >= FIRST_SECOND => Ok(Self(time)),
            // The last day of all is there for offsets alone.
            Err(_) if second.starts_with("9999-12-3") && second.parse::<jiff::civil::DateTime>().is_ok() => {
                Ok(Self::from_second(i64::MAX))
            }
            _ => Err(InvalidTimestamp),
        }
    }
}

travels_as_string!(Timestamp, "format": "date-time");

/// A text that is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time of RFC 3339, such as `2026-11-23T12:00:00Z`")]
pub struct InvalidTimestamp;

/// A time zone by its IANA name, `Europe/Bucharest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(jiff::tz::TimeZone);

impl TimeZone {
    /// The IANA name, spelled as the database spells it.
    pub fn as_str(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The zone itself, for arithmetic.
    pub const fn jiff(&self) -> &jiff::tz::TimeZone {
        &self.0
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TimeZone {
    type Err = InvalidTimeZone;

    fn from_str(name: &str) -> Result<Self, InvalidTimeZone> {
        let zone = jiff::tz::TimeZone::get(name).map_err(|_| InvalidTimeZone)?;
        if zone.is_unknown() || zone.iana_name().is_none() { Err(InvalidTimeZone) } else { Ok(Self(zone)) }
    }
}

travels_as_string!(TimeZone, "minLength": 1, "maxLength": 64);

/// A text that names no zone in the time zone database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time zone of the IANA database, such as `Europe/Bucharest`")]
pub struct InvalidTimeZone;

/// Drops `.` and the digits after it; `None` if there are none.
fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else { return Some(text) };
    let rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

/// Whether `text` looks like `form`: `d` stands for a digit, `+` for either sign, a letter for itself in either case.
fn has_form(text: &str, form: &str) -> bool {
    let matches = |(byte, wanted): (u8, u8)| match wanted {
        b'd' => byte.is_ascii_digit(),
        b'+' => byte == b'+' || byte == b'-',
        _ => byte.eq_ignore_ascii_case(&wanted),
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(matches)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn any_offset_is_read_and_utc_is_written() {
        for text in [
            "2026-11-23T12:00:00Z",
            "2026-11-23t12:00:00z",
            "2026-11-23T14:00:00+02:00",
            "2026-11-23T07:00:00.999999999999-05:00",
            "2026-11-23T12:00:00-00:00",
        ] {
            assert_eq!(
                text.parse::<Timestamp>().map(|time| time.to_string()).as_deref(),
                Ok("2026-11-23T12:00:00Z"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_beyond_the_last_second_is_the_last_second() {
        let last = Timestamp::from_second(i64::MAX);
        for text in ["9999-12-31T23:59:59Z", "9999-12-30T23:00:00.5Z", "9999-12-31T23:59:59-23:59"] {
            assert_eq!(text.parse::<Timestamp>(), Ok(last), "{text}");
        }
        assert_eq!("9999-12-32T00:00:00Z".parse::<Timestamp>(), Err(InvalidTimestamp));
    }

    #[test]
    fn what_is_not_rfc_3339_is_refused() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23T12:00Z",
            "2026-11-23T12:00:00",
            "2026-11-23 12:00:00Z",
            "2026-11-23T12:00:00.Z",
            "2026-11-23T12:00:00+0200",
            "2026-11-23T12:00:00Z[UTC]",
            "2026-02-30T12:00:00Z",
            "0000-01-01T00:00:00+01:00",
            "2026-11-23T12:00:0é",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
        }
    }

    #[test]
    fn zones_are_those_of_the_database() {
        let zone: TimeZone = "Europe/Bucharest".parse().unwrap();
        assert_eq!(serde_json::to_string(&zone).unwrap(), "\"Europe/Bucharest\"");
        assert_eq!("UTC".parse::<TimeZone>().unwrap().as_str(), "UTC");
        for name in ["", "Europe/Nowhere", "+02:00", "Etc/Unknown"] {
            assert_eq!(name.parse::<TimeZone>(), Err(InvalidTimeZone), "{name}");
        }
    }

    proptest! {
        #[test]
        fn sort_keys_sort_as_time_and_read_back(left: i64, right in FIRST_SECOND..253_370_764_800) {
            let left = Timestamp::from_second(left);
            let right = Timestamp::from_second(right);
            prop_assert_eq!(left.sort_key().len(), 20);
            prop_assert_eq!(left.sort_key().cmp(&right.sort_key()), left.cmp(&right));
            prop_assert_eq!(right.sort_key().parse(), Ok(right));
            prop_assert_eq!(left.plus_seconds(left.seconds_until(right)), right);
        }
    }
}
