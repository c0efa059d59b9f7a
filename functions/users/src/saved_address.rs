//! An address that somebody keeps, to order to it again: what it says, and whose it is.

use app::{Policy, Reply, User};
use domain::{Address, AddressId, Name, Place, Text, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An address, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedAddress {
    pub id: AddressId,
    pub user_id: UserId,
    #[serde(flatten)]
    pub details: AddressDetails,
}

/// An address to keep: what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAddress")]
pub struct AddressDetails {
    /// What its owner calls it.
    pub label: Name,
    pub address: Address,
    pub place: Place,
    /// What a courier should know.
    pub notes: Option<Text>,
}

impl Policy for SavedAddress {
    type Purpose = ();

    fn permits(&self, user: &User, (): ()) -> bool {
        user.is(self.user_id)
    }
}

/// An address that somebody keeps, to order to it again.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SavedAddress")]
pub struct AddressView {
    id: AddressId,
    /// What its owner calls it.
    label: Name,
    address: Address,
    place: Place,
    /// What a courier should know.
    notes: Option<Text>,
}

impl From<SavedAddress> for AddressView {
    fn from(SavedAddress { id, user_id: _, details }: SavedAddress) -> Self {
        let AddressDetails { label, address, place, notes } = details;
        Self { id, label, address, place, notes }
    }
}

impl Reply for AddressView {}
