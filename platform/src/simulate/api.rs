//! One user's way into the public API: signs in, stays signed in by refresh tokens, and reads what is replied.

use std::sync::Arc;

use client::{Http, NoReply};
use domain::{Email, UserId};
use http::{HeaderName, Method, Request, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{
    sync::Semaphore,
    time::{Duration, Instant},
};

use crate::city::DemoAccount;

/// How long a reply may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// How long before its end an access token is renewed; half its life where that is less.
const MARGIN: Duration = Duration::from_mins(2);
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// How often a request with an idempotency key is sent until it is answered.
const ATTEMPTS: u32 = 3;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// The API said no.
    #[error("{status} {code} from {method} {path}")]
    Refused {
        status: u16,
        /// The problem's code.
        code: String,
        method: Method,
        path: String,
    },
    /// No reply came.
    #[error("no reply from {path}")]
    Unreachable {
        path: String,
        #[source]
        source: NoReply,
    },
    /// A reply came that can't be read.
    #[error("no usable reply from {path}")]
    Unusable {
        path: String,
        #[source]
        source: serde_json::Error,
    },
}

impl ApiError {
    /// Whether a rule or somebody faster was in the way: nothing is broken, and the next look shows what to do.
    pub(super) fn is_bad_luck(&self) -> bool {
        matches!(self, Self::Refused { status: 404 | 409 | 412 | 422, .. })
    }
}

/// A signed-in user.
#[derive(Debug)]
pub(super) struct Client {
    http: Http,
    base_url: String,
    email: Email,
    pub(super) user_id: UserId,
    password: &'static str,
    /// Password hashes are expensive on purpose: simulators sign in one at a time.
    turn: Arc<Semaphore>,
    session: Option<Session>,
}

#[derive(Debug)]
struct Session {
    token: String,
    refresh_token: String,
    renew_at: Instant,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
}

impl Client {
    /// A user who signs in when needed; a sign-in waits for its `turn`.
    pub(super) fn new(
        http: Http,
        base_url: String,
        account: &DemoAccount,
        password: &'static str,
        turn: Arc<Semaphore>,
    ) -> Self {
        Self { http, base_url, email: account.email.clone(), user_id: account.id, password, turn, session: None }
    }

    /// Reads.
    pub(super) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, ApiError> {
        read(path, &self.send(Method::GET, path, None, "").await?)
    }

    /// Makes or acts.
    pub(super) async fn post<T: DeserializeOwned>(&mut self, path: &str, body: &impl Serialize) -> Result<T, ApiError> {
        read(path, &self.send(Method::POST, path, None, &text(body)).await?)
    }

    /// Makes once, however often it has to be sent.
    pub(super) async fn post_once<T: DeserializeOwned>(
        &mut self,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        let body = text(body);
        let mut attempt = 1;
        loop {
            match self.send(Method::POST, path, Some(key), &body).await {
                Ok(reply) => return read(path, &reply),
                Err(ApiError::Unreachable { .. } | ApiError::Refused { status: 500.., .. }) if attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Replaces.
    pub(super) async fn put(&mut self, path: &str, body: &impl Serialize) -> Result<(), ApiError> {
        self.send(Method::PUT, path, None, &text(body)).await.map(drop)
    }

    /// Sends a request as this user, and gives the body of the reply.
    async fn send(&mut self, method: Method, path: &str, key: Option<&str>, body: &str) -> Result<Vec<u8>, ApiError> {
        let mut headers = vec![(header::AUTHORIZATION, format!("Bearer {}", self.token().await?))];
        headers.extend(key.map(|key| (IDEMPOTENCY_KEY, key.to_owned())));
        let reply = self.exchange(method, path, &headers, body).await;
        if matches!(reply, Err(ApiError::Refused { status: 401, .. })) {
            self.session = None;
        }
        reply
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, String)],
        body: &str,
    ) -> Result<Vec<u8>, ApiError> {
        #[derive(Default, Deserialize)]
        struct Problem {
            code: String,
        }

        let mut building = Request::builder().method(&method).uri(format!("{}{path}", self.base_url));
        for (name, value) in headers {
            building = building.header(name, value);
        }
        if !body.is_empty() {
            building = building.header(header::CONTENT_TYPE, "application/json");
        }
        let request = building.body(body.to_owned().into()).expect("paths and tokens can be sent");
        let unreachable = |source| ApiError::Unreachable { path: path.to_owned(), source };
        let reply = self.http.exchange(request, TIMEOUT).await.map_err(unreachable)?;
        if reply.status().is_success() {
            return Ok(reply.into_body().into());
        }
        let Problem { code } = serde_json::from_slice(reply.body()).unwrap_or_default();
        Err(ApiError::Refused { status: reply.status().as_u16(), code, method, path: path.to_owned() })
    }

    /// An access token that is good for a while.
    async fn token(&mut self) -> Result<String, ApiError> {
        match &self.session {
            None => self.sign_in().await,
            Some(session) if session.renew_at > Instant::now() => Ok(session.token.clone()),
            Some(session) => {
                let refresh_token = json!({ "refresh_token": session.refresh_token });
                match self.open("/v1/sessions/refresh", &refresh_token).await {
                    Err(ApiError::Refused { status: 401, .. }) => self.sign_in().await,
                    outcome => outcome,
                }
            }
        }
    }

    async fn sign_in(&mut self) -> Result<String, ApiError> {
        let turn = self.turn.clone();
        // The semaphore is never closed, so this always gives a permit.
        let _permit = turn.acquire().await.ok();
        let credentials = json!({ "email": self.email, "password": self.password });
        self.open("/v1/sessions", &credentials).await
    }

    /// Opens a session with a proof of who this is. Returns its access token.
    async fn open(&mut self, path: &str, proof: &Value) -> Result<String, ApiError> {
        #[derive(Deserialize)]
        struct Opened {
            access_token: String,
            refresh_token: String,
            expires_in: u64,
        }

        let begun = Instant::now();
        let opened: Opened = read(path, &self.exchange(Method::POST, path, &[], &proof.to_string()).await?)?;
        let life = Duration::from_secs(opened.expires_in);
        let renew_at = begun + life.saturating_sub(MARGIN).max(life / 2);
        let Opened { access_token: token, refresh_token, .. } = opened;
        self.session = Some(Session { token: token.clone(), refresh_token, renew_at });
        Ok(token)
    }
}

fn read<T: DeserializeOwned>(path: &str, body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|source| ApiError::Unusable { path: path.to_owned(), source })
}

fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("our own types serialise")
}

#[cfg(test)]
mod tests;
