//! Answers that no emulator gives when asked: conflicts, throttling, and answers that are lost.

use std::{
    collections::VecDeque,
    future::pending,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use app::{Condition, Deadline, Item, Key, Query, Store, StoreError, Write};
use axum::{Router, http::StatusCode};
use dynamodb::DynamoDb;
use serde_json::{Value, json};
use testing::contract::TABLE;
use tokio::net::TcpListener;

/// What the server says to a request.
#[derive(Debug)]
enum StubReply {
    Says(u16, Value),
    NothingEver,
}

/// A store whose server gives the answers it was made with, one after the other.
struct Stub {
    store: DynamoDb,
    requests: Arc<Mutex<Vec<Value>>>,
}

impl Stub {
    async fn saying(answers: impl IntoIterator<Item = StubReply>) -> Self {
        let answers = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&requests);
        let router = Router::new().fallback(async move |body: String| {
            lock(&received).push(serde_json::from_str(&body).expect("a request is JSON"));
            let answer = lock(&answers).pop_front().expect("no more requests than answers");
            let StubReply::Says(status, body) = answer else { pending().await };
            (StatusCode::from_u16(status).expect("a status"), body.to_string())
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let endpoint = format!("http://{}", listener.local_addr().expect("it has an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { store: DynamoDb::connect(&aws::emulated(&endpoint), [(TABLE, "physical".to_owned())]), requests }
    }

    fn requests(&self) -> Vec<Value> {
        lock(&self.requests).clone()
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        self.store.transact(TABLE, writes).await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn done() -> StubReply {
    StubReply::Says(200, json!({}))
}

/// The server does not know what became of it.
fn lost() -> StubReply {
    StubReply::Says(500, json!({ "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError" }))
}

fn refused(code: &str) -> StubReply {
    StubReply::Says(400, json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "why" }))
}

fn throttled() -> StubReply {
    refused("ProvisionedThroughputExceededException")
}

/// A condition of a plain write did not hold, because of this item.
fn condition(standing: Option<&Item>) -> StubReply {
    let mut body = json!({ "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" });
    if let Some(item) = standing {
        body["Item"] = attributes(item);
    }
    StubReply::Says(400, body)
}

/// A transaction did not happen, for these reasons.
fn cancelled(reasons: &[Value]) -> StubReply {
    let code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    StubReply::Says(400, json!({ "__type": code, "message": "why", "CancellationReasons": reasons }))
}

fn attributes(item: &Item) -> Value {
    let Item { key, kind, version, body, .. } = item;
    json!({
        "pk": { "S": key.pk }, "sk": { "S": key.sk }, "type": { "S": kind },
        "version": { "N": version.to_string() }, "body": { "S": body },
    })
}

fn item(sk: &str, body: &str) -> Item {
    Item::of(Key::new("p", sk), "thing", 2, &body)
}

fn put() -> Vec<Write> {
    vec![Write::Put(item("a", "ours"), Condition::Version(1))]
}

fn delete() -> Vec<Write> {
    vec![Write::Delete(Key::new("p", "a"), Condition::Version(1))]
}

fn several() -> Vec<Write> {
    vec![
        put().remove(0),
        Write::Check(Key::new("p", "b"), Condition::Absent),
        Write::Put(item("c", "c"), Condition::None),
    ]
}

/// Says `answers` to these writes, and expects the outcome and all answers to be used.
async fn expect(answers: Vec<StubReply>, writes: Vec<Write>, expected: &str) -> Vec<Value> {
    let count = answers.len();
    let said = format!("{answers:?}");
    let stub = Stub::saying(answers).await;
    let outcome = match stub.transact(writes).await {
        Ok(()) => "done".to_owned(),
        Err(error) => format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect(),
    };
    assert_eq!(outcome, expected, "{said}");
    assert_eq!(stub.requests().len(), count, "{said}");
    stub.requests()
}

#[tokio::test]
async fn a_conflict_is_reported_at_once() {
    expect(vec![refused("TransactionConflictException")], put(), "Conflict").await;
    expect(vec![refused("TransactionConflictException")], delete(), "Conflict").await;
    let reasons = [json!({ "Code": "None" }), json!({ "Code": "TransactionConflict" }), json!({ "Code": "None" })];
    expect(vec![cancelled(&reasons)], several(), "Conflict").await;
}

#[tokio::test]
async fn what_is_malformed_is_rejected_at_once() {
    for code in ["ValidationException", "ItemCollectionSizeLimitExceededException"] {
        expect(vec![refused(code)], put(), "Rejected").await;
    }
    expect(vec![refused("IdempotentParameterMismatchException")], several(), "Rejected").await;
    let reasons = [json!({ "Code": "ValidationError", "Message": "why" }), json!({ "Code": "None" })];
    expect(vec![cancelled(&reasons)], several(), "Rejected").await;
}

#[tokio::test]
async fn throttled_it_is_tried_three_times() {
    for code in ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"] {
        expect(vec![refused(code), done()], put(), "done").await;
        expect(vec![refused(code), refused(code), refused(code)], delete(), "Throttled").await;
    }
    for code in ["ThrottlingError", "ProvisionedThroughputExceeded"] {
        let answer = || cancelled(&[json!({ "Code": "None" }), json!({ "Code": code, "Message": "why" })]);
        expect(vec![answer(), done()], several(), "done").await;
        expect(vec![answer(), answer(), answer()], several(), "Throttled").await;
    }
}

#[tokio::test]
async fn a_transaction_keeps_its_token_until_it_is_answered() {
    let in_progress = || refused("TransactionInProgressException");
    let requests = expect(vec![lost(), in_progress(), done()], several(), "done").await;
    let token = |request: &Value| request["ClientRequestToken"].as_str().expect("it has a token").to_owned();
    assert!(requests.iter().all(|request| token(request) == token(&requests[0])));
    expect(vec![in_progress(), in_progress(), in_progress()], several(), "Unknown").await;
    let others = expect(vec![done()], several(), "done").await;
    assert_ne!(token(&others[0]), token(&requests[0]), "each transaction has a token of its own");
}

#[tokio::test]
async fn the_first_failed_condition_is_reported_with_what_stands_there() {
    let reasons = [
        json!({ "Code": "TransactionConflict" }),
        json!({ "Code": "ConditionalCheckFailed", "Item": attributes(&item("b", "theirs")) }),
        json!({ "Code": "ConditionalCheckFailed" }),
    ];
    let stub = Stub::saying([cancelled(&reasons), condition(None)]).await;
    match stub.transact(several()).await {
        Err(StoreError::Condition { write: 1, current: Some(current) }) => assert_eq!(*current, item("b", "theirs")),
        other => panic!("{other:?}"),
    }
    assert!(matches!(stub.transact(put()).await, Err(StoreError::Condition { write: 0, current: None })));
    for part in stub.requests()[0]["TransactItems"].as_array().expect("parts") {
        let part = part.as_object().and_then(|part| part.values().next()).expect("one operation");
        assert_eq!(part["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
    }
    assert_eq!(stub.requests()[1]["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
}

#[tokio::test]
async fn a_put_in_the_way_of_itself_was_done_and_any_other_is_not_known() {
    let ours = item("a", "ours");
    let theirs = item("a", "theirs");
    expect(vec![lost(), condition(Some(&ours))], put(), "done").await;
    expect(vec![lost(), throttled(), condition(Some(&ours))], put(), "done").await;
    expect(vec![lost(), condition(Some(&theirs))], put(), "Unknown").await;
    expect(vec![lost(), condition(None)], put(), "Unknown").await;
    // Nothing was lost: somebody else wrote the same.
    expect(vec![throttled(), condition(Some(&ours))], put(), "Condition").await;
    expect(vec![condition(Some(&ours))], put(), "Condition").await;
}

#[tokio::test]
async fn after_a_lost_answer_a_refusal_of_a_plain_write_says_nothing() {
    expect(vec![lost(), condition(None)], delete(), "Unknown").await;
    expect(vec![lost(), refused("TransactionConflictException")], delete(), "Unknown").await;
    expect(vec![lost(), throttled(), throttled()], put(), "Unknown").await;
    expect(vec![lost(), done()], delete(), "done").await;
    expect(vec![lost(), lost(), lost()], put(), "Unknown").await;
}

#[tokio::test]
async fn after_a_lost_answer_a_transaction_is_known_only_where_it_is_refused() {
    let reasons = [json!({ "Code": "ConditionalCheckFailed" })];
    expect(vec![lost(), cancelled(&reasons)], several(), "Condition").await;
    expect(vec![lost(), cancelled(&[json!({ "Code": "TransactionConflict" })])], several(), "Conflict").await;
    expect(vec![lost(), throttled(), throttled()], several(), "Unknown").await;
}

#[tokio::test]
async fn a_lost_read_is_tried_again_and_then_away() {
    let key = Key::new("p", "a");
    let stub = Stub::saying([lost(), StubReply::Says(200, json!({ "Item": attributes(&item("a", "x")) }))]).await;
    assert_eq!(stub.store.get(TABLE, &key).await.unwrap(), Some(item("a", "x")));
    let stub = Stub::saying([lost(), lost(), lost()]).await;
    assert!(matches!(stub.store.get(TABLE, &key).await, Err(StoreError::Unavailable(_))));
    assert_eq!(stub.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_is_waited_for_as_long_as_the_function_has_time() {
    const LEFT: Duration = Duration::from_millis(200);
    let begun = Instant::now();
    let stub = Stub::saying([StubReply::NothingEver, StubReply::NothingEver]).await;
    let written = Deadline::within(LEFT, stub.transact(put())).await;
    assert!(matches!(written, Err(StoreError::Unknown)), "{written:?}");
    let read = Deadline::within(LEFT, stub.store.query(TABLE, &Query::partition("p"))).await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    assert!(begun.elapsed() < LEFT * 10, "{:?}", begun.elapsed());
    assert_eq!(stub.requests().len(), 2);
}

#[tokio::test]
async fn without_time_nothing_is_sent() {
    let stub = Stub::saying([]).await;
    let written = Deadline::within(Duration::ZERO, stub.transact(put())).await;
    assert!(matches!(written, Err(StoreError::Unavailable(_))), "{written:?}");
    assert_eq!(stub.requests().len(), 0);
}

#[tokio::test]
async fn keys_left_unread_are_asked_for_again() {
    let keys: Vec<Key> = ["a", "b"].iter().map(|sk| Key::new("p", sk)).collect();
    let left = json!({ "physical": { "Keys": [{ "pk": { "S": "p" }, "sk": { "S": "b" } }] } });
    let answer = |items: Value| json!({ "Responses": { "physical": items }, "UnprocessedKeys": left });
    let first = answer(json!([attributes(&item("a", "x"))]));
    let rest = json!({ "Responses": { "physical": [attributes(&item("b", "x"))] } });
    let stub = Stub::saying([StubReply::Says(200, first), StubReply::Says(200, rest)]).await;
    assert_eq!(stub.store.get_many(TABLE, &keys).await.unwrap(), [item("a", "x"), item("b", "x")]);
    assert_eq!(stub.requests()[1]["RequestItems"]["physical"]["Keys"], left["physical"]["Keys"]);

    let nothing = || StubReply::Says(200, answer(json!([])));
    let stub = Stub::saying([nothing(), nothing(), nothing()]).await;
    assert!(matches!(stub.store.get_many(TABLE, &keys).await, Err(StoreError::Throttled)));
}

#[tokio::test]
async fn a_page_that_ends_early_goes_on_after_its_last_item() {
    let position = json!({ "pk": { "S": "p" }, "sk": { "S": "a" } });
    let page = json!({ "Items": [attributes(&item("a", "x"))], "LastEvaluatedKey": position });
    let empty = json!({ "Items": [], "LastEvaluatedKey": position });
    let last = json!({ "Items": [attributes(&item("b", "x"))] });
    let stub = Stub::saying([page, empty, last].map(|body| StubReply::Says(200, body))).await;
    let page = stub.store.query(TABLE, &Query::partition("p")).await.unwrap();
    assert_eq!(page.sort_keys, ["a"]);
    assert_eq!(page.next.as_deref(), Some("a"));
    assert_eq!(stub.store.scan(TABLE, None, 10).await.unwrap(), [item("b", "x")]);
    assert_eq!(stub.requests()[2]["ExclusiveStartKey"], position);
}
