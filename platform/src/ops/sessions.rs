//! `POST /_tiffin/sessions`: the theatre's pages sign its people in.
//!
//! No password is asked for, so the request must come from a page of this process, and it can only name the three people
//! that the city was built with. Their accounts must have the city's ids: an e-mail that somebody else signed up with first
//! stays theirs.

use app::{Effect, Problem, code};
use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::Role;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use users::{Session, USERS, account_by_email};

use super::{body, guard};
use crate::{city, local::Local};

/// The function that these sessions are opened as.
const SIGN_IN: &str = "sign-in";

/// Whom a page plays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    who: Who,
}

/// The theatre's people.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Who {
    Customer,
    Merchant,
    Courier,
}

impl Who {
    const fn role(self) -> Role {
        match self {
            Self::Customer => Role::Customer,
            Self::Merchant => Role::Merchant,
            Self::Courier => Role::Courier,
        }
    }
}

pub(super) async fn open(State(local): State<Local>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let session = session(&local, request).await;
    host::outcome(&path, session.map(|session| (StatusCode::CREATED, Some(session))))
}

async fn session(local: &Local, request: Request) -> Result<Value, Problem> {
    if !city::is_built(&*local.store).await? {
        return Err(Problem::not_found());
    }
    guard::require_page(request.headers())?;
    let Asked { who } = body::document(request).await?;
    let person = local.theatre.cast.person(who.role()).ok_or_else(Problem::not_found)?;
    let context = local.host.context_of(SIGN_IN).ok_or_else(|| Problem::of(code::NOT_FOUND))?;
    let account = account_by_email(context, &person.email).await?;
    let account = account.filter(|account| account.id == person.id && account.role == who.role());
    let account = account.ok_or_else(Problem::not_found)?;
    let Effect { reply, changes } = Session::open(context, &account)?;
    context.commit(USERS, changes).await?;
    Ok(json!(reply))
}
