//! Conditions as condition expressions.

use std::collections::HashMap;

use app::Condition;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::attributes::{EXPIRES_AT, PK, VERSION, number};

/// An expression with the names and values in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Expression {
    pub(crate) text: Option<String>,
    pub(crate) names: Option<HashMap<String, String>>,
    pub(crate) values: Option<HashMap<String, AttributeValue>>,
}

impl Expression {
    pub(crate) fn of(condition: Condition) -> Self {
        match condition {
            Condition::None => Self::default(),
            Condition::Absent => Self::new("attribute_not_exists(#k)", &[("#k", PK)], None),
            Condition::Exists => Self::new("attribute_exists(#k)", &[("#k", PK)], None),
            Condition::Version(version) => Self::new("#v = :v", &[("#v", VERSION)], Some((":v", number(version)))),
            Condition::AbsentOrExpired(now) => Self::new(
                "attribute_not_exists(#k) OR #x <= :now",
                &[("#k", PK), ("#x", EXPIRES_AT)],
                Some((":now", number(now))),
            ),
        }
    }

    fn new(text: &str, names: &[(&str, &str)], value: Option<(&str, AttributeValue)>) -> Self {
        let names = names.iter().map(|(short, name)| ((*short).to_owned(), (*name).to_owned())).collect();
        let values = value.map(|(short, value)| HashMap::from([(short.to_owned(), value)]));
        Self { text: Some(text.to_owned()), names: Some(names), values }
    }
}
