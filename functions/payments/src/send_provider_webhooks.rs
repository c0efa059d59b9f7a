//! `send-provider-webhooks`: the simulated provider posts the answers that it gives later. Where it is a program of its own, it does that
//! by itself, and there is no such function.

use std::time::Duration;

use app::{Changes, Context, Draft, Failure, Function, Key, Schedule, System, Versioned, due_query};
use futures::{StreamExt as _, stream};
use schemars::JsonSchema;

use crate::{AnsweredCall, DUE, PAYMENT_PROVIDER, PROVIDER, PROVIDER_WEBHOOK, PROVIDER_WEBHOOK_SECRET};

/// How long whoever is sent a webhook may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How many are sent in a run, at most.
const MOST: usize = 64;
/// How many are under way at once.
const AT_ONCE: usize = 8;
/// How long a run may take: every webhook its timeout, and some time for the store.
const RUN_S: u32 = 60;

/// The simulated provider posts the answers that it gives later, signed as Standard Webhooks are, to whoever it was told to.
/// What is not taken is sent again, after a backoff; after twenty times no more.
#[derive(JsonSchema)]
pub struct SendProviderWebhooks;

impl Schedule for SendProviderWebhooks {
    const FUNCTION: Function = Function::new("send-provider-webhooks")
        .timeout_s(RUN_S)
        .part_of(PAYMENT_PROVIDER)
        .secret(PROVIDER_WEBHOOK_SECRET)
        .calls(PROVIDER_WEBHOOK)
        .queries_index(PROVIDER, DUE)
        .gets(PROVIDER)
        .writes(PROVIDER);

    async fn run(context: &Context, _system: &System) -> Result<Changes, Failure> {
        send_webhooks(context).await.map(|()| Changes::none())
    }
}

/// Sends those that are owed now.
pub async fn send_webhooks(context: &Context) -> Result<(), Failure> {
    let due = due_query(DUE).before(context.now().plus_seconds(1)).limit(MOST);
    let keys: Vec<Key> = context.query_shards(PROVIDER, &due).await?.items.into_iter().map(|item| item.key).collect();
    let calls = context.find_at::<AnsweredCall>(&keys).await?.into_iter().flatten();
    let sent = stream::iter(calls.filter(|call| call.webhook_due.is_some_and(|due| due <= context.now())));
    let mut sent = sent.map(|call| send(context, call)).buffer_unordered(AT_ONCE);
    while let Some(sent) = sent.next().await {
        sent?;
    }
    Ok(())
}

/// Sends one, and records whether it was taken.
async fn send(context: &Context, call: Versioned<AnsweredCall>) -> Result<(), Failure> {
    let secrets = context.secret(PROVIDER_WEBHOOK_SECRET)?;
    let (headers, body) = call.webhook(secrets, context.now()).map_err(|error| Failure::Never(error.to_string()))?;
    let reply = context.call(PROVIDER_WEBHOOK, "", headers, body, TIMEOUT).await?;
    let refused = match reply {
        Ok(reply) if (200..300).contains(&reply.status) => None,
        Ok(reply) => Some(format!("it answered {}", reply.status)),
        Err(error) => Some(error.to_string()),
    };
    if let Some(reason) = &refused {
        tracing::warn!(key = call.value.key, reason, "a webhook was not taken; it is sent again");
    }
    let mut call = Draft::of(call);
    call.step().sent(refused.is_none(), context.now());
    match context.commit(PROVIDER, call.into()).await {
        // Another run has sent it too.
        Err(error) if error.is_lost_race() => Ok(()),
        committed => Ok(committed?),
    }
}

#[cfg(test)]
mod tests {
    use app::standard_webhooks::verified;
    use serde_json::{Value, json};
    use testing::{Outside, World};

    use super::*;
    use crate::{
        SERVICE, Status,
        sample::{deliver, placed_with, stored_payment},
        simulated_webhooks::tests::{receive, world},
    };

    async fn run(world: &World) {
        let context = world.context(SERVICE, "send-provider-webhooks");
        let changes = SendProviderWebhooks::run(&context, &world.system()).await.unwrap();
        assert!(changes.is_empty());
    }

    /// A payment whose provider answers later.
    async fn slow(outside: &Outside) -> World {
        let world = world(outside);
        deliver(&world, &placed_with("tok_slow")).await;
        world
    }

    #[tokio::test]
    async fn an_answer_is_posted_once_it_is_there_signed_and_once() {
        let outside = Outside::answering(204);
        let world = slow(&outside).await;
        run(&world).await;
        assert!(outside.requests().is_empty(), "it does not answer yet");
        world.clock.advance_s(3);
        run(&world).await;
        run(&world).await;
        let [request] = outside.requests().try_into().unwrap();
        assert_eq!(request.url, format!("{}/v1/payments/webhooks/simulated", testing::ISSUER));
        let headers = request.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let now = world.clock.seconds();
        assert!(verified(Outside::SECRET, &headers, request.body.as_bytes(), now).unwrap().is_some());
        let body: Value = serde_json::from_str(&request.body).unwrap();
        let payment = stored_payment(&world).await;
        let data = json!({
            "key": payment.intent.unwrap().key,
            "payment_id": payment.id,
            "answer": {"done": {"reference": format!("sim_{}", payment.id)}},
        });
        assert_eq!(body, json!({"type": "call.answered", "timestamp": now, "data": data}));
    }

    #[tokio::test]
    async fn what_is_not_taken_is_sent_again_after_a_backoff_twenty_times() {
        for outside in [Outside::answering(503), Outside::answering(301), Outside::silent()] {
            let world = slow(&outside).await;
            world.clock.advance_s(3);
            for (sent, wait) in [(1, 5), (2, 10), (3, 20)] {
                run(&world).await;
                assert_eq!(outside.requests().len(), sent);
                world.clock.advance_s(wait - 1);
                run(&world).await;
                assert_eq!(outside.requests().len(), sent);
                world.clock.advance_s(1);
            }
            for _ in 0..30 {
                world.clock.advance_s(24 * 3600);
                run(&world).await;
            }
            assert_eq!(outside.requests().len(), 20);
        }
    }

    #[tokio::test]
    async fn what_is_posted_is_taken() {
        let outside = Outside::answering(204);
        let world = slow(&outside).await;
        assert_eq!(stored_payment(&world).await.status, Status::Pending);
        world.clock.advance_s(3);
        run(&world).await;
        receive(&world, outside.requests().pop().unwrap()).await.unwrap();
        assert_eq!(stored_payment(&world).await.status, Status::Authorized);
    }
}
