//! The parameters that nothing declares.

use crate::{
    aws::parameters::{matching, text},
    yaml::{Map, Value, map},
};

/// How many days `CloudWatch` can keep logs.
const LOG_DAYS: [u32; 12] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365];

/// Those of every template.
pub(super) fn of_all() -> Map {
    map! {
        "Stage" => choice(["local", "staging", "production"], "Where this is; `local` is an emulator")
            .with("Default", "staging"),
        // No default: it is what the programs were built for, and samconfig.toml says that for building and deploying alike.
        "Architecture" => choice(["arm64", "x86_64"], "What the programs were built for"),
        "LocalEndpoint" => matching(
            "^(https?://.+)?$",
            "Where the emulator is, as functions see it; empty on AWS",
        ),
        "PublicKeys" => text(
            "The public keys that verify access tokens and quotes, as `tiffin keys` prints them or as JSON",
        ),
        "Issuer" => matching(
            r"^(https://[^/?#\s]+(/[^?#\s]*[^/?#\s])?)?$",
            "The https URL that the API is served under, who issues tokens; not needed where Stage is local",
        ),
        "CorsOrigins" => matching(
            r"^(https?://[^/,\s]+(,https?://[^/,\s]+)*)?$",
            "The origins whose pages may call the API, separated by commas without spaces; none where empty",
        ),
        "LogFilter" => with_default("String", "info", "What functions log, as RUST_LOG says it"),
        "LogRetentionDays" => number(30, "How long logs are kept").with("AllowedValues", LOG_DAYS),
        "AlarmTopicArn" => matching(
            "^(arn:[^:]+:sns:.+)?$",
            "The topic that alarms are sent to; none where empty",
        ),
    }
    .and(of_tables())
}

/// Those of every template that has tables.
pub(crate) fn of_tables() -> Map {
    map! {
        "TableMaxReadUnits" => at_least_one(
            4000,
            "The most read units a second that a table, and each of its indexes, takes; a brake for the bill",
        ),
        "TableMaxWriteUnits" => at_least_one(
            1000,
            "The most write units a second that a table, and each of its indexes, takes; a brake for the bill",
        ),
    }
}

/// Those of the HTTP API.
pub(super) fn of_api() -> Map {
    map! {
        "ThrottlingRate" => at_least_one(100, "The most requests a second that each route takes"),
        "ThrottlingBurst" => at_least_one(200, "The most requests at once that each route takes"),
        "HotThrottlingRate" => at_least_one(
            500,
            "The same as ThrottlingRate, for each route on the path of every order or every page",
        ),
        "HotThrottlingBurst" => at_least_one(
            1000,
            "The same as ThrottlingBurst, for each route on the path of every order or every page",
        ),
        "WithPages" => choice(["true", "false"], "Whether the pages have a bucket and a CDN").with("Default", "false"),
    }
}

fn choice<const N: usize>(of: [&str; N], about: &str) -> Map {
    map! { "Type" => "String", "Description" => about, "AllowedValues" => of }
}

fn at_least_one(default: u32, about: &str) -> Map {
    number(default, about).with("MinValue", 1_u32)
}

fn number(default: u32, about: &str) -> Map {
    with_default("Number", default, about)
}

fn with_default(kind: &str, default: impl Into<Value>, about: &str) -> Map {
    map! { "Type" => kind, "Default" => default, "Description" => about }
}
