//! `erase-from-payments`: an account is gone, so what payments hold of that person goes.

use app::{Changes, Context, Failure, Function, Scale, Subscriber, System};
use domain::{Event, UserFact, UserKind};
use schemars::JsonSchema;

use crate::{PAYMENTS, payments::PEOPLE};

/// An account is gone: what payments hold of that person is erased, step by step, by the sweep. A payment that the provider may still be asked about is erased after that.
#[derive(JsonSchema)]
pub struct EraseFromPayments;

impl Subscriber for EraseFromPayments {
    const FUNCTION: Function = Function::new("erase-from-payments").gets(PAYMENTS).writes(PAYMENTS).scale(Scale::Rare);
    type Data = UserFact;
    const SUBSCRIBES_TO: &'static [UserKind] = &[UserKind::Deleted];

    async fn handle(context: &Context, _system: &System, event: &Event<UserFact>) -> Result<Changes, Failure> {
        Ok(PEOPLE.erase(context, event.data.user_id).await?)
    }
}
