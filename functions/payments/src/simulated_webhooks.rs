//! What the simulated provider posts about a call that it answers later: what it is, where to and how signed.

use app::{Callee, HttpHeaders, SecretName, TextSetting, is_url, standard_webhooks};
use domain::{PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AnsweredCall, Backoff, ProviderAnswer};

/// What webhooks are signed with.
pub const PROVIDER_WEBHOOK_SECRET: SecretName = SecretName("provider-webhook");
/// Who is sent them.
pub const PROVIDER_WEBHOOK: Callee = Callee {
    name: "provider-webhook",
    url: TextSetting {
        name: "TIFFIN_PROVIDER_WEBHOOK_URL",
        must_be: "an http or https URL",
        accepts: is_url,
        default: "`/v1/payments/webhooks/simulated` under the issuer",
        about: "Where the simulated payment provider posts the answers that it gives later",
    },
    path: Some("/v1/payments/webhooks/simulated"),
};
/// The event that says how a call ended.
pub(crate) const CALL_ANSWERED: &str = "call.answered";

/// The wait after a webhook that was not taken: 5 s, doubled each time in a row.
const BACKOFF: Backoff = Backoff { interval_s: 5 };
/// After so many failures nobody is told: a payment that still waits asks by itself.
const MAX_FAILURES: u32 = 20;

/// The body of a webhook.
#[derive(Serialize)]
struct Webhook {
    /// What happened: `call.answered`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// When it is sent.
    timestamp: Timestamp,
    /// What it is about.
    data: CallAnswered,
}

/// How a call ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CallAnswered {
    /// The idempotency key of the call.
    pub(crate) key: String,
    /// What we call the payment.
    pub(crate) payment_id: PaymentId,
    /// How it ended.
    pub(crate) answer: ProviderAnswer,
}

impl AnsweredCall {
    /// Its webhook: headers and body.
    pub(crate) fn webhook(
        &self,
        secrets: &str,
        now: Timestamp,
    ) -> Result<(HttpHeaders, String), standard_webhooks::InvalidSecret> {
        let Self { key, payment_id, answer, .. } = self.clone();
        let id = format!("msg_{key}");
        let webhook = Webhook { kind: CALL_ANSWERED, timestamp: now, data: CallAnswered { key, payment_id, answer } };
        let body = serde_json::to_string(&webhook).expect("our own types serialise");
        let mut headers = standard_webhooks::signed(secrets, &id, now, body.as_bytes())?;
        headers.push(("content-type", "application/json".to_owned()));
        Ok((headers, body))
    }

    /// The webhook was taken, or not.
    pub(crate) fn sent(&mut self, is_taken: bool, now: Timestamp) {
        if is_taken {
            self.webhook_due = None;
            return;
        }
        let next = BACKOFF.after(self.failures, now);
        self.failures += 1;
        self.webhook_due = (self.failures < MAX_FAILURES).then_some(next);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use app::{Changes, Endpoint as _, HttpRequest, Problem, Raw};
    use serde_json::{from_value, json};
    use testing::{Outside, World};

    use super::PROVIDER_WEBHOOK_SECRET;
    use crate::{PAYMENTS, SERVICE, receive_provider_webhook::ReceiveProviderWebhook};

    /// A world that shares the secret of webhooks with whoever is outside.
    pub(crate) fn world(outside: &Outside) -> World {
        knowing(Outside::SECRET, outside)
    }

    /// The same with these secrets.
    pub(crate) fn knowing(secrets: &str, outside: &Outside) -> World {
        let secrets = [(PROVIDER_WEBHOOK_SECRET, secrets.to_owned())];
        World::new().outside(secrets.into(), Arc::new(outside.clone()))
    }

    /// What was posted, as it is received.
    pub(crate) fn raw(HttpRequest { headers, body, .. }: HttpRequest) -> Raw {
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Raw { headers, body: body.into_bytes() }
    }

    /// What comes of what was posted.
    pub(crate) async fn decide(world: &World, raw: &Raw) -> Result<Changes, Problem> {
        let context = world.context(SERVICE, "receive-provider-webhook");
        let path = from_value(json!({"provider": "simulated"})).unwrap();
        ReceiveProviderWebhook::call(&context, &None, &path, raw).await.map(|effect| effect.changes)
    }

    /// Receives what was posted, and commits what comes of it.
    pub(crate) async fn receive(world: &World, request: HttpRequest) -> Result<(), Problem> {
        let changes = decide(world, &raw(request)).await?;
        world.commit(PAYMENTS, changes).await;
        Ok(())
    }
}
