//! The part of a price that is tax.

use domain::MoneyError;

/// One whole, in basis points.
const WHOLE_BP: i128 = 10_000;
/// Binary digits of a fraction that one step of long division yields: a remainder shifted by that many fits 128 bits.
const STEP_BITS: u32 = 48;
/// Steps of long division. 96 digits leave no doubt at realistic numbers: six different rates without a discount.
const STEPS: u32 = 2;
/// A half, in that many digits.
const HALF: u128 = 1 << (STEP_BITS * STEPS - 1);

/// An amount that includes tax, and the rate of that tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// Minor units, tax included, from zero on.
    pub amount: i64,
    /// The rate, in basis points, from zero on.
    pub rate_bp: i64,
}

/// The sum of `amount × rate ÷ (10000 + rate)` over all bases, each lowered to the share of their sum that `discount`
/// leaves; rounded once, half up.
///
/// The fractions of all bases are added up to 96 binary digits. A sum too near to a half for that many digits counts as a
/// half: fractions with different denominators can add up to exactly one half, which must be rounded up.
pub fn included(bases: &[Base], discount: i64) -> Result<i64, MoneyError> {
    let gross: i128 = bases.iter().map(|base| i128::from(base.amount)).sum();
    let (left, of) = if discount == 0 { (1, 1) } else { (gross - i128::from(discount), gross) };
    let mut whole = 0_i128;
    let mut fraction = 0_u128;
    let mut doubt = 0_u128;
    for base in bases {
        let taxed = i128::from(base.amount) * i128::from(base.rate_bp);
        let numerator = taxed.checked_mul(left).ok_or(MoneyError::Overflow)?;
        let denominator = (WHOLE_BP + i128::from(base.rate_bp)).checked_mul(of).ok_or(MoneyError::Overflow)?;
        if numerator <= 0 || denominator <= 0 {
            continue;
        }
        whole += numerator / denominator;
        fraction += digits((numerator % denominator).unsigned_abs(), denominator.unsigned_abs());
        doubt += 1;
    }
    let carried = i128::try_from((fraction + doubt + HALF) >> (STEP_BITS * STEPS)).map_err(|_| MoneyError::Overflow)?;
    i64::try_from(whole + carried).map_err(|_| MoneyError::Overflow)
}

/// The first binary digits of `remainder ÷ denominator`, which is less than one; the rest is cut off.
fn digits(mut remainder: u128, denominator: u128) -> u128 {
    let mut digits = 0;
    for _ in 0..STEPS {
        remainder <<= STEP_BITS;
        digits = (digits << STEP_BITS) | (remainder / denominator);
        remainder %= denominator;
    }
    digits
}

#[cfg(test)]
mod tests {
    use domain::div_half_up;
    use proptest::prelude::*;

    use super::*;

    fn included_in(bases: &[(i64, i64)], discount: i64) -> i64 {
        let bases: Vec<_> = bases.iter().map(|&(amount, rate_bp)| Base { amount, rate_bp }).collect();
        included(&bases, discount).unwrap()
    }

    #[test]
    fn tax_is_included_in_the_gross_amount_and_rounded_once() {
        assert_eq!(included_in(&[(1090, 900)], 0), 90);
        assert_eq!(included_in(&[], 0), 0);
        assert_eq!(included_in(&[(1000, 0)], 0), 0);
        // Five times 0.3; rounded one by one they would be nothing.
        assert_eq!(included_in(&[(3, 1111); 5], 0), 1);
    }

    #[test]
    fn different_denominators_that_add_up_to_a_half_are_rounded_up() {
        // 1 × 5000 ÷ 15000 is a third, and 1 × 2000 ÷ 12000 is a sixth.
        assert_eq!(included_in(&[(1, 5000), (1, 2000)], 0), 1);
        assert_eq!(included_in(&[(1, 5000), (1, 1999)], 0), 0);
    }

    #[test]
    fn a_discount_lowers_every_base_by_the_same_share() {
        assert_eq!(included_in(&[(1090, 900), (1190, 1900)], 0), 280);
        assert_eq!(included_in(&[(1090, 900), (1190, 1900)], 1140), 140);
        assert_eq!(included_in(&[(1090, 900), (1190, 1900)], 2280), 0);
    }

    proptest! {
        #[test]
        fn it_agrees_with_exact_fractions(
            amounts in (0..10_000_000_i64, 0..10_000_000_i64, 0..10_000_000_i64),
            rates in (0..=5000_i64, 0..=5000_i64, 0..=5000_i64),
            share in 0..=100_i64,
        ) {
            let bases = [(amounts.0, rates.0), (amounts.1, rates.1), (amounts.2, rates.2)];
            let gross = amounts.0 + amounts.1 + amounts.2;
            let discount = gross * share / 100;
            let denominators = [rates.0, rates.1, rates.2].map(|rate| i128::from(10_000 + rate));
            let product: i128 = denominators.iter().product();
            let sum: i128 = bases.iter().zip(denominators)
                .map(|(&(amount, rate), denominator)| i128::from(amount) * i128::from(rate) * (product / denominator))
                .sum();
            let exact = if gross == 0 { 0 } else {
                div_half_up(sum * i128::from(gross - discount), product * i128::from(gross))
            };
            prop_assert_eq!(i128::from(included_in(&bases, discount)), exact);
        }
    }
}
