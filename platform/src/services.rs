//! The services that make up Tiffin.

use app::{Service, Table};

use crate::retry::DISPATCHER;

/// Every service, in the order of generated tables.
pub const SERVICES: &[Service] = &[
    users::SERVICE,
    restaurants::SERVICE,
    orders::SERVICE,
    payments::SERVICE,
    deliveries::SERVICE,
    notifications::SERVICE,
];

/// Every table: those of the services, the simulated payment provider's, and the dispatcher's.
pub fn tables() -> Vec<Table> {
    let own = SERVICES.iter().map(|service| service.table);
    own.chain([payments::PROVIDER, DISPATCHER]).collect()
}
