//! The one binary of tests of the whole system: flows over HTTP, access, documents, faults.

mod access;
mod accounts;
mod closing;
mod cost;
mod crash;
mod crossing;
mod documents;
mod erasure;
mod events;
mod flows;
mod grants;
mod idempotency;
mod inputs;
mod money;
mod operator;
mod pages;
mod process;
mod programs;
mod protocol;
mod refusals;
mod sessions;
mod snapshots;
mod theatre;
mod workspace;
