//! `erase-from-notifications`: an account is gone, so its inbox goes.

use app::{Changes, Context, Failure, Function, Scale, Subscriber, System};
use domain::{Event, UserFact, UserKind};
use schemars::JsonSchema;

use crate::{NOTIFICATIONS, notifications::PEOPLE};

/// An account is gone: the sweep erases its inbox, and nothing new comes into it.
#[derive(JsonSchema)]
pub struct EraseFromNotifications;

impl Subscriber for EraseFromNotifications {
    const FUNCTION: Function =
        Function::new("erase-from-notifications").gets(NOTIFICATIONS).writes(NOTIFICATIONS).scale(Scale::Rare);
    type Data = UserFact;
    const SUBSCRIBES_TO: &'static [UserKind] = &[UserKind::Deleted];

    async fn handle(context: &Context, _system: &System, event: &Event<UserFact>) -> Result<Changes, Failure> {
        Ok(PEOPLE.erase(context, event.data.user_id).await?)
    }
}
