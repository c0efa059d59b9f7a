//! What a basket costs: the one price function, for cards and quotes alike.

use domain::{Line, Money, MoneyError, Price};

use crate::{
    BasketLine, DeliveryFee, Menu, OptionFault, PricedLine, Restaurant,
    basket::price_lines,
    tax::{self, Base},
};

/// One whole, in basis points.
const WHOLE_BP: i64 = 10_000;
/// Metres in a kilometre.
const KM_M: i64 = 1000;

/// What the platform contributes to prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// The service fee, in basis points of the subtotal.
    pub service_fee_bp: i64,
    /// The tax rate where neither dish nor restaurant names one, in basis points.
    pub default_tax_rate_bp: i64,
}

/// What a customer wants, and what is to be taken off and put on top.
#[derive(Clone, Copy, Debug)]
pub struct Basket<'a> {
    pub lines: &'a [BasketLine],
    /// What a promotion takes off, at most all but the tip; never negative.
    pub discount: Money,
    /// For the courier; never negative.
    pub tip: Money,
}

/// Why a basket has no price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("It is {distance_m} m away, and the restaurant delivers up to {radius_m} m.")]
    OutOfRange { distance_m: u32, radius_m: u32 },
    /// Dishes that are not on the menu, or not now: their places in the basket, from 0.
    #[error("Of the dishes, {} can't be had now.", .0.len())]
    ItemsUnavailable(Vec<usize>),
    /// Options against the rules of their groups, and the places of their lines in the basket, from 0.
    #[error("The options of {} dishes can't be chosen so.", .0.len())]
    OptionsInvalid(Vec<(usize, OptionFault)>),
    #[error("{missing} are missing to the least that the restaurant delivers.")]
    BelowMinimum {
        /// How much must be added to the subtotal.
        missing: Money,
    },
    /// An amount beyond 64 bits, or a second currency.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What the basket costs, `distance_m` from the restaurant, or why it has no price.
///
/// Every named amount is rounded once, half up to the minor unit.
pub fn price(
    basket: Basket<'_>,
    menu: &Menu,
    restaurant: &Restaurant,
    distance_m: u32,
    rates: Rates,
) -> Result<Price, Refusal> {
    let radius_m = restaurant.delivery_radius_m.get();
    if distance_m > radius_m {
        return Err(Refusal::OutOfRange { distance_m, radius_m });
    }
    let lines = price_lines(basket.lines, menu)?;
    let zero = Money::zero(restaurant.currency);
    let subtotal = lines.iter().try_fold(zero, |sum, priced| sum.checked_add(priced.line.total))?;
    let missing = restaurant.min_order.checked_sub(subtotal)?;
    if missing.amount > 0 {
        return Err(Refusal::BelowMinimum { missing });
    }
    let delivery_fee = delivery_fee(&restaurant.delivery_fee, distance_m)?;
    let service_fee = subtotal.part(rates.service_fee_bp, WHOLE_BP)?;
    let small_order = restaurant.small_order.filter(|small| subtotal.amount < small.below.amount);
    let small_order_fee = small_order.map_or(zero, |small| *small.fee);
    let fees = delivery_fee.checked_add(service_fee)?.checked_add(small_order_fee)?;
    let gross = subtotal.checked_add(fees)?;
    let discount = Money { amount: basket.discount.amount.clamp(0, gross.amount), ..basket.discount };
    let tax = tax::included(&bases(&lines, fees, restaurant, rates), discount.amount)?;
    let total = gross.checked_sub(discount)?.checked_add(basket.tip)?;
    let lines: Vec<Line> = lines.into_iter().map(|priced| priced.line).collect();
    let tax = Money { amount: tax, ..zero };
    Ok(Price { lines, subtotal, delivery_fee, service_fee, small_order_fee, discount, tax, tip: basket.tip, total })
}

/// `base + per_km × distance_m ÷ 1000`, rounded once.
pub fn delivery_fee(fee: &DeliveryFee, distance_m: u32) -> Result<Money, MoneyError> {
    fee.base.checked_add(fee.per_km.part(i64::from(distance_m), KM_M)?)
}

