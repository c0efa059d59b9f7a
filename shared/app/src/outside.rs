//! Calls to others over HTTP, through a port that the host gives.

use std::{
    hash::{Hash, Hasher},
    time::Duration,
};

use futures::future::BoxFuture;

use crate::TextSetting;

/// Somebody whom functions call over HTTP, at an address that operators set.
#[derive(Clone, Copy, Debug)]
pub struct Callee {
    /// Its name: `provider-webhook`.
    pub name: &'static str,
    /// Where: by default under the issuer.
    pub url: TextSetting,
    /// The path under the issuer.
    pub path: &'static str,
}

impl PartialEq for Callee {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Callee {}

impl Hash for Callee {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// Headers by name.
pub type HttpHeaders = Vec<(&'static str, String)>;

/// A POST of text to an `http://` or `https://` address. No redirect is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// Where.
    pub url: String,
    /// The headers by name.
    pub headers: HttpHeaders,
    /// The body.
    pub body: String,
    /// How long a whole reply may take.
    pub timeout: Duration,
}

/// What was replied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpReply {
    /// The HTTP status.
    pub status: u16,
    /// The body; what is no UTF-8 in it is replaced.
    pub body: String,
}

/// No whole reply came; whether the request arrived is not known.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct HttpError(pub String);

/// Sends requests. Handed in, so that tests own it and nothing that functions are made of names a client.
pub trait HttpClient: Send + Sync {
    /// Sends one, and waits for the reply.
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpReply, HttpError>>;
}
