//! Embeds the pages: every file of `frontend/` that is on the list.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

#[allow(dead_code, reason = "the library uses the rest")]
#[path = "src/list.rs"]
mod list;

fn main() -> Result<(), Box<dyn Error>> {
    let frontend = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../frontend");
    let mut paths = Vec::new();
    for name in list::ENTRIES.iter().chain(&list::FILES).chain(list::FOLDERS.iter().map(|(name, _)| name)) {
        let path = frontend.join(name);
        // A path that is missing is looked for at each build.
        println!("cargo::rerun-if-changed={}", path.display());
        find(&frontend, &path, &mut paths)?;
    }
    paths.sort();
    let mut code = String::from("&[\n");
    for path in &paths {
        let file = frontend.join(path);
        writeln!(code, "    Embedded {{ path: {path:?}, bytes: include_bytes!({file:?}) }},")?;
    }
    code.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("embedded.rs"), code)?;
    Ok(())
}

/// The paths of what is served at or below a path.
fn find(frontend: &Path, path: &Path, found: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            find(frontend, &entry?.path(), found)?;
        }
    } else if path.is_file() {
        let relative = path.strip_prefix(frontend)?.to_string_lossy();
        found.extend(list::is_served(&relative).then(|| relative.into_owned()));
    }
    Ok(())
}
