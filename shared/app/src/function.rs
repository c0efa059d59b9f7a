//! What a function may touch and how it scales: the part of a declaration that becomes a policy on every platform.

use crate::{Callee, Index, Placement, ProviderGrant, Setting, Table, TextSetting, keys::TokenKind};

/// One thing a function may do, in IAM's verbs. Publishing and the outbox, inbox and idempotency items follow from
/// [`Grant::Write`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grant {
    /// Read items of the table by key.
    Get(Table),
    /// Read a partition of the table.
    Query(Table),
    /// Read a partition of an index of the table.
    QueryIndex(Table, Index),
    /// Write to the table.
    Write(Table),
    /// Sign tokens of this kind.
    Sign(TokenKind),
    /// Know a secret.
    Secret(SecretName),
    /// Call somebody over HTTP.
    Call(Callee),
    /// Ask a provider: what that takes depends on where it is.
    Provider(ProviderGrant),
}

/// The name of a secret that functions share with somebody: `provider-webhook`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(pub &'static str);

impl Grant {
    /// The table it is about, if it is about one.
    pub const fn table(&self) -> Option<Table> {
        match self {
            Self::Get(table) | Self::Query(table) | Self::QueryIndex(table, _) | Self::Write(table) => Some(*table),
            Self::Sign(_) | Self::Secret(_) | Self::Call(_) | Self::Provider(_) => None,
        }
    }

    /// Whom it lets the function call, if anybody.
    pub const fn callee(&self) -> Option<Callee> {
        if let Self::Call(callee) = self { Some(*callee) } else { None }
    }

    /// The secret that it lets the function know, if one.
    pub const fn secret(&self) -> Option<SecretName> {
        if let Self::Secret(name) = self { Some(*name) } else { None }
    }

    /// The provider that it lets the function ask, if one.
    pub const fn provider(&self) -> Option<ProviderGrant> {
        if let Self::Provider(provider) = self { Some(*provider) } else { None }
    }

    /// The grant as a word pair: `query orders/by-customer`.
    pub fn describe(&self) -> String {
        match self {
            Self::Get(table) => format!("get {}", table.name),
            Self::Query(table) => format!("query {}", table.name),
            Self::QueryIndex(table, index) => format!("query {}/{}", table.name, index.0),
            Self::Write(table) => format!("write {}", table.name),
            Self::Sign(kind) => format!("sign {}", kind.name),
            Self::Secret(name) => format!("know {}", name.0),
            Self::Call(callee) => format!("call {}", callee.name),
            Self::Provider(provider) => format!("ask {}", provider.callee.name),
        }
    }
}

/// How often a function is called, and so how it is kept warm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// On the path of every order or every page: kept warm.
    Hot,
    /// Called all day.
    #[default]
    Normal,
    /// Called now and then: scales to nothing.
    Rare,
}

impl Scale {
    /// The word that tables and manifests show.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::Normal => "normal",
            Self::Rare => "rare",
        }
    }
}

/// The most grants a function may have; one that needs more does too much.
const MAX_GRANTS: usize = 8;
/// How long a function may run unless it says otherwise, in seconds.
const DEFAULT_TIMEOUT_S: u32 = 10;
/// The memory of a function unless it says otherwise, in MiB.
const DEFAULT_MEMORY_MIB: u32 = 256;
/// How many requests one instance takes at once, unless the function says otherwise; nearly all of their time they wait for the store.
/// (Lambda gives an instance one.)
const DEFAULT_CONCURRENCY: u32 = 80;

/// A function's name, grants and requirements.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name, a kebab-case verb phrase: `place-order`.
    pub name: &'static str,
    /// How it scales.
    pub scale: Scale,
    /// How long it may run, in seconds.
    pub timeout_s: u32,
    /// Its memory, in MiB.
    pub memory_mib: u32,
    /// How many requests one instance takes at once.
    pub concurrency: u32,
    /// Whether it works on something for long, rather than wait: it refuses by itself what is too much.
    pub is_cpu_heavy: bool,
    /// Whether its callers have to be known: it moves money.
    pub is_sensitive: bool,
    /// The settings that it reads.
    pub settings: &'static [Setting],
    /// The texts among them; those of whom it calls are not listed.
    pub texts: &'static [TextSetting],
    /// The provider that it is a part of: where that is outside, it is not there.
    pub part_of: Option<ProviderGrant>,
    grants: [Option<Grant>; MAX_GRANTS],
}

