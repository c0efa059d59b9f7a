//! SAM's and `CloudFormation`'s own linters.

use std::path::Path;

use anyhow::Result;

use crate::aws::{
    front::Front,
    tool::{run, tool},
};

/// Both, for neither sees all that the other does: plain `validate` runs the transform, `--lint` does not.
const VALIDATIONS: &[&[&str]] = &[&["validate"], &["validate", "--lint"]];

/// The rule that a mapping is not used: SAM has resolved it.
const USED_BY_SAM: &str = "W7001";

/// Lints a template as SAM takes it.
pub(crate) fn sam(front: Front) -> Result<()> {
    for arguments in VALIDATIONS {
        let mut sam = tool("sam")?;
        sam.args(*arguments).args(["--template", front.path()]);
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
