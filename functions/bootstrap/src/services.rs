//! The services whose functions are programs.

use app::Service;

pub const SERVICES: &[Service] = &[
    users::SERVICE,
    restaurants::SERVICE,
    orders::SERVICE,
    payments::SERVICE,
    deliveries::SERVICE,
    notifications::SERVICE,
];
