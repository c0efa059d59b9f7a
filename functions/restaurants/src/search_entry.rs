//! Restaurants near a place: each has an entry in every cell that it delivers to.

use app::{Context, Item, PageQuery, Problem, code};
use domain::{Cuisine, Money, Name, Page, Picture, Place, Position, PrepMinutes, Resolution, RestaurantId};
use serde::{Deserialize, Serialize};

use crate::{DeliveryFee, DeliveryRadius, RESTAURANTS, Restaurant, restaurants::entries_of};

/// How many digits of a position are metres.
const DISTANCE_DIGITS: usize = 8;

/// What is found of a restaurant: what a card shows and what rarely changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchEntry {
    pub place: Place,
    pub delivery_radius_m: DeliveryRadius,
    pub id: RestaurantId,
    pub name: Name,
    pub cuisines: Vec<Cuisine>,
    /// The least subtotal it delivers.
    pub min_order: Money,
    pub delivery_fee: DeliveryFee,
    pub prep_minutes: PrepMinutes,
    pub picture: Option<Picture>,
}

impl SearchEntry {
    pub fn of(restaurant: &Restaurant) -> Self {
        Self {
            place: restaurant.place,
            delivery_radius_m: restaurant.delivery_radius_m,
            id: restaurant.id,
            name: restaurant.name.clone(),
            cuisines: restaurant.cuisines.clone(),
            min_order: restaurant.min_order,
            delivery_fee: restaurant.delivery_fee,
            prep_minutes: restaurant.prep_minutes,
            picture: restaurant.picture.clone(),
        }
    }
}

/// A restaurant near a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    pub entry: SearchEntry,
    /// From that place, as the crow flies.
    pub distance_m: u32,
}

/// The restaurants at most so far away that deliver to a place, nearest first. Not guarded: anybody may find them.
pub(crate) async fn near(
    context: &Context,
    place: Place,
    radius_m: u32,
    page: &PageQuery,
) -> Result<Page<Near>, Problem> {
    let after = page.after().map(|position| read_position(position.as_str())).transpose()?;
    let mut nearest = Nearest { place, radius_m, after, limit: page.limit(), found: Vec::new() };
    let mut query = entries_of(place.cell(Resolution::Restaurants));
    loop {
        let read = context.query(RESTAURANTS, &query).await?;
        nearest.take(read.items)?;
        match read.next {
            Some(next) => query.after = Some(next),
            None => return nearest.page(),
        }
    }
}

/// The nearest of what was read so far; it holds one page and one entry more, however many are read.
struct Nearest<'a> {
    place: Place,
    radius_m: u32,
    /// Where the page before ended.
    after: Option<(u32, &'a str)>,
    limit: usize,
    found: Vec<(u32, Item)>,
}

/// The fields of a [`SearchEntry`] that decide whether it is shown; most entries are not, and are not parsed further.
#[derive(Deserialize)]
struct Reach {
    place: Place,
    delivery_radius_m: u32,
}

impl Nearest<'_> {
    fn take(&mut self, items: Vec<Item>) -> Result<(), Problem> {
        for item in items {
            let reach: Reach = item.read()?;
            let distance_m = reach.place.distance_m(self.place);
            let shown = distance_m <= reach.delivery_radius_m.min(self.radius_m)
                && self.after.is_none_or(|after| (distance_m, item.key.sk.as_str()) > after);
            if shown {
                self.found.push((distance_m, item));
            }
        }
        self.found
            .sort_unstable_by(|(left_m, left), (right_m, right)| (left_m, &left.key.sk).cmp(&(right_m, &right.key.sk)));
        self.found.truncate(self.limit + 1);
        Ok(())
    }

    fn page(mut self) -> Result<Page<Near>, Problem> {
        let more = self.found.len() > self.limit;
        self.found.truncate(self.limit);
        let last = self.found.last().filter(|_| more);
        let next_cursor = last.map(|(distance_m, item)| write_position(*distance_m, &item.key.sk));
        let near = |(distance_m, item): (u32, Item)| Ok(Near { entry: item.read()?, distance_m });
        Ok(Page { items: self.found.into_iter().map(near).collect::<Result<_, Problem>>()?, next_cursor })
    }
}

fn write_position(distance_m: u32, sort_key: &str) -> Position {
    Position::new(format!("{distance_m:0DISTANCE_DIGITS$}{sort_key}"))
}

fn read_position(position: &str) -> Result<(u32, &str), Problem> {
    let split = position.split_at_checked(DISTANCE_DIGITS);
    let read = split.and_then(|(distance_m, sort_key)| Some((distance_m.parse().ok()?, sort_key)));
    read.ok_or_else(|| Problem::of(code::CURSOR_INVALID))
}
