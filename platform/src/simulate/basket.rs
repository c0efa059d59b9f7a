//! What a customer makes of a menu: a few dishes, with options by the rules of their groups, worth an order.

use serde::{Deserialize, Serialize};

use fastrand::Rng;

/// The most dishes of one order.
const MOST_DISHES: u32 = 3;
/// The most of one dish, as the API takes it.
const MOST_OF_ONE: u32 = 50;
/// One optional choice in so many is made.
const EXTRA_ONE_IN: u32 = 3;

/// A menu, as far as a customer reads it.
#[derive(Debug, Deserialize)]
pub(super) struct Menu {
    /// The currency of all prices.
    pub(super) currency: String,
    sections: Vec<Section>,
}

#[derive(Debug, Deserialize)]
struct Section {
    items: Vec<Dish>,
}

#[derive(Debug, Deserialize)]
struct Dish {
    id: String,
    price: Price,
    available: bool,
    option_groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
struct Price {
    amount: i64,
}

#[derive(Debug, Deserialize)]
struct Group {
    min: u32,
    max: u32,
    options: Vec<Choice>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    id: String,
    price: Price,
    available: bool,
}

/// A line of a basket.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Line {
    item_id: String,
    quantity: u32,
    options: Vec<String>,
    #[serde(skip)]
    unit_price: i64,
}

impl Line {
    fn total(&self) -> i64 {
        self.unit_price.saturating_mul(i64::from(self.quantity))
    }
}

/// A basket of at least `min_order`; nothing where the menu does not give one.
pub(super) fn choose(menu: &Menu, min_order: i64, rng: &mut Rng) -> Option<Vec<Line>> {
    let dishes: Vec<&Dish> =
        menu.sections.iter().flat_map(|section| &section.items).filter(|dish| dish.available).collect();
    let count = rng.u32(1..=MOST_DISHES) as usize;
    let chosen = some(&dishes, count, rng);
    let mut lines: Vec<Line> = chosen.into_iter().filter_map(|dish| line(dish, rng)).collect();
    while lines.iter().map(Line::total).sum::<i64>() < min_order {
        let line = lines
            .iter_mut()
            .filter(|line| line.quantity < MOST_OF_ONE && line.unit_price > 0)
            .min_by_key(|line| line.quantity)?;
        line.quantity += 1;
    }
    (!lines.is_empty()).then_some(lines)
}

/// One or two of a dish; nothing where one of its groups can't be satisfied.
fn line(dish: &Dish, rng: &mut Rng) -> Option<Line> {
    let mut line =
        Line { item_id: dish.id.clone(), quantity: rng.u32(1..=2), options: Vec::new(), unit_price: dish.price.amount };
    for group in &dish.option_groups {
        let available: Vec<&Choice> = group.options.iter().filter(|choice| choice.available).collect();
        let extras = (group.min..group.max).filter(|_| rng.u32(0..EXTRA_ONE_IN) == 0).count();
        let chosen = some(&available, group.min as usize + extras, rng);
        if chosen.len() < group.min as usize {
            return None;
        }
        for choice in chosen {
            line.options.push(choice.id.clone());
            line.unit_price += choice.price.amount;
        }
    }
    Some(line)
}

/// So many of these, each at most once, in their own order; all where there are fewer.
fn some<'a, T>(from: &'a [T], count: usize, rng: &mut Rng) -> Vec<&'a T> {
    let mut places = rng.choose_multiple(0..from.len(), count);
    places.sort_unstable();
    places.into_iter().map(|place| &from[place]).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn lei(amount: i64) -> Value {
        json!({ "amount": amount, "currency": "RON" })
    }

    fn menu(available: bool) -> Menu {
        let option = |id: &str, available| json!({ "id": id, "name": id, "price": lei(100), "available": available });
        let size = json!({
            "id": "opg_size", "name": "Size", "min": 1, "max": 1,
            "options": [option("small", available), option("large", available)],
        });
        let extras = json!({
            "id": "opg_extras", "name": "Extras", "min": 0, "max": 2,
            "options": [option("olives", true), option("cheese", true), option("truffle", false)],
        });
        let dish = |id: &str, groups| json!({ "id": id, "name": id, "price": lei(1500), "available": true, "option_groups": groups });
        let gone = json!({ "id": "gone", "price": lei(1), "available": false, "option_groups": [] });
        let pizzas = json!([dish("pizza", json!([size, extras])), gone]);
        serde_json::from_value(json!({ "currency": "RON", "sections": [{ "name": "Pizza", "items": pizzas }] }))
            .unwrap()
    }

    #[test]
    fn a_basket_keeps_the_rules_of_the_menu_and_reaches_the_minimum() {
        let menu = menu(true);
        for seed in 0..100 {
            let lines = choose(&menu, 10_000, &mut Rng::with_seed(seed)).unwrap();
            assert!(lines.iter().map(Line::total).sum::<i64>() >= 10_000);
            for Line { item_id, options, .. } in lines {
                assert_eq!(item_id, "pizza");
                let sizes = options.iter().filter(|option| ["small", "large"].contains(&option.as_str())).count();
                assert!(sizes == 1 && options.len() <= 3 && !options.contains(&"truffle".to_owned()), "{options:?}");
            }
        }
    }

    #[test]
    fn there_is_no_basket_where_nothing_can_be_had_or_nothing_is_enough() {
        assert_eq!(choose(&menu(false), 0, &mut Rng::with_seed(1)), None);
        assert_eq!(choose(&menu(true), 1_000_000, &mut Rng::with_seed(1)), None);
    }
}
