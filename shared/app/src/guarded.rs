//! Things that stay closed until their policy has permitted the caller.

use std::ops::Deref;

use crate::{Caller, Precondition, Problem, System, code};

/// A thing and the version it was read at.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned<T> {
    /// What was read.
    pub value: T,
    /// The version it was read at.
    pub version: u64,
}

impl<T> Versioned<T> {
    /// Requires the version that the caller's `If-Match` asks for: 412 where it has changed (optimistic locking).
    pub fn expected_by(self, caller: &Caller) -> Result<Self, Problem> {
        match caller.precondition() {
            Precondition::Versions(versions) if !versions.contains(&self.version) => Err(Problem::of(code::STALE)),
            Precondition::None | Precondition::Exists | Precondition::Versions(_) => Ok(self),
        }
    }
}

impl<T> Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Whose a thing is. It says whether the thing is this caller's at all; whose turn it is, the state machine says.
pub trait Policy {
    /// What may be asked for. `()` where it makes no difference.
    type Purpose: Copy;

    /// Whether this caller may do that with it.
    fn permits(&self, caller: &Caller, action: Self::Purpose) -> bool;
}

/// What a repository found, or did not. Only [`Guarded::authorize`] and the system's key open it.
#[must_use]
#[derive(Debug)]
pub struct Guarded<T>(Option<Versioned<T>>);

impl<T: Policy> Guarded<T> {
    /// Closes over what was found.
    pub const fn new(found: Option<Versioned<T>>) -> Self {
        Self(found)
    }

    /// Opens what the request is about: 404 where it is not there or not theirs, 412 where `If-Match` asks for another version.
    pub fn authorize(self, caller: &Caller, action: T::Purpose) -> Result<Versioned<T>, Problem> {
        self.authorize_related(caller, action)?.expected_by(caller)
    }

    /// Opens a thing that the request is not itself about, so that `If-Match` does not apply to it; or one that has
    /// another check to pass before [`Versioned::expected_by`].
    pub fn authorize_related(self, caller: &Caller, action: T::Purpose) -> Result<Versioned<T>, Problem> {
        self.0.filter(|found| found.value.permits(caller, action)).ok_or_else(Problem::not_found)
    }

    /// Opens what a PUT makes or replaces: nothing there is fine, unless `If-Match` expects something; another's is 404.
    pub fn authorize_or_absent(self, caller: &Caller, action: T::Purpose) -> Result<Option<Versioned<T>>, Problem> {
        match (&self.0, caller.precondition()) {
            (None, Precondition::None) => Ok(None),
            (None, Precondition::Exists | Precondition::Versions(_)) => Err(Problem::of(code::STALE)),
            (Some(_), _) => self.authorize(caller, action).map(Some),
        }
    }

    /// Opens it with the system's own key.
    pub fn open(self, _key: &System) -> Option<Versioned<T>> {
        self.0
    }

    /// Of a list, those that are this caller's.
    pub fn permitted(list: Vec<Self>, caller: &Caller, action: T::Purpose) -> Vec<Versioned<T>> {
        list.into_iter().filter_map(|guarded| guarded.authorize_related(caller, action).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::{Role, UserId};

    use super::*;
    use crate::User;

    struct Diary(UserId);

    impl Policy for Diary {
        type Purpose = ();

        fn permits(&self, caller: &Caller, (): ()) -> bool {
            caller.is(self.0)
        }
    }

    fn somebody(number: u8) -> UserId {
        UserId::generate(jiff::Timestamp::UNIX_EPOCH, [number; 10])
    }

    fn caller(number: u8) -> Caller {
        Caller::user(User { id: somebody(number), role: Role::Customer, name: "Ana".parse().unwrap() })
    }

    fn found(version: u64) -> Guarded<Diary> {
        Guarded::new(Some(Versioned { value: Diary(somebody(1)), version }))
    }

    fn refusal<T>(result: Result<T, Problem>) -> Option<&'static str> {
        result.err().map(|problem| problem.code.word)
    }

    #[test]
    fn what_is_anothers_and_what_is_not_there_look_the_same() {
        assert_eq!(refusal(found(1).authorize(&caller(1), ())), None);
        let other = caller(2);
        let anyone = Caller::anyone();
        let absent = || Guarded::<Diary>::new(None).authorize(&caller(1), ()).err().unwrap();
        for stranger in [&other, &anyone] {
            let refused = found(1).authorize(stranger, ()).err().unwrap();
            assert_eq!(refused.code.word, absent().code.word);
            assert_eq!(refused.detail, absent().detail);
        }
    }

    #[test]
    fn a_stale_version_is_reported_only_to_its_owner() {
        let expecting = |number, version| caller(number).expecting(Precondition::Versions(vec![version]));
        assert_eq!(refusal(found(3).authorize(&expecting(1, 3), ())), None);
        assert_eq!(refusal(found(3).authorize(&expecting(1, 2), ())), Some("stale"));
        assert_eq!(refusal(found(3).authorize(&expecting(2, 2), ())), Some("not-found"));
        assert_eq!(refusal(found(3).authorize_related(&expecting(1, 2), ())), None);
    }

    #[test]
    fn what_is_not_there_may_be_made_unless_something_was_expected() {
        let absent = || Guarded::<Diary>::new(None);
        assert!(absent().authorize_or_absent(&caller(1), ()).unwrap().is_none());
        assert_eq!(
            refusal(absent().authorize_or_absent(&caller(1).expecting(Precondition::Exists), ())),
            Some("stale")
        );
        assert_eq!(refusal(found(1).authorize_or_absent(&caller(2), ())), Some("not-found"));
    }
}
