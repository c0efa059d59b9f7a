//! Which pages may read replies: the host's own rules, for gateways that answer preflights in its place.

use host::{
    cors::{ALLOWED_HEADERS, EXPOSED_HEADERS, METHODS, PREFLIGHT_LIFE},
    requirements::ANY_ORIGIN,
};

use crate::{
    aws::{
        intrinsics::{if_, only_if, reference, split},
        parameters::{ALLOWS_ORIGINS, HAS_ORIGINS},
    },
    yaml::{Map, Value},
};

/// The rules for a function URL.
pub(crate) fn of_url() -> Value {
    rules(str::to_owned)
}

/// The rules for an HTTP API, named as its document names them.
pub(crate) fn of_api() -> Value {
    rules(|name| name[..1].to_lowercase() + &name[1..])
}

/// Where no origins are given there are no rules, and no page of another origin may call; on an emulator, each may then. Never
/// with credentials: tokens are bearer tokens.
fn rules(named: impl Fn(&str) -> String) -> Value {
    let origins = if_(HAS_ORIGINS, split(",", reference("CorsOrigins")), [ANY_ORIGIN]);
    let rules: [(&str, Value); 5] = [
        ("AllowOrigins", origins),
        ("AllowMethods", METHODS.iter().map(http::Method::as_str).collect()),
        ("AllowHeaders", ALLOWED_HEADERS.into()),
        ("ExposeHeaders", EXPOSED_HEADERS.into()),
        ("MaxAge", PREFLIGHT_LIFE.as_secs().into()),
    ];
    only_if(ALLOWS_ORIGINS, rules.into_iter().map(|(name, value)| (named(name), value)).collect::<Map>())
}
