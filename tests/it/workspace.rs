//! Who may import whom, and what no service may name.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Of the workspace's own packages, those that each may depend on (tests aside).
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("client", &[]),
    ("empty", &[]),
    ("app", &["domain"]),
    ("host", &["app", "domain"]),
    ("sqlite", &["app", "domain"]),
    ("dynamodb", &["app", "domain"]),
    ("messaging", &["app", "client", "domain"]),
    ("pages", &["app", "domain", "host"]),
    ("testing", &["app", "domain"]),
    ("users", SERVICE),
    ("restaurants", SERVICE),
    ("orders", SERVICE),
    ("payments", SERVICE),
    ("deliveries", SERVICE),
    ("notifications", SERVICE),
    (
        "bootstrap",
        &[
            "app",
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
            "restaurants",
            "users",
        ],
    ),
    (
        "tiffin",
        &[
            "app",
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
    ("aws-config", &["client"]),
    ("lambda_runtime", &["bootstrap"]),
];

/// What no service may depend on: frameworks, runtimes, stores.
const NO_SERVICE: &[&str] = &["axum", "http", "hyper", "lambda_http", "reqwest", "rusqlite", "tokio", "tower"];

#[test]
fn packages_import_only_what_they_may() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo knows the workspace");
    let own: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    for package in &metadata.packages {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == package.name.as_str()) else {
            assert!(["tests", "xtask"].contains(&package.name.as_str()), "say what {} may import", package.name);
            continue;
        };
        let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        let names: BTreeSet<&str> = normal.map(|dependency| dependency.name.as_str()).collect();
        for name in names.iter().filter(|name| own.contains(*name)) {
            assert!(allowed.contains(name), "{} may not import {name}", package.name);
        }
        if *allowed == SERVICE && package.manifest_path.as_str().contains("/functions/") {
            let framework = names.iter().find(|name| NO_SERVICE.contains(name));
            assert_eq!(framework, None, "{} names a framework", package.name);
        }
    }
}

#[test]
fn each_crate_of_aws_is_named_by_its_adapter_alone() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo knows the workspace");
    for package in metadata.packages.iter().filter(|package| package.name.as_str() != "tests") {
        let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        for dependency in normal {
            let Some((name, allowed)) = AWS.iter().find(|(name, _)| *name == dependency.name) else { continue };
            assert!(allowed.contains(&package.name.as_str()), "{} may not name {name}", package.name);
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
