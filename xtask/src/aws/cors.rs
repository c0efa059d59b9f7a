//! Which pages may read replies: the host's own rules, for gateways that answer preflights in its place.

use host::cors::{ALLOWED_HEADERS, EXPOSED_HEADERS, METHODS, PREFLIGHT_LIFE};

use crate::aws::yaml::list;

/// The rules for a function URL, among its configuration.
pub(crate) fn of_url() -> String {
    format!("        Cors: {}", rules(str::to_owned))
}

/// The rules for an HTTP API, among its properties. SAM takes a condition here only around the whole, and hands it on as it
/// is: so names are written as the API's own document writes them.
pub(crate) fn of_api() -> String {
    format!("      CorsConfiguration: {}", rules(|name| name[..1].to_lowercase() + &name[1..]))
}

/// Without origins there are no rules, and no page of another origin may call.
fn rules(named: impl Fn(&str) -> String) -> String {
    let rules = [
        ("AllowOrigins", "!Split [\",\", !Ref CorsOrigins]".to_owned()),
        ("AllowMethods", list(&METHODS.each_ref().map(http::Method::as_str))),
        ("AllowHeaders", list(&ALLOWED_HEADERS)),
        ("ExposeHeaders", list(&EXPOSED_HEADERS)),
        ("MaxAge", PREFLIGHT_LIFE.as_secs().to_string()),
    ];
    let rules = rules.map(|(name, value)| format!("{}: {value}\n", named(name)));
    format!(
        "!If
          - HasCorsOrigins
          - {}          - !Ref AWS::NoValue
",
        rules.join("            ")
    )
}
