//! Money: whole minor units of one currency, exact; what does not fit or does not match is an error.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::wire::travels_as_string;

/// A currency that has money in it (ISO 4217, with a known number of decimals: no metals, no test codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);

    /// The three capital letters of ISO 4217.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals its minor unit has: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn minor_digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(code: &str) -> Result<Self, InvalidCurrency> {
        let found = iso_currency::Currency::from_code(code).filter(|currency| currency.exponent().is_some());
        found.map(Self).ok_or(InvalidCurrency)
    }
}

travels_as_string!(Currency, "pattern": "^[A-Z]{3}$");

/// A text that is no currency's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a currency code of ISO 4217")]
pub struct InvalidCurrency;

/// An amount of money, in minor units of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: cents where the currency has them.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
}

impl Money {
    /// So many minor units.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in that currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// Whether it is less than nothing.
    pub const fn is_negative(self) -> bool {
        self.amount < 0
    }

    /// The sum, where the currency is the same.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.amount.checked_add(other.amount))
    }

    /// The difference, where the currency is the same; below zero is allowed.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.amount.checked_sub(other.amount))
    }

    /// So many times the amount.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        self.with(self.amount.checked_mul(i64::from(count)))
    }

    /// `amount × numerator ÷ denominator`, rounded once, half up; a denominator that is not positive is an `Overflow`.
    pub fn part(self, numerator: i64, denominator: i64) -> Result<Self, MoneyError> {
        if denominator <= 0 {
            return Err(MoneyError::Overflow);
        }
        let part = div_half_up(i128::from(self.amount) * i128::from(numerator), i128::from(denominator));
        self.with(i64::try_from(part).ok())
    }

    fn with(self, amount: Option<i64>) -> Result<Self, MoneyError> {
        amount.map(|amount| Self::new(amount, self.currency)).ok_or(MoneyError::Overflow)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        let same = self.currency == other.currency;
        if same { Ok(()) } else { Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency }) }
    }
}

impl fmt::Display for Money {
    /// As `12.50 EUR`, with the currency's own number of decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.minor_digits();
        let sign = if self.is_negative() { "-" } else { "" };
        let size = self.amount.unsigned_abs();
        let unit = 10_u64.pow(digits);
        write!(f, "{sign}{}", size / unit)?;
        if digits > 0 {
            write!(f, ".{:0width$}", size % unit, width = digits as usize)?;
        }
        write!(f, " {}", self.currency)
    }
}

/// Why there is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The two amounts are of different currencies.
    #[error("{left} and {right} do not add up")]
    CurrencyMismatch {
        /// The currency of the first.
        left: Currency,
        /// The currency of the second.
        right: Currency,
    },
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
}

/// Divides and rounds to the nearest whole number, a half up; `denominator` must be positive.
///
/// Meant for numerators from zero on; below, a half still goes up: towards zero.
pub const fn div_half_up(numerator: i128, denominator: i128) -> i128 {
    let whole = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    if rest >= denominator - rest { whole + 1 } else { whole }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn euros(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    #[test]
    fn a_half_goes_up() {
        let found = [0, 1, 2, 3, 4, 5].map(|numerator| div_half_up(numerator, 4));
        assert_eq!(found, [0, 0, 1, 1, 1, 1]);
        assert_eq!(euros(1250).part(500, 10_000), Ok(euros(63)));
    }

    #[test]
    fn it_is_shown_with_the_decimals_of_its_currency() {
        let shown = [(1250, "EUR"), (-5, "EUR"), (1250, "JPY"), (1250, "KWD")]
            .map(|(amount, code)| Money::new(amount, code.parse().unwrap()).to_string());
        assert_eq!(shown, ["12.50 EUR", "-0.05 EUR", "1250 JPY", "1.250 KWD"]);
    }

    #[test]
    fn two_currencies_and_too_much_are_errors() {
        let lei = Money::zero("RON".parse().unwrap());
        let mismatch = MoneyError::CurrencyMismatch { left: Currency::EUR, right: lei.currency };
        assert_eq!(euros(1).checked_add(lei), Err(mismatch));
        assert_eq!(euros(i64::MAX).checked_add(euros(1)), Err(MoneyError::Overflow));
        assert_eq!(euros(i64::MIN).part(i64::MIN, 1), Err(MoneyError::Overflow));
        assert_eq!(euros(1).part(1, 0), Err(MoneyError::Overflow));
    }

    #[test]
    fn json_is_exact() {
        let json = r#"{"amount":1250,"currency":"EUR"}"#;
        assert_eq!(serde_json::to_string(&euros(1250)).unwrap(), json);
        assert_eq!(serde_json::from_str::<Money>(json).unwrap(), euros(1250));
        for bad in [r#"{"amount":1.5,"currency":"EUR"}"#, r#"{"amount":1,"currency":"eur"}"#, r#"{"amount":1}"#] {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
        for code in ["XAU", "XXX", "ABC", ""] {
            assert_eq!(code.parse::<Currency>(), Err(InvalidCurrency), "{code}");
        }
    }

    proptest! {
        #[test]
        fn what_is_added_can_be_taken_away(left: i64, right: i64) {
            if let Ok(sum) = euros(left).checked_add(euros(right)) {
                prop_assert_eq!(sum.checked_sub(euros(right)), Ok(euros(left)));
            }
        }

        #[test]
        fn times_is_repeated_addition(amount in -1_000_000_000..1_000_000_000_i64, count in 0..50_u32) {
            let sum = (0..count).try_fold(euros(0), |sum, _| sum.checked_add(euros(amount)));
            prop_assert_eq!(euros(amount).times(count), sum);
        }

        #[test]
        fn a_part_is_at_most_half_a_unit_off(amount in 0..i64::MAX, numerator in 0..10_000_i64, denominator in 10_000..i64::MAX) {
            let part = i128::from(euros(amount).part(numerator, denominator).unwrap().amount);
            let exact = i128::from(amount) * i128::from(numerator);
            let denominator = i128::from(denominator);
            let off = 2 * (part * denominator - exact);
            prop_assert!(-denominator < off && off <= denominator);
        }
    }
}
