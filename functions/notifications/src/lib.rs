//! Notices: what users are told about the orders they have a part in.

mod erase_from_notifications;
mod export_notifications;
mod list_notifications;
mod notices;
mod notification;
mod notifications;
mod notify;
mod paths;
mod read_notification;
#[cfg(test)]
mod sample;
mod sweep_notifications;
mod wording;

use app::{Audit, Declaration, Service};
use notifications::PEOPLE;

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
        Declaration::endpoint::<export_notifications::ExportNotifications>(),
        Declaration::subscriber::<notify::Notify>(),
        Declaration::subscriber::<erase_from_notifications::EraseFromNotifications>(),
        Declaration::sweep::<sweep_notifications::SweepNotifications>(),
    ],
    settings: &[],
    stored: PEOPLE.stored,
    audit: Audit::NONE,
};
