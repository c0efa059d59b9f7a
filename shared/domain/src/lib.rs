//! The vocabulary all of Tiffin shares: ids, money, times, places, people's roles, and the events that services publish.
//!
//! Pure: no I/O, no clock, no randomness. Values are parsed once, at the edge, into types that can't be wrong.

#![warn(missing_docs)]

mod address;
mod amount;
mod cell;
pub mod event;
pub mod facts;
mod id;
mod int;
mod kind;
mod money;
mod pace;
mod page;
mod patch;
mod place;
mod quote;
mod redacted;
mod role;
mod seen;
mod text;
mod time;
mod vehicle;
mod wire;
mod words;

pub use address::{Address, City, Country, InvalidCountry, Postcode, Stop, Street};
pub use amount::{Amount, InvalidAmount};
pub use cell::{Cell, InvalidCell, Resolution, cells_within};
pub use event::{
    DeliveryKind, Event, EventData, InvalidData, InvalidEvent, Kind, KindName, OrderKind, PaymentKind, UnknownKind,
    UserKind,
};
pub use facts::{AnyFact, Contact, CourierCard, DeliveryFact, OrderFact, PaymentFact, PaymentOperation, UserFact};
pub use id::{
    AddressId, DeliveryId, EventId, InvalidId, ItemId, NotificationId, OptionGroupId, OptionId, OrderId, PaymentId,
    QuoteId, RefundId, RestaurantId, UserId,
};
pub use int::InvalidInt;
pub use money::{Currency, InvalidCurrency, Money, MoneyError, div_half_up};
pub use pace::{Eta, Pace, PrepMinutes};
pub use page::{Limit, Page, Position};
pub use patch::{Incomplete, Patch, Patched};
pub use place::{InvalidPlace, Place};
pub use quote::{EtaMinutes, Line, LineOption, Price, QuoteClaims, RestaurantCard};
pub use redacted::{REDACTED, redact_reason, redacted};
pub use role::{AccountState, Actor, ActorRole, Role};
pub use seen::isolated;
pub use text::{InvalidText, Rule};
pub use time::{InvalidTimeZone, InvalidTimestamp, TimeZone, Timestamp};
pub use vehicle::Vehicle;
pub use words::{Cuisine, Email, Locale, Name, Password, PaymentMethod, Phone, Picture, Reason, Text};

/// What the exported macros need in the crates that use them.
#[doc(hidden)]
pub mod __private {
    pub use {schemars, serde};
}
