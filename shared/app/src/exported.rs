//! Things in the export of one of their parties, who is shown what they see otherwise, and of others nothing.

use std::{borrow::Cow, marker::PhantomData};

use domain::{Page, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{Problem, User, Versioned};

/// A thing as it is shown, and what of it is about others than the party who exports it.
pub trait Export: Serialize + JsonSchema {
    /// Those of its members that hold ids, names, contacts, notes or addresses of others than its merchant.
    const OTHERS_THAN_MERCHANT: &'static [&'static str];
    /// The same of its courier.
    const OTHERS_THAN_COURIER: &'static [&'static str];
}

/// A thing in an export: merchants and couriers find null where it is about others.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Exported<T> {
    shown: Map<String, Value>,
    #[serde(skip)]
    thing: PhantomData<fn() -> T>,
}

impl<T: Export> Exported<T> {
    /// A page of what this user is a party to, each as they see it.
    pub fn page<S>(
        user: &User,
        page: Page<Versioned<S>>,
        view: impl Fn(Versioned<S>) -> T,
    ) -> Result<Page<Self>, Problem> {
        let Page { items, next_cursor } = page;
        let items = items.into_iter().map(|found| Self::to(user, &view(found))).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// A thing as this user sees it, without what is about others.
    pub fn to(user: &User, thing: &T) -> Result<Self, Problem> {
        let Value::Object(mut shown) = serde_json::to_value(thing).map_err(Problem::internal)? else {
            return Err(Problem::internal("what is exported is no object"));
        };
        let others = match user.role {
            Role::Merchant => T::OTHERS_THAN_MERCHANT,
            Role::Courier => T::OTHERS_THAN_COURIER,
            Role::Customer | Role::Admin => &[],
        };
        for (name, value) in &mut shown {
            if others.contains(&name.as_str()) {
                *value = Value::Null;
            }
        }
        Ok(Self { shown, thing: PhantomData })
    }
}

/// The schema of the thing, with what is about others null as well.
impl<T: Export> JsonSchema for Exported<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Exported{}", T::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("exported {}", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        let properties = schema.ensure_object().get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            if T::OTHERS_THAN_MERCHANT.iter().chain(T::OTHERS_THAN_COURIER).any(|other| other == name) {
                let of_others = "Null for merchants and couriers, where it is about somebody else.";
                *property = json!({"anyOf": [property.take(), {"type": "null"}], "description": of_others});
            }
        }
        schema
    }
}
