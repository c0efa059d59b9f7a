//! The operator's private key is with the operator: nothing that is deployed names it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use app::{Function, Placement, SecretName};
use cargo_aws::SERVICES;
use host::requirements::{OPERATOR_KEY, Requirements, secret_variable};

/// Folders that hold what others made, or this computer's own data.
const NOT_OURS: &[&str] = &["target", "node_modules", ".git", ".tiffin", ".aws-sam"];
/// How the names of files end that say what is deployed, and with which environment.
const ENVIRONMENTS: &[&str] = &[".yaml", ".yml", ".toml", ".json", ".env", ".sh", ".py", "Dockerfile"];
/// What a block of code stands between, in a document.
const FENCE: &str = "```";

#[test]
fn no_template_manifest_or_document_gives_the_operators_key_to_anything() {
    let root = xtask::root();
    let files = files(&root);
    for expected in [
        "template.yaml",
        "template-urls.yaml",
        "samconfig.toml",
        "local.env",
        "k8s-knative/base/config.env",
        "README.md",
    ] {
        assert!(files.contains(&root.join(expected)), "{expected} is searched");
    }
    for file in files {
        let text = fs::read_to_string(&file).expect("it is text");
        assert!(!gives(&file, &text), "{} names {OPERATOR_KEY}", file.display());
    }
}

#[test]
fn a_file_that_gives_it_is_found() {
    for (file, text) in [
        ("template.yaml", "TIFFIN_OPERATOR_KEY_SECRET: !Ref OperatorKeySecret"),
        ("template.yaml", "OperatorKeySecret: {Type: String}"),
        ("samconfig.toml", "parameter_overrides = [\"OperatorKeySecret=arn:x\"]"),
        ("sign-in.yaml", "- {name: TIFFIN_OPERATOR_KEY, valueFrom: {secretKeyRef: {name: tiffin-keys-1}}}"),
        ("local.env", "TIFFIN_OPERATOR_KEY=abc"),
        ("aws.md", "```sh\nsam deploy --parameter-overrides OperatorKey=abc\n```"),
        ("README.md", "| `TIFFIN_OPERATOR_KEY` | whoever registers |"),
    ] {
        assert!(gives(Path::new(file), text), "{file}: {text}");
    }
    assert!(!gives(Path::new("aws.md"), "Give it as `TIFFIN_OPERATOR_KEY`.\n\n```sh\ntiffin invite-admin\n```"));
}

#[test]
fn no_function_requires_it() {
    for service in SERVICES {
        for declaration in service.functions {
            for placement in [Placement::Inside, Placement::Outside] {
                let named = named(&Requirements::of(service, declaration, placement));
                assert_eq!(named, None, "{} is told of the operator's key", declaration.function.name);
            }
        }
    }
    for program in [Requirements::of_program(&provider::PROGRAM), Requirements::of_dead_letters()] {
        assert_eq!(named(&program), None);
    }
    // No grant to sign can name its kinds: that does not compile. One that has it as a secret would be found.
    let knowing = Function::new("sign-in").secret(SecretName("operator"));
    assert_eq!(named(&Requirements::of_program(&knowing)).as_deref(), Some(OPERATOR_KEY));
}

/// The first of its variables that names the key.
fn named(requirements: &Requirements) -> Option<String> {
    let secrets = requirements.secrets();
    let references: Vec<String> = secrets.iter().map(|name| secret_variable(name)).collect();
    let settings = requirements.settings.iter().map(|setting| setting.name.to_owned());
    let texts = requirements.texts.iter().map(|text| text.name.to_owned());
    secrets.into_iter().chain(references).chain(settings).chain(texts).find(|name| is_of_key(name))
}

/// Whether a file gives the key to anything: a document where it shows what to type or which variables there are, any other anywhere.
fn gives(file: &Path, text: &str) -> bool {
    if file.extension().is_none_or(|extension| extension != "md") {
        return is_of_key(text);
    }
    let mut is_code = false;
    text.lines().any(|line| {
        is_code ^= line.trim_start().starts_with(FENCE);
        (is_code || line.starts_with('|')) && is_of_key(line)
    })
}

/// Whether a text has the key's name, however it is spelled: `TIFFIN_OPERATOR_KEY`, `OperatorKeySecret`, `operator-key`.
fn is_of_key(text: &str) -> bool {
    text.replace(['_', '-'], "").to_lowercase().contains("operatorkey")
}

/// Every file that says what is deployed, and every document.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry").path());
    let is = |path: &Path, names: &[&str]| path.file_name().is_some_and(|name| names.iter().any(|one| name == *one));
    entries
        .filter(|path| !is(path, NOT_OURS))
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".md") || ENVIRONMENTS.iter().any(|ending| name.ends_with(ending))
        })
        .collect()
}
