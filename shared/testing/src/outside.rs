//! Whoever is outside, and called over HTTP.

use std::sync::{Arc, Mutex, PoisonError};

use app::{HttpClient, HttpError, HttpReply, HttpRequest};
use futures::future::BoxFuture;

/// Records what is posted, and answers with a status or not at all.
#[derive(Clone, Debug)]
pub struct Outside {
    status: Option<u16>,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
}

impl Outside {
    /// A secret to share with them.
    pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// Somebody who answers with this status.
    pub fn answering(status: u16) -> Self {
        Self { status: Some(status), requests: Arc::default() }
    }

    /// Somebody who never answers.
    pub fn silent() -> Self {
        Self { status: None, requests: Arc::default() }
    }

    /// What was posted so far.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl HttpClient for Outside {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpReply, HttpError>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let reply = self.status.map(|status| HttpReply { status, body: String::new() });
        Box::pin(async { reply.ok_or_else(|| HttpError::Lost("nobody answers".to_owned())) })
    }
}
