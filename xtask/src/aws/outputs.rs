//! What a stack outputs: how it is reached, its tables, its topic.

use app::Table;

use crate::{
    aws::{
        environment::TOPIC, front::Front, function_spec::FunctionSpec, intrinsics::reference, names, resource::output,
    },
    yaml::Map,
};

pub(crate) fn outputs(specs: &[FunctionSpec], tables: &[Table], front: Front) -> Map {
    let tables = tables.iter().map(|table| names::table(*table));
    let tables = tables.map(|id| (format!("{id}Name"), output(reference(id))));
    front.outputs(specs).with("TopicArn", output(reference(TOPIC))).and(tables.collect())
}
