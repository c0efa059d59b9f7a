//! A basket, and what of a menu it names: dishes, and options chosen by the rules of their groups.

use domain::{ItemId, Line, LineOption, Money, MoneyError, Name, OptionId, int, isolated};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Bounded, Item, ItemOption, Menu, OptionGroup, Refusal, TaxRate};

/// The most lines of a basket.
pub const MAX_LINES: usize = 50;
/// The most options that all lines of a basket may choose. With the longest names, in characters of four bytes, the quote
/// still fits into the request that sends it back, and each of the order's events into a message.
pub const MAX_CHOICES: usize = 150;

int! {
    /// How many of one dish.
    pub struct Quantity(u32: 1..=50);
}

/// A dish with chosen options, so many times.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasketLine {
    /// The dish.
    pub item_id: ItemId,
    /// How many.
    pub quantity: Quantity,
    /// The chosen options of all its groups, in any order.
    pub options: Bounded<OptionId, 0, MAX_CHOICES>,
}

/// Why a choice of options is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionFault {
    #[error("the dish has no such option: {0}")]
    Unknown(OptionId),
    #[error("the option {} is not available", isolated(.0))]
    Unavailable(Name),
    #[error("an option is chosen twice: {0}")]
    Repeated(OptionId),
    /// Too few of a group, or too many.
    #[error("{chosen} of {} are chosen, and it takes {min} to {max}", isolated(.group))]
    Count { group: Name, chosen: usize, min: u32, max: u32 },
}

/// A line with its prices, and the tax rate of its dish if that has one of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct PricedLine {
    pub line: Line,
    pub tax_rate_bp: Option<TaxRate>,
}

/// The lines of a basket with their prices, or every line that can't be had.
pub fn price_lines(basket: &[BasketLine], menu: &Menu) -> Result<Vec<PricedLine>, Refusal> {
    let items: Vec<_> = basket.iter().map(|wanted| menu.item(wanted.item_id).filter(|item| item.available)).collect();
    let gone: Vec<_> = (0..).zip(&items).filter(|(_, item)| item.is_none()).map(|(place, _)| place).collect();
    if !gone.is_empty() {
        return Err(Refusal::ItemsUnavailable(gone));
    }
    let mut lines = Vec::with_capacity(basket.len());
    let mut faults = Vec::new();
    for ((number, (place, wanted)), item) in (1..).zip(basket.iter().enumerate()).zip(items.into_iter().flatten()) {
        match choose(item, &wanted.options) {
            Ok(options) => lines.push(price_line(number, wanted, item, options)?),
            Err(fault) => faults.push((place, fault)),
        }
    }
    if faults.is_empty() { Ok(lines) } else { Err(Refusal::OptionsInvalid(faults)) }
}

fn price_line(
    number: u32,
    wanted: &BasketLine,
    item: &Item,
    options: Vec<LineOption>,
) -> Result<PricedLine, MoneyError> {
    let unit_price = unit_price(item, &options)?;
    let quantity = wanted.quantity.get();
    let total = unit_price.times(quantity)?;
    let name = item.name.clone();
    let line = Line { line: number, item_id: item.id, name, options, quantity, unit_price, total };
    Ok(PricedLine { line, tax_rate_bp: item.tax_rate_bp })
}

fn unit_price(item: &Item, options: &[LineOption]) -> Result<Money, MoneyError> {
    options.iter().try_fold(item.price, |sum, option| sum.checked_add(option.price))
}

/// The chosen options in the order of the menu, or what is wrong with the choice.
fn choose(item: &Item, chosen: &[OptionId]) -> Result<Vec<LineOption>, OptionFault> {
    for (index, id) in chosen.iter().enumerate() {
        if chosen[..index].contains(id) {
            return Err(OptionFault::Repeated(*id));
        }
        let mut options = item.option_groups.iter().flat_map(|group| &group.options);
        let option = options.find(|option| option.id == *id).ok_or(OptionFault::Unknown(*id))?;
        if !option.available {
            return Err(OptionFault::Unavailable(option.name.clone()));
        }
    }
    let mut options = Vec::with_capacity(chosen.len());
    for group in &item.option_groups {
        options.extend(choose_of_group(group, chosen)?);
    }
    Ok(options)
}

