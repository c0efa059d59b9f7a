//! Couriers and deliveries: who is near is offered what is paid, and brings it to the door.

mod accept_offer;
mod account;
mod acting;
mod audit;
mod complete_delivery;
mod courier;
mod courier_view;
mod couriers;
mod decline_offer;
mod deliveries;
mod delivery;
mod delivery_view;
mod dispatch_delivery;
mod erase_from_deliveries;
mod eta;
mod export_deliveries;
mod fact;
mod follow_courier;
mod get_courier;
#[cfg(test)]
mod interleavings;
mod list_deliveries;
mod matching;
mod off_duty;
mod offer;
mod order_progress;
mod paths;
mod pick_up_delivery;
mod plan;
mod position;
mod put_courier;
mod refusal;
mod report_location;
#[cfg(test)]
mod sample;
mod search;
mod set_courier_availability;
mod settings;
mod state;
mod steps;
mod sweep_deliveries;
mod track_delivery;
mod update_delivery;

use app::{Audit, Declaration, Service};
use deliveries::PEOPLE;

pub use account::{Account, AccountKnown};
pub use audit::violations;
pub use courier::{Courier, CourierAction, MAX_ACTIVE};
pub use courier_view::CourierView;
pub use deliveries::{ALL, BY_COURIER, DELIVERIES, DUE, FREE_COURIERS, StoredDelivery};
pub use delivery::{Delivery, Proof};
pub use delivery_view::DeliveryView;
pub use matching::{Score, score};
pub use offer::{Asked, Offer, Outcome, Purpose, Unassigned};
pub use order_progress::{OrderProgress, OrderStatus};
pub use settings::{EARNING_BASE_MINOR, EARNING_PER_KM_MINOR, NEAR_M, OFFER_S, Rules, SEARCH_RETRY_S};
pub use state::{Action, IllegalTransition, State};

pub const SERVICE: Service = Service {
    name: "deliveries",
    about: "Couriers and deliveries: who is near is offered what is paid, and brings it to the door.",
    table: DELIVERIES,
    functions: &[
        Declaration::endpoint::<put_courier::PutCourier>(),
        Declaration::endpoint::<get_courier::GetCourier>(),
        Declaration::endpoint::<set_courier_availability::SetCourierAvailability>(),
        Declaration::endpoint::<report_location::ReportLocation>(),
        Declaration::endpoint::<list_deliveries::ListDeliveries>(),
        Declaration::endpoint::<export_deliveries::ExportDeliveries>(),
        Declaration::endpoint::<track_delivery::TrackDelivery>(),
        Declaration::endpoint::<accept_offer::AcceptOffer>(),
        Declaration::endpoint::<decline_offer::DeclineOffer>(),
        Declaration::endpoint::<pick_up_delivery::PickUpDelivery>(),
        Declaration::endpoint::<complete_delivery::CompleteDelivery>(),
        Declaration::subscriber::<dispatch_delivery::DispatchDelivery>(),
        Declaration::subscriber::<update_delivery::UpdateDelivery>(),
        Declaration::subscriber::<follow_courier::FollowCourier>(),
        Declaration::subscriber::<erase_from_deliveries::EraseFromDeliveries>(),
        Declaration::sweep::<sweep_deliveries::SweepDeliveries>(),
    ],
    settings: settings::SETTINGS,
    stored: PEOPLE.stored,
    audit: Audit { tables: &[DELIVERIES], violations },
};
