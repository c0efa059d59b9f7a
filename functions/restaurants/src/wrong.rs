//! What is wrong with a request beyond its shape, gathered so that every wrong field is named at once.

use std::fmt::Display;

use app::{FieldError, Problem};
use domain::{Currency, Money};

use crate::bounded::repeated;

/// The most that anything may cost, in minor units: no basket of the most lines, options and copies comes near 64 bits.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;

/// The wrong fields found so far, below a JSON pointer.
#[derive(Debug, Default)]
pub struct Wrong(Vec<FieldError>);

impl Wrong {
    /// Names a field that is wrong.
    pub fn field(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.into(), code: "invalid", detail: detail.into() });
    }

    /// Wants an amount of that currency, from zero to [`MAX_AMOUNT`].
    pub fn amount(&mut self, pointer: impl Display, money: Money, currency: Currency) {
        if money.currency != currency {
            self.field(format!("{pointer}/currency"), format!("must be {currency}, the restaurant's currency"));
        }
        if !(0..=MAX_AMOUNT).contains(&money.amount) {
            self.field(format!("{pointer}/amount"), format!("must be from 0 to {MAX_AMOUNT}"));
        }
    }

    /// Wants a list without repetitions.
    pub fn repetitions<T: PartialEq>(&mut self, pointer: impl Display, entries: &[T]) {
        for index in repeated(entries) {
            self.field(format!("{pointer}/{index}"), "must not be listed twice");
        }
    }

    /// Refuses, if anything was wrong.
    pub fn refuse(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.problem()) }
    }

    /// The refusal of what was found.
    pub fn problem(self) -> Problem {
        Problem::invalid_fields(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_wrong_twice_is_named_twice() {
        let mut wrong = Wrong::default();
        wrong.amount("/tip", Money::new(0, Currency::EUR), Currency::EUR);
        wrong.amount("/tip", Money::new(MAX_AMOUNT, Currency::EUR), Currency::EUR);
        assert!(wrong.0.is_empty());
        wrong.amount("/tip", Money::new(-1, "RON".parse().unwrap()), Currency::EUR);
        wrong.amount("/fee", Money::new(MAX_AMOUNT + 1, Currency::EUR), Currency::EUR);
        let refusal = wrong.refuse().unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/tip/currency", "/tip/amount", "/fee/amount"]);
    }
}