fn choose_of_group(group: &OptionGroup, chosen: &[OptionId]) -> Result<Vec<LineOption>, OptionFault> {
    let options: Vec<_> = group.options.iter().filter(|option| chosen.contains(&option.id)).collect();
    let min = group.min.get();
    let max = group.max.get();
    if !(min as usize..=max as usize).contains(&options.len()) {
        return Err(OptionFault::Count { group: group.name.clone(), chosen: options.len(), min, max });
    }
    let line_option = |option: &ItemOption| LineOption {
        option_id: option.id,
        group: group.name.clone(),
        name: option.name.clone(),
        price: option.price,
    };
    Ok(options.into_iter().map(line_option).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn options_are_chosen_by_the_rules_of_their_groups() {
        let pizza = sample::dish_with_options("Pizza");
        let [size, extras] = &pizza.option_groups[..] else { panic!("two groups") };
        let small = size.options[0].id;
        let large = size.options[1].id;
        let cheese = extras.options[0].id;
        let olives = extras.options[1].id;
        let truffle = extras.options[2].id;
        let count = |group: &OptionGroup, chosen| {
            let min = group.min.get();
            let max = group.max.get();
            Some(OptionFault::Count { group: group.name.clone(), chosen, min, max })
        };
        let stranger = sample::dish_with_options("Pasta").option_groups[0].options[0].id;
        for (chosen, fault) in [
            (vec![small], None),
            (vec![olives, large, cheese], None),
            (vec![], count(size, 0)),
            (vec![cheese], count(size, 0)),
            (vec![small, large], count(size, 2)),
            (vec![small, small], Some(OptionFault::Repeated(small))),
            (vec![small, truffle], Some(OptionFault::Unavailable("Truffle".parse().unwrap()))),
            (vec![small, stranger], Some(OptionFault::Unknown(stranger))),
        ] {
            assert_eq!(choose(&pizza, &chosen).err(), fault, "{chosen:?}");
        }
        let names: Vec<_> = choose(&pizza, &[olives, large, cheese]).unwrap().into_iter().map(|one| one.name).collect();
        assert_eq!(names.iter().map(Name::as_str).collect::<Vec<_>>(), ["Large", "Cheese", "Olives"]);
    }

    #[test]
    fn a_line_costs_its_dish_and_options_so_many_times() {
        let menu = sample::menu();
        let pizza = &menu.items[1];
        let wanted = sample::line(pizza, 3, &[pizza.option_groups[0].options[1].id]);
        let priced = price_lines(&[wanted], &menu).unwrap();
        let Line { unit_price, total, .. } = &priced[0].line;
        assert_eq!(unit_price.amount, 4500);
        assert_eq!(total.amount, 13_500);
    }

    #[test]
    fn every_unavailable_line_is_named() {
        let mut menu = sample::menu();
        let soup = sample::line(&menu.items[0], 1, &[]);
        let gone = sample::line(&sample::dish("Gone"), 1, &[]);
        let bare = sample::line(&menu.items[1], 1, &[]);
        let basket = [soup.clone(), gone.clone(), bare, gone];
        assert_eq!(price_lines(&basket, &menu), Err(Refusal::ItemsUnavailable(vec![1, 3])));
        let [_, _, bare, _] = &basket;
        let Err(Refusal::OptionsInvalid(faults)) = price_lines(&[bare.clone(), soup.clone(), bare.clone()], &menu)
        else {
            panic!("a pizza without a size is sold");
        };
        assert_eq!(faults.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 2]);
        menu.items[0].available = false;
        assert_eq!(price_lines(&[soup], &menu), Err(Refusal::ItemsUnavailable(vec![0])));
    }
}
