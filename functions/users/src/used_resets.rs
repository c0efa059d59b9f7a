//! Which tokens of the operator were used: each sets one password.

use app::{Item, Key, RESET, Stored, Table};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::USERS;

/// That a token was used. It is kept for as long again as one is good for, so that none outlives it by a clock that is late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct UsedReset {
    /// When the token ends by itself.
    pub(crate) expires_at: Timestamp,
}

impl Stored for UsedReset {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "used-reset";
    /// The token's own id.
    type Id = String;

    fn key(jti: &String) -> Key {
        Key::new(format!("RESET#{jti}"), "USED")
    }

    fn enter(&self, item: Item) -> Item {
        item.expires_at(self.expires_at.plus_seconds(RESET.life_s).as_second())
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}
