//! Who may import whom, and what no service may name.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use serde_json::Value;

/// What the names of our packages begin with, all but the program's own and xtask's. It is left out below.
const PREFIX: &str = "tiffin-";

/// Of the workspace's own packages, those that each may depend on, except for tests.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("empty", &[]),
    ("app", &["domain"]),
    ("client", &["app"]),
    ("aws", &["client"]),
    ("host", &["app", "domain"]),
    ("sqlite", &["app", "domain"]),
    ("dynamodb", &["app", "domain"]),
    ("messaging", &["app", "client", "domain"]),
    ("pages", &["app", "domain", "host"]),
    ("testing", &["app", "domain"]),
    ("cargo-aws", &["app", "aws", "bootstrap", "dynamodb", "host", "pages", "testing"]),
    ("users", SERVICE),
    ("restaurants", SERVICE),
    ("orders", SERVICE),
    ("payments", SERVICE),
    ("deliveries", SERVICE),
    ("notifications", SERVICE),
    ("provider", &["app", "domain", "host", "payments"]),
    (
        "bootstrap",
        &[
            "app",
            "aws",
            "client",
            "deliveries",
            "domain",
            "dynamodb",
            "host",
            "messaging",
            "notifications",
            "orders",
            "pages",
            "payments",
            "provider",
            "restaurants",
            "users",
        ],
    ),
    (
        "tiffin",
        &[
            "app",
            "client",
            "deliveries",
            "domain",
            "host",
            "notifications",
            "orders",
            "pages",
            "payments",
            "restaurants",
            "sqlite",
            "users",
        ],
    ),
];
const SERVICE: &[&str] = &["app", "domain"];

/// AWS' crates, each with those that may name it.
const AWS: &[(&str, &[&str])] = &[
    ("aws-sdk-dynamodb", &["dynamodb"]),
    ("aws-sdk-sns", &["messaging"]),
    ("aws-sdk-secretsmanager", &["bootstrap"]),
    ("aws-config", &["aws"]),
    ("lambda_runtime", &["bootstrap"]),
];

/// What no service may depend on: frameworks, runtimes, stores.
const NO_SERVICE: &[&str] = &["axum", "http", "hyper", "lambda_http", "reqwest", "rusqlite", "tokio", "tower"];

struct Package {
    name: String,
    manifest: String,
    /// Those that it names, except for tests and builds.
    dependencies: BTreeSet<String>,
}

/// Every package, as cargo reports it.
fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO")).args(["metadata", "--no-deps", "--format-version", "1"]).output();
    let metadata: Value = serde_json::from_slice(&output.expect("cargo knows the workspace").stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let short = |value: &Value| text(value).trim_start_matches(PREFIX).to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let of = |package: &Value| Package {
        name: short(&package["name"]),
        manifest: text(&package["manifest_path"]),
        dependencies: list(&package["dependencies"])
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .map(|dependency| short(&dependency["name"]))
            .collect(),
    };
    list(&metadata["packages"]).iter().map(of).collect()
}

#[test]
fn packages_import_only_what_they_may() {
    let packages = packages();
    let own: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    for Package { name, manifest, dependencies } in &packages {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(package, _)| package == name) else {
            assert!(["tests", "xtask"].contains(&name.as_str()), "say what {name} may import");
            continue;
        };
        for imported in dependencies.iter().filter(|dependency| own.contains(dependency.as_str())) {
            assert!(allowed.contains(&imported.as_str()), "{name} may not import {imported}");
        }
        if *allowed == SERVICE && manifest.contains("/functions/") {
            let framework = dependencies.iter().find(|dependency| NO_SERVICE.contains(&dependency.as_str()));
            assert_eq!(framework, None, "{name} names a framework");
        }
    }
}

#[test]
fn each_crate_of_aws_is_named_by_its_adapter_alone() {
    for Package { name, dependencies, .. } in packages().iter().filter(|package| package.name != "tests") {
        for (crate_of_aws, allowed) in AWS.iter().filter(|(crate_of_aws, _)| dependencies.contains(*crate_of_aws)) {
            assert!(allowed.contains(&name.as_str()), "{name} may not name {crate_of_aws}");
        }
    }
}

#[test]
fn every_function_of_the_local_process_is_a_program() {
    let names = |services: &[app::Service]| -> Vec<&str> {
        services.iter().flat_map(|service| service.functions).map(|declaration| declaration.function.name).collect()
    };
    assert_eq!(names(tiffin::services::SERVICES), names(bootstrap::SERVICES));
}

#[test]
fn every_service_that_publishes_has_its_outbox_relayed() {
    for service in tiffin::services::SERVICES {
        let publishes = domain::Kind::ALL.iter().any(|kind| kind.service() == service.name);
        let is_relayed = service.functions.iter().any(app::Declaration::is_scheduled);
        assert!(!publishes || is_relayed, "{} publishes, and has neither sweep, schedule nor relay", service.name);
    }
}

#[test]
fn the_local_process_is_built_without_aws() {
    let tree = Command::new(env!("CARGO")).args(["tree", "-p", "tiffin", "-e", "normal", "--prefix", "none"]).output();
    let tree = String::from_utf8(tree.expect("cargo knows what tiffin is built from").stdout).expect("text");
    assert!(tree.contains("rusqlite"), "{tree}");
    let aws = tree.lines().find(|line| line.starts_with("aws-") && !line.starts_with("aws-lc"));
    assert_eq!(aws, None);
}

#[test]
fn the_systems_key_is_made_by_hosts_alone() {
    for file in rust_files(&xtask::root().join("functions")) {
        let text = fs::read_to_string(&file).expect("it can be read");
        assert!(!text.contains("held_by_host"), "{} makes itself a key", file.display());
    }
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
