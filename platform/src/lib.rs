//! The local process: every function of every service in one program, with an embedded store, a dispatcher of events and
//! a timer.

pub mod check;
pub mod city;
pub mod cli;
pub mod dead_letters;
pub mod dispatcher;
pub mod local;
pub mod ops;
pub mod reindex;
pub mod retry;
pub mod services;
pub mod simulate;
pub mod theatre;
pub mod up;

mod data_dir;
mod functions;
mod keys;
mod operator;
mod pages;
mod router;
mod terminal;
mod welcome;