/// The amounts that include tax: each line at the rate of its dish, the fees at the restaurant's rate. Tips are not taxed.
fn bases(lines: &[PricedLine], fees: Money, restaurant: &Restaurant, rates: Rates) -> Vec<Base> {
    let own = restaurant.tax_rate_bp.map_or(rates.default_tax_rate_bp, |rate| i64::from(rate.get()));
    let of_line = |priced: &PricedLine| Base {
        amount: priced.line.total.amount,
        rate_bp: priced.tax_rate_bp.map_or(own, |rate| i64::from(rate.get())),
    };
    lines.iter().map(of_line).chain([Base { amount: fees.amount, rate_bp: own }]).collect()
}

#[cfg(test)]
mod tests {
    use domain::OptionId;
    use proptest::prelude::*;

    use super::*;
    use crate::{Cost, SmallOrder, TaxRate, sample};

    const RATES: Rates = Rates { service_fee_bp: 500, default_tax_rate_bp: 1100 };

    fn lei(amount: i64) -> Money {
        Money::new(amount, "RON".parse().unwrap())
    }

    fn cost(amount: i64) -> Cost {
        lei(amount).try_into().unwrap()
    }

    fn quote(lines: &[BasketLine], restaurant: &Restaurant, distance_m: u32) -> Result<Price, Refusal> {
        let basket = Basket { lines, discount: lei(0), tip: lei(0) };
        price(basket, &sample::menu(), restaurant, distance_m, RATES)
    }

    fn soups(quantity: u32) -> BasketLine {
        sample::line(&sample::menu().items[0], quantity, &[])
    }

    fn pizzas(quantity: u32) -> BasketLine {
        let pizza = &sample::menu().items[1];
        let options: [OptionId; 2] = [pizza.option_groups[0].options[1].id, pizza.option_groups[1].options[0].id];
        sample::line(pizza, quantity, &options)
    }

    #[test]
    fn a_price_is_worked_out_by_hand() {
        // 2 × 20.00 + 1 × (35.00 + 10.00 + 5.00) = 90.00; 5.00 + 1.50 × 1.234 = 6.85; 5 % of 90.00 = 4.50.
        let basket = Basket { lines: &[soups(2), pizzas(1)], discount: lei(0), tip: lei(700) };
        let found = price(basket, &sample::menu(), &sample::restaurant(), 1234, RATES).unwrap();
        assert_eq!(found.subtotal, lei(9000));
        assert_eq!(found.delivery_fee, lei(685));
        assert_eq!(found.service_fee, lei(450));
        assert_eq!(found.small_order_fee, lei(0));
        assert_eq!(found.discount, lei(0));
        assert_eq!(found.tip, lei(700));
        // 101.35 × 9 ÷ 109 = 8.3683…
        assert_eq!(found.tax, lei(837));
        assert_eq!(found.total, lei(10_835));
    }

    #[test]
    fn the_rate_is_the_dishs_then_the_restaurants_then_the_settings() {
        let mut menu = sample::menu();
        let mut restaurant = sample::restaurant();
        let lines = [soups(3)];
        let basket = Basket { lines: &lines, discount: lei(0), tip: lei(0) };
        menu.items[0].tax_rate_bp = Some(TaxRate::MIN);
        // Only the fees, 5.00 and 3.00, are taxed now.
        assert_eq!(price(basket, &menu, &restaurant, 0, RATES).unwrap().tax, lei(66));
        restaurant.profile.tax_rate_bp = None;
        assert_eq!(price(basket, &menu, &restaurant, 0, RATES).unwrap().tax, lei(79));
        menu.items[0].tax_rate_bp = None;
        assert_eq!(price(basket, &menu, &restaurant, 0, RATES).unwrap().tax, lei(674));
    }

    #[test]
    fn too_little_is_refused_and_a_little_pays_a_fee() {
        let restaurant = sample::restaurant();
        let missing = lei(1000);
        assert_eq!(quote(&[soups(1)], &restaurant, 0), Err(Refusal::BelowMinimum { missing }));
        let fees = [2, 3].map(|count| quote(&[soups(count)], &restaurant, 0).unwrap().small_order_fee);
        assert_eq!(fees, [lei(400), lei(0)]);
        let at_the_limit = sample::restaurant_like(1, |restaurant| {
            restaurant.profile.min_order = lei(4000);
            restaurant.profile.small_order = Some(SmallOrder { below: cost(4000), fee: cost(400) });
        });
        assert_eq!(quote(&[soups(2)], &at_the_limit, 0).unwrap().small_order_fee, lei(0));
    }

