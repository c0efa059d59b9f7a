//! What things are called in a template.

use app::{Service, Table};
pub(crate) use cargo_aws::names::logical_id;

/// A table: `OrdersTable`.
pub(crate) fn table(table: Table) -> String {
    logical_id(table.name) + "Table"
}

/// A service's log group: `OrdersLogs`.
pub(crate) fn logs(service: &Service) -> String {
    logical_id(service.name) + "Logs"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_words() {
        assert_eq!(table(Table::new("orders", &[])), "OrdersTable");
    }
}
