//! The webhooks that the program sends by itself, as nothing calls it for that.

use std::{error::Error, sync::Arc, time::Duration};

use host::Host;

use crate::PROGRAM;

/// How often it looks for webhooks that are owed.
const PERIOD: Duration = Duration::from_secs(1);

/// Sends what is owed, again and again, for as long as it is polled.
pub async fn send_webhooks(host: Arc<Host>) -> ! {
    let context = host.context_for(PROGRAM);
    loop {
        if let Err(error) = payments::send_webhooks(&context).await {
            tracing::error!(error = &error as &dyn Error, "webhooks were not sent; they are later");
        }
        tokio::time::sleep(PERIOD).await;
    }
}
