//! A real process, killed with SIGKILL while it writes: what was acknowledged is there, and the invariants hold.

use std::{
    process::Command,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Client;
use serde_json::{Value, json};
use tests::home;

use crate::process::Process;

/// How often the process is killed.
const KILLS: usize = 10;
/// How many write at once.
const WRITERS: usize = 6;
/// After how many acknowledged orders of a round it is killed; more in later rounds, so that it dies at different points.
const ACKNOWLEDGED: usize = 15;
#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_any_number_of_kills() {
    let data = tempfile::tempdir().expect("a directory can be made");
    let client = Client::builder().timeout(Duration::from_secs(10)).build().expect("a client");
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    for round in 0..KILLS {
        let process = Process::local(data.path(), &[]).await;
        let stop = Arc::new(AtomicBool::new(false));
        let count = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let writing = write(
                    client.clone(),
                    process.url.clone(),
                    format!("{round}-{writer}"),
                    acknowledged.clone(),
                    count.clone(),
                    stop.clone(),
                );
                tokio::spawn(writing)
            })
            .collect();
        while count.load(Ordering::SeqCst) < ACKNOWLEDGED + round {
            tokio::task::yield_now().await;
        }
        process.kill();
        stop.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.expect("a writer ends");
        }
    }
    let process = Process::local(data.path(), &[]).await;
    let token = sign_in(&client, &process.url).await.expect("the customer can sign in");
    let acknowledged = acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(acknowledged.len() >= KILLS * ACKNOWLEDGED);
    for order in &acknowledged {
        let reply = client.get(format!("{}/v1/orders/{order}", process.url)).bearer_auth(&token).send().await;
        assert_eq!(reply.expect("it answers").status(), 200, "{order} was acknowledged and is lost");
    }
    process.kill();
    let check =
        Command::new(env!("CARGO_BIN_EXE_tiffin-under-test")).arg("check").arg("--data-dir").arg(data.path()).output();
    let check = check.expect("it runs");
    let output = String::from_utf8_lossy(&check.stderr).into_owned() + &String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success(), "{output}");
}

/// Places orders until the process is gone, and keeps those that were acknowledged.
async fn write(
    client: Client,
    url: String,
    name: String,
    acknowledged: Arc<Mutex<Vec<String>>>,
    count: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
) {
    let Some(token) = sign_in(&client, &url).await else { return };
    for number in 0.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let Some(order) = place(&client, &url, &token, &format!("{name}-{number}")).await else { return };
        acknowledged.lock().unwrap_or_else(PoisonError::into_inner).push(order);
        count.fetch_add(1, Ordering::SeqCst);
    }
}

async fn sign_in(client: &Client, url: &str) -> Option<String> {
    let body = json!({"email": tiffin::city::city().customer(), "password": tiffin::city::PASSWORD});
    let session = client.post(format!("{url}/v1/sessions")).json(&body).send().await.ok()?;
    session.json::<Value>().await.ok()?["access_token"].as_str().map(str::to_owned)
}

/// Quotes and places; `None` where the process died on the way.
async fn place(client: &Client, url: &str, token: &str, key: &str) -> Option<String> {
    let (restaurant, item) = tiffin::city::city().example_dish();
    let basket = json!({"items": [{"item_id": item, "quantity": 2, "options": []}], "deliver_to": home()});
    let quotes = format!("{url}/v1/restaurants/{restaurant}/quotes");
    let quote = client.post(quotes).bearer_auth(token).json(&basket).send().await.ok()?;
    assert_eq!(quote.status(), 200);
    let quote = quote.json::<Value>().await.ok()?["quote"].clone();
    let body = json!({"quote": quote, "payment_method": "tok_ok"});
    let request = client.post(format!("{url}/v1/orders")).bearer_auth(token).header("idempotency-key", key);
    let placed = request.json(&body).send().await.ok()?;
    assert_eq!(placed.status(), 201);
    placed.json::<Value>().await.ok()?["id"].as_str().map(str::to_owned)
}
