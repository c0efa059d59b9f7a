//! The routes for `cargo lambda watch`, which reads them from `CargoLambda.toml` beside the workspace's `Cargo.toml`.

use app::Service;

use crate::aws::{function_spec::specs, yaml::quoted};

pub(crate) const PATH: &str = "CargoLambda.toml";

/// The file: a line per path, with the function for each method.
pub(crate) fn router(services: &[Service]) -> String {
    let mut paths: Vec<(&str, Vec<String>)> = Vec::new();
    for spec in specs(services) {
        let Some(endpoint) = spec.declaration.as_endpoint() else { continue };
        let target =
            format!("{{ method = {}, function = {} }}", quoted(endpoint.route.method.name()), quoted(spec.name()));
        match paths.iter_mut().find(|(path, _)| *path == endpoint.route.path) {
            Some((_, targets)) => targets.push(target),
            None => paths.push((endpoint.route.path, vec![target])),
        }
    }
    let lines = paths.iter().map(|(path, targets)| format!("{} = [{}]\n", quoted(path), targets.join(", ")));
    format!(
        "# Generated from the declarations by `cargo xtask generate`.\n[watch.router]\n{}",
        lines.collect::<String>()
    )
}

/// Reads the file back: method and path, and the function.
pub(crate) fn routes(router: &str) -> Vec<(String, String)> {
    let mut routes = Vec::new();
    for (path, targets) in router.lines().filter_map(|line| line.split_once(" = [")) {
        let path = path.trim_matches('"');
        for target in targets.split('{').skip(1) {
            let mut words = target.split('"').skip(1).step_by(2);
            if let (Some(method), Some(function)) = (words.next(), words.next()) {
                routes.push((format!("{method} {path}"), function.to_owned()));
            }
        }
    }
    routes
}

#[cfg(test)]
mod tests {
    use tiffin::services::SERVICES;

    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let routes = routes(&router(SERVICES));
        assert!(routes.contains(&("GET /v1/orders/{order_id}".to_owned(), "get-order".to_owned())));
        assert!(routes.contains(&("POST /v1/orders".to_owned(), "place-order".to_owned())));
    }
}
