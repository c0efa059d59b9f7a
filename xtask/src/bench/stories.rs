//! The events of an order, pushed to whoever follows it: nobody polls.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Event, Kind};
use tiffin::dispatcher::LocalBus;
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    time::timeout,
};

/// The longest wait for one event: several retries of its delivery.
const TIMEOUT: Duration = Duration::from_secs(15);

type Followers = HashMap<String, mpsc::UnboundedSender<Event>>;

/// The events of all orders that somebody follows, by their ids.
#[derive(Clone, Default)]
pub(super) struct Stories(Arc<Mutex<Followers>>);

/// The events of one order, from now on.
pub(super) struct Story {
    order: String,
    events: mpsc::UnboundedReceiver<Event>,
    stories: Stories,
}

impl Stories {
    /// Forwards the events of this bus until it is closed.
    pub(super) async fn forward(self, bus: Arc<LocalBus>) {
        let mut events = bus.listen();
        loop {
            match events.recv().await {
                Ok(event) => {
                    if let Some(follower) = self.lock().get(&event.partition_key) {
                        // The follower may have just gone.
                        drop(follower.send(event));
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    pub(super) fn follow(&self, order: &str) -> Story {
        let (follower, events) = mpsc::unbounded_channel();
        self.lock().insert(order.to_owned(), follower);
        Story { order: order.to_owned(), events, stories: self.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Followers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Story {
    /// Waits for an event of this kind, and skips others.
    pub(super) async fn until(&mut self, kind: Kind) -> Option<Event> {
        let wait = async {
            loop {
                let event = self.events.recv().await?;
                if event.kind == kind {
                    return Some(event);
                }
            }
        };
        timeout(TIMEOUT, wait).await.ok().flatten()
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        self.stories.lock().remove(&self.order);
    }
}
