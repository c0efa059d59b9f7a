//! Notices: what users are told about the orders they have a part in.

mod list_notifications;
mod notices;
mod notification;
mod notifications;
mod notify;
mod paths;
mod read_notification;
#[cfg(test)]
mod sample;
mod wording;

use app::{Audit, Declaration, Service, StoredType};

use notifications::Counter;

pub use list_notifications::Inbox;
pub use notices::{Notice, notices};
pub use notification::{Notification, NotificationView};
pub use notifications::NOTIFICATIONS;

pub const SERVICE: Service = Service {
    name: "notifications",
    about: "Notices: what users are told about the orders they have a part in.",
    table: NOTIFICATIONS,
    functions: &[
        Declaration::endpoint::<list_notifications::ListNotifications>(),
        Declaration::endpoint::<read_notification::ReadNotification>(),
        Declaration::subscriber::<notify::Notify>(),
    ],
    settings: &[],
    stored: &[StoredType::of::<Notification>(), StoredType::of::<Counter>()],
    audit: Audit::NONE,
};
