//! `CargoLambda.toml`, which cargo-lambda reads beside the workspace's `Cargo.toml`: what compiles programs, the environment of
//! functions for `cargo lambda watch`, and its routes.

use anyhow::{Context as _, Result};
use app::{Placement, Service};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

use crate::aws::function_spec::specs;

pub(crate) const PATH: &str = "CargoLambda.toml";

const HEADING: &str = "# Generated from the declarations by `cargo xtask generate`.\n";
/// The environment of functions on this computer.
const ENVIRONMENT: &str = "local.env";
/// Where the routes stand in the file, and what is said of each.
const WATCH: &str = "watch";
const ROUTER: &str = "router";
const METHOD: &str = "method";
const FUNCTION: &str = "function";

/// The file: a line per path, with the function for each method.
pub(crate) fn router(services: &[Service]) -> String {
    let mut router = Table::new();
    for spec in specs(services, Placement::Inside) {
        let Some(endpoint) = spec.declaration.as_endpoint() else { continue };
        let target = InlineTable::from_iter([(METHOD, endpoint.route.method.name()), (FUNCTION, spec.name())]);
        let targets = router.entry(endpoint.route.path).or_insert_with(|| value(Array::new()));
        if let Some(targets) = targets.as_array_mut() {
            targets.push(target);
        }
    }
    let mut watch = Table::new();
    watch.insert("env_file", value(ENVIRONMENT));
    watch.insert("invoke_address", value("127.0.0.1"));
    watch.insert(ROUTER, Item::Table(router));
    let mut build = Table::new();
    build.set_implicit(true);
    build.insert("compiler", Item::Table(Table::from_iter([("type", "cargo")])));
    let mut document = DocumentMut::new();
    document.insert("build", Item::Table(build));
    document.insert(WATCH, Item::Table(watch));
    format!("{HEADING}{document}")
}

/// Reads the file back: method and path, and the function.
pub(crate) fn routes(router: &str) -> Result<Vec<(String, String)>> {
    let document: DocumentMut = router.parse().with_context(|| format!("{PATH} is not TOML"))?;
    let paths = document.get(WATCH).and_then(|watch| watch.get(ROUTER)).and_then(Item::as_table);
    let paths = paths.with_context(|| format!("{PATH} has no routes"))?;
    let mut routes = Vec::new();
    for (path, targets) in paths {
        for target in targets.as_array().into_iter().flatten() {
            let text = |key: &str| target.as_inline_table().and_then(|target| target.get(key)?.as_str());
            let wrong = || format!("{PATH}: {path} leads nowhere");
            let method = text(METHOD).with_context(wrong)?;
            let function = text(FUNCTION).with_context(wrong)?;
            routes.push((format!("{method} {path}"), function.to_owned()));
        }
    }
    Ok(routes)
}

#[cfg(test)]
mod tests {
    use tiffin::services::SERVICES;

    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let routes = routes(&router(SERVICES)).expect("it has routes");
        assert!(routes.contains(&("GET /v1/orders/{order_id}".to_owned(), "get-order".to_owned())));
        assert!(routes.contains(&("POST /v1/orders".to_owned(), "place-order".to_owned())));
    }

    #[test]
    fn what_says_of_no_route_where_it_leads_is_refused() {
        for router in ["", "[watch.router]\n\"/v1/orders\" = [{ method = \"GET\" }]\n", "[watch"] {
            assert!(routes(router).is_err(), "{router}");
        }
    }
}
