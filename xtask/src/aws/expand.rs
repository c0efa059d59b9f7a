//! Expands a template as SAM would, for one stage.

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
    let mut python = tool("python")?;
    python.args(["xtask/src/aws/expand.py", front.path(), &format!("Stage={stage}")]);
    let output = run(python)?;
    let template =
        serde_json::from_slice(&output.stdout).with_context(|| format!("{} expands to no JSON", front.path()))?;
    Ok(Expanded(template))
}