impl Function {
    /// A function that may touch nothing yet.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            scale: Scale::Normal,
            timeout_s: DEFAULT_TIMEOUT_S,
            memory_mib: DEFAULT_MEMORY_MIB,
            concurrency: DEFAULT_CONCURRENCY,
            is_cpu_heavy: false,
            is_sensitive: false,
            settings: &[],
            texts: &[],
            part_of: None,
            grants: [None; MAX_GRANTS],
        }
    }

    /// May read items of `table` by key.
    #[must_use]
    pub const fn gets(self, table: Table) -> Self {
        self.with(Grant::Get(table))
    }

    /// May read partitions of `table` itself.
    #[must_use]
    pub const fn queries(self, table: Table) -> Self {
        self.with(Grant::Query(table))
    }

    /// May read partitions of an index of `table`.
    #[must_use]
    pub const fn queries_index(self, table: Table, index: Index) -> Self {
        self.with(Grant::QueryIndex(table, index))
    }

    /// May write to `table`, and so publish what it says happened.
    #[must_use]
    pub const fn writes(self, table: Table) -> Self {
        self.with(Grant::Write(table))
    }

    /// May sign tokens of this kind.
    #[must_use]
    pub const fn signs(self, kind: TokenKind) -> Self {
        self.with(Grant::Sign(kind))
    }

    /// May know this secret.
    #[must_use]
    pub const fn secret(self, name: SecretName) -> Self {
        self.with(Grant::Secret(name))
    }

    /// May call this one over HTTP.
    #[must_use]
    pub const fn calls(self, callee: Callee) -> Self {
        self.with(Grant::Call(callee))
    }

    /// May ask this provider, wherever it is.
    #[must_use]
    pub const fn provider(self, provider: ProviderGrant) -> Self {
        self.with(Grant::Provider(provider))
    }

    /// Is a part of this provider, and not there where it is outside.
    #[must_use]
    pub const fn part_of(mut self, provider: ProviderGrant) -> Self {
        self.part_of = Some(provider);
        self
    }

    /// Reads these settings.
    #[must_use]
    pub const fn settings(mut self, settings: &'static [Setting]) -> Self {
        self.settings = settings;
        self
    }

    /// Reads these texts.
    #[must_use]
    pub const fn texts(mut self, texts: &'static [TextSetting]) -> Self {
        self.texts = texts;
        self
    }

    /// May do these as well.
    #[must_use]
    pub fn granted(self, grants: impl IntoIterator<Item = Grant>) -> Self {
        grants
            .into_iter()
            .fold(self, |function, grant| if function.may(grant) { function } else { function.with(grant) })
    }

    /// Scales like this.
    #[must_use]
    pub const fn scale(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// May run this long, in seconds.
    #[must_use]
    pub const fn timeout_s(mut self, seconds: u32) -> Self {
        self.timeout_s = seconds;
        self
    }

    /// Works on each request for long: an instance takes so many at once.
    #[must_use]
    pub const fn cpu_heavy(mut self, concurrency: u32) -> Self {
        self.concurrency = concurrency;
        self.is_cpu_heavy = true;
        self
    }

    /// Moves money, so that its callers have to be known.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.is_sensitive = true;
        self
    }

    /// The same with what it takes to ask its providers where they are: their tables, or their keys and addresses.
    #[must_use]
    pub fn placed(self, placement: impl Fn(&ProviderGrant) -> Placement) -> Self {
        let bare = Self { grants: [None; MAX_GRANTS], ..self };
        self.grants().fold(bare, |function, grant| match grant {
            Grant::Provider(provider) => match placement(&provider) {
                Placement::Inside => function.gets(provider.table).writes(provider.table),
                Placement::Outside => function.secret(provider.key).calls(provider.callee),
            },
            Grant::Get(_)
            | Grant::Query(_)
            | Grant::QueryIndex(..)
            | Grant::Write(_)
            | Grant::Sign(_)
            | Grant::Secret(_)
            | Grant::Call(_) => function.with(grant),
        })
    }

    /// The providers that it asks, or is a part of.
    pub fn providers(&self) -> impl Iterator<Item = ProviderGrant> + '_ {
        let asked = self.grants().filter_map(|grant| grant.provider());
        asked.chain(self.part_of)
    }

    /// Whether it is there: a part of a provider is where that is inside.
    pub fn is_there(&self, placement: impl Fn(&ProviderGrant) -> Placement) -> bool {
        self.part_of.is_none_or(|provider| placement(&provider) == Placement::Inside)
    }

    /// Its grants, in the order they were declared.
    pub fn grants(&self) -> impl Iterator<Item = Grant> + '_ {
        self.grants.iter().flatten().copied()
    }

    /// Whether it may do this.
    pub fn may(&self, grant: Grant) -> bool {
        self.grants().any(|held| held == grant)
    }

    /// Whether it may write to any table.
    pub fn writes_anything(&self) -> bool {
        self.grants().any(|grant| matches!(grant, Grant::Write(_)))
    }

    const fn with(mut self, grant: Grant) -> Self {
        let mut index = 0;
        while self.grants[index].is_some() {
            index += 1;
        }
        self.grants[index] = Some(grant);
        self
    }
}
