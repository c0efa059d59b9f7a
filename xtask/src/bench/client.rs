//! A lean client: one HTTP/1.1 connection that is kept. Every part asks with it, so that asking costs the same everywhere.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::Bytes,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Somebody who is signed in.
pub(super) struct Person {
    pub(super) id: String,
    /// The value of their `authorization`.
    pub(super) bearer: HeaderValue,
}

/// A client with one connection.
pub(super) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

/// A request.
#[derive(Clone)]
pub(super) struct Ask<'a> {
    method: Method,
    path: &'a str,
    who: Option<&'a Person>,
    key: Option<&'a str>,
    body: Bytes,
}

/// A reply, read in full.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    body: Bytes,
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the sender, or fails together with what is sent.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender, host: HeaderValue::try_from(address.to_string())? })
    }

    /// Sends a request, and waits for the whole reply.
    pub(super) async fn send(&mut self, ask: Ask<'_>) -> Result<Reply> {
        let mut request = Request::builder().method(ask.method).uri(ask.path).header(header::HOST, &self.host);
        if let Some(person) = ask.who {
            request = request.header(header::AUTHORIZATION, &person.bearer);
        }
        if let Some(key) = ask.key {
            request = request.header("idempotency-key", key);
        }
        if !ask.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, JSON);
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Full::new(ask.body))?).await?;
        let status = response.status();
        Ok(Reply { status, body: response.into_body().collect().await?.to_bytes() })
    }
}

impl<'a> Ask<'a> {
    pub(super) const fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, who: None, key: None, body: Bytes::new() }
    }

    pub(super) fn post(path: &'a str, body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, body: body.into(), ..Self::get(path) }
    }

    pub(super) fn put(path: &'a str, body: impl Into<Bytes>) -> Self {
        Self { method: Method::PUT, ..Self::post(path, body) }
    }

    /// Signed in as this person.
    pub(super) fn by(self, person: &'a Person) -> Self {
        Self { who: Some(person), ..self }
    }

    /// With an idempotency key.
    pub(super) fn key(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }
}

impl Reply {
    /// Fails where the request was refused.
    pub(super) fn check(&self) -> Result<()> {
        ensure!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        Ok(())
    }

    /// The body; fails where the request was refused.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        self.check()?;
        Ok(serde_json::from_slice(&self.body)?)
    }
}
