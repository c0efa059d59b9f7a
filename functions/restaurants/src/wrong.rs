//! What is wrong with a request beyond its shape, gathered so that every wrong field is named at once.

use std::fmt::Display;

use app::{FieldError, Problem};
use domain::{Currency, Money};

use crate::bounded::repeated;

/// The wrong fields found so far, below a JSON pointer.
#[derive(Debug, Default)]
pub struct Wrong(Vec<FieldError>);

impl Wrong {
    /// Records a wrong field.
    pub fn field(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.into(), code: "invalid", detail: detail.into() });
    }

    /// Requires money of that currency.
    pub fn currency(&mut self, pointer: impl Display, money: &Money, currency: Currency) {
        if money.currency != currency {
            self.field(format!("{pointer}/currency"), format!("must be {currency}, the restaurant's currency"));
        }
    }

    /// Requires a list without repetitions.
    pub fn repetitions<T: PartialEq>(&mut self, pointer: impl Display, entries: &[T]) {
        for index in repeated(entries) {
            self.field(format!("{pointer}/{index}"), "must not be listed twice");
        }
    }

    /// Refuses if a wrong field was recorded.
    pub fn refuse(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.problem()) }
    }

    /// A refusal that names every recorded field.
    pub fn problem(self) -> Problem {
        Problem::invalid_fields(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_of_another_currency_is_named() {
        let mut wrong = Wrong::default();
        let lei = "RON".parse().unwrap();
        wrong.currency("/tip", &Money::zero(Currency::EUR), Currency::EUR);
        assert!(wrong.0.is_empty());
        wrong.currency("/tip", &Money::zero(lei), Currency::EUR);
        wrong.currency("/fee", &Money::zero(lei), Currency::EUR);
        let refusal = wrong.refuse().unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/tip/currency", "/fee/currency"]);
    }
}
