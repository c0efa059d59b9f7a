//! The environment a program starts in.

use std::{env, os::unix::process::CommandExt as _, process::Command};

/// What the AWS SDK takes an endpoint from; it panics where one of them is there and empty, as templates leave it.
const ENDPOINT_PREFIX: &str = "AWS_ENDPOINT_URL";

/// An empty endpoint means none: where there is one, the program starts over without it.
pub(crate) fn without_empty_endpoints() {
    let empty: Vec<String> = env::vars()
        .filter(|(name, value)| name.starts_with(ENDPOINT_PREFIX) && value.is_empty())
        .map(|(name, _)| name)
        .collect();
    let (false, Ok(program)) = (empty.is_empty(), env::current_exe()) else { return };
    let mut again = Command::new(program);
    again.args(env::args_os().skip(1));
    for name in &empty {
        again.env_remove(name);
    }
    // Returns only where it failed; then the SDK says what it does not like.
    drop(again.exec());
}

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
