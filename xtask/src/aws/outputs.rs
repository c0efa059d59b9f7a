//! What a stack outputs: how it is reached, its tables, its topic.

use app::Table;

use crate::aws::{environment::TOPIC, front::Front, function_spec::FunctionSpec, names};

pub(crate) fn outputs(specs: &[FunctionSpec], tables: &[Table], front: Front) -> String {
    let tables = tables.iter().map(|table| names::table(*table));
    let tables: String = tables.map(|id| format!("  {id}Name:\n    Value: !Ref {id}\n")).collect();
    format!("\nOutputs:\n{}  TopicArn:\n    Value: !Ref {TOPIC}\n{tables}", front.outputs(specs))
}
