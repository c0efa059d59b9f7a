//! Files of a directory, read at each request, for work on the pages.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use axum::body::Bytes;

use crate::{
    file::{File, Keep},
    list,
};

/// Reads the file of this path; the path has to be on the list.
pub(crate) async fn read(directory: PathBuf, path: String) -> io::Result<Option<File>> {
    tokio::task::spawn_blocking(move || read_now(&directory, &path)).await?
}

fn read_now(directory: &Path, path: &str) -> io::Result<Option<File>> {
    let found = match resolve(directory, path) {
        Err(error) if is_absent(&error) => return Ok(None),
        found => found?,
    };
    match found {
        Some(file) => Ok(Some(File::new(path, Keep::AskEachTime, Bytes::from(fs::read(file)?)))),
        None => Ok(None),
    }
}

/// Where the file really is, if what its links lead to is on the list as well.
fn resolve(directory: &Path, path: &str) -> io::Result<Option<PathBuf>> {
    let directory = directory.canonicalize()?;
    let file = directory.join(path).canonicalize()?;
    let is_listed = file.strip_prefix(&directory).ok().and_then(Path::to_str).is_some_and(list::is_served);
    Ok((is_listed && file.is_file()).then_some(file))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    fn directory() -> TempDir {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("frontend");
        for folder in ["js/eat", "css", "node_modules/x", "types"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in ["eat.html", "js/api.js", "js/eat/main.js", "node_modules/x/x.js", "package.json", "types/a.js"] {
            fs::write(root.join(file), file).unwrap();
        }
        fs::write(directory.path().join("secret.js"), "secret").unwrap();
        directory
    }

    fn text(directory: &TempDir, path: &str) -> Option<String> {
        let file = read_now(&directory.path().join("frontend"), path).unwrap()?;
        Some(String::from_utf8(file.bytes.to_vec()).unwrap())
    }

    #[test]
    fn a_file_is_read_anew_each_time() {
        let directory = directory();
        assert_eq!(text(&directory, "js/eat/main.js").as_deref(), Some("js/eat/main.js"));
        fs::write(directory.path().join("frontend/js/eat/main.js"), "changed").unwrap();
        assert_eq!(text(&directory, "js/eat/main.js").as_deref(), Some("changed"));
    }

    #[test]
    fn what_is_not_there_or_no_file_is_not_found() {
        let directory = directory();
        for path in ["js/none.js", "js/eat", "none/main.js", "js/api.js/more.js"] {
            assert_eq!(text(&directory, path), None, "{path}");
        }
    }

    #[test]
    fn links_lead_to_what_is_served_and_nowhere_else() {
        let directory = directory();
        let root = directory.path().join("frontend");
        for (link, target) in [
            ("js/again.js", "api.js"),
            ("js/out.js", "../../secret.js"),
            ("js/absolute.js", "/etc/hostname"),
            ("js/tool.js", "../node_modules/x/x.js"),
            ("js/typed.js", "../types/a.js"),
            ("js/pack.js", "../package.json"),
            ("js/folder", "../.."),
            ("js/nothing.js", "nothing"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        assert_eq!(text(&directory, "js/again.js").as_deref(), Some("js/api.js"));
        for path in ["out", "absolute", "tool", "typed", "pack", "folder/secret", "nothing"] {
            assert_eq!(text(&directory, &format!("js/{path}.js")), None, "{path}");
        }
    }
}
