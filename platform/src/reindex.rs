//! `tiffin reindex`: what a stopped process left behind, written anew.

use std::{fmt, path::Path};

use app::Store;
use host::{Reindexed, reindex};

use crate::{
    check::{CheckError, open_data_dir},
    services::SERVICES,
};

/// What was done, over all services.
#[derive(Debug, Default)]
pub struct Report(Reindexed);

impl Report {
    /// Whether everything could be read.
    pub const fn is_whole(&self) -> bool {
        self.0.unreadable.is_empty()
    }
}

/// Writes everything anew in a data directory that no process runs on.
pub async fn reindex_data_dir(path: &Path) -> Result<Report, CheckError> {
    let store = open_data_dir(path)?;
    reindex_all(&store).await
}

async fn reindex_all(store: &dyn Store) -> Result<Report, CheckError> {
    let mut report = Reindexed::default();
    for service in SERVICES {
        let Reindexed { items, written, unreadable } = reindex(store, service).await?;
        report.items += items;
        report.written += written;
        report.unreadable.extend(unreadable);
    }
    Ok(Report(report))
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reindexed { items, written, unreadable } = &self.0;
        writeln!(formatter, "{items} items, {written} of them written anew")?;
        unreadable.iter().try_for_each(|key| writeln!(formatter, "  {key} can't be read, and stays as it is"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use app::{Item, Query, Write};
    use testing::MemoryStore;

    use super::*;
    use crate::city;

    #[tokio::test]
    async fn what_was_not_in_an_index_is_put_there() {
        let store = MemoryStore::default();
        let password = "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA";
        let password = serde_json::from_value(password.into()).unwrap();
        let mut partitions = BTreeSet::new();
        for (table, changes) in city::city().changes(&password, testing::NOON.parse().unwrap()) {
            // As a version wrote them that knew no index.
            let mut without_index = |mut item: Item| {
                let entries = item.indexed.drain(..).filter(|entry| entry.index == restaurants::BY_MERCHANT);
                partitions.extend(entries.map(|entry| entry.pk));
                item
            };
            let without_indexes = changes.writes.into_iter().map(|write| match write {
                Write::Put(item, condition) => Write::Put(without_index(item), condition),
                other => other,
            });
            store.transact(table, without_indexes.collect()).await.unwrap();
        }
        let owned = async || {
            let mut found = 0;
            for merchant in &partitions {
                let query = Query::index(restaurants::BY_MERCHANT, merchant);
                found += store.query(restaurants::RESTAURANTS, &query).await.unwrap().items.len();
            }
            found
        };
        assert_eq!(owned().await, 0);
        let report = reindex_all(&store).await.unwrap();
        assert!(report.is_whole(), "{report}");
        assert_eq!(owned().await, city::city().restaurant_count());
    }
}
