//! Expands a template as SAM would, for one stage.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::aws::{
    expanded::Expanded,
    front::Front,
    tool::{run, tool},
};

/// The stages there are.
pub(crate) const STAGES: [&str; 3] = ["local", "staging", "production"];

/// What SAM makes of the committed template at this stage.
pub(crate) fn expand(front: Front, stage: &str) -> Result<Expanded> {
    expand_file(Path::new(front.path()), stage)
}

/// What SAM makes of a template that lies here, from the root of the workspace.
pub(crate) fn expand_file(template: &Path, stage: &str) -> Result<Expanded> {
    let mut python = tool("python")?;
    python.arg("xtask/src/aws/expand.py").arg(template).arg(format!("Stage={stage}"));
    let output = run(python)?;
    let expanded =
        serde_json::from_slice(&output.stdout).with_context(|| format!("{} expands to no JSON", template.display()))?;
    Ok(Expanded(expanded))
}
