//! The parameters of this service's paths.

use domain::NotificationId;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which notice.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct NotificationPath {
    pub(crate) notification_id: NotificationId,
}
