//! What things are called in a template.

use app::{Service, Table};

/// What every variable of ours begins with.
const OURS: &str = "TIFFIN_";

/// `place-order` or `ACCESS_TOKEN_KEY` as a logical id: `PlaceOrder`, `AccessTokenKey`.
pub(crate) fn pascal(name: &str) -> String {
    let words = name.split(['-', '_']).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + &rest.to_lowercase()
        })
        .collect()
}

/// The parameter that gives an environment variable its value: `TIFFIN_DELIVERIES_NEAR_M` is given by `DeliveriesNearM`.
pub fn parameter(variable: &str) -> String {
    pascal(variable.strip_prefix(OURS).unwrap_or(variable))
}

/// A table: `OrdersTable`.
pub(crate) fn table(table: Table) -> String {
    pascal(table.name) + "Table"
}

/// A service's log group: `OrdersLogs`.
pub(crate) fn logs(service: &Service) -> String {
    pascal(service.name) + "Logs"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_words() {
        assert_eq!(pascal("place-order"), "PlaceOrder");
        assert_eq!(parameter("TIFFIN_ACCESS_TOKEN_KEY"), "AccessTokenKey");
        assert_eq!(parameter("TIFFIN_DELIVERIES_NEAR_M"), "DeliveriesNearM");
        assert_eq!(table(Table::new("orders", &[])), "OrdersTable");
    }
}
