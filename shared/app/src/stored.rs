//! What is stored: what each type says of itself, once, and a thing being changed.

use std::ops::Deref;

use domain::{Timestamp, UserId};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Changes, Condition, Fact, Item, Key, Pointer, StoreError, Table, Versioned, Write};

/// What a stored type says of itself. What was once released can be read for ever: a new field has a default, a fixture of
/// each shape is kept and read in tests.
pub trait Stored: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The table it lies in.
    const TABLE: Table;
    /// The type of its items: `order`.
    const ITEM: &'static str;
    /// What names one.
    type Id;

    /// Where it lies.
    fn key(id: &Self::Id) -> Key;

    /// Enters its item in the indexes it stands in, and lets it expire.
    #[must_use]
    fn enter(&self, item: Item) -> Item {
        item
    }

    /// The items that stand beside it and follow from it alone: where else it is listed. They are written with it.
    fn beside(&self) -> Vec<Item> {
        Vec::new()
    }

    /// Who is a party to it: each gets a pointer, by which what concerns them is found. One thing of a partition has parties at
    /// the most.
    fn parties(&self) -> Vec<UserId> {
        Vec::new()
    }

    /// Whether it still goes on, so that its parties' data is needed.
    fn is_open(&self) -> bool {
        false
    }

    /// Whose personal data it holds.
    fn subjects(&self) -> Vec<UserId>;

    /// What is left of it without this user's personal data; nothing where it goes altogether.
    fn redacted(self, user: UserId) -> Option<Self>;

    /// The body of its item.
    ///
    /// # Panics
    /// If it does not serialise, which a type of ours always does.
    fn body(&self) -> String {
        serde_json::to_string(self).expect("our own types serialise")
    }

    /// What an item holds; nothing where that is not one yet.
    fn read(item: &Item) -> Result<Option<Self>, StoreError> {
        item.read().map(Some)
    }

    /// Its item at a version.
    fn item(&self, key: Key, version: u64) -> Item {
        self.enter(Item {
            key,
            kind: Self::ITEM.into(),
            version,
            body: self.body(),
            expires_at: None,
            indexed: Vec::new(),
        })
    }
}

/// A stored type, with its type erased.
#[derive(Clone, Copy, Debug)]
pub struct StoredType {
    /// The table it lies in.
    pub table: Table,
    /// The type of its items.
    pub item: &'static str,
    /// The item as it would be written today; nothing where it is not one yet.
    pub anew: fn(&Item) -> Result<Option<Item>, StoreError>,
    /// The writes that bring an item into today's shape, into all the indexes it stands in, and with it what stands beside it and
    /// the pointers of its parties.
    pub reindex: fn(&Item) -> Result<Vec<Write>, StoreError>,
    /// Whether an item holds something that still goes on.
    pub is_open: fn(&Item) -> Result<bool, StoreError>,
    /// Whose personal data an item holds.
    pub subjects: fn(&Item) -> Result<Vec<UserId>, StoreError>,
    /// What is left of an item without a user's personal data.
    pub redacted: fn(&Item, UserId) -> Result<Option<Item>, StoreError>,
}

impl StoredType {
    /// The type `T`.
    pub const fn of<T: Stored>() -> Self {
        Self {
            table: T::TABLE,
            item: T::ITEM,
            anew: |item| Ok(T::read(item)?.map(|value| anew(&value, item))),
            reindex: reindex::<T>,
            is_open: |item| Ok(T::read(item)?.is_some_and(|value| value.is_open())),
            subjects: |item| Ok(T::read(item)?.map(|value| value.subjects()).unwrap_or_default()),
            redacted: |item, user| {
                let Some(value) = T::read(item)? else { return Ok(Some(item.clone())) };
                Ok(value.redacted(user).map(|value| anew(&value, item)))
            },
        }
    }
}

fn reindex<T: Stored>(item: &Item) -> Result<Vec<Write>, StoreError> {
    let Some(value) = T::read(item)? else { return Ok(Vec::new()) };
    let anew = anew(&value, item);
    let pointers = value.parties().into_iter().map(|person| Pointer::of::<T>(&anew, person));
    let beside: Vec<Item> = value.beside().into_iter().chain(pointers).collect();
    let anew = Write::Put(anew, Condition::Version(item.version));
    Ok(std::iter::once(anew).chain(beside.into_iter().map(|item| Write::Put(item, Condition::None))).collect())
}

