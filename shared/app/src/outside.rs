//! Calls to others over HTTP, through a port that the host gives.

use std::{
    hash::{Hash, Hasher},
    time::Duration,
};

use futures::future::BoxFuture;

use crate::{SecretName, Table, TextSetting};

/// Somebody whom functions call over HTTP, at an address that operators set.
#[derive(Clone, Copy, Debug)]
pub struct Callee {
    /// Its name: `provider-webhook`.
    pub name: &'static str,
    /// Where: by default under the issuer.
    pub url: TextSetting,
    /// The path under the issuer that is called where no address is given; none where one must be.
    pub path: Option<&'static str>,
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

/// A provider of something that functions ask for, wherever it is: inside, where it is a table that they work on themselves, or
/// outside, where it is somebody whom they call with a key. Never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProviderGrant {
    /// Its table, where it is inside.
    pub table: Table,
    /// Where it is called, where it is outside: where an address is given.
    pub callee: Callee,
    /// What it knows its callers by, as a bearer token.
    pub key: SecretName,
}

/// Where a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A part of the same functions.
    Inside,
    /// Elsewhere, reached over HTTP.
    Outside,
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

/// Why no whole reply came.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Nobody was reached, so nobody has read the request.
    #[error("{0}")]
    Unreachable(String),
    /// Whether the request arrived is not known.
    #[error("{0}")]
    Lost(String),
}

/// Sends requests. Handed in, so that tests own it and nothing that functions are made of names a client.
pub trait HttpClient: Send + Sync {
    /// Sends one, and waits for the reply.
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpReply, HttpError>>;
}
