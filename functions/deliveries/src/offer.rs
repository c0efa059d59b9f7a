//! An offer to a courier, what became of earlier ones, and who a delivery is shown to.

use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// An offer that has not been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub courier_id: UserId,
    /// Until when they may answer.
    pub expires_at: Timestamp,
    /// Metres from the courier to the pick-up when it was made.
    pub to_pick_up_m: u32,
}

impl Offer {
    /// Whether it can still be answered.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// Who was to deliver something and does not after all, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unassigned {
    pub courier_id: UserId,
    pub at: Timestamp,
}

/// A courier who was asked, and what came of the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub courier_id: UserId,
    /// Which of their times online it was when the outcome became known.
    pub session: u64,
    pub outcome: Outcome,
}

/// What came of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not answered yet.
    Open,
    /// Taken.
    Accepted,
    /// Taken, and not delivered after all.
    Released,
    /// Refused, or the courier went offline.
    Declined,
    /// Not answered in time.
    Expired,
    /// Taken back: the delivery ended meanwhile.
    Withdrawn,
}

impl Asked {
    /// Whether this courier, in this time online of theirs, is not asked again.
    pub const fn rules_out(&self, session: u64) -> bool {
        match self.outcome {
            Outcome::Released | Outcome::Declined | Outcome::Expired => self.session == session,
            Outcome::Open | Outcome::Accepted | Outcome::Withdrawn => false,
        }
    }
}

/// What a caller wants of a delivery: it decides who may have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To see it or to go on with it, at that time: for its courier, the holder of an open offer, and administrators.
    Show(Timestamp),
    /// To answer an offer: for every courier who was ever asked.
    Answer,
    /// To have it among all that they were ever a party to: for its customer, its merchant, its courier, and administrators.
    Export,
    /// To follow it on its way: for its customer, its courier, and administrators.
    Track,
}
