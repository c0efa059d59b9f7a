//! Tables, as templates make them: for tests, and for servers that speak `DynamoDB` where no template does.

use app::{Index, Table};
use aws_sdk_dynamodb::{
    error::{BuildError, SdkError},
    operation::create_table::{CreateTableError, builders::CreateTableFluentBuilder},
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType, TimeToLiveSpecification,
    },
};

use crate::{
    DynamoDb,
    attributes::{EXPIRES_AT, PK, SK, index_pk, index_sk},
    failure::failure,
    retry::{Failed, attempts},
};

impl DynamoDb {
    /// Makes the table, with its indexes; one that is there already stays as it is.
    pub async fn create(&self, table: Table) -> Result<(), app::StoreError> {
        let name = self.name(table)?;
        let request = described(self.client().create_table().table_name(name), table);
        let request = request.map_err(|error| app::StoreError::Rejected(error.to_string()))?;
        let made = attempts(|| async {
            match request.clone().send().await {
                Err(error) if !is_there(&error) => Err(failure(error)),
                Ok(_) | Err(_) => Ok(()),
            }
        });
        made.await.map_err(Failed::of_plain_write)
    }

    /// Lets the server clean away what has expired, by its own clock.
    pub async fn let_expire(&self, table: Table) -> Result<(), app::StoreError> {
        let name = self.name(table)?;
        let ttl = TimeToLiveSpecification::builder().attribute_name(EXPIRES_AT).enabled(true).build();
        let ttl = ttl.map_err(|error| app::StoreError::Rejected(error.to_string()))?;
        let request = self.client().update_time_to_live().table_name(name).time_to_live_specification(ttl);
        let set = attempts(|| async { request.clone().send().await.map_err(failure) });
        set.await.map(drop).map_err(Failed::of_plain_write)
    }
}

fn is_there<R>(error: &SdkError<CreateTableError, R>) -> bool {
    matches!(error.as_service_error(), Some(CreateTableError::ResourceInUseException(_)))
}

fn described(request: CreateTableFluentBuilder, table: Table) -> Result<CreateTableFluentBuilder, BuildError> {
    let indexes: Vec<GlobalSecondaryIndex> =
        table.indexes.iter().map(|index| index_of(*index)).collect::<Result<_, _>>()?;
    Ok(request
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes_of(table)?))
        .key_schema(key(PK, KeyType::Hash)?)
        .key_schema(key(SK, KeyType::Range)?)
        .set_global_secondary_indexes((!indexes.is_empty()).then_some(indexes)))
}

/// The attributes that are keys of the table, or of an index.
pub(crate) fn attributes_of(table: Table) -> Result<Vec<AttributeDefinition>, BuildError> {
    let of_indexes = table.indexes.iter().flat_map(|index| [index_pk(*index), index_sk(*index)]);
    [PK.to_owned(), SK.to_owned()].into_iter().chain(of_indexes).map(|name| attribute(&name)).collect()
}

pub(crate) fn index_of(index: Index) -> Result<GlobalSecondaryIndex, BuildError> {
    let all = Projection::builder().projection_type(ProjectionType::All).build();
    let described = GlobalSecondaryIndex::builder().index_name(index.0).projection(all);
    described
        .key_schema(key(&index_pk(index), KeyType::Hash)?)
        .key_schema(key(&index_sk(index), KeyType::Range)?)
        .build()
}

fn attribute(name: &str) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, BuildError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
}
