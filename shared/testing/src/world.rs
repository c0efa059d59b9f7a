//! A small world for the tests of one operation: an in-memory store, a clock that stands still, and what was published.

use std::{
    fs::File,
    os::unix::fs::FileExt as _,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use app::{
    Bus, Changes, Clock, Committer, Context, CpuPool, Dependencies, Endpoint, Failure, HttpClient, Input, KeyPair,
    Keys, OperatorKey, OperatorToken, PublicKeys, Random, Secrets, Sent, Service, Settings, Store, Subscriber, System,
    Table, User,
};
use domain::{Event, EventId, Role, Timestamp, UserId};
use fastrand::Rng;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;

use crate::{MemoryStore, Outside};

/// When every test begins, unless it says otherwise: a Monday noon.
pub const NOON: &str = "2026-11-23T12:00:00Z";

/// The environment of a test.
pub struct World {
    /// The time, which only the test moves.
    pub clock: Arc<TestClock>,
    bus: Arc<Recorder>,
    operator: OperatorKey,
    dependencies: Dependencies,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// At noon, empty, with every setting at its default.
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// The same with settings of the test's own.
    pub fn with(settings: Settings) -> Self {
        Self::over(Arc::new(MemoryStore::default()), settings)
    }

    /// The same over a store of the test's own.
    pub fn over(store: Arc<dyn Store>, settings: Settings) -> Self {
        let clock = Arc::new(TestClock::at(NOON));
        let bus = Arc::new(Recorder::default());
        let operator = OperatorKey::generate().expect("keys can be made");
        let pairs = Keys::generate().expect("keys can be made");
        let keys = Keys::new(&public_keys(&pairs, &operator), &pairs, ISSUER).expect("keys can be read");
        let dependencies = Dependencies {
            committer: Arc::new(Committer::new(store.clone(), bus.clone(), clock.clone())),
            store,
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            keys: Arc::new(keys),
            settings: Arc::new(settings),
            secrets: Arc::default(),
            http: Arc::new(Outside::silent()),
            cpu_pool: CpuPool::new(2),
            uses: None,
        };
        Self { clock, bus, operator, dependencies }
    }

    /// The same with a world outside: secrets shared with it, and how it is called.
    #[must_use]
    pub fn outside(mut self, secrets: Secrets, http: Arc<dyn HttpClient>) -> Self {
        self.dependencies.secrets = Arc::new(secrets);
        self.dependencies.http = http;
        self
    }

    /// The context of a function, with its own grants.
    pub fn context(&self, service: Service, function: &str) -> Context {
        let declaration = service.function(function).expect("the service lists the function");
        Context::new(declaration.function, self.dependencies.clone())
    }

    /// Commits what an operation decided, as a host would.
    pub async fn commit(&self, table: Table, changes: Changes) {
        self.dependencies.committer.commit(table, changes, None).await.expect("the changes can be committed");
    }

    /// The store itself, for tests that look at everything in it.
    pub fn store(&self) -> &dyn Store {
        &*self.dependencies.store
    }

    /// Every event published so far, oldest first.
    pub fn published(&self) -> Vec<Event> {
        self.bus.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys, to sign what another service would.
    pub fn keys(&self) -> &Keys {
        &self.dependencies.keys
    }

    /// A token that the operator signs now, for somebody.
    pub fn operator_signs(&self, kind: OperatorToken, email: &str) -> String {
        operator_signs(&self.operator, kind, email, &self.clock)
    }

    /// Lets a subscriber decide about an event, as a host would hand it over.
    pub async fn handle<T: Subscriber>(&self, context: &Context, event: &Event) -> Result<Changes, Failure> {
        T::handle(context, &self.system(), &event.typed()?).await
    }

    /// The system's own key.
    pub const fn system(&self) -> System {
        System::held_by_host()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct TestClock {
    milliseconds: AtomicI64,
    shown_in: Option<File>,
}

impl TestClock {
    /// At an RFC 3339 time.
    pub fn at(time: &str) -> Self {
        let time: jiff::Timestamp = time.parse().expect("an RFC 3339 time");
        Self { milliseconds: AtomicI64::new(time.as_millisecond()), shown_in: None }
    }

    /// The same, shown in a file for other processes, which read it with a [`FileClock`].
    #[must_use]
    pub fn shown_in(self, path: &Path) -> Self {
        let clock = Self { shown_in: Some(File::create(path).expect("a file can be made")), ..self };
        clock.advance_ms(0);
        clock
    }

    /// Moves it on.
    pub fn advance_s(&self, seconds: i64) {
        self.advance_ms(seconds * 1000);
    }

    /// Moves it on by milliseconds.
    pub fn advance_ms(&self, milliseconds: i64) {
        let now = self.milliseconds.fetch_add(milliseconds, Ordering::SeqCst) + milliseconds;
        if let Some(file) = &self.shown_in {
            file.write_all_at(&now.to_le_bytes(), 0).expect("the file can be written");
        }
    }

    /// Now, in whole seconds.
    pub fn seconds(&self) -> Timestamp {
        Timestamp::of(self.now())
    }
}

impl Clock for TestClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.milliseconds.load(Ordering::SeqCst)).expect("a time within range")
    }
}

/// The clock of another process: what a [`TestClock`] shows in a file.
#[derive(Debug)]
pub struct FileClock(File);

impl FileClock {
    /// The clock in this file.
    pub fn open(path: &Path) -> Self {
        Self(File::open(path).expect("the clock is there"))
    }
}

impl Clock for FileClock {
    fn now(&self) -> jiff::Timestamp {
        let mut bytes = [0; 8];
        self.0.read_exact_at(&mut bytes, 0).expect("the clock can be read");
        jiff::Timestamp::from_millisecond(i64::from_le_bytes(bytes)).expect("a time within range")
    }
}

/// What cursors are signed with, the same in every process of a test.
pub const CURSOR_SECRET: [u8; 32] = [7; 32];
/// The same as programs read it: base64url.
pub const CURSOR_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

/// Who issues tokens in tests.
pub const ISSUER: &str = "https://tiffin.example";

/// Bytes that look random and are the same every time.
#[derive(Debug)]
pub struct SeededRandom(Mutex<Rng>);

impl SeededRandom {
    /// From this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Rng::with_seed(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }
}

/// Bytes that are others every time.
struct Anything;

impl Random for Anything {
    fn fill(&self, bytes: &mut [u8]) {
        fastrand::fill(bytes);
    }
}

/// A bus that takes everything and remembers it.
#[derive(Default)]
pub struct Recorder(Mutex<Vec<Event>>);

impl Bus for Recorder {
    fn publish(&self, _table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
        Box::pin(async move {
            let ids = events.iter().map(|event| event.id).collect();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(events);
            ids
        })
    }
}

/// What verifies the tokens that these pairs and the operator sign.
pub fn public_keys(pairs: &[KeyPair], operator: &OperatorKey) -> PublicKeys {
    let operator = operator.public().expect("it is a key");
    PublicKeys::of(pairs).expect("they are keys").and(operator)
}

/// A token that an operator signs now, for somebody, under [`ISSUER`].
pub fn operator_signs(operator: &OperatorKey, kind: OperatorToken, email: &str, clock: &TestClock) -> String {
    let email = email.parse().expect("an e-mail address");
    operator.sign(kind, email, ISSUER, clock.seconds(), &Anything).expect("it signs")
}

/// A signed-in user.
pub fn user(id: UserId, role: Role) -> User {
    let expires_at = Timestamp::of(NOON.parse().expect("noon is a time")).plus_seconds(600);
    User { id, role, name: "Sam Test".parse().expect("a name"), session: "session".to_owned(), expires_at }
}

/// A signed-in user who owns nothing.
pub fn a_user(role: Role) -> User {
    user(user_id(0xffff), role)
}

/// A user's id, the same for the same number.
pub fn user_id(number: u16) -> UserId {
    let mut random = [0; 10];
    random[8..].copy_from_slice(&number.to_be_bytes());
    UserId::generate(NOON.parse().expect("noon is a time"), random)
}

/// The input of an operation, as a request would bring it.
pub fn sent<T: Endpoint>(json: &str) -> <T::Input as Input>::Value {
    let sent = Sent::Value(serde_json::from_str(json).expect("it is JSON"));
    T::Input::parse(sent).expect("the input is what the operation takes")
}

/// Parses what is written as JSON.
pub fn input<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("the input is what the operation takes")
}
