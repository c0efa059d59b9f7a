//! What an operation may reach: the store within its grants, the clock, randomness, keys and settings.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use domain::Timestamp;
use futures::future::try_join_all;
use serde::Serialize;

use crate::{
    Callee, Changes, Claims, Clock, Committer, CpuPool, Function, Grant, GrantUses, Granted, Guarded, HttpClient,
    HttpError, HttpHeaders, HttpReply, HttpRequest, Item, Key, Keys, MAX_PAGE, Policy, Precondition, Problem, Query,
    QueryPage, Random, Scratch, SecretName, Setting, Settings, Store, StoreError, Stored, Table, TextSetting,
    TokenError, TokenKind, TokenProfile, Versioned, query_shards,
};

/// The secrets that functions may know, by name.
pub type Secrets = BTreeMap<SecretName, String>;

/// What a host hands to every function.
#[derive(Clone)]
pub struct Dependencies {
    /// Where items are kept.
    pub store: Arc<dyn Store>,
    /// What every unit of work is committed through.
    pub committer: Arc<Committer>,
    /// The time that ids, deadlines and expiry go by.
    pub clock: Arc<dyn Clock>,
    /// Where ids and secrets come from.
    pub random: Arc<dyn Random>,
    /// Keys that sign and verify.
    pub keys: Arc<Keys>,
    /// The settings that differ from their defaults.
    pub settings: Arc<Settings>,
    /// The secrets that functions may know.
    pub secrets: Arc<Secrets>,
    /// How others are called.
    pub http: Arc<dyn HttpClient>,
    /// Where CPU-heavy work runs.
    pub cpu_pool: CpuPool,
    /// Where the use of grants is recorded, if anybody asks.
    pub uses: Option<Arc<GrantUses>>,
}

/// What one function may reach, and what the request it answers expects.
#[derive(Clone)]
pub struct Context {
    function: Function,
    store: Granted,
    dependencies: Dependencies,
    precondition: Precondition,
}

impl Context {
    /// The context of a function, within its grants: those on providers are what it takes to ask them where they are.
    pub fn new(function: Function, dependencies: Dependencies) -> Self {
        let function = function.placed(|provider| dependencies.settings.placement(provider));
        let store =
            Granted::new(function, dependencies.store.clone(), dependencies.clock.clone(), dependencies.uses.clone());
        Self { function, store, dependencies, precondition: Precondition::None }
    }

    /// The function it belongs to.
    pub const fn function(&self) -> Function {
        self.function
    }

    /// The store, within the function's grants.
    pub fn store(&self) -> &dyn Store {
        &self.store
    }

    /// The same context for a request that expects this of the thing it is about.
    #[must_use]
    pub fn expecting(mut self, precondition: Precondition) -> Self {
        self.precondition = precondition;
        self
    }

    /// What the request expects of the thing it is about.
    pub const fn precondition(&self) -> &Precondition {
        &self.precondition
    }

    /// A thing, closed until its policy has permitted the caller.
    pub async fn read<T: Stored + Policy>(&self, id: &T::Id) -> Result<Guarded<T>, StoreError> {
        self.read_at(&T::key(id)).await
    }

    /// The thing at a key, as an index gives it, closed until its policy has permitted the caller.
    pub async fn read_at<T: Stored + Policy>(&self, key: &Key) -> Result<Guarded<T>, StoreError> {
        let item = self.store.get(T::TABLE, key).await?;
        self.guarded(item)
    }

    /// Closes over what was read.
    pub fn guarded<T: Stored + Policy>(&self, item: Option<Item>) -> Result<Guarded<T>, StoreError> {
        let found = item.map(Versioned::read).transpose()?.flatten();
        Ok(Guarded::new(found, self.precondition.clone()))
    }

    /// A thing that nothing is shown of, or that the caller proves their right to otherwise. Not guarded.
    pub async fn find<T: Stored>(&self, id: &T::Id) -> Result<Option<Versioned<T>>, StoreError> {
        let item = self.store.get(T::TABLE, &T::key(id)).await?;
        Ok(item.map(Versioned::read).transpose()?.flatten())
    }

    /// The things at these keys as they are now, in their order, each where it is there. Not guarded.
    pub async fn find_at<T: Stored>(&self, keys: &[Key]) -> Result<Vec<Option<Versioned<T>>>, StoreError> {
        let batches = try_join_all(keys.chunks(MAX_PAGE).map(|keys| self.store.get_many(T::TABLE, keys))).await?;
        let mut items: HashMap<Key, Item> =
            batches.into_iter().flatten().map(|item| (item.key.clone(), item)).collect();
        let read = |key| Ok(items.remove(key).map(Versioned::read).transpose()?.flatten());
        keys.iter().map(read).collect()
    }

