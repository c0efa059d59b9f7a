//! The services whose functions are programs.

use app::Service;

/// Every service.
pub const SERVICES: &[Service] = &[
    users::SERVICE,
    restaurants::SERVICE,
    orders::SERVICE,
    payments::SERVICE,
    deliveries::SERVICE,
    notifications::SERVICE,
];
