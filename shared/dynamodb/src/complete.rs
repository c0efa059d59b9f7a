//! Tables made whole, where no template makes them.

use std::{collections::BTreeSet, fmt, time::Duration};

use app::{Index, StoreError, Table};
use aws_sdk_dynamodb::{
    error::SdkError,
    operation::describe_table::DescribeTableError,
    types::{
        ContinuousBackupsStatus, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate, IndexStatus,
        PointInTimeRecoverySpecification, PointInTimeRecoveryStatus, TableDescription, TableStatus, TimeToLiveStatus,
    },
};

use crate::{
    DynamoDb,
    failure::failure,
    retry::{Failed, attempts},
    schema::{attributes_of, index_of},
};

/// How long is waited before it is looked again whether the server has made something.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// What was missing of a table, and was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// The whole table, with its indexes.
    Table,
    /// An index.
    Index(Index),
    /// That what has expired goes.
    Expiry,
    /// Backups of every moment.
    Backups,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table => f.write_str("the table"),
            Self::Index(index) => write!(f, "the index {}", index.0),
            Self::Expiry => f.write_str("its expiry"),
            Self::Backups => f.write_str("its backups of every moment"),
        }
    }
}

impl DynamoDb {
    /// Makes what is missing of a table, and returns what that was: itself, its indexes, its expiry, and backups where the server has
    /// them. What is there stays as it is.
    pub async fn complete(&self, table: Table) -> Result<Vec<Made>, StoreError> {
        let mut made = Vec::new();
        if self.described(table).await?.is_none() {
            self.create(table).await?;
            made.push(Made::Table);
        }
        let there = self.settled(table).await?;
        let there: BTreeSet<String> =
            there.global_secondary_indexes.into_iter().flatten().filter_map(|index| index.index_name).collect();
        // The server makes one at a time.
        for index in table.indexes.iter().filter(|index| !there.contains(index.0)) {
            self.add(table, *index).await?;
            self.settled(table).await?;
            made.push(Made::Index(*index));
        }
        if !self.lets_expire(table).await? {
            self.let_expire(table).await?;
            made.push(Made::Expiry);
        }
        made.extend(self.keep_backups(table).await?.then_some(Made::Backups));
        Ok(made)
    }

    async fn described(&self, table: Table) -> Result<Option<TableDescription>, StoreError> {
        let request = self.client().describe_table().table_name(self.name(table)?);
        let described = attempts(|| async {
            match request.clone().send().await {
                Ok(answer) => Ok(answer.table),
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(failure(error)),
            }
        });
        described.await.map_err(Failed::of_plain_write)
    }

    /// The table once the server has made it, and each index of it.
    async fn settled(&self, table: Table) -> Result<TableDescription, StoreError> {
        loop {
            if let Some(described) = self.described(table).await? {
                let is_active = |status: &IndexStatus| *status == IndexStatus::Active;
                let mut indexes = described.global_secondary_indexes().iter().filter_map(|index| index.index_status());
                if described.table_status() == Some(&TableStatus::Active) && indexes.all(is_active) {
                    return Ok(described);
                }
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    async fn add(&self, table: Table, index: Index) -> Result<(), StoreError> {
        let rejected = |error: aws_sdk_dynamodb::error::BuildError| StoreError::Rejected(error.to_string());
        let described = index_of(index).map_err(rejected)?;
        let create = CreateGlobalSecondaryIndexAction::builder()
            .index_name(index.0)
            .set_key_schema(Some(described.key_schema))
            .set_projection(described.projection)
            .build()
            .map_err(rejected)?;
        let request = self
            .client()
            .update_table()
            .table_name(self.name(table)?)
            .set_attribute_definitions(Some(attributes_of(table).map_err(rejected)?))
            .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().create(create).build());
        let added = attempts(|| async { request.clone().send().await.map_err(failure) });
        added.await.map(drop).map_err(Failed::of_plain_write)
    }

    async fn lets_expire(&self, table: Table) -> Result<bool, StoreError> {
        let request = self.client().describe_time_to_live().table_name(self.name(table)?);
        let described = attempts(|| async { request.clone().send().await.map_err(failure) });
        let described = described.await.map_err(Failed::of_plain_write)?.time_to_live_description;
        let status = described.and_then(|described| described.time_to_live_status);
        Ok(matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)))
    }

    /// Whether backups were off, and are on now. A server that has none says so by any error, and is left alone.
    async fn keep_backups(&self, table: Table) -> Result<bool, StoreError> {
        let name = self.name(table)?;
        let Ok(answer) = self.client().describe_continuous_backups().table_name(name).send().await else {
            return Ok(false);
        };
        let Some(backups) = answer.continuous_backups_description else { return Ok(false) };
        let in_time = backups.point_in_time_recovery_description.and_then(|one| one.point_in_time_recovery_status);
        let is_on = backups.continuous_backups_status == ContinuousBackupsStatus::Enabled
            && in_time == Some(PointInTimeRecoveryStatus::Enabled);
        if is_on {
            return Ok(false);
        }
        let wanted = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build();
        let wanted = wanted.map_err(|error| StoreError::Rejected(error.to_string()))?;
        let request = self.client().update_continuous_backups().table_name(name);
        let request = request.point_in_time_recovery_specification(wanted);
        let set = attempts(|| async { request.clone().send().await.map_err(failure) });
        set.await.map(|_| true).map_err(Failed::of_plain_write)
    }
}

fn is_missing<R>(error: &SdkError<DescribeTableError, R>) -> bool {
    matches!(error.as_service_error(), Some(DescribeTableError::ResourceNotFoundException(_)))
}