    #[test]
    fn the_radius_itself_is_within_reach_and_distance_is_checked_first() {
        let restaurant = sample::restaurant();
        assert!(quote(&[soups(2)], &restaurant, 5000).is_ok());
        let refusal = Refusal::OutOfRange { distance_m: 5001, radius_m: 5000 };
        assert_eq!(quote(&[soups(1)], &restaurant, 5001), Err(refusal));
    }

    #[test]
    fn a_discount_takes_off_at_most_all_but_the_tip() {
        for (discount, total) in [(0, 7500), (1000, 6500), (9999, 700)] {
            let basket = Basket { lines: &[soups(3)], discount: lei(discount), tip: lei(700) };
            let found = price(basket, &sample::menu(), &sample::restaurant(), 0, RATES).unwrap();
            assert_eq!(found.total, lei(total));
            assert_eq!(found.recomputed_total(), Ok(found.total));
        }
    }

    #[test]
    fn the_most_expensive_basket_possible_still_has_a_price() {
        let mut menu = sample::menu();
        let dear = lei(crate::MAX_AMOUNT);
        let mut options = Vec::new();
        let group = menu.items[1].option_groups[0].clone();
        menu.items[1].option_groups.clear();
        for number in 0..crate::MAX_CHOICES {
            let mut group = group.clone();
            group.options.truncate(1);
            group.options[0].id = OptionId::from_uuid(testing::user_id(u16::try_from(number).unwrap()).uuid());
            group.options[0].price = dear;
            options.push(group.options[0].id);
            menu.items[1].option_groups.push(group);
        }
        menu.items[1].price = dear;
        let lines = vec![sample::line(&menu.items[1], 50, &options); 50];
        let basket = Basket { lines: &lines, discount: lei(0), tip: dear };
        let restaurant = sample::restaurant_like(1, |restaurant| {
            restaurant.profile.delivery_fee =
                DeliveryFee { base: cost(crate::MAX_AMOUNT), per_km: cost(crate::MAX_AMOUNT) };
        });
        let found = price(basket, &menu, &restaurant, 5000, RATES).unwrap();
        assert_eq!(found.recomputed_total(), Ok(found.total));
        assert!(found.tax.amount < found.total.amount);
    }

    proptest! {
        #[test]
        fn totals_add_up_and_tax_is_a_part_of_them(
            counts in (1..=50_u32, 1..=50_u32), distance_m in 0..=5000_u32,
            discount in 0..1_000_000_i64, tip in 0..10_000_i64, rate in 0..=5000_u32,
        ) {
            let lines = [soups(counts.0), pizzas(counts.1)];
            let basket = Basket { lines: &lines, discount: lei(discount), tip: lei(tip) };
            let restaurant = sample::restaurant_like(1, |restaurant| restaurant.profile.tax_rate_bp = rate.try_into().ok());
            let found = price(basket, &sample::menu(), &restaurant, distance_m, RATES).unwrap();
            prop_assert_eq!(found.recomputed_total(), Ok(found.total));
            prop_assert!((0..=found.total.amount - tip).contains(&found.tax.amount));
            prop_assert!(found.total.amount >= tip && found.discount.amount >= 0);
        }

        #[test]
        fn more_never_costs_less(count in 2..50_u32, distance_m in 0..=5000_u32) {
            let restaurant = sample::restaurant();
            let [less, more] = [count, count + 1].map(|count| quote(&[soups(count)], &restaurant, distance_m).unwrap());
            prop_assert!(less.subtotal.amount < more.subtotal.amount);
            prop_assert!(less.service_fee.amount <= more.service_fee.amount);
            // A small order's fee falls away, so it is left out.
            let without_fee = |price: &Price| price.total.amount - price.small_order_fee.amount;
            prop_assert!(without_fee(&less) < without_fee(&more));
        }

        #[test]
        fn delivery_fees_follow_the_formula(base in 0..=10_000_i64, per_km in 0..=10_000_i64, distance_m in 0..=5000_u32) {
            let restaurant = sample::restaurant_like(1, |restaurant| {
                restaurant.profile.delivery_fee = DeliveryFee { base: cost(base), per_km: cost(per_km) };
            });
            let found = quote(&[soups(2)], &restaurant, distance_m).unwrap().delivery_fee;
            prop_assert_eq!(found.amount, (base * 1000 + per_km * i64::from(distance_m) + 500) / 1000);
        }
    }
}
