//! Dead letters of the local process.

use app::{Problem, StoreError, code};
use domain::Timestamp;
use host::{
    DeadLetterStore,
    dead_letters::{Listed, discard, find, list},
};

use crate::{dead_letters, local::Local, retry::DISPATCHER};

impl DeadLetterStore for Local {
    async fn list(&self) -> Result<Listed, Problem> {
        let items = list(&*self.store, DISPATCHER).await?;
        Ok(Listed { items, unreadable: dead_letters::unreadable(&*self.store).await? })
    }

    async fn replay(&self, id: &str) -> Result<(), Problem> {
        let unreadable = |error| match error {
            StoreError::Corrupt { source, .. } => {
                Problem::new(code::CONFLICT, format!("It still can't be read: {source}."))
            }
            error => error.into(),
        };
        if dead_letters::replay_unreadable(&*self.store, id).await.map_err(unreadable)? {
            return Ok(());
        }
        let letter = find(&*self.store, DISPATCHER, id).await?.ok_or_else(Problem::not_found)?;
        dead_letters::replay(&*self.store, letter, Timestamp::of(self.clock.now())).await.map_err(unreadable)?;
        self.dispatcher.retry_due().await?;
        Ok(())
    }

    async fn discard(&self, id: &str) -> Result<(), Problem> {
        if dead_letters::discard_unreadable(&*self.store, id).await? {
            return Ok(());
        }
        find(&*self.store, DISPATCHER, id).await?.ok_or_else(Problem::not_found)?;
        Ok(discard(&*self.store, DISPATCHER, id).await?)
    }
}
