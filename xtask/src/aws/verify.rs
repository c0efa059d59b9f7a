//! Everything that must hold of the committed templates.

use std::{collections::BTreeMap, fs, path::PathBuf, thread};

use anyhow::{Context as _, Result, anyhow};
use app::{Placement, Service};

use crate::{
    aws::{
        check::{self, Size},
        expand::{STAGES, expand},
        fault::Fault,
        front::Front,
        function_spec::specs,
        lint, pages, pods, watch,
    },
    root,
};

/// How large each template is, by its path, at the stage where it is largest.
pub type Sizes = BTreeMap<String, Size>;

/// Expands, lints and checks each template at each stage. Returns how large they are, and what is wrong.
pub fn verify(services: &[Service]) -> Result<(Sizes, Vec<Fault>)> {
    // Each linter has one thread.
    thread::scope(|scope| {
        let linted = scope.spawn(|| templates(services).try_for_each(|path| lint::sam(&path)));
        let found = expanded(services)?;
        linted.join().map_err(|_| anyhow!("linting what SAM takes panicked"))??;
        Ok(found)
    })
}

/// Every template of functions.
fn templates(services: &[Service]) -> impl Iterator<Item = String> {
    Front::ALL.into_iter().flat_map(|front| front.templates(services))
}

/// The same of what `CloudFormation` takes.
fn expanded(services: &[Service]) -> Result<(Sizes, Vec<Fault>)> {
    let directory = tempfile::tempdir()?;
    let router =
        fs::read_to_string(root().join(watch::PATH)).context("there is no router: run `cargo xtask generate`")?;
    let specs = specs(services, Placement::Inside);
    let mut sizes = Sizes::new();
    let mut faults = Vec::new();
    let mut files = vec![PathBuf::from(pages::PATH), PathBuf::from(pods::PATH)];
    for front in Front::ALL {
        for stage in STAGES {
            let expansion = expand(front, stage)?;
            let mut found = check::check(&expansion.linked()?, services, front, &router);
            for (path, template) in expansion.templates() {
                found.extend(check::size(front, path, template, &specs));
                let size = Size::of(template, &specs);
                let largest = sizes.entry(path.to_owned()).or_insert_with(|| size.clone());
                if size.later > largest.later {
                    *largest = size;
                }
                let file = directory.path().join(format!("{stage}-{}.json", path.replace('/', "-")));
                fs::write(&file, serde_json::to_vec_pretty(&template.0)?)?;
                files.push(file);
            }
            let of = format!("{} at {stage}", front.path());
            faults.extend(found.into_iter().map(|fault| Fault::new(format!("{of}: {}", fault.about), fault.wrong)));
        }
    }
    lint::cloud_formation(files.iter().map(PathBuf::as_path))?;
    Ok((sizes, faults))
}
