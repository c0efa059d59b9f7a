//! Placeholders: what later facts leave where the first one, which makes the thing, has not come yet.

use domain::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Changes, Condition, Context, Item, Key, Projected, Projection, StoreError, Stored, System, Versioned};

/// How long a placeholder waits, in seconds: as long as any event is retried or replayed.
pub const PLACEHOLDER_LIFE_S: i64 = 30 * 24 * 3600;

/// A thing, or the placeholder left by later facts before it was made, as they lie under one key. For all but the system there
/// is no thing yet.
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

impl<T: Stored, P: DeserializeOwned + Send> OrPlaceholder<T, P> {
    /// What lies where the thing is made.
    pub async fn find(
        context: &Context,
        id: &T::Id,
        _key: &System,
    ) -> Result<Option<OrPlaceholder<Versioned<T>, Versioned<P>>>, StoreError> {
        let Some(item) = context.store().get(T::TABLE, &T::key(id)).await? else { return Ok(None) };
        let value = item.read()?;
        let Item { key, version, .. } = item;
        Ok(Some(match value {
            Self::Present(value) => OrPlaceholder::Present(Box::new(Versioned { key, version, value: *value })),
            Self::Placeholder(value) => OrPlaceholder::Placeholder(Versioned { key, version, value }),
        }))
    }

    /// The body of the thing's item.
    ///
    /// # Panics
    /// If it does not serialise, which a type of ours always does.
    pub fn body_of(thing: &T) -> String {
        serde_json::to_string(&Form::<_, ()>::Present(thing)).expect("our own types serialise")
    }

    /// The thing in an item, if it is there.
    pub fn read(item: &Item) -> Result<Option<T>, StoreError> {
        Ok(item.read::<Self>()?.present())
    }
}

/// How things are written: as [`OrPlaceholder`] reads them.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Form<T, P> {
    Present(T),
    Placeholder(P),
}

/// Leaves a placeholder at `key` that also accounts for `later`, unless that adds nothing to the one that was found.
pub fn leave_placeholder<P: Projection + Serialize>(
    key: Key,
    found: Option<Versioned<Projected<P>>>,
    later: Projected<P>,
    now: Timestamp,
) -> Changes {
    let now_s = now.as_second();
    let (latest, version, condition) = match found {
        None => (later, 1, Condition::AbsentOrExpired(now_s)),
        Some(Versioned { value: known, version, .. }) => {
            let latest = known.clone().then(later);
            if latest == known {
                return Changes::none();
            }
            (latest, version + 1, Condition::Version(version))
        }
    };
    let item = Item::of(key, "placeholder", version, &Form::<(), _>::Placeholder(latest));
    Changes::none().put(item.expires_at(now_s + PLACEHOLDER_LIFE_S), condition)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Write;

    #[derive(Clone, Debug, PartialEq, Serialize)]
    struct Highest {
        number: u32,
    }

    impl Projection for Highest {
        fn apply(self, later: Self) -> Self {
            Self { number: self.number.max(later.number) }
        }
    }

    fn known(number: u32, sequence: u64) -> Projected<Highest> {
        Projected { value: Highest { number }, sequence }
    }

    fn left(found: Option<(Projected<Highest>, u64)>, later: Projected<Highest>) -> Option<(Item, Condition)> {
        let found = found.map(|(value, version)| Versioned { key: Key::new("A", "B"), version, value });
        let changes = leave_placeholder(Key::new("A", "B"), found, later, Timestamp::from_second(7));
        changes.writes.into_iter().next().map(|write| match write {
            Write::Put(item, condition) => (item, condition),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn the_first_is_new_a_later_one_goes_on_and_an_older_one_adds_nothing() {
        let (item, condition) = left(None, known(3, 5)).unwrap();
        assert_eq!(item.body, json!({"placeholder": {"number": 3, "sequence": 5}}).to_string());
        assert_eq!(item.expires_at, Some(7 + PLACEHOLDER_LIFE_S));
        assert_eq!(condition, Condition::AbsentOrExpired(7));
        let (item, condition) = left(Some((known(3, 5), 1)), known(2, 6)).unwrap();
        assert_eq!(item.body, json!({"placeholder": {"number": 3, "sequence": 6}}).to_string());
        assert_eq!(item.version, 2);
        assert_eq!(condition, Condition::Version(1));
        assert!(left(Some((known(3, 5), 1)), known(9, 5)).is_none());
    }

    #[test]
    fn bodies_of_before_are_read() {
        let read = |body| serde_json::from_value::<OrPlaceholder<u32, u32>>(body).unwrap();
        assert_eq!(read(json!({"payment": 1})), OrPlaceholder::Present(Box::new(1)));
        assert_eq!(read(json!({"delivery": 1})).present(), Some(1));
        assert_eq!(read(json!({"mark": 2})), OrPlaceholder::Placeholder(2));
    }
}
