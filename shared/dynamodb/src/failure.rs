//! What can go wrong with a call, classified by what may be done about it.

use app::StoreError;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::http::Response;

/// A call that failed.
#[derive(Debug)]
pub(crate) enum RequestFailure {
    /// It was refused, as the store's error says; trying again changes nothing.
    Final(StoreError),
    /// Fewer requests are asked for.
    Throttled,
    /// No answer came, or one that says nothing: what was asked for may have happened.
    Lost(String),
}

impl RequestFailure {
    pub(crate) const fn is_worth_another_try(&self) -> bool {
        matches!(self, Self::Throttled | Self::Lost(_))
    }
}

/// Codes that ask for fewer requests, of calls and of a transaction's parts.
const THROTTLING: &[&str] = &[
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ThrottlingException",
    "ThrottlingError",
];
/// What is in the way of every request until somebody corrects it: an event that met it is worth keeping.
const MISCONFIGURED: &[&str] = &[
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
];

/// Classifies a failed call.
pub(crate) fn failure<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static>(
    error: SdkError<E, Response>,
) -> RequestFailure {
    let words = |error: &dyn std::error::Error| {
        let mut words = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            words = format!("{words}: {cause}");
            source = cause.source();
        }
        words
    };
    match error {
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or_default().to_owned();
            let message = answer.err().message().unwrap_or_default().to_owned();
            of_code(&code, message, answer.raw().status().as_u16())
        }
        SdkError::ConstructionFailure(_) => RequestFailure::Final(StoreError::Rejected(words(&error))),
        _ => RequestFailure::Lost(words(&error)),
    }
}

pub(crate) fn of_code(code: &str, message: String, status: u16) -> RequestFailure {
    match code {
        "TransactionConflictException" | "TransactionConflict" => RequestFailure::Final(StoreError::Conflict),
        "TransactionInProgressException" => RequestFailure::Lost(code.to_owned()),
        _ if THROTTLING.contains(&code) => RequestFailure::Throttled,
        _ if MISCONFIGURED.contains(&code) => {
            RequestFailure::Final(StoreError::Unavailable(format!("{code}: {message}")))
        }
        _ if status >= 500 => RequestFailure::Lost(format!("{status} {code}")),
        _ => RequestFailure::Final(StoreError::Rejected(format!("{code}: {message}"))),
    }
}
