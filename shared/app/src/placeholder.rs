//! Placeholders: what later facts leave where the first one, which makes the thing, has not come yet.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Caller, Changes, Condition, Item, Key, Policy, Versioned};

/// How long a placeholder waits, in seconds: as long as any event is retried or replayed.
pub const PLACEHOLDER_LIFE_S: i64 = 30 * 24 * 3600;

/// A thing, or the placeholder left by later facts before it was made. For all but the system there is no thing yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrPlaceholder<T, P> {
    /// The thing; `payment` or `delivery` in bodies of before.
    #[serde(alias = "payment", alias = "delivery")]
    Present(Box<T>),
    /// What is known of it so far; `mark` in bodies of before.
    #[serde(alias = "mark")]
    Placeholder(P),
}

impl<T, P> OrPlaceholder<T, P> {
    /// The thing, if it is there.
    pub fn present(self) -> Option<T> {
        match self {
            Self::Present(thing) => Some(*thing),
            Self::Placeholder(_) => None,
        }
    }
}

impl<T: Policy, P> Policy for OrPlaceholder<T, P> {
    type Purpose = T::Purpose;

    fn permits(&self, caller: &Caller, purpose: T::Purpose) -> bool {
        match self {
            Self::Present(thing) => thing.permits(caller, purpose),
            Self::Placeholder(_) => false,
        }
    }
}

/// Leaves a placeholder at `key` that also accounts for `later`, unless that adds nothing to the one that was found.
pub fn leave_placeholder<T: Serialize, P: Clone + PartialEq + Serialize>(
    key: Key,
    found: Option<Versioned<P>>,
    later: P,
    then: impl FnOnce(P, P) -> P,
    now: Timestamp,
) -> Changes {
    let now_s = now.as_second();
    let (latest, version, condition) = match found {
        None => (later, 1, Condition::AbsentOrExpired(now_s)),
        Some(Versioned { value, version }) => {
            let latest = then(value.clone(), later);
            if latest == value {
                return Changes::none();
            }
            (latest, version + 1, Condition::Version(version))
        }
    };
    let item = Item::of(key, "placeholder", version, &OrPlaceholder::<T, P>::Placeholder(latest));
    Changes::none().put(item.expires_at(now_s + PLACEHOLDER_LIFE_S), condition)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Write;

    fn left(found: Option<(u32, u64)>, later: u32) -> Option<(Item, Condition)> {
        let found = found.map(|(value, version)| Versioned { value, version });
        let changes =
            leave_placeholder::<(), u32>(Key::new("A", "B"), found, later, u32::max, Timestamp::from_second(7));
        changes.writes.into_iter().next().map(|write| match write {
            Write::Put(item, condition) => (item, condition),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn the_first_is_new_a_later_one_goes_on_and_an_older_one_adds_nothing() {
        let (item, condition) = left(None, 3).unwrap();
        assert_eq!(item.body, json!({"placeholder": 3}).to_string());
        assert_eq!(item.expires_at, Some(7 + PLACEHOLDER_LIFE_S));
        assert_eq!(condition, Condition::AbsentOrExpired(7));
        let (item, condition) = left(Some((3, 1)), 4).unwrap();
        assert_eq!(item.version, 2);
        assert_eq!(condition, Condition::Version(1));
        assert!(left(Some((3, 1)), 2).is_none());
    }

    #[test]
    fn bodies_of_before_are_read() {
        let read = |body| serde_json::from_value::<OrPlaceholder<u32, u32>>(body).unwrap();
        assert_eq!(read(json!({"payment": 1})), OrPlaceholder::Present(Box::new(1)));
        assert_eq!(read(json!({"delivery": 1})).present(), Some(1));
        assert_eq!(read(json!({"mark": 2})), OrPlaceholder::Placeholder(2));
    }
}
