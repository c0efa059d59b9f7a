//! The files that the program holds.

use std::{collections::HashMap, sync::LazyLock};

use axum::body::Bytes;
use sha2::{Digest as _, Sha256};

use crate::{
    file::{File, Keep, hexadecimal},
    list,
};

/// A file as the build script embeds it.
struct Embedded {
    path: &'static str,
    bytes: &'static [u8],
}

/// Every file, by path.
static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Bytes of a build's id.
const BUILD_BYTES: usize = 8;

static BUILD: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for file in EMBEDDED {
        for part in [file.path.as_bytes(), file.bytes] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hexadecimal(&hash.finalize()[..BUILD_BYTES])
});

static FILES: LazyLock<HashMap<&'static str, File>> =
    LazyLock::new(|| EMBEDDED.iter().map(|embedded| (embedded.path, embedded.file())).collect());

/// The id of the build: another as soon as any file is another.
pub(crate) fn build() -> &'static str {
    &BUILD
}

/// The file of this path.
pub(crate) fn find(path: &str) -> Option<&'static File> {
    FILES.get(path)
}

impl Embedded {
    fn file(&self) -> File {
        let bytes = match self.path {
            list::SERVICE_WORKER => Bytes::from(service_worker(&String::from_utf8_lossy(self.bytes))),
            _ => Bytes::from_static(self.bytes),
        };
        File::new(self.path, keep(self.path), bytes)
    }
}

/// Pictures are kept; everything else has to be of one build, and its names stay the same from build to build.
fn keep(path: &str) -> Keep {
    let is_picture = path.starts_with("img/") && list::ending(path) != "svg";
    if is_picture { Keep::ADay } else { Keep::AskEachTime }
}

/// The service worker of this build.
fn service_worker(source: &str) -> String {
    let shell: Vec<String> =
        EMBEDDED.iter().filter(|file| is_of_shell(file.path)).map(|file| format!("/{}", file.path)).collect();
    let shell = serde_json::Value::from(shell).to_string();
    source.replace("__BUILD__", &BUILD).replace("__FILES__", &shell)
}

/// Whether a page needs the file to show itself where nothing answers. The theatre is left out: it is nothing without its
/// process.
fn is_of_shell(path: &str) -> bool {
    let is_of_theatre = path == "demo.html" || path.starts_with("js/demo/") || path == "css/demo.css";
    let is_of_documents = path == "css/docs.css";
    match path.split_once('/') {
        Some(("css" | "i18n" | "js", _)) => !is_of_theatre && !is_of_documents,
        Some(("img", _)) => list::ending(path) == "svg",
        Some(("vendor", _)) => list::ending(path) == "js",
        _ => list::ENTRIES.contains(&path) && !is_of_theatre,
    }
}
