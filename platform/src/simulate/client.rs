//! One user's way into the public API: signs in, stays signed in, and reads what is replied.

use std::sync::Arc;

use domain::{Email, UserId};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use tokio::{
    sync::Semaphore,
    time::{Duration, Instant},
};

use crate::city::DemoAccount;

/// How long a reply may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long before its end a token is renewed.
const MARGIN: Duration = Duration::from_mins(2);
/// How often a request with an idempotency key is sent until it is answered.
const ATTEMPTS: u32 = 3;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// The API said no.
    #[error("{status} {code} from {method} {path}")]
    Refused {
        /// The status.
        status: u16,
        /// The problem's code.
        code: String,
        /// What was asked.
        method: Method,
        /// Of what.
        path: String,
    },
    /// No reply came, or none that can be read.
    #[error("no usable reply from {path}")]
    Unreachable {
        /// From where.
        path: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
}

impl ApiError {
    /// Whether a rule or somebody faster was in the way: nothing is broken, and the next look tells what now.
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
    /// The user.
    pub(super) user_id: UserId,
    password: &'static str,
    /// Passwords are hashed with care, which takes a while: one at a time.
    door: Arc<Semaphore>,
    session: Option<Session>,
}

#[derive(Debug)]
struct Session {
    token: String,
    renew_at: Instant,
}

/// A list.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    /// The first entries.
    pub(super) items: Vec<T>,
}

impl Client {
    /// A user who will sign in when it is needed; sign-ins go through `door`.
    pub(super) fn new(
        http: reqwest::Client,
        base_url: String,
        account: &DemoAccount,
        password: &'static str,
        door: Arc<Semaphore>,
    ) -> Self {
        Self { http, base_url, email: account.email.clone(), user_id: account.id, password, door, session: None }
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

    /// A token that is good for a while.
    async fn token(&mut self) -> Result<String, ApiError> {
        match &self.session {
            Some(session) if session.renew_at > Instant::now() => Ok(session.token.clone()),
            Some(_) | None => self.sign_in().await,
        }
    }

    async fn sign_in(&mut self) -> Result<String, ApiError> {
        #[derive(Deserialize)]
        struct SignedIn {
            access_token: String,
            expires_in: u64,
        }

        const PATH: &str = "/v1/sessions";
        let door = self.door.clone();
        // The door is never closed, so that this always gives a permit.
        let _permit = door.acquire().await.ok();
        let credentials = json!({ "email": self.email, "password": self.password });
        let request = self.http.post(format!("{}{PATH}", self.base_url)).json(&credentials);
        let begun = Instant::now();
        let SignedIn { access_token, expires_in } = read(PATH, answer(Method::POST, PATH, request).await?).await?;
        let renew_at = begun + Duration::from_secs(expires_in).saturating_sub(MARGIN);
        self.session = Some(Session { token: access_token.clone(), renew_at });
        Ok(access_token)
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
    // The address is told once, and without what was asked.
    ApiError::Unreachable { path: path.to_owned(), source: source.without_url() }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::{
        Router,
        http::{HeaderMap, StatusCode as Status},
        routing::{get, post},
    };
    use serde_json::Value;

    use super::*;

    /// What a stand-in for the API was sent: tokens and keys, in order.
    type Seen = Arc<Mutex<Vec<String>>>;

    /// An API whose first token is good once, and whose first order is lost.
    async fn stand_in(seen: Seen) -> String {
        let note = move |what: &str| {
            let mut seen = seen.lock().unwrap();
            seen.push(what.to_owned());
            seen.iter().filter(|seen| *seen == what).count()
        };
        let (of_sign_in, of_thing, of_order) = (note.clone(), note.clone(), note);
        let sign_in = async move || {
            let token = format!("token-{}", of_sign_in("sign-in"));
            (Status::CREATED, json!({ "access_token": token, "expires_in": 600 }).to_string())
        };
        let thing = async move |headers: HeaderMap| match of_thing(headers["authorization"].to_str().unwrap()) {
            1 => (Status::OK, json!(1).to_string()),
            _ => (Status::UNAUTHORIZED, json!({ "code": "unauthenticated" }).to_string()),
        };
        let order = async move |headers: HeaderMap| match of_order(headers["idempotency-key"].to_str().unwrap()) {
            1 => (Status::SERVICE_UNAVAILABLE, json!({ "code": "unavailable" }).to_string()),
            _ => (Status::CREATED, json!(2).to_string()),
        };
        let router =
            Router::new().route("/v1/sessions", post(sign_in)).route("/thing", get(thing)).route("/order", post(order));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }

    async fn client(seen: &Seen) -> Client {
        let account = crate::city::city().accounts().remove(0);
        let url = stand_in(seen.clone()).await;
        Client::new(reqwest::Client::new(), url, &account, "tiffin-demo", Arc::new(Semaphore::new(1)))
    }

    #[tokio::test]
    async fn a_token_is_used_until_it_is_refused_and_then_another_is_asked_for() {
        let seen = Seen::default();
        let mut client = client(&seen).await;
        client.get::<i32>("/thing").await.unwrap();
        let refused = client.get::<i32>("/thing").await.unwrap_err();
        assert_eq!(refused.to_string(), "401 unauthenticated from GET /thing");
        assert!(!refused.is_bad_luck());
        client.get::<i32>("/thing").await.unwrap();
        let wanted = ["sign-in", "Bearer token-1", "Bearer token-1", "sign-in", "Bearer token-2"];
        assert_eq!(*seen.lock().unwrap(), wanted);
    }

    #[tokio::test]
    async fn what_is_to_be_done_once_is_sent_again_under_the_same_key() {
        let seen = Seen::default();
        let mut client = client(&seen).await;
        let order: Value = client.post_once("/order", "quote", &json!({})).await.unwrap();
        assert_eq!(order, 2);
        assert_eq!(*seen.lock().unwrap(), ["sign-in", "quote", "quote"]);
    }

    #[tokio::test]
    async fn an_api_that_is_not_there_is_told_of_without_what_was_asked() {
        let account = crate::city::city().accounts().remove(0);
        let http = reqwest::Client::new();
        // Nothing listens on the discard port.
        let url = "http://127.0.0.1:9".to_owned();
        let mut client = Client::new(http, url, &account, "tiffin-demo", Arc::new(Semaphore::new(1)));
        let error = client.get::<i32>("/thing").await.unwrap_err();
        assert_eq!(error.to_string(), "no usable reply from /v1/sessions");
    }
}
