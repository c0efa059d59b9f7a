//! The repository of couriers: an item each, in the index of those who are free while they are.

use app::{Item, Key, Query, Stored, Table};
use domain::{Cell, Resolution, UserId, redacted};

use crate::{Courier, DELIVERIES, FREE_COURIERS};

impl Stored for Courier {
    const TABLE: Table = DELIVERIES;
    const ITEM: &'static str = "courier";
    type Id = UserId;

    fn key(id: &UserId) -> Key {
        Key::new(format!("COURIER#{id}"), "COURIER")
    }

    fn enter(&self, item: Item) -> Item {
        match self.place.filter(|_| self.is_free()) {
            Some(place) => item.indexed(FREE_COURIERS, free_partition(place.cell(Resolution::Couriers)), self.id),
            None => item,
        }
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.id]
    }

    fn redacted(self, user: UserId) -> Option<Self> {
        if user != self.id {
            return Some(self);
        }
        Some(Self { name: redacted(), phone: None, online: false, place: None, located_at: None, ..self })
    }
}

/// The couriers who are free in a cell.
pub(crate) fn free_in(cell: Cell) -> Query {
    Query::index(FREE_COURIERS, free_partition(cell))
}

fn free_partition(cell: Cell) -> String {
    format!("CELL#{cell}")
}
