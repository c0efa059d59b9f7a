//! A provider that is unavailable, refuses, or loses its answers, as the case says.

use std::{collections::BTreeMap, sync::Mutex};

use app::StoreError;
use domain::PaymentOperation;

use super::{Seen, pausing::pause};
use crate::{Call, Provider, ProviderAnswer, ProviderError, given_provider::GivenProvider};

/// What the provider does with the call of a new key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    /// What it should.
    Well,
    /// Unavailable for the first call under the key.
    Away,
    /// Does it at the first call, and the answer is lost.
    Lost,
    /// Refuses it, however often it is asked; not an authorisation.
    Refused,
}

/// What the provider will do with new keys, the last first, and does with those it knows.
pub(super) struct Fates<'a> {
    seen: &'a Seen,
    refuses_captures: bool,
    books: Mutex<(Vec<Fate>, BTreeMap<String, Fate>)>,
}

impl<'a> Fates<'a> {
    pub(super) fn new(coming: Vec<Fate>, refuses_captures: bool, seen: &'a Seen) -> Self {
        Self { seen, refuses_captures, books: Mutex::new((coming, BTreeMap::new())) }
    }

    /// A key's fate: a refusal stays one, anything else goes well from the second time on.
    fn of(&self, operation: PaymentOperation, key: &str) -> Fate {
        let (coming, known) = &mut *self.books.lock().unwrap();
        match known.get(key) {
            Some(Fate::Refused) => return Fate::Refused,
            Some(Fate::Well | Fate::Away | Fate::Lost) => return Fate::Well,
            None => {}
        }
        let fate = match (coming.pop().unwrap_or(Fate::Well), operation) {
            (Fate::Refused, PaymentOperation::Authorize) => Fate::Well,
            (_, PaymentOperation::Capture) if self.refuses_captures => Fate::Refused,
            (fate, _) => fate,
        };
        self.seen.record(match fate {
            Fate::Well => "well",
            Fate::Away => "away",
            Fate::Lost => "lost",
            Fate::Refused => "refused",
        });
        known.insert(key.to_owned(), fate);
        fate
    }
}

/// The provider that a function has been given, with these fates.
pub(super) struct Fateful<'a> {
    pub(super) fates: &'a Fates<'a>,
    pub(super) real: GivenProvider<'a>,
}

impl Provider for Fateful<'_> {
    async fn perform(&self, operation: PaymentOperation, call: Call<'_>) -> Result<ProviderAnswer, ProviderError> {
        pause().await;
        let answer = match self.fates.of(operation, call.key) {
            Fate::Away => Err(ProviderError::Unavailable(Box::new(StoreError::Throttled))),
            Fate::Refused => Ok(ProviderAnswer::Refused { reason: "refused".to_owned() }),
            Fate::Lost => {
                self.real.perform(operation, call).await.and(Err(ProviderError::Unknown("it is lost".into())))
            }
            Fate::Well => self.real.perform(operation, call).await,
        };
        pause().await;
        answer
    }
}
