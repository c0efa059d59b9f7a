//! What a call that failed in the end means for what was asked for.

use app::StoreError;

use crate::{failure::Failure, retry::Failed};

impl Failed {
    /// Of a read, which changes nothing, whatever was lost.
    pub(crate) fn of_read(self) -> StoreError {
        match self.last {
            Failure::Final(error) => error,
            Failure::Throttled => StoreError::Throttled,
            Failure::Lost(reason) => StoreError::Unavailable(reason),
        }
    }

    /// Of a transaction. Had a lost attempt happened, the next one with its token would have succeeded: a refusal holds
    /// for all of them. That the last one was turned away before it was looked at says nothing about the others.
    pub(crate) fn of_transaction(self) -> StoreError {
        match self.last {
            Failure::Final(StoreError::Unavailable(_)) | Failure::Throttled if self.was_lost => unknown(AGAIN),
            last => of_attempt(last),
        }
    }

    /// Of a plain write. Nothing tells whether a lost attempt happened: the condition of the next may then fail because of
    /// it, or because somebody else was first.
    pub(crate) fn of_plain_write(self) -> StoreError {
        match self.last {
            Failure::Final(error @ StoreError::Rejected(_)) => error,
            _ if self.was_lost => unknown(AGAIN),
            last => of_attempt(last),
        }
    }
}

const AGAIN: &str = "an answer was lost, and trying again did not help";

fn of_attempt(failure: Failure) -> StoreError {
    match failure {
        Failure::Final(error) => error,
        Failure::Throttled => StoreError::Throttled,
        Failure::Lost(reason) => unknown(&reason),
    }
}

fn unknown(reason: &str) -> StoreError {
    tracing::warn!(reason, "the outcome of a write is not known");
    StoreError::Unknown
}