    /// A page of a partition.
    pub async fn query(&self, table: Table, query: &Query) -> Result<QueryPage, StoreError> {
        self.store.query(table, query).await
    }

    /// A page over every shard of a partition.
    pub async fn query_shards(&self, table: Table, query: &Query) -> Result<QueryPage, StoreError> {
        query_shards(&self.store, table, query).await
    }

    /// Commits a first unit of work before calling outside, through the same committer as effects. Only for what must be
    /// on record before the outside world is touched.
    pub async fn commit(&self, table: Table, changes: Changes) -> Result<(), StoreError> {
        self.commit_traced(table, changes, None).await
    }

    /// Commits, and hands the trace of the request on to the events. For hosts.
    pub async fn commit_traced(&self, table: Table, changes: Changes, trace: Option<&str>) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.store.require(Grant::Write(table))?;
        self.dependencies.committer.commit(table, changes, trace).await
    }

    /// Now, in whole seconds.
    pub fn now(&self) -> Timestamp {
        Timestamp::of(self.dependencies.clock.now())
    }

    /// Now, with milliseconds: what ids are made of.
    pub fn instant(&self) -> jiff::Timestamp {
        self.dependencies.clock.now()
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.dependencies.random.fill(&mut bytes);
        bytes
    }

    /// The value of a setting.
    ///
    /// # Panics
    /// If the function does not declare that it reads it: deployed, it would not be given it.
    pub fn setting(&self, setting: &Setting) -> i64 {
        let Function { name, settings, .. } = self.function;
        assert!(settings.contains(setting), "{name} reads {} and does not declare it", setting.name);
        if let Some(uses) = &self.dependencies.uses {
            uses.record(name, setting.name);
        }
        self.dependencies.settings.get(setting)
    }

    /// A text among the settings, where it is set.
    ///
    /// # Panics
    /// If the function does not declare that it reads it: deployed, it would not be given it.
    pub fn text(&self, setting: &TextSetting) -> Option<&str> {
        let Function { name, texts, .. } = self.function;
        let is_declared = texts.iter().any(|text| text.name == setting.name);
        assert!(is_declared, "{name} reads {} and does not declare it", setting.name);
        if let Some(uses) = &self.dependencies.uses {
            uses.record(name, setting.name);
        }
        self.dependencies.settings.text(setting)
    }

    /// A secret that the function may know.
    pub fn secret(&self, name: SecretName) -> Result<&str, StoreError> {
        self.store.require(Grant::Secret(name))?;
        self.dependencies
            .secrets
            .get(&name)
            .map(String::as_str)
            .ok_or_else(|| StoreError::Unavailable(format!("the secret {} is not given", name.0)))
    }

    /// Posts to somebody whom the function may call, at a path after the address. That no reply comes is nothing unusual, and a value of its own; that the
    /// declaration does not allow it is an error.
    pub async fn call(
        &self,
        callee: Callee,
        path: &str,
        headers: HttpHeaders,
        body: String,
        timeout: Duration,
    ) -> Result<Result<HttpReply, HttpError>, StoreError> {
        self.store.require(Grant::Call(callee))?;
        let given = self.dependencies.settings.text(&callee.url).map(str::to_owned);
        let by_default = || callee.path.map(|path| format!("{}{path}", self.keys().issuer()));
        let address = given.or_else(by_default);
        let address = address.ok_or_else(|| StoreError::Unavailable(format!("{} is not given", callee.url.name)))?;
        let url = address + path;
        Ok(self.dependencies.http.post(HttpRequest { url, headers, body, timeout }).await)
    }

    /// The keys, to read what is public of them.
    pub fn keys(&self) -> &Keys {
        &self.dependencies.keys
    }

    /// Signs claims as a token of this kind.
    pub fn sign<T: Serialize>(&self, kind: TokenKind, claims: &T) -> Result<String, Problem> {
        self.store.require(Grant::Sign(kind))?;
        self.dependencies.keys.sign(kind, claims).map_err(Problem::internal)
    }

    /// Verifies a token of this kind against the clock that was handed in.
    pub fn verify<T: Claims>(&self, kind: impl Into<TokenProfile>, token: &str) -> Result<T, TokenError> {
        self.dependencies.keys.verify(kind, token, self.now())
    }

    /// Runs CPU-heavy work off the threads of requests; 503 where too much waits already.
    pub async fn compute<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Scratch) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.dependencies.cpu_pool.run(job).await
    }
}
