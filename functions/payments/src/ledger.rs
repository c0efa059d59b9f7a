//! The ledger: double entry, in the transaction of the payment's own state. Entries are added and never changed.
//!
//! Only what moves money is posted: a capture and a refund. An authorisation is a promise and a void takes it back;
//! neither moves any.

use domain::{Money, MoneyError, PaymentId, PaymentOperation, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Where money is. A debit is positive, a credit negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What the provider has taken and owes us: an asset.
    ProviderClearing,
    /// What we hold for customers until it is earned or given back: a liability.
    CustomerFunds,
}

/// One side of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub account: Account,
    /// By how much it changes: a debit is positive, a credit negative.
    pub amount: Money,
}

/// Money that moved: entries that sum to zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Whose money.
    pub payment_id: PaymentId,
    /// Which posting of that payment, from 1.
    pub number: u64,
    /// A capture or a refund.
    pub operation: PaymentOperation,
    /// The idempotency key that the provider did it under.
    pub key: String,
    /// The debit, then the credit.
    pub entries: [Entry; 2],
    /// When the provider's answer came.
    pub at: Timestamp,
    /// The digest of the posting before; empty in the first.
    pub previous: String,
}

/// Where a payment's ledger ends: it shows whether a posting is missing, added or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many postings there are.
    pub postings: u64,
    /// The digest of the last; empty while there is none.
    pub digest: String,
}

impl Posting {
    /// The sum of its entries: zero.
    pub fn sum(&self) -> Result<Money, MoneyError> {
        let [debit, credit] = self.entries;
        debit.amount.checked_add(credit.amount)
    }

    /// SHA-256 of its stored text, in hexadecimal.
    pub fn digest(stored: &str) -> String {
        let digest: [u8; 32] = Sha256::digest(stored.as_bytes()).into();
        digest.map(|byte| format!("{byte:02x}")).concat()
    }
}

/// Entries that move `amount` to `debit` from `credit`.
pub(crate) fn transfer(debit: Account, credit: Account, amount: Money) -> Result<[Entry; 2], MoneyError> {
    let opposite = Money::zero(amount.currency).checked_sub(amount)?;
    Ok([Entry { account: debit, amount }, Entry { account: credit, amount: opposite }])
}

#[cfg(test)]
mod tests {
    use domain::Currency;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_transfer_sums_to_zero(amount in 0..=i64::MAX) {
            let amount = Money::new(amount, Currency::EUR);
            let [debit, credit] = transfer(Account::ProviderClearing, Account::CustomerFunds, amount).unwrap();
            prop_assert_eq!(debit.amount, amount);
            prop_assert_eq!(debit.amount.checked_add(credit.amount), Ok(Money::zero(Currency::EUR)));
        }
    }

    #[test]
    fn a_digest_is_that_of_the_text() {
        assert_eq!(Posting::digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
