//! Which pages may read replies: the host's own rules, for gateways that answer preflights in its place.

use host::cors::{ALLOWED_HEADERS, EXPOSED_HEADERS, METHODS, PREFLIGHT_LIFE};

use crate::{
    aws::intrinsics::{only_if, reference, split},
    yaml::{Map, Value},
};

/// The rules for a function URL.
pub(crate) fn of_url() -> Value {
    rules(str::to_owned)
}

/// The rules for an HTTP API. SAM takes a condition here only around the whole, and hands it on as it is: so names are
/// written as the API's own document writes them.
pub(crate) fn of_api() -> Value {
    rules(|name| name[..1].to_lowercase() + &name[1..])
}

/// Without origins there are no rules, and no page of another origin may call.
fn rules(named: impl Fn(&str) -> String) -> Value {
    let rules: [(&str, Value); 5] = [
        ("AllowOrigins", split(",", reference("CorsOrigins"))),
        ("AllowMethods", METHODS.iter().map(http::Method::as_str).collect()),
        ("AllowHeaders", ALLOWED_HEADERS.into()),
        ("ExposeHeaders", EXPOSED_HEADERS.into()),
        ("MaxAge", PREFLIGHT_LIFE.as_secs().into()),
    ];
    only_if("HasCorsOrigins", rules.into_iter().map(|(name, value)| (named(name), value)).collect::<Map>())
}
