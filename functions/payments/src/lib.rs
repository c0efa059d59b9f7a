//! Payments: the money of each order is held, taken, let go or given back, as the order's facts ask.

mod audit;
mod authorize_payment;
mod backoff;
mod charges;
mod desired_state;
mod erase_from_payments;
mod export_payments;
mod get_payment;
mod given_provider;
mod http_provider;
#[cfg(test)]
mod interleavings;
mod ledger;
mod list_payments;
mod paths;
mod payment;
mod payment_draft;
mod payment_view;
mod payments;
#[cfg(test)]
mod placed;
mod provider;
mod receive_provider_webhook;
mod reconcile;
mod refund;
mod refund_payment;
#[cfg(test)]
mod sample;
mod send_provider_webhooks;
mod settle_payment;
mod simulated_methods;
mod simulated_provider;
mod simulated_webhooks;
mod status;
mod sweep_payments;
mod unsound;

use app::{Audit, Declaration, Service, StoredType};

pub use audit::violations;
pub use backoff::{Backoff, RETRY_S};
pub use charges::PROVIDER;
pub use desired_state::{DesiredState, Goal};
pub use http_provider::{Asked, HttpProvider, IDEMPOTENCY_KEY, MAX_KEY_CHARS, PAYMENT_PROVIDER, path};
pub use ledger::{Account, Entry, Head, Posting};
pub use payment::{Intent, Payment};
pub use payment_draft::PaymentDraft;
pub use payment_view::{PaymentView, RefundView};
pub use payments::{DUE, PAYMENTS, StoredPayment};
pub use provider::{Call, Provider, ProviderAnswer, ProviderError};
pub use refund::{Refund, RefundStatus};
pub use send_provider_webhooks::send_webhooks;
pub use simulated_methods::{FailedCall, METHODS};
pub use simulated_provider::{AnsweredCall, Charge, SimulatedProvider};
pub use simulated_webhooks::{PROVIDER_WEBHOOK, PROVIDER_WEBHOOK_SECRET};
pub use status::Status;
pub use unsound::Unsound;

pub const SERVICE: Service = Service {
    name: "payments",
    about: "The money of each order: held, taken, let go or given back, as the order's facts ask.",
    table: PAYMENTS,
    functions: &[
        Declaration::endpoint::<list_payments::ListPayments>(),
        Declaration::endpoint::<get_payment::GetPayment>(),
        Declaration::endpoint::<export_payments::ExportPayments>(),
        Declaration::endpoint::<refund_payment::RefundPayment>(),
        Declaration::endpoint::<receive_provider_webhook::ReceiveProviderWebhook>(),
        Declaration::subscriber::<authorize_payment::AuthorizePayment>(),
        Declaration::subscriber::<settle_payment::SettlePayment>(),
        Declaration::subscriber::<erase_from_payments::EraseFromPayments>(),
        Declaration::sweep::<sweep_payments::SweepPayments>(),
        Declaration::schedule::<send_provider_webhooks::SendProviderWebhooks>(),
    ],
    settings: &[RETRY_S],
    stored: &[
        StoredType::of::<Payment>(),
        StoredType::of::<Posting>(),
        StoredType::of::<Charge>(),
        StoredType::of::<AnsweredCall>(),
        StoredType::of::<FailedCall>(),
    ],
    audit: Audit { tables: &[PAYMENTS, PROVIDER], violations },
};
