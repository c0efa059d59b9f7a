//! What would be deployed otherwise than before.

use std::{fs, process::Command};

use anyhow::{Context as _, Result};

use crate::{
    aws::{
        difference::differences,
        expand::{STAGES, expand, expand_file},
        front::Front,
        tool::run,
    },
    root,
};

/// Every difference between the templates as they were committed at a revision of git and those of now, expanded for each
/// stage. Each begins with its template and its stage.
pub fn against(revision: &str) -> Result<Vec<String>> {
    let directory = tempfile::tempdir()?;
    let mut found = Vec::new();
    for front in Front::ALL {
        let earlier = directory.path().join(front.path());
        fs::write(&earlier, committed(revision, front.path())?)?;
        for stage in STAGES {
            let before = expand_file(&earlier, stage).with_context(|| format!("{} at {revision}", front.path()))?;
            let after = expand(front, stage)?;
            let differences = differences(&before.0, &after.0);
            found.extend(differences.into_iter().map(|one| format!("{} at {stage}: {one}", front.path())));
        }
    }
    Ok(found)
}

/// A file of the workspace at this revision.
fn committed(revision: &str, path: &str) -> Result<Vec<u8>> {
    let mut git = Command::new("git");
    git.current_dir(root()).args(["show", &format!("{revision}:{path}")]);
    Ok(run(git)?.stdout)
}
