//! What a call that failed in the end means for what was asked for.

use app::StoreError;

use crate::{failure::RequestFailure, retry::Failed};

impl Failed {
    /// Of a read, which changes nothing, whatever was lost.
    pub(crate) fn of_read(self) -> StoreError {
        match self.last {
            RequestFailure::Final(error) => error,
            RequestFailure::Throttled => StoreError::Throttled,
            RequestFailure::Lost(reason) => StoreError::Unavailable(reason),
        }
    }

    /// Of a transaction. Had a lost attempt happened, the next one with its token would have succeeded: a refusal holds
    /// for all of them. That the last one was throttled, or not even looked at, says nothing about the others.
    pub(crate) fn of_transaction(self) -> StoreError {
        match self.last {
            RequestFailure::Final(StoreError::Unavailable(_)) | RequestFailure::Throttled if self.was_lost => {
                unknown(AGAIN)
            }
            last => of_attempt(last),
        }
    }

    /// Of a plain write. Whether a lost attempt happened is not known: the condition of the next may then fail because of
    /// it, or because somebody else was first.
    pub(crate) fn of_plain_write(self) -> StoreError {
        match self.last {
            RequestFailure::Final(error @ StoreError::Rejected(_)) => error,
            _ if self.was_lost => unknown(AGAIN),
            last => of_attempt(last),
        }
    }
}

const AGAIN: &str = "an answer was lost, and trying again did not help";

fn of_attempt(failure: RequestFailure) -> StoreError {
    match failure {
        RequestFailure::Final(error) => error,
        RequestFailure::Throttled => StoreError::Throttled,
        RequestFailure::Lost(reason) => unknown(&reason),
    }
}

fn unknown(reason: &str) -> StoreError {
    tracing::warn!(reason, "the outcome of a write is not known");
    StoreError::Unknown
}
