//! Orders: placed once, and brought through payment, kitchen and courier to an end. The only writer of an order's status.

mod accept_order;
mod acting;
mod apply_delivery;
mod apply_payment;
mod audit;
mod cancel_order;
mod ending;
mod erase_from_orders;
mod export_orders;
mod follow_order;
mod get_order;
mod journey;
mod list_orders;
mod mark_order_ready;
mod order;
mod order_view;
mod orders;
mod paths;
mod place_order;
mod reject_order;
#[cfg(test)]
mod sample;
mod settings;
mod status;
mod sweep_orders;

use app::{Audit, Declaration, Service};
use orders::PEOPLE;

pub use audit::violations;
pub use journey::{Entry, EntryView, Journey};
pub use order::Order;
pub use order_view::OrderView;
pub use orders::ORDERS;
pub use settings::Rules;
pub use status::{Action, IllegalTransition, Status};

pub const SERVICE: Service = Service {
    name: "orders",
    about: "Orders: placed once, and brought through payment, kitchen and courier to an end.",
    table: ORDERS,
    functions: &[
        Declaration::endpoint::<place_order::PlaceOrder>(),
        Declaration::endpoint::<list_orders::ListOrders>(),
        Declaration::endpoint::<get_order::GetOrder>(),
        Declaration::endpoint::<export_orders::ExportOrders>(),
        Declaration::endpoint::<follow_order::FollowOrder>(),
        Declaration::endpoint::<accept_order::AcceptOrder>(),
        Declaration::endpoint::<reject_order::RejectOrder>(),
        Declaration::endpoint::<mark_order_ready::MarkOrderReady>(),
        Declaration::endpoint::<cancel_order::CancelOrder>(),
        Declaration::subscriber::<apply_payment::ApplyPayment>(),
        Declaration::subscriber::<apply_delivery::ApplyDelivery>(),
        Declaration::subscriber::<erase_from_orders::EraseFromOrders>(),
        Declaration::sweep::<sweep_orders::SweepOrders>(),
    ],
    settings: settings::SETTINGS,
    stored: PEOPLE.stored,
    audit: Audit { tables: &[ORDERS], violations },
};
