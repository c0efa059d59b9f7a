//! The port to whoever moves the money: a real provider or the simulated one.

use std::error::Error;

use domain::{Money, PaymentId, PaymentMethod, PaymentOperation};
use serde::{Deserialize, Serialize};

/// The most characters of a word or a reference of the provider's.
pub(crate) const MAX_WORD_CHARS: usize = 255;

/// A payment provider. It is idempotent under a call's key: the same key is done once, and answered alike ever after.
pub trait Provider: Sync {
    /// Holds the call's amount, takes it of what is held, lets go of it, or gives it back of what was taken.
    fn perform(
        &self,
        operation: PaymentOperation,
        call: Call<'_>,
    ) -> impl Future<Output = Result<ProviderAnswer, ProviderError>> + Send;
}

/// What a request to a provider says.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The idempotency key.
    pub key: &'a str,
    /// What we call the payment.
    pub payment_id: PaymentId,
    /// What the provider calls it, once it has held money for it.
    pub reference: Option<&'a str>,
    /// The customer's means of payment: the provider's token.
    pub method: &'a PaymentMethod,
    pub amount: Money,
}

/// How it ended, for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderAnswer {
    /// It was done.
    Done {
        /// What the provider calls the payment.
        reference: String,
    },
    /// It was refused, and always will be under this key.
    Refused {
        /// The provider's word: `declined`.
        reason: String,
    },
}

/// An answer that can't be the provider's.
#[derive(Debug, thiserror::Error)]
#[error("the payment provider's answer has a word of more than {MAX_WORD_CHARS} characters")]
pub(crate) struct TooLong;

impl ProviderAnswer {
    pub(crate) fn is_short(&self) -> bool {
        let (Self::Done { reference: word } | Self::Refused { reason: word }) = self;
        word.chars().count() <= MAX_WORD_CHARS
    }
}

/// Why there is no answer. Asking again under the same key finds out.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It could not be reached, or takes no requests; nothing was done.
    #[error("the payment provider is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// It works on it, and answers later: whom to is no business of this call.
    #[error("the payment provider answers later")]
    Later,
    /// The answer was lost: it may have been done or not.
    #[error("the payment provider's answer was lost")]
    Unknown(#[source] Box<dyn Error + Send + Sync>),
}
