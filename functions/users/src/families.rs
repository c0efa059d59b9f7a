//! The repository of families and their refresh tokens. All of it expires with its family, except the sealed successor of
//! a used token, which expires sooner.

use app::{Changes, Condition, Context, Draft, Item, Key, Problem, StoreError, Stored, Table, Versioned};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Account, USERS,
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

impl Stored for Family {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "family";
    /// Its `sid`.
    type Id = String;

    fn key(sid: &String) -> Key {
        Key::new(format!("FAMILY#{sid}"), "FAMILY")
    }

    fn enter(&self, item: Item) -> Item {
        item.expires_at(self.expires_at.as_second())
    }

    fn parties(&self) -> Vec<UserId> {
        vec![self.user_id]
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.user_id]
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        None
    }
}

impl Stored for Issued {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "refresh-token";
    type Id = RefreshToken;

    fn key(token: &RefreshToken) -> Key {
        Key::new(partition(token), "TOKEN")
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

impl Stored for Sealed {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "refresh-successor";
    /// The token whose successor it is.
    type Id = RefreshToken;

    fn key(token: &RefreshToken) -> Key {
        Key::new(partition(token), "SUCCESSOR")
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

impl Presented {
    /// What is stored of a refresh token; none where it was never issued or its family has expired. Not guarded: the token
    /// is the proof.
    pub(crate) async fn find(context: &Context, token: &RefreshToken) -> Result<Option<Self>, StoreError> {
        let Some(token) = context.find::<Issued>(token).await? else { return Ok(None) };
        let Some(family) = context.find::<Family>(&token.family).await? else { return Ok(None) };
        let account = context.find::<Account>(&family.user_id).await?;
        Ok(account.map(|account| Self { token, family, account: account.value }))
    }

    /// Saves that `token` was used and `successor` given for it: once, since of two at the same time one loses the race. The
    /// version of the family is not checked: where it is ended at the same time, the successor is refused as well.
    pub(crate) fn rotation(
        &self,
        token: &RefreshToken,
        successor: &RefreshToken,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Changes {
        let Self { token: read, family, .. } = self;
        let used = Issued { used_at: Some(now), ..read.value.clone() };
        let kept = sealed.item(Sealed::key(token), FIRST).expires_at(now.plus_seconds(SUCCESSOR_S).as_second());
        Changes::none()
            .put(token_item(token, read.version + 1, &used, family), Condition::Version(read.version))
            .put(kept, Condition::None)
            .and(issue(&read.family, family, successor))
    }
}

/// The token that was given for this used one, within the grace period and as long as it was not used itself.
pub(crate) async fn unused_successor(context: &Context, token: &RefreshToken) -> Result<Option<RefreshToken>, Problem> {
    let Some(sealed) = context.find::<Sealed>(token).await? else { return Ok(None) };
    let successor = token.open(&sealed)?;
    let issued = context.find::<Issued>(&successor).await?;
    Ok(issued.filter(|issued| issued.used_at.is_none()).map(|_| successor))
}

/// Saves a new family with its first token.
pub(crate) fn founding(sid: &String, family: Family, token: &RefreshToken) -> Changes {
    let issued = issue(sid, &family, token);
    Changes::from(Draft::new(sid, family)).and(issued)
}

/// Ends a family, unless it was changed since it was read.
pub(crate) fn end(family: Versioned<Family>) -> Changes {
    let mut family = Draft::of(family);
    family.step().ended = true;
    family.into()
}

/// Lets a family live on in the epoch that its account has now.
pub(crate) fn carried_over(family: Versioned<Family>, account: &Account) -> Changes {
    let mut family = Draft::of(family);
    family.step().epoch = account.epoch;
    family.into()
}

fn issue(sid: &str, family: &Family, token: &RefreshToken) -> Changes {
    let issued = Issued { family: sid.to_owned(), used_at: None };
    Changes::none().put(token_item(token, FIRST, &issued, family), Condition::Absent)
}

fn token_item(token: &RefreshToken, version: u64, issued: &Issued, family: &Family) -> Item {
    issued.item(Issued::key(token), version).expires_at(family.expires_at.as_second())
}

fn partition(token: &RefreshToken) -> String {
    format!("REFRESH#{}", token.hash())
}
