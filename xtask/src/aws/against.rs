//! What would be deployed otherwise than before.

use std::{fs, process::Command};

use anyhow::{Context as _, Result};

use crate::{
    aws::{
        difference::differences,
        expand::{STAGES, expand, expand_in},
        front::Front,
        pages,
        tool::run,
    },
    root,
};

/// Every difference between the templates as they were committed at a revision of git and those of now, expanded for each
/// stage, and nested ones linked. Each begins with its template and its stage.
pub fn against(revision: &str) -> Result<Vec<String>> {
    let earlier = tempfile::tempdir()?;
    let mut found = Vec::new();
    for front in Front::ALL {
        for path in committed(revision, front)? {
            let file = earlier.path().join(&path);
            fs::create_dir_all(file.parent().unwrap_or(earlier.path()))?;
            fs::write(file, git(&["show", &format!("{revision}:{path}")])?)?;
        }
        for stage in STAGES {
            let before = expand_in(earlier.path(), front.path(), stage).and_then(|expansion| expansion.linked());
            let before = before.with_context(|| format!("{} at {revision}", front.path()))?;
            let after = expand(front, stage)?.linked()?;
            let differences = differences(&before.0, &after.0);
            found.extend(differences.into_iter().map(|one| format!("{} at {stage}: {one}", front.path())));
        }
    }
    Ok(found)
}

/// The templates of a front at this revision, those of other kinds that they nest among them.
fn committed(revision: &str, front: Front) -> Result<Vec<String>> {
    let folder = front.folder();
    let listed = git(&["ls-tree", "-r", "--name-only", revision, "--", front.path(), folder, pages::PATH])?;
    Ok(String::from_utf8(listed)?.lines().map(str::to_owned).collect())
}

fn git(arguments: &[&str]) -> Result<Vec<u8>> {
    let mut git = Command::new("git");
    git.current_dir(root()).args(arguments);
    Ok(run(git)?.stdout)
}
