//! Things that stay closed until their policy has permitted the caller.

use std::ops::Deref;

use crate::{Item, Key, Precondition, Problem, StoreError, Stored, System, User, code};

/// A thing as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned<T> {
    /// Where it lies.
    pub key: Key,
    /// The version it was read at.
    pub version: u64,
    /// What was read.
    pub value: T,
}

impl<T: Stored> Versioned<T> {
    /// What an item holds; nothing where that is not one yet.
    pub fn read(item: Item) -> Result<Option<Self>, StoreError> {
        let value = T::read(&item)?;
        Ok(value.map(|value| Self { key: item.key, version: item.version, value }))
    }
}

impl<T> Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Whose a thing is. It says whether the thing is this user's at all; whose turn it is, the state machine says.
pub trait Policy {
    /// What may be asked for. `()` where it makes no difference.
    type Purpose: Copy;

    /// Whether this user may do that with it.
    fn permits(&self, user: &User, purpose: Self::Purpose) -> bool;
}

/// A thing that anybody may read, signed in or not; its [`Policy`] says who may do more.
pub trait Public: Policy {}

/// What a repository found, or did not. Only [`Guarded::authorize`] and the system's key open it.
#[must_use]
#[derive(Debug)]
pub struct Guarded<T> {
    found: Option<Versioned<T>>,
    precondition: Precondition,
}

impl<T: Policy> Guarded<T> {
    /// Closes over what was found, for a request that expects this of what it is about.
    pub(crate) const fn new(found: Option<Versioned<T>>, precondition: Precondition) -> Self {
        Self { found, precondition }
    }

    /// Opens what the request is about: 404 where it is not there or not theirs, 412 where `If-Match` asks for another version.
    pub fn authorize(self, user: &User, purpose: T::Purpose) -> Result<Versioned<T>, Problem> {
        let precondition = self.precondition.clone();
        let found = self.authorize_related(user, purpose)?;
        precondition.admits(found.version)?;
        Ok(found)
    }

    /// Opens a thing that the request is not itself about, so that `If-Match` does not apply to it; or one that has
    /// another check to pass before [`Precondition::admits`].
    pub fn authorize_related(self, user: &User, purpose: T::Purpose) -> Result<Versioned<T>, Problem> {
        self.found.filter(|found| found.value.permits(user, purpose)).ok_or_else(Problem::not_found)
    }

    /// Opens what a PUT makes or replaces: nothing there is fine, unless `If-Match` expects something; another's is 404.
    pub fn authorize_or_absent(self, user: &User, purpose: T::Purpose) -> Result<Option<Versioned<T>>, Problem> {
        match (&self.found, &self.precondition) {
            (None, Precondition::None) => Ok(None),
            (None, Precondition::Exists | Precondition::Versions(_)) => Err(Problem::of(code::STALE)),
            (Some(_), _) => self.authorize(user, purpose).map(Some),
        }
    }

    /// Opens it with the system's own key.
    pub fn open(self, _key: &System) -> Option<Versioned<T>> {
        self.found
    }
}

impl<T: Public> Guarded<T> {
    /// Opens what anybody may read: 404 where it is not there.
    pub fn public(self) -> Result<Versioned<T>, Problem> {
        self.found.ok_or_else(Problem::not_found)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Role, Timestamp, UserId};

    use super::*;

    struct Diary(UserId);

    impl Policy for Diary {
        type Purpose = ();

        fn permits(&self, user: &User, (): ()) -> bool {
            user.is(self.0)
        }
    }

    fn somebody(number: u8) -> UserId {
        UserId::generate(jiff::Timestamp::UNIX_EPOCH, [number; 10])
    }

    fn user(number: u8) -> User {
        let name = "Ana".parse().unwrap();
        let expires_at = Timestamp::from_second(600);
        User { id: somebody(number), role: Role::Customer, name, session: "one".to_owned(), expires_at }
    }

    fn found(version: u64, precondition: Precondition) -> Guarded<Diary> {
        Guarded::new(
            Some(Versioned { key: Key::new("DIARY", "DIARY"), version, value: Diary(somebody(1)) }),
            precondition,
        )
    }

    fn refusal<T>(result: Result<T, Problem>) -> Option<&'static str> {
        result.err().map(|problem| problem.code.word)
    }

    #[test]
    fn what_is_anothers_and_what_is_not_there_look_the_same() {
        let found = || found(1, Precondition::None);
        assert_eq!(refusal(found().authorize(&user(1), ())), None);
        let refused = found().authorize(&user(2), ()).err().unwrap();
        let absent = Guarded::<Diary>::new(None, Precondition::None).authorize(&user(1), ()).err().unwrap();
        assert_eq!(refused.code.word, absent.code.word);
        assert_eq!(refused.detail, absent.detail);
    }

    #[test]
    fn a_stale_version_is_reported_only_to_its_owner() {
        let found = |version| found(3, Precondition::Versions(vec![version]));
        assert_eq!(refusal(found(3).authorize(&user(1), ())), None);
        assert_eq!(refusal(found(2).authorize(&user(1), ())), Some("stale"));
        assert_eq!(refusal(found(2).authorize(&user(2), ())), Some("not-found"));
        assert_eq!(refusal(found(2).authorize_related(&user(1), ())), None);
    }

    #[test]
    fn what_is_not_there_may_be_made_unless_something_was_expected() {
        let absent = |precondition| Guarded::<Diary>::new(None, precondition).authorize_or_absent(&user(1), ());
        assert!(absent(Precondition::None).unwrap().is_none());
        assert_eq!(refusal(absent(Precondition::Exists)), Some("stale"));
        assert_eq!(refusal(found(1, Precondition::None).authorize_or_absent(&user(2), ())), Some("not-found"));
    }
}
