//! What a program is made of, as a bill of materials (CycloneDX): each package that was compiled into it, what the pages hold of others,
//! and what Rust links to every program.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{MetadataCommand, Package, PackageId};
use cyclonedx_bom::{
    external_models::{spdx::SpdxExpression, uri::Purl},
    models::{
        bom::{Bom, SpecVersion},
        component::{Classification, Component, Components},
        hash::{Hash, HashAlgorithm, HashValue, Hashes},
        license::{LicenseChoice, Licenses},
        metadata::Metadata,
    },
    validation::Validate as _,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use toml_edit::DocumentMut;

use crate::root;

/// The package that the program is of: built alone, it has no features that others ask for.
pub const PACKAGE: &str = "tiffin-bootstrap";
/// What the pages hold of others besides `vendor/ui.js`: pictures and icons.
const PICTURES: [&str; 2] = ["@lobehub/fluent-emoji-3d", "lucide-static"];
/// The licence of musl.
const MIT: &str = "MIT";
/// The licence of Rust's own library.
const OF_RUST: &str = "MIT OR Apache-2.0";

/// A bill of materials.
pub struct Bill {
    /// The document.
    pub json: String,
    /// How many packages it names.
    pub packages: usize,
}

/// The bill of a program of which these packages were compiled for its target; fails where they are not what `Cargo.lock` and the
/// declared dependencies lead to.
pub fn bill(program: &Path, triple: &str, compiled: &[PackageId]) -> Result<Bill> {
    let metadata = MetadataCommand::new().current_dir(root()).other_options(["--locked".to_owned()]).exec()?;
    let packages: BTreeMap<&PackageId, &Package> =
        metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let mut compiled: Vec<&Package> = compiled
        .iter()
        .map(|id| packages.get(id).copied().context("cargo compiles what it knows"))
        .collect::<Result<_>>()?;
    compiled.sort_by_key(|package| named(package));
    compiled.dedup_by_key(|package| named(package));
    are_those_declared(&compiled, triple)?;
    let locked = Locked::read()?;
    let mut components: Vec<Component> =
        compiled.iter().map(|package| locked.component(package)).collect::<Result<_>>()?;
    components.extend(of_pages()?);
    components.extend(of_rust()?);
    let count = components.len();
    let mut of = Component::new(Classification::Application, "tiffin", env!("CARGO_PKG_VERSION"), None);
    of.licenses = Some(licensed(OF_RUST)?);
    of.hashes = Some(sha256(Sha256::digest(fs::read(program)?).iter().map(|byte| format!("{byte:02x}")).collect()));
    let bom = Bom {
        serial_number: None,
        metadata: Some(Metadata { component: Some(of), ..Metadata::default() }),
        components: Some(Components(components)),
        spec_version: SpecVersion::V1_5,
        ..Bom::default()
    };
    let valid = bom.validate();
    ensure!(valid.passed(), "the bill of materials is not valid: {valid:?}");
    let mut json = Vec::new();
    bom.output_as_json(&mut json, SpecVersion::V1_5)?;
    Ok(Bill { json: String::from_utf8(json)? + "\n", packages: count })
}

fn named(package: &Package) -> String {
    format!("{} v{}", package.name, package.version)
}

/// That they are what the package depends on, tests aside.
fn are_those_declared(compiled: &[&Package], triple: &str) -> Result<()> {
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(root()).args(["tree", "--locked", "--target", triple, "--package", PACKAGE]);
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
    let output = tree.output()?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let declared = text.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
    let declared: BTreeSet<String> = declared.filter(|one| !one.is_empty()).collect();
    let compiled: BTreeSet<String> = compiled.iter().map(|package| named(package)).collect();
    let differing: Vec<&String> = declared.symmetric_difference(&compiled).collect();
    ensure!(differing.is_empty(), "compiled and not declared, or declared and not compiled: {differing:?}");
    Ok(())
}

/// `Cargo.lock`: the checksum of each package that is not ours, by name and version.
struct Locked(BTreeMap<String, Option<String>>);

impl Locked {
    fn read() -> Result<Self> {
        let lock: DocumentMut = fs::read_to_string(root().join("Cargo.lock"))?.parse()?;
        let packages = lock["package"].as_array_of_tables().context("Cargo.lock lists packages")?;
        let text = |value: Option<&toml_edit::Item>| value.and_then(toml_edit::Item::as_str).map(str::to_owned);
        let each = packages.iter().map(|package| {
            let name = text(package.get("name")).context("a package has a name")?;
            let version = text(package.get("version")).context("a package has a version")?;
            Ok((format!("{name} v{version}"), text(package.get("checksum"))))
        });
        each.collect::<Result<_>>().map(Self)
    }

    fn component(&self, package: &Package) -> Result<Component> {
        let name = named(package);
        let checksum = self.0.get(&name).with_context(|| format!("Cargo.lock does not list {name}"))?;
        let licence = package.license.as_deref().with_context(|| format!("{name} has no licence"))?;
        let is_ours = package.source.is_none();
        ensure!(checksum.is_some() || is_ours, "{name} is not ours, and Cargo.lock has no checksum of it");
        let version = package.version.to_string();
        let purl = if is_ours { None } else { Some(Purl::new("cargo", &package.name, &version)?) };
        let mut component = library(&package.name, &version, licence, purl)?;
        component.hashes = checksum.clone().map(sha256);
        Ok(component)
    }
}

/// What the pages hold of others.
fn of_pages() -> Result<Vec<Component>> {
    let read = |path: &str| -> Result<Value> { Ok(serde_json::from_str(&fs::read_to_string(root().join(path))?)?) };
    let vendored = read("frontend/vendor/vendor.lock")?;
    let locked = read("frontend/package-lock.json")?;
    let vendored = vendored["packages"].as_object().context("vendor.lock lists packages")?;
    let names = vendored.keys().map(String::as_str).chain(PICTURES);
    let each = names.map(|name| {
        let package = &locked["packages"][format!("node_modules/{name}")];
        let version = package["version"].as_str().with_context(|| format!("package-lock.json has no {name}"))?;
        let licence = package["license"].as_str().with_context(|| format!("{name} has no licence"))?;
        // What is before the slash is a namespace (package-url/purl-spec, types/npm).
        let purl = match name.trim_start_matches('@').split_once('/') {
            Some((scope, of_scope)) => format!("pkg:npm/%40{scope}/{of_scope}@{version}").parse().ok(),
            None => Some(Purl::new("npm", name, version)?),
        };
        library(name, version, licence, purl)
    });
    each.collect()
}

/// What is linked to every program: Rust's own library, and the C library of the target.
fn of_rust() -> Result<[Component; 2]> {
    let output = Command::new("rustc").current_dir(root()).arg("--version").output()?;
    let said = String::from_utf8(output.stdout)?;
    let version = said.split_whitespace().nth(1).context("rustc says its version")?;
    let std = library("std", version, OF_RUST, None)?;
    let mut musl = library("musl", "", MIT, None)?;
    // Rust says nowhere which it brings.
    musl.version = None;
    musl.bom_ref = Some("musl".to_owned());
    Ok([std, musl])
}

fn library(name: &str, version: &str, licence: &str, purl: Option<Purl>) -> Result<Component> {
    let reference = purl.as_ref().map_or_else(|| format!("{name}@{version}"), Purl::to_string);
    let mut component = Component::new(Classification::Library, name, version, Some(reference));
    component.licenses = Some(licensed(licence)?);
    component.purl = purl;
    Ok(component)
}

/// As SPDX writes it; older packages have a slash for "or".
fn licensed(expression: &str) -> Result<Licenses> {
    Ok(Licenses(vec![LicenseChoice::Expression(SpdxExpression::parse_lax(expression.to_owned())?)]))
}

fn sha256(content: String) -> Hashes {
    Hashes(vec![Hash { alg: HashAlgorithm::SHA_256, content: HashValue(content) }])
}
