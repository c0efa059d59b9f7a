//! Reindexing: everything stored is written anew, so that it stands in indexes, and beside it what follows from it, that a
//! newer version has added. It may run while functions do, and again.

use app::{Item, Pointer, Service, Store, StoreError, Table, Write, erasure::erasure_key};

/// How many items are read at once.
const PAGE: usize = 100;
/// How often an item that changes meanwhile is tried.
const ATTEMPTS: usize = 5;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// How many items were looked at.
    pub items: usize,
    /// How many of them were written anew.
    pub written: usize,
    /// The keys of those that can't be read; they stay as they are.
    pub unreadable: Vec<String>,
}

/// Writes everything anew that a service stores.
pub async fn reindex(store: &dyn Store, service: &Service) -> Result<Reindexed, StoreError> {
    let mut done = Reindexed::default();
    let mut tables = vec![service.table];
    for stored in service.stored {
        if !tables.contains(&stored.table) {
            tables.push(stored.table);
        }
    }
    for table in tables {
        let mut after = None;
        loop {
            let items = store.scan(table, after.as_ref(), PAGE).await?;
            let Some(last) = items.last() else { break };
            after = Some(last.key.clone());
            for item in items {
                done.items += 1;
                match write_anew(store, service, item.clone()).await {
                    Ok(written) => done.written += usize::from(written),
                    Err(StoreError::Corrupt { key, .. }) => done.unreadable.push(key),
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok(done)
}

/// Returns whether it is a stored type's. What indexes it stands in no read tells, so it is written in any case.
async fn write_anew(store: &dyn Store, service: &Service, mut item: Item) -> Result<bool, StoreError> {
    let Some(stored) = service.stored.iter().find(|stored| stored.item == item.kind) else { return Ok(false) };
    let mut lost = StoreError::Conflict;
    for _ in 0..ATTEMPTS {
        let writes = without_pointers_of_erased(store, stored.table, (stored.reindex)(&item)?).await?;
        match store.transact(stored.table, writes).await {
            Ok(()) => return Ok(true),
            Err(error) if error.is_lost_race() => lost = error,
            Err(error) => return Err(error),
        }
        // It has changed meanwhile, or is gone.
        let Some(now) = store.get(stored.table, &item.key).await? else { return Ok(false) };
        item = now;
    }
    Err(lost)
}

/// The same without the pointers of people who are being erased, or were not long ago: theirs are gone for good.
async fn without_pointers_of_erased(
    store: &dyn Store,
    table: Table,
    writes: Vec<Write>,
) -> Result<Vec<Write>, StoreError> {
    let mut left = Vec::new();
    for write in writes {
        let is_of_erased = match Pointer::owner(write.key()) {
            Some(person) => store.get(table, &erasure_key(person)).await?.is_some(),
            None => false,
        };
        if !is_of_erased {
            left.push(write);
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use app::{Audit, Condition, Index, Key, Query, Stored, StoredType, Table, Write, pointers_of};
    use domain::UserId;
    use serde::{Deserialize, Serialize};
    use testing::{MemoryStore, user_id};

    use super::*;

    const BY_SIZE: Index = Index("by-size");
    const BOXES: Table = Table::new("boxes", &[BY_SIZE]);

    #[derive(Serialize, Deserialize)]
    struct Crate {
        size: u32,
        #[serde(default)]
        lid: bool,
    }

    impl Stored for Crate {
        const TABLE: Table = BOXES;
        const ITEM: &'static str = "crate";
        type Id = u32;

        fn key(id: &u32) -> Key {
            Key::new(format!("CRATE#{id}"), "CRATE")
        }

        fn enter(&self, item: Item) -> Item {
            item.indexed(BY_SIZE, self.size, "crate")
        }

        fn beside(&self) -> Vec<Item> {
            vec![Item::of(Key::new("SHELF", self.size), "shelf", 1, &())]
        }

        fn parties(&self) -> Vec<UserId> {
            vec![user_id(1), user_id(2)]
        }

        fn subjects(&self) -> Vec<UserId> {
            Vec::new()
        }

        fn redacted(self, _: UserId) -> Option<Self> {
            Some(self)
        }
    }

    const SERVICE: Service = Service {
        name: "boxes",
        about: "",
        table: BOXES,
        functions: &[],
        settings: &[],
        stored: &[StoredType::of::<Crate>()],
        audit: Audit::NONE,
    };

    fn old(id: u32, body: &str) -> Write {
        let item = Item {
            key: Crate::key(&id),
            kind: "crate".into(),
            version: 7,
            body: body.to_owned(),
            expires_at: Some(i64::MAX),
            indexed: Vec::new(),
        };
        Write::Put(item, Condition::None)
    }

    #[tokio::test]
    async fn what_lies_in_an_old_shape_is_written_anew_and_what_cant_be_read_stays() {
        let store = MemoryStore::default();
        let erased = Item::of(erasure_key(user_id(2)), "erasure", 1, &());
        let writes = vec![old(1, r#"{"size": 3}"#), old(2, "?"), Write::Put(erased, Condition::None)];
        store.transact(BOXES, writes).await.unwrap();
        let done = reindex(&store, &SERVICE).await.unwrap();
        assert_eq!(done.written, 1);
        assert_eq!(done.unreadable, ["CRATE#2/CRATE"]);
        let found = store.query(BOXES, &Query::index(BY_SIZE, 3)).await.unwrap().items;
        assert_eq!(found[0].body, r#"{"size":3,"lid":false}"#);
        assert_eq!(found[0].version, 7, "it is no change of what it holds");
        assert_eq!(found[0].expires_at, Some(i64::MAX));
        assert!(store.get(BOXES, &Key::new("SHELF", 3)).await.unwrap().is_some());
        for (party, pointers) in [(user_id(1), 1), (user_id(2), 0)] {
            assert_eq!(store.query(BOXES, &pointers_of(party)).await.unwrap().items.len(), pointers);
        }
        assert_eq!(reindex(&store, &SERVICE).await.unwrap(), Reindexed { items: 5, ..done });
    }
}
