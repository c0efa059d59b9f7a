//! One user's way into the public API: signs in, stays signed in by refresh tokens, and reads what is replied.

use std::sync::Arc;

use domain::{Email, UserId};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
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
    /// No reply came, or none that can be read.
    #[error("no usable reply from {path}")]
    Unreachable {
        path: String,
        #[source]
        source: reqwest::Error,
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
    http: reqwest::Client,
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
        http: reqwest::Client,
        base_url: String,
        account: &DemoAccount,
        password: &'static str,
        turn: Arc<Semaphore>,
    ) -> Self {
        Self { http, base_url, email: account.email.clone(), user_id: account.id, password, turn, session: None }
    }

    /// Reads.
    pub(super) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, ApiError> {
        let request = self.request(Method::GET, path).await?;
        read(path, self.send(Method::GET, path, request).await?).await
    }

    /// Makes or acts.
    pub(super) async fn post<T: DeserializeOwned>(&mut self, path: &str, body: &impl Serialize) -> Result<T, ApiError> {
        let request = self.request(Method::POST, path).await?.json(body);
        read(path, self.send(Method::POST, path, request).await?).await
    }

    /// Makes once, however often it has to be sent.
    pub(super) async fn post_once<T: DeserializeOwned>(
        &mut self,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        let mut attempt = 1;
        loop {
            let request = self.request(Method::POST, path).await?.header("idempotency-key", key).json(body);
            match self.send(Method::POST, path, request).await {
                Ok(response) => return read(path, response).await,
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
        let request = self.request(Method::PUT, path).await?.json(body);
        self.send(Method::PUT, path, request).await.map(drop)
    }

    async fn request(&mut self, method: Method, path: &str) -> Result<RequestBuilder, ApiError> {
        let token = self.token().await?;
        Ok(self.http.request(method, format!("{}{path}", self.base_url)).bearer_auth(token))
    }

    async fn send(&mut self, method: Method, path: &str, request: RequestBuilder) -> Result<Response, ApiError> {
        let answer = answer(method, path, request).await;
        if matches!(answer, Err(ApiError::Refused { status: 401, .. })) {
            self.session = None;
        }
        answer
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

        let request = self.http.post(format!("{}{path}", self.base_url)).json(proof);
        let begun = Instant::now();
        let opened: Opened = read(path, answer(Method::POST, path, request).await?).await?;
        let life = Duration::from_secs(opened.expires_in);
        let renew_at = begun + life.saturating_sub(MARGIN).max(life / 2);
        let Opened { access_token: token, refresh_token, .. } = opened;
        self.session = Some(Session { token: token.clone(), refresh_token, renew_at });
        Ok(token)
    }
}

async fn answer(method: Method, path: &str, request: RequestBuilder) -> Result<Response, ApiError> {
    #[derive(Default, Deserialize)]
    struct Problem {
        code: String,
    }

    let response = request.send().await.map_err(|source| unreachable(path, source))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let Problem { code } = response.json().await.unwrap_or_default();
    Err(ApiError::Refused { status: StatusCode::as_u16(&status), code, method, path: path.to_owned() })
}

async fn read<T: DeserializeOwned>(path: &str, response: Response) -> Result<T, ApiError> {
    response.json().await.map_err(|source| unreachable(path, source))
}

fn unreachable(path: &str, source: reqwest::Error) -> ApiError {
    // The path is enough: the source would repeat it with host and query.
    ApiError::Unreachable { path: path.to_owned(), source: source.without_url() }
}

#[cfg(test)]
mod tests;
