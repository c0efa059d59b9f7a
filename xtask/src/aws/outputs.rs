//! What a stack outputs besides how it is reached: its topic, its tables.

use app::Table;

use crate::{
    aws::{environment::TOPIC, intrinsics::reference, names, resource::output},
    yaml::{Map, map},
};

pub(crate) fn shared(tables: &[Table]) -> Map {
    let tables = tables.iter().map(|table| names::table(*table));
    let tables = tables.map(|id| (format!("{id}Name"), output(reference(id))));
    map! { "TopicArn" => output(reference(TOPIC)) }.and(tables.collect())
}
