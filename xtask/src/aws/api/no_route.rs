//! The function that answers requests which no operation answers, so that they too get a problem as the API tells it.
//!
//! It is no operation: nothing declares it, and no document has it.

use host::requirements::CORS_ORIGINS;

use crate::{
    aws::{
        api::{LOGS, may_call},
        front::Front,
        intrinsics::{arn, reference},
        program, role,
    },
    yaml::{Map, map},
};

/// Its logical id, and its program's name.
pub(crate) const ID: &str = "NoRoute";
pub(crate) const NAME: &str = "no-route";
/// The route of requests that have no other. SAM puts a slash before it; `sam local` knows it without.
pub(crate) const ROUTE: &str = "$default";

const ROLE: &str = "NoRouteRole";
const MEMORY_MIB: u32 = 128;
const TIMEOUT_S: u32 = 5;

/// The function, its role and the permission to call it. It shares the API's log.
pub(super) fn resources() -> Map {
    let function = map! {
        "Description" => "Somebody asks for what is not there.",
        "MemorySize" => MEMORY_MIB,
        "Timeout" => TIMEOUT_S,
        "Role" => arn(ROLE),
        "LoggingConfig" => map! { "LogGroup" => reference(LOGS) },
        // The API answers preflights; `sam local` asks this function.
        "Environment" => map! { "Variables" => map! { CORS_ORIGINS.name => Front::Api.origins() } },
    };
    map! {
        ID => program::function(NAME, Front::Api, function),
        ROLE => role::that_logs(NAME, LOGS),
        "NoRouteRequestPermission" => may_call(ID, ROUTE),
    }
}
