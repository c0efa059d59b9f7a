//! Expands a template as SAM would, for one stage.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{
    aws::{
        expanded::Expanded,
        front::Front,
        linked::linked,
        tool::{run, tool},
    },
    root,
};

/// The stages there are.
pub(crate) const STAGES: [&str; 3] = ["local", "staging", "production"];

/// Where the programs and the nested templates of what is expanded would be: a bucket that does not exist.
pub(crate) const PROGRAMS: &str = "programs";
pub(crate) const TEMPLATES: &str = "https://programs.s3.amazonaws.com/";

const SCRIPT: &str = "xtask/src/aws/expand.py";

/// A template, and those that it nests, as SAM expands them.
pub(crate) struct Expansion {
    path: String,
    templates: BTreeMap<String, Expanded>,
}

/// What SAM makes of the committed templates at this stage.
pub(crate) fn expand(front: Front, stage: &str) -> Result<Expansion> {
    expand_in(&root(), front.path(), stage)
}

/// What SAM makes of one that lies in this folder.
pub(crate) fn expand_in(folder: &Path, path: &str, stage: &str) -> Result<Expansion> {
    let mut python = tool("python")?;
    python.current_dir(folder).arg(root().join(SCRIPT)).arg(path).arg(format!("Stage={stage}"));
    let output = run(python)?;
    let templates: BTreeMap<String, Value> =
        serde_json::from_slice(&output.stdout).with_context(|| format!("{path} expands to no JSON"))?;
    let templates = templates.into_iter().map(|(path, template)| (path, Expanded(template))).collect();
    Ok(Expansion { path: path.to_owned(), templates })
}

impl Expansion {
    /// Each by its path.
    pub(crate) fn templates(&self) -> impl Iterator<Item = (&str, &Expanded)> {
        self.templates.iter().map(|(path, template)| (path.as_str(), template))
    }

    /// All of them as one, of which nothing is nested.
    pub(crate) fn linked(&self) -> Result<Expanded> {
        let whole = self.templates.get(&self.path).with_context(|| format!("{} is not expanded", self.path))?;
        linked(whole, &self.templates)
    }
}
