//! SAM's and `CloudFormation`'s own linters.

use std::path::Path;

use anyhow::Result;

use crate::aws::tool::{run, tool};

/// Both, for neither sees all that the other does: plain `validate` runs the transform, `--lint` does not. samconfig.toml asks for
/// `--lint`, but in no environment of this name.
const VALIDATIONS: &[&[&str]] = &[&["validate", "--config-env", "plain"], &["validate", "--lint"]];

/// The rule that a mapping is not used: SAM has resolved it.
const USED_BY_SAM: &str = "W7001";

/// Lints a template as SAM takes it.
pub(crate) fn sam(path: &str) -> Result<()> {
    for arguments in VALIDATIONS {
        let mut sam = tool("sam")?;
        sam.args(*arguments).args(["--template", path]);
        run(sam)?;
    }
    Ok(())
}

/// Lints what `CloudFormation` takes.
pub(crate) fn cloud_formation<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    let mut lint = tool("cfn-lint")?;
    lint.args(["--ignore-checks", USED_BY_SAM, "--"]).args(files);
    run(lint)?;
    Ok(())
}
