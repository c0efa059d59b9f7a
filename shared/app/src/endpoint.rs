//! Functions that answer HTTP.

use std::{borrow::Cow, future::Future};

use domain::{Page, Role};
use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Caller, Changes, Code, Context, Effect, Failure, Function, Input, Problem, User};

/// An operation of the API. Its doc comment is its description wherever operations are listed.
pub trait Endpoint: JsonSchema + 'static {
    /// Its name, grants and requirements.
    const FUNCTION: Function;
    /// Its method and path.
    const ROUTE: Route;
    /// Who may call it.
    const ACCESS: Access;
    /// Its own refusals, beside those that any route may give.
    const PROBLEMS: &'static [Code] = &[];
    /// An input as JSON, for the documentation; it must be accepted.
    const EXAMPLE: &'static str = "{}";

    /// Who calls: `User` where somebody must be signed in, `Option<User>` where anybody may.
    type Caller: Caller;
    /// The parameters of the path; `Empty` where there are none.
    type Path: DeserializeOwned + JsonSchema + Send + Sync + 'static;
    /// What is sent besides, and in which form; `Empty` where there is nothing.
    type Input: Input;
    /// What it replies.
    type Reply: Reply;

    /// Reads and decides. It writes nothing: what it returns is committed by the host, which calls again where another
    /// writer was faster (optimistic locking).
    fn call(
        context: &Context,
        caller: &Self::Caller,
        path: &Self::Path,
        input: &<Self::Input as Input>::Value,
    ) -> impl Future<Output = Result<Effect<Self::Reply>, Problem>> + Send;

    /// What is to be driven on at once when its changes are committed, before the reply goes out. It is done once and may fail:
    /// what is left is found by a sweep.
    fn then(_context: &Context, _path: &Self::Path) -> impl Future<Output = Result<Changes, Failure>> + Send {
        async { Ok(Changes::none()) }
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes or acts.
    Post,
    /// Replaces.
    Put,
    /// Changes some fields.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method's name: `GET`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether the input is the body; otherwise it is the query.
    pub const fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch)
    }
}

/// Whether an `Idempotency-Key` is asked for. On a public route, and on one that writes nothing, it is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// Honoured where sent.
    Honoured,
    /// 400 without one.
    Required,
}

/// A method and a path, as `axum` writes it: `/v1/orders/{order_id}`.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method, which decides where the input is: in the query or the body.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// Whether a POST needs an idempotency key.
    pub idempotency: Idempotency,
    /// Whether what it shows can be followed as it changes.
    pub is_live: bool,
}

impl Route {
    const fn new(method: Method, path: &'static str) -> Self {
        Self { method, path, idempotency: Idempotency::Honoured, is_live: false }
    }

    /// A GET: it reads.
    pub const fn get(path: &'static str) -> Self {
        Self::new(Method::Get, path)
    }

    /// A POST: it makes or acts.
    pub const fn post(path: &'static str) -> Self {
        Self::new(Method::Post, path)
    }

    /// A PUT: it replaces.
    pub const fn put(path: &'static str) -> Self {
        Self::new(Method::Put, path)
    }

    /// A PATCH: it changes some fields.
    pub const fn patch(path: &'static str) -> Self {
        Self::new(Method::Patch, path)
    }

    /// A DELETE: it removes.
    pub const fn delete(path: &'static str) -> Self {
        Self::new(Method::Delete, path)
    }

    /// Shows what can be followed as it changes. A request for a stream, where there can be none, is 406.
    #[must_use]
    pub const fn live(mut self) -> Self {
        self.is_live = true;
        self
    }

    /// Refuses requests without an idempotency key.
    #[must_use]
    pub const fn requires_idempotency_key(mut self) -> Self {
        self.idempotency = Idempotency::Required;
        self
    }
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// Signed-in users of these roles.
    Roles(&'static [Role]),
}

impl Access {
    /// Anybody who is signed in.
    pub const SIGNED_IN: Self = Self::Roles(&[Role::Customer, Role::Merchant, Role::Courier, Role::Admin]);

    /// Signed-in users of these roles.
    pub const fn roles(roles: &'static [Role]) -> Self {
        Self::Roles(roles)
    }

    /// Whether users of this role may.
    pub fn allows(self, role: Role) -> bool {
        match self {
            Self::Public => true,
            Self::Roles(roles) => roles.contains(&role),
        }
    }
}

/// Signs the position a page ends at, which makes it a cursor.
pub type SignCursor<'a> = &'a (dyn Fn(&str) -> String + Sync);

/// What an endpoint replies: a body, and what HTTP needs to know of it.
pub trait Reply: Serialize + JsonSchema + Send + 'static {
    /// The status of success.
    const STATUS: u16 = 200;

    /// The version of the one thing it shows, for its `ETag`.
    fn version(&self) -> Option<u64> {
        None
    }

    /// Where the thing it made is found.
    fn location(&self) -> Option<String> {
        None
    }

    /// Signs the cursor of a page.
    fn sign_cursor(&mut self, _sign: SignCursor<'_>) {}
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Page<T> {
    fn sign_cursor(&mut self, sign: SignCursor<'_>) {
        self.next_cursor = self.next_cursor.take().map(|position| domain::Position::new(sign(position.as_str())));
    }
}

impl Reply for crate::Jwks {}

/// 201: a thing was made, and is found at a location, if it can be read at all.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Created<T> {
    #[serde(skip)]
    location: Option<String>,
    thing: T,
}

impl<T> Created<T> {
    /// Says what was made and where it is found.
    pub fn at(location: impl ToString, thing: T) -> Self {
        Self { location: Some(location.to_string()), thing }
    }

    /// Says what was made and can't be read.
    pub const fn nowhere(thing: T) -> Self {
        Self { location: None, thing }
    }

    /// What was made.
    pub const fn thing(&self) -> &T {
        &self.thing
    }
}

/// The schema is that of what was made.
impl<T: JsonSchema> JsonSchema for Created<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: Reply> Reply for Created<T> {
    const STATUS: u16 = 201;

    fn version(&self) -> Option<u64> {
        self.thing.version()
    }

    fn location(&self) -> Option<String> {
        self.location.clone()
    }
}

/// 204: done, and nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct NoContent;

impl Reply for NoContent {
    const STATUS: u16 = 204;
}

/// A reply, ready to be sent and recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Where the thing that was made is found.
    pub location: Option<String>,
    /// The version of the one thing it shows.
    pub version: Option<u64>,
    /// JSON text; empty with 204.
    pub body: String,
}

/// A parsed request, which can be decided as often as it takes.
pub trait Prepared: Send + Sync {
    /// Reads and decides once.
    fn call<'a>(
        &'a self,
        context: &'a Context,
        user: &'a Option<User>,
        sign: SignCursor<'a>,
    ) -> BoxFuture<'a, Result<Effect<Answer>, Problem>>;

    /// Drives on what was committed.
    fn then<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Changes, Failure>>;
}
