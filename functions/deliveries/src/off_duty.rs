//! What a courier leaves behind who takes no offers any more, or may not act at all.

use app::Context;
use domain::{Actor, UserId};

use crate::{Action, State, plan::Plan, refusal::Refusal};

impl Plan {
    /// The courier's open offer, if they have one, is declined.
    pub(crate) async fn decline_open_offer(&mut self, context: &Context, courier: UserId) -> Result<(), Refusal> {
        if let Some(id) = self.courier(courier)?.open_offer {
            self.load_delivery(context, id).await?;
            self.turn_down(id, Action::Decline)?;
        }
        Ok(())
    }

    /// The courier may not act any more: they are offline, their open offer is declined, and what they have not picked up is
    /// for others. What they have picked up stays theirs.
    pub(crate) async fn take_off_duty(&mut self, context: &Context, courier: UserId) -> Result<(), Refusal> {
        self.decline_open_offer(context, courier).await?;
        for id in self.courier(courier)?.active.clone() {
            self.load_delivery(context, id).await?;
            if self.delivery(id)?.state == State::Assigned {
                self.release(id, Actor::SYSTEM)?;
            }
        }
        let offline = self.courier(courier)?.went_offline(None, self.now());
        self.change_courier(offline);
        Ok(())
    }
}
