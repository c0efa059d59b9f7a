//! What an operation is: its declaration, the effect it returns, and the ports it may use.
//!
//! Nothing here knows a framework, a database or a service. An operation reads through [`Context`], decides, and
//! returns an [`Effect`]; a host commits it.

#![warn(missing_docs)]

mod audit;
mod caller;
mod changes;
mod committer;
mod context;
mod cpu_pool;
mod deadline;
mod declaration;
mod endpoint;
pub mod erasure;
mod exported;
mod function;
mod granted;
mod guarded;
mod inbox;
mod input;
mod keys;
mod listing;
pub mod outbox;
mod outside;
mod person;
mod placeholder;
mod problem;
mod projected;
mod schedule;
mod setting;
mod shards;
pub mod shared_settings;
mod sources;
pub mod standard_webhooks;
mod store;
mod stored;
mod subscriber;
mod sweep;

pub use audit::{Audit, Violation};
pub use caller::{AccessClaims, Caller, Precondition, System, User};
pub use changes::{Changes, Effect, Fact};
pub use committer::{Bus, Committer, MAX_EVENT_BYTES, PUBLISH_BUDGET};
pub use context::{Context, Dependencies, Secrets};
pub use cpu_pool::{CpuPool, Scratch};
pub use deadline::Deadline;
pub use declaration::{Declaration, EndpointDeclaration, InputSchemas, Run, Service, Trigger, TriggerKind};
pub use endpoint::{
    Access, Answer, Created, Endpoint, Idempotency, Method, NoContent, Prepared, Reply, Route, SignCursor,
};
pub use exported::{Export, Exported};
pub use function::{Function, Grant, Scale, SecretName};
pub use granted::{GrantUses, Granted};
pub use guarded::{Guarded, Policy, Public, Versioned};
pub use inbox::{inbox_key, inbox_record};
pub use input::{Empty, Input, InputForm, Json, MergePatch, PageQuery, Paged, Raw, Refused, Sent, UrlQuery};
pub use keys::{
    ACCESS_TOKEN, Claims, INVITATION, Jwks, KeyError, KeyPair, Keys, OperatorClaims, OperatorKey, OperatorToken,
    PublicKeys, QUOTE, RESET, TokenError, TokenKind, TokenProfile, from_word, to_word,
};
pub use listing::Listing;
pub use outbox::{Waiting, outbox_key};
pub use outside::{Callee, HttpClient, HttpError, HttpHeaders, HttpReply, HttpRequest, Placement, ProviderGrant};
pub use person::{Pointer, pointers_of};
pub use placeholder::{OrPlaceholder, PLACEHOLDER_LIFE_S, leave_placeholder};
pub use problem::{Code, FieldError, Problem, code};
pub use projected::{Projected, Projection};
pub use schedule::Schedule;
pub use setting::{Setting, Settings, TextSetting, are_origins, is_base_url, is_url};
pub use shards::{SHARDS, query_shards, shard_of, sharded};
pub use sources::{Clock, Random};
pub use store::{
    Condition, Index, IndexKey, Item, Key, MAX_ITEM_BYTES, MAX_PAGE, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES,
    MAX_TRANSACTION_BYTES, MAX_WRITES, Query, QueryPage, Range, Store, StoreError, Table, Write,
};
pub use stored::{Draft, Stored, StoredType};
pub use subscriber::{Failure, Subscriber};
pub use sweep::{Sweep, due_key, due_query};
