//! The repository of families and their refresh tokens. All of it expires with its family, except the sealed successor of
//! a used token, which expires sooner.

use app::{Changes, Condition, Context, Guarded, Item, Key, StoreError, Versioned};
use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Account, USERS,
    accounts::account_key,
    family::Family,
    refresh_token::{RefreshToken, Sealed},
};

/// The grace period in which a client that lost the reply to a refresh may ask again, in seconds.
pub(crate) const SUCCESSOR_S: i64 = 30;

/// The version of a new item.
const FIRST: u64 = 1;

/// A refresh token, as it is stored: under its hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Issued {
    /// The `sid` of its family.
    pub(crate) family: String,
    /// When a new session was given for it.
    pub(crate) used_at: Option<Timestamp>,
}

/// A refresh token that a client presents, and all that its use depends on.
pub(crate) struct Presented {
    pub(crate) token: Versioned<Issued>,
    pub(crate) family: Versioned<Family>,
    pub(crate) account: Account,
}

/// Reads families and refresh tokens.
pub(crate) trait Families {
    /// The family with this `sid`.
    fn family(&self, sid: &str) -> impl Future<Output = Result<Guarded<Family>, StoreError>> + Send;

    /// What is stored of a refresh token; none where it was never issued or its family has expired. Not guarded: the token
    /// is the proof.
    fn presented(&self, token: &RefreshToken) -> impl Future<Output = Result<Option<Presented>, StoreError>> + Send;

    /// The token that was given for this used one, within the grace period and as long as it was not used itself.
    fn unused_successor(
        &self,
        token: &RefreshToken,
    ) -> impl Future<Output = Result<Option<RefreshToken>, app::Problem>> + Send;
}

impl Families for Context {
    async fn family(&self, sid: &str) -> Result<Guarded<Family>, StoreError> {
        Ok(Guarded::new(self.get(USERS, &family_key(sid)).await?))
    }

    async fn presented(&self, token: &RefreshToken) -> Result<Option<Presented>, StoreError> {
        let Some(token) = self.get::<Issued>(USERS, &token_key(token)).await? else { return Ok(None) };
        let Some(family) = self.get::<Family>(USERS, &family_key(&token.family)).await? else { return Ok(None) };
        let account = self.get::<Account>(USERS, &account_key(family.user_id)).await?;
        Ok(account.map(|account| Presented { token, family, account: account.value }))
    }

    async fn unused_successor(&self, token: &RefreshToken) -> Result<Option<RefreshToken>, app::Problem> {
        let Some(sealed) = self.get::<Sealed>(USERS, &successor_key(token)).await? else { return Ok(None) };
        let successor = token.open(&sealed)?;
        let issued = self.get::<Issued>(USERS, &token_key(&successor)).await?;
        Ok(issued.filter(|issued| issued.used_at.is_none()).map(|_| successor))
    }
}

/// Saves a new family with its first token.
pub(crate) fn founding(sid: &str, family: &Family, token: &RefreshToken) -> Changes {
    Changes::none().put(family_item(sid, FIRST, family), Condition::Absent).and(issue(sid, family, token))
}

/// Saves that `token` was used and `successor` given for it: once, since of two at the same time one loses the race. The
/// version of the family is not checked: where it is ended at the same time, the successor is refused as well.
pub(crate) fn rotation(
    token: &RefreshToken,
    Presented { token: read, family, .. }: &Presented,
    successor: &RefreshToken,
    sealed: &Sealed,
    now: Timestamp,
) -> Changes {
    let used = Issued { used_at: Some(now), ..read.value.clone() };
    let version = read.version + 1;
    let kept = Item::of(successor_key(token), "refresh-successor", FIRST, sealed)
        .expires_at(now.plus_seconds(SUCCESSOR_S).as_second());
    Changes::none()
        .put(token_item(token, version, &used, family), Condition::read_at(Some(read.version)))
        .put(kept, Condition::None)
        .and(issue(&read.family, family, successor))
}

/// Ends a family, unless it was changed since it was read.
pub(crate) fn end(sid: &str, family: &Versioned<Family>) -> Changes {
    let item = family_item(sid, family.version + 1, &family.ended());
    Changes::none().put(item, Condition::read_at(Some(family.version)))
}

fn issue(sid: &str, family: &Family, token: &RefreshToken) -> Changes {
    let issued = Issued { family: sid.to_owned(), used_at: None };
    Changes::none().put(token_item(token, FIRST, &issued, family), Condition::Absent)
}

fn family_item(sid: &str, version: u64, family: &Family) -> Item {
    Item::of(family_key(sid), "family", version, family).expires_at(family.expires_at.as_second())
}

fn token_item(token: &RefreshToken, version: u64, issued: &Issued, family: &Family) -> Item {
    Item::of(token_key(token), "refresh-token", version, issued).expires_at(family.expires_at.as_second())
}

fn family_key(sid: &str) -> Key {
    Key::new(format!("FAMILY#{sid}"), "FAMILY")
}

fn token_key(token: &RefreshToken) -> Key {
    Key::new(format!("REFRESH#{}", token.hash()), "TOKEN")
}

fn successor_key(token: &RefreshToken) -> Key {
    Key::new(format!("REFRESH#{}", token.hash()), "SUCCESSOR")
}
