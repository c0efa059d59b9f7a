//! Ids for dishes, their option groups and options.

use domain::{ItemId, OptionGroupId, OptionId};

/// Makes ids of one time.
pub struct Ids<'a> {
    now: jiff::Timestamp,
    random: &'a mut (dyn FnMut() -> [u8; 10] + Send),
}

impl<'a> Ids<'a> {
    /// Ids of the time `now`, made distinct by `random`.
    pub fn new(now: jiff::Timestamp, random: &'a mut (dyn FnMut() -> [u8; 10] + Send)) -> Self {
        Self { now, random }
    }

    pub fn item(&mut self) -> ItemId {
        ItemId::generate(self.now, (self.random)())
    }

    pub fn group(&mut self) -> OptionGroupId {
        OptionGroupId::generate(self.now, (self.random)())
    }

    pub fn option(&mut self) -> OptionId {
        OptionId::generate(self.now, (self.random)())
    }
}
