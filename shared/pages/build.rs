//! Embeds the pages: every file of `frontend/` that is on the list, without comments, and compressed where that makes it
//! smaller.
//!
//! Nothing of it is checked in, so nothing can drift; docs/adr/0016-pages-are-compressed-as-they-are-built.md has the
//! figures.

#[path = "src/build_id.rs"]
mod build_id;
#[path = "src/hash.rs"]
mod hash;
#[path = "src/lean.rs"]
mod lean;
#[path = "src/list.rs"]
mod list;
#[path = "src/shell.rs"]
mod shell;

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use brotli::CompressorWriter;
use flate2::{Compression, write::GzEncoder};

/// Quality 11 takes eight times as long and saves 8 %.
const BROTLI_QUALITY: u32 = 9;
/// The largest window that every browser has (2^22 bytes).
const BROTLI_WINDOW: u32 = 22;
const BUFFER_BYTES: usize = 4096;

/// Endings of what is compressed already.
const COMPRESSED: [&str; 4] = ["avif", "jpg", "png", "webp"];

struct File {
    path: String,
    bytes: Vec<u8>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files = read(&Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../frontend"))?;
    let build = build_id::of(files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())));
    fill_in_service_worker(&mut files, &build);
    files.iter_mut().for_each(make_lean);
    let mut code = format!("/// The id of the build.\npub(crate) const BUILD: &str = {build:?};\n\n");
    code.push_str("/// Every file, sorted by path.\nstatic EMBEDDED: &[Embedded] = &[\n");
    for (number, file) in files.iter().enumerate() {
        code.push_str(&embed(&out, number, file)?);
    }
    code.push_str("];\n");
    fs::write(out.join("embedded.rs"), code)?;
    Ok(())
}

/// Writes a file in each of its encodings, and returns the Rust that includes them.
fn embed(out: &Path, number: usize, File { path, bytes }: &File) -> Result<String, Box<dyn Error>> {
    let keep = |ending: &str, bytes: &[u8]| {
        let name = format!("{number}{ending}");
        fs::write(out.join(&name), bytes)?;
        Ok::<_, io::Error>(format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))"))
    };
    let keep_if_smaller = |ending: &str, compressed: Vec<u8>| {
        if compressed.len() >= bytes.len() {
            return Ok("None".to_owned());
        }
        keep(ending, &compressed).map(|included| format!("Some({included})"))
    };
    let hash = hash::of_file(bytes);
    let plain = keep("", bytes)?;
    let (brotli, gzip) = if COMPRESSED.contains(&list::ending(path)) {
        ("None".to_owned(), "None".to_owned())
    } else {
        (keep_if_smaller(".br", brotli(bytes)?)?, keep_if_smaller(".gz", gzip(bytes)?)?)
    };
    let mut code = String::new();
    writeln!(
        code,
        "    Embedded {{ path: {path:?}, hash: {hash:?}, bytes: {plain}, brotli: {brotli}, gzip: {gzip} }},"
    )?;
    Ok(code)
}

/// Every file that is served, sorted by path.
fn read(frontend: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    let folders = list::FOLDERS.iter().map(|(name, _)| name);
    for name in list::ENTRIES.iter().chain(&list::FILES).chain(folders) {
        let path = frontend.join(name);
        // One that is missing is looked for at each build.
        println!("cargo::rerun-if-changed={}", path.display());
        collect(frontend, &path, &mut files)?;
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn collect(frontend: &Path, path: &Path, files: &mut Vec<File>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(frontend, &entry?.path(), files)?;
        }
    } else if let Some(relative) = path.strip_prefix(frontend).ok().and_then(Path::to_str)
        && list::is_served(relative)
        && path.is_file()
    {
        files.push(File { path: relative.to_owned(), bytes: fs::read(path)? });
    }
    Ok(())
}

/// Writes into the service worker which build it is of, and which files that build's pages need.
fn fill_in_service_worker(files: &mut [File], build: &str) {
    let shell = files.iter().filter(|file| shell::is_needed(&file.path)).map(|file| format!("\"/{}\"", file.path));
    let shell = format!("[{}]", shell.collect::<Vec<_>>().join(","));
    if let Some(worker) = files.iter_mut().find(|file| file.path == list::SERVICE_WORKER) {
        let source = String::from_utf8_lossy(&worker.bytes);
        worker.bytes = source.replace("__BUILD__", build).replace("__FILES__", &shell).into_bytes();
    }
}

/// Takes what only readers need out of our own scripts and style sheets. What others wrote keeps its licence.
fn make_lean(File { path, bytes }: &mut File) {
    let lean = match (list::ending(path), std::str::from_utf8(bytes)) {
        ("js", Ok(source)) if !path.starts_with("vendor/") => lean::script(source),
        ("css", Ok(source)) => lean::style_sheet(source),
        _ => None,
    };
    if let Some(lean) = lean {
        *bytes = lean.into_bytes();
    }
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = CompressorWriter::new(Vec::new(), BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}
