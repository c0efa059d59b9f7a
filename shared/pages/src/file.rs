//! Files, wherever they are kept.

use std::{
    io,
    path::{Path, PathBuf},
};

use axum::body::Bytes;
use sha2::{Digest as _, Sha256};

use crate::{directory, embedded, list};

/// Where the pages' files are.
#[derive(Clone, Debug)]
pub enum Files {
    /// In the program.
    Embedded,
    /// In this directory, read at each request.
    Directory(PathBuf),
}

/// A file that is served.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Its media type.
    pub(crate) content_type: &'static str,
    /// How long browsers keep it.
    pub(crate) keep: Keep,
    /// The hash of its bytes, in hexadecimal digits.
    pub(crate) hash: String,
    /// Its bytes.
    pub(crate) bytes: Bytes,
}

/// How long browsers keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// They ask each time whether it has changed.
    AskEachTime,
    /// For a day: nothing goes wrong where an old one is shown.
    ADay,
}

/// Bytes of a file's hash in its tag.
const HASH_BYTES: usize = 12;

impl Files {
    /// Those of this directory.
    ///
    /// # Errors
    /// Where it is no directory that can be read.
    pub fn of_directory(directory: &Path) -> io::Result<Self> {
        std::fs::read_dir(directory)?;
        Ok(Self::Directory(directory.to_owned()))
    }

    /// The id of the build that the program holds; a directory's files change as they like.
    pub(crate) fn build(&self) -> Option<&'static str> {
        match self {
            Self::Embedded => Some(embedded::build()),
            Self::Directory(_) => None,
        }
    }

    /// The file of this path, if it is on the list and there.
    pub(crate) async fn find(&self, path: &str) -> io::Result<Option<File>> {
        if !list::is_served(path) {
            return Ok(None);
        }
        match self {
            Self::Embedded => Ok(embedded::find(path).cloned()),
            Self::Directory(directory) => directory::read(directory.clone(), path.to_owned()).await,
        }
    }
}

impl File {
    /// A file of this path. The path has to be on the list.
    pub(crate) fn new(path: &str, keep: Keep, bytes: Bytes) -> Self {
        Self { content_type: content_type(path), keep, hash: hash(&bytes), bytes }
    }
}

/// The first bytes of what SHA-256 makes of these, in hexadecimal digits.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes)[..HASH_BYTES])
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn content_type(path: &str) -> &'static str {
    match list::ending(path) {
        "avif" => "image/avif",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "jpg" => "image/jpeg",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        _ => "text/plain; charset=utf-8",
    }
}