/// The item written anew. One that does not know when it expires, expires as before.
fn anew<T: Stored>(value: &T, item: &Item) -> Item {
    let anew = value.item(item.key.clone(), item.version);
    Item { expires_at: anew.expires_at.or(item.expires_at), ..anew }
}

/// A thing being changed: as it is now, its version, and the facts to publish. Saved as one unit of work, on the condition
/// that it is still stored as it was read.
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub struct Draft<T> {
    /// The thing as it is now. What changes in it is saved with the next step.
    pub value: T,
    key: Key,
    version: u64,
    saved: u64,
    condition: Condition,
    beside: Vec<Item>,
    /// Who has a pointer to it, or is to have none.
    pointed: Vec<UserId>,
    also: Changes,
}

impl<T: Stored> Draft<T> {
    /// A new thing, where nothing is.
    pub fn new(id: &T::Id, value: T) -> Self {
        Self::at(T::key(id), value, 1, 0, Condition::Absent)
    }

    /// A new thing, where a placeholder of this version was found or none; one that has expired may still lie there.
    pub fn replacing(id: &T::Id, value: T, placeholder: Option<u64>, now: Timestamp) -> Self {
        let condition = placeholder.map_or(Condition::AbsentOrExpired(now.as_second()), Condition::Version);
        let saved = placeholder.unwrap_or(0);
        Self::at(T::key(id), value, saved + 1, saved, condition)
    }

    /// A thing as it was read.
    pub fn of(Versioned { key, version, value }: Versioned<T>) -> Self {
        let beside = value.beside();
        let pointed = value.parties();
        Self { beside, pointed, ..Self::at(key, value, version, version, Condition::Version(version)) }
    }

    fn at(key: Key, value: T, version: u64, saved: u64, condition: Condition) -> Self {
        Self { value, key, version, saved, condition, beside: Vec::new(), pointed: Vec::new(), also: Changes::none() }
    }

    /// Gives these no pointers to it: they are being erased.
    pub fn without_pointers_of(mut self, erased: &[UserId]) -> Self {
        self.pointed.extend(erased);
        self
    }

    /// Makes the next version, to be changed in place.
    pub const fn step(&mut self) -> &mut T {
        self.version += 1;
        &mut self.value
    }

    /// Becomes this, in its next version.
    pub fn becomes(&mut self, value: T) {
        *self.step() = value;
    }

    /// Publishes a fact with it.
    pub fn publish(&mut self, fact: Fact) {
        self.also.facts.push(fact);
    }

    /// Saves these with it.
    pub fn saves(&mut self, changes: impl Into<Changes>) {
        self.also = std::mem::take(&mut self.also).and(changes);
    }

    /// The version it has now.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The facts to publish with it.
    pub fn facts(&self) -> &[Fact] {
        &self.also.facts
    }

    /// Whether it differs from what is stored.
    pub const fn is_changed(&self) -> bool {
        self.version != self.saved
    }

    /// The same once all of it is stored.
    pub fn saved(self) -> Self {
        Self::of(self.into_versioned())
    }

    /// The thing as it is now.
    pub fn into_versioned(self) -> Versioned<T> {
        Versioned { key: self.key, version: self.version, value: self.value }
    }
}

impl<T> Deref for Draft<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Stored> From<Draft<T>> for Changes {
    fn from(draft: Draft<T>) -> Self {
        if !draft.is_changed() {
            return draft.also;
        }
        let Draft { value, key, version, saved: _, condition, beside, pointed, also } = draft;
        let item = value.item(key, version);
        let parties = value.parties().into_iter().filter(|party| !pointed.contains(party));
        let pointers: Vec<Item> = parties.map(|party| Pointer::of::<T>(&item, party)).collect();
        let changes = Self::none().put(item, condition);
        // The condition on the thing itself guards what stands beside it.
        let now = value.beside();
        let gone = beside.iter().filter(|old| now.iter().all(|new| new.key != old.key));
        let changes = gone.fold(changes, |changes, old| changes.delete(old.key.clone(), Condition::None));
        let new = now.iter().filter(|new| !beside.contains(new));
        let new = new.chain(&pointers);
        new.fold(changes, |changes, new| changes.put(new.clone(), Condition::None)).and(also)
    }
}
