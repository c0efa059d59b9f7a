//! Who is simulated, as the command line says it.

use std::{fmt, str::FromStr};

/// Who is simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Simulate {
    pub customers: bool,
    pub restaurants: bool,
    pub couriers: bool,
}

/// A word that names no simulator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't be simulated: say `all`, `none`, or some of `customers,restaurants,couriers`")]
pub struct UnknownSimulator(String);

impl Simulate {
    pub const ALL: Self = Self { customers: true, restaurants: true, couriers: true };
    pub const NONE: Self = Self { customers: false, restaurants: false, couriers: false };

    fn named(self) -> impl Iterator<Item = &'static str> {
        let named = [("customers", self.customers), ("restaurants", self.restaurants), ("couriers", self.couriers)];
        named.into_iter().filter(|(_, simulated)| *simulated).map(|(name, _)| name)
    }
}

impl FromStr for Simulate {
    type Err = UnknownSimulator;

    fn from_str(text: &str) -> Result<Self, UnknownSimulator> {
        match text.trim() {
            "all" => return Ok(Self::ALL),
            "none" => return Ok(Self::NONE),
            _ => {}
        }
        let mut which = Self::NONE;
        for word in text.split(',').map(str::trim) {
            match word {
                "customers" => which.customers = true,
                "restaurants" => which.restaurants = true,
                "couriers" => which.couriers = true,
                _ => return Err(UnknownSimulator(word.to_owned())),
            }
        }
        Ok(which)
    }
}

impl fmt::Display for Simulate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ALL => formatter.write_str("all"),
            Self::NONE => formatter.write_str("none"),
            some => formatter.write_str(&some.named().collect::<Vec<_>>().join(",")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for bits in 0..8 {
            let which = Simulate { customers: bits & 1 != 0, restaurants: bits & 2 != 0, couriers: bits & 4 != 0 };
            assert_eq!(which.to_string().parse(), Ok(which));
        }
        assert_eq!(" couriers , customers".parse(), Ok(Simulate { restaurants: false, ..Simulate::ALL }));
    }

    #[test]
    fn an_unknown_word_is_named_with_those_that_are_known() {
        for (text, word) in [("customers,cooks", "cooks"), ("", ""), ("all,none", "all"), ("customers,", "")] {
            let refusal = text.parse::<Simulate>().unwrap_err().to_string();
            let words = "can't be simulated: say `all`, `none`, or some of `customers,restaurants,couriers`";
            assert_eq!(refusal, format!("`{word}` {words}"));
        }
    }
}
