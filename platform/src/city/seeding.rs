//! Builds the city in a store, once: the theatre too where a city from before it is there already.

use app::{Condition, Item, Key, Store, StoreError, Write};
use domain::Timestamp;
use users::PasswordHash;

use super::{PASSWORD, cast, city};
use crate::{local::Local, retry::DISPATCHER};

/// The marker of a city that was built.
const CITY: &str = "SEEDED";
/// The marker of a theatre that was built.
const THEATRE: &str = "THEATRE";

/// Why the city can't be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The demo password can't be hashed.
    #[error("{0}")]
    Password(String),
}

/// Whether there is a city in the store.
pub async fn is_built(store: &dyn Store) -> Result<bool, StoreError> {
    is_marked(store, CITY).await
}

/// Builds what is not there yet. Returns whether it built the city.
pub async fn build(local: &Local) -> Result<bool, BuildError> {
    let store = &*local.store;
    let city_stands = is_marked(store, CITY).await?;
    let theatre_stands = is_marked(store, THEATRE).await?;
    if city_stands && theatre_stands {
        return Ok(false);
    }
    let hash = password(local).await?;
    let now = Timestamp::of(local.clock.now());
    if !city_stands {
        build_without_theatre(store, &hash, now).await?;
    }
    if !theatre_stands {
        write(store, cast().changes(&hash, now), THEATRE).await?;
    }
    Ok(!city_stands)
}

/// Builds the city alone, as it was before it had a theatre.
pub async fn build_without_theatre(store: &dyn Store, hash: &PasswordHash, now: Timestamp) -> Result<(), StoreError> {
    write(store, city().changes(hash, now), CITY).await
}

async fn write(
    store: &dyn Store,
    changes: Vec<(app::Table, app::Changes)>,
    name: &'static str,
) -> Result<(), StoreError> {
    for (table, changes) in changes {
        match store.transact(table, changes.writes).await {
            // Ids are the same every time: what is there was built by a start that was cut short.
            Ok(()) | Err(StoreError::Condition { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let item = Item::of(marker(name), "marker", 1, &());
    store.transact(DISPATCHER, vec![Write::Put(item, Condition::None)]).await
}

async fn password(local: &Local) -> Result<PasswordHash, BuildError> {
    let wrong = |reason: &str| BuildError::Password(reason.to_owned());
    let context = local.host.context_of("register-user").ok_or_else(|| wrong("nobody can sign up"))?;
    let password = PASSWORD.parse().map_err(|_| wrong("the demo password is no password"))?;
    PasswordHash::of(context, password).await.map_err(|problem| wrong(&problem.detail))
}

async fn is_marked(store: &dyn Store, name: &str) -> Result<bool, StoreError> {
    Ok(store.get(DISPATCHER, &marker(name)).await?.is_some())
}

fn marker(name: &str) -> Key {
    Key::new("CITY", name)
}
