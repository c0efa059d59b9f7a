//! Items as attributes, and back.

use std::{borrow::Cow, collections::HashMap};

use app::{Index, Item, Key, StoreError};
use aws_sdk_dynamodb::types::AttributeValue;

/// The partition key's attribute.
pub const PK: &str = "pk";
/// The sort key's attribute.
pub const SK: &str = "sk";
/// The attribute that the table's TTL looks at, in Unix seconds.
pub const EXPIRES_AT: &str = "expires_at";
pub(crate) const VERSION: &str = "version";
const KIND: &str = "type";
const BODY: &str = "body";

/// The attribute that is the partition key of an index.
pub fn index_pk(index: Index) -> String {
    format!("{}_pk", index.0)
}

/// The attribute that is the sort key of an index.
pub fn index_sk(index: Index) -> String {
    format!("{}_sk", index.0)
}

/// An item as `DynamoDB` holds it.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn of_key(key: &Key) -> Attributes {
    HashMap::from([(PK.to_owned(), text(&key.pk)), (SK.to_owned(), text(&key.sk))])
}

pub(crate) fn of_item(item: &Item) -> Attributes {
    let mut attributes = of_key(&item.key);
    attributes.insert(KIND.to_owned(), text(item.kind.clone()));
    attributes.insert(VERSION.to_owned(), number(item.version));
    attributes.insert(BODY.to_owned(), text(&item.body));
    if let Some(second) = item.expires_at {
        attributes.insert(EXPIRES_AT.to_owned(), number(second));
    }
    for key in &item.indexed {
        attributes.insert(index_pk(key.index), text(&key.pk));
        attributes.insert(index_sk(key.index), text(&key.sk));
    }
    attributes
}

/// Reads an item; index keys are left out, as the port says.
pub(crate) fn to_item(mut attributes: Attributes) -> Result<Item, StoreError> {
    let mut take = |name: &str| match attributes.remove(name) {
        Some(AttributeValue::S(text) | AttributeValue::N(text)) => Some(text),
        _ => None,
    };
    let pk = take(PK).unwrap_or_default();
    let sk = take(SK).unwrap_or_default();
    let strange = |name: &str| StoreError::Unavailable(format!("the item {pk}/{sk} has no {name} as Tiffin writes it"));
    let kind = take(KIND).ok_or_else(|| strange(KIND))?;
    let version = take(VERSION).and_then(|text| text.parse().ok()).ok_or_else(|| strange(VERSION))?;
    let body = take(BODY).ok_or_else(|| strange(BODY))?;
    let expires_at = take(EXPIRES_AT).map(|text| text.parse().map_err(|_| strange(EXPIRES_AT))).transpose()?;
    let key = Key { pk, sk };
    Ok(Item { key, kind: Cow::Owned(kind), version, body, expires_at, indexed: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_comes_back_as_it_was_without_its_index_keys() {
        let item = Item::of(Key::new("ORDER#1", "ORDER"), "order", 7, &"é").expires_at(9);
        let indexed = item.clone().indexed(Index("by-customer"), "CUSTOMER#1", "2026");
        let attributes = of_item(&indexed);
        assert_eq!(attributes["by-customer_pk"], text("CUSTOMER#1"));
        assert_eq!(to_item(attributes).unwrap(), item);
    }

    #[test]
    fn what_is_not_ours_is_named() {
        let mut attributes = of_item(&Item::of(Key::new("P", "S"), "thing", 1, &1));
        attributes.remove(VERSION);
        assert_eq!(
            to_item(attributes).unwrap_err().to_string(),
            "the store is unavailable: the item P/S has no version as Tiffin writes it"
        );
    }
}
