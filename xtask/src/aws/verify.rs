//! Everything that must hold of the committed templates.

use std::{fs, path::PathBuf, thread};

use anyhow::{Context as _, Result, anyhow};
use app::{Placement, Service};

use crate::{
    aws::{
        check::{self, subject::Subject},
        expand::{STAGES, expand},
        fault::Fault,
        front::Front,
        function_spec::specs,
        lint, pages, pods, watch,
    },
    root,
};

/// How large a template is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// The template and the stage.
    pub of: String,
    pub resources: usize,
    /// How many it would have with as many functions as there may be one day.
    pub later: usize,
}

/// Expands, lints and checks each template at each stage. Returns how large they are, and what is wrong.
pub fn verify(services: &[Service]) -> Result<(Vec<Size>, Vec<Fault>)> {
    // Each linter has one thread.
    thread::scope(|scope| {
        let linted = scope.spawn(|| Front::ALL.into_iter().try_for_each(lint::sam));
        let found = expanded(services)?;
        linted.join().map_err(|_| anyhow!("linting what SAM takes panicked"))??;
        Ok(found)
    })
}

/// The same of what `CloudFormation` takes.
fn expanded(services: &[Service]) -> Result<(Vec<Size>, Vec<Fault>)> {
    let directory = tempfile::tempdir()?;
    let router =
        fs::read_to_string(root().join(watch::PATH)).context("there is no router: run `cargo xtask generate`")?;
    let specs = specs(services, Placement::Inside);
    let mut sizes = Vec::new();
    let mut faults = Vec::new();
    let mut files = vec![PathBuf::from(pages::PATH), PathBuf::from(pods::PATH)];
    for front in Front::ALL {
        for stage in STAGES {
            let expanded = expand(front, stage)?;
            let of = format!("{} at {stage}", front.path());
            let found = check::check(&expanded, services, front, &router);
            faults.extend(found.into_iter().map(|fault| Fault::new(format!("{of}: {}", fault.about), fault.wrong)));
            let subject = Subject { expanded: &expanded, specs: &specs, services, front, router: &router };
            let resources = expanded.count("Resources");
            let later = check::extrapolated(&subject);
            sizes.push(Size { of, resources, later });
            let file = directory.path().join(format!("{stage}-{}.json", front.path()));
            fs::write(&file, serde_json::to_vec_pretty(&expanded.0)?)?;
            files.push(file);
        }
    }
    lint::cloud_formation(files.iter().map(PathBuf::as_path))?;
    Ok((sizes, faults))
}
