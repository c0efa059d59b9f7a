//! Who waits for what happens to an order is told, as by a stream: nobody asks again and again.

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

/// The longest wait for one thing to happen: several retries of a delivery of an event.
const TIMEOUT: Duration = Duration::from_secs(15);

type Listeners = HashMap<String, mpsc::UnboundedSender<Event>>;

/// What happens to all orders that somebody follows.
#[derive(Clone, Default)]
pub(super) struct Stories(Arc<Mutex<Listeners>>);

/// What happens to one order, from now on.
pub(super) struct Story {
    order: String,
    events: mpsc::UnboundedReceiver<Event>,
    stories: Stories,
}

impl Stories {
    /// Tells what happens on this bus, as long as it is there.
    pub(super) async fn tell(self, bus: Arc<LocalBus>) {
        let mut events = bus.listen();
        loop {
            match events.recv().await {
                Ok(event) => {
                    if let Some(listener) = self.lock().get(&event.partition_key) {
                        // Whoever followed may have lost interest just now.
                        drop(listener.send(event));
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Follows an order.
    pub(super) fn follow(&self, order: &str) -> Story {
        let (listener, events) = mpsc::unbounded_channel();
        self.lock().insert(order.to_owned(), listener);
        Story { order: order.to_owned(), events, stories: self.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Story {
    /// Waits until this happens; what happens before is passed over.
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
