//! Who may read replies in a browser: the same as `shared/host/src/edge.rs` says where no gateway speaks for it.

use crate::aws::yaml::list;

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];
const TAKEN_HEADERS: &[&str] = &[
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "traceparent",
    "x-request-id",
];
const SHOWN_HEADERS: &[&str] = &["etag", "location", "date", "retry-after", "x-request-id", "idempotent-replayed"];
/// How long a browser may keep the answer to a preflight, in seconds.
const PREFLIGHT_LIFE_S: u32 = 3600;

/// The rules for a function URL, among its configuration.
pub(crate) fn of_url() -> String {
    format!("        Cors: {}", rules(str::to_owned))
}

/// The rules for an HTTP API, among its properties. SAM takes a condition here only around the whole, and hands it on as it
/// is: so names are written as the API's own document writes them.
pub(crate) fn of_api() -> String {
    format!("      CorsConfiguration: {}", rules(|name| name[..1].to_lowercase() + &name[1..]))
}

/// Without origins there are none, and nobody is let in.
fn rules(named: impl Fn(&str) -> String) -> String {
    let rules = [
        ("AllowOrigins", "!Split [\",\", !Ref CorsOrigins]".to_owned()),
        ("AllowMethods", list(METHODS)),
        ("AllowHeaders", list(TAKEN_HEADERS)),
        ("ExposeHeaders", list(SHOWN_HEADERS)),
        ("MaxAge", PREFLIGHT_LIFE_S.to_string()),
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

#[cfg(test)]
mod tests {
    use super::*;

    const EDGE: &str = include_str!("../../../shared/host/src/edge.rs");

    /// The names between `begin` and the next closing bracket.
    fn named(begin: &str) -> Vec<&'static str> {
        let (_, rest) = EDGE.split_once(begin).expect("it is there");
        let (inside, _) = rest.split_once(']').expect("it ends");
        inside.split('"').skip(1).step_by(2).collect()
    }

    #[test]
    fn a_gateway_lets_in_what_the_host_lets_in() {
        assert_eq!(named("allow_headers(named(&["), TAKEN_HEADERS);
        assert_eq!(named("expose_headers(named(&["), SHOWN_HEADERS);
        let methods: Vec<String> = METHODS.iter().map(|method| format!("Method::{method}")).collect();
        assert!(EDGE.contains(&format!("allow_methods([{}])", methods.join(", "))));
        assert!(
            EDGE.contains(&format!("PREFLIGHT_LIFE: Duration = Duration::from_hours({})", PREFLIGHT_LIFE_S / 3600))
        );
    }
}
