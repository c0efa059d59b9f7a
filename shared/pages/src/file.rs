//! Files, wherever they are kept.

use std::{
    borrow::Cow,
    io,
    path::{Path, PathBuf},
};

use axum::body::Bytes;

use crate::{directory, embedded, hash, list};

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
    pub(crate) content_type: &'static str,
    pub(crate) keep: Keep,
    /// The hash of its bytes, in hexadecimal digits.
    pub(crate) hash: Cow<'static, str>,
    pub(crate) bytes: Bytes,
    /// The bytes, compressed.
    pub(crate) brotli: Option<Bytes>,
    /// The bytes, compressed for older clients.
    pub(crate) gzip: Option<Bytes>,
}

/// How long browsers keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// They ask each time whether it has changed.
    AskEachTime,
    /// For a day: nothing goes wrong where an old one is shown.
    ADay,
}

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
            Self::Embedded => Some(embedded::BUILD),
            Self::Directory(_) => None,
        }
    }

    /// The file of this path, if it is on the list and there.
    pub(crate) async fn find(&self, path: &str) -> io::Result<Option<File>> {
        if !list::is_served(path) {
            return Ok(None);
        }
        match self {
            Self::Embedded => Ok(embedded::find(path)),
            Self::Directory(directory) => directory::read(directory.clone(), path.to_owned()).await,
        }
    }
}

impl File {
    /// A file of this path, as it is.
    pub(crate) fn new(path: &str, keep: Keep, bytes: Bytes) -> Self {
        Self {
            content_type: content_type(path),
            keep,
            hash: hash::of_file(&bytes).into(),
            bytes,
            brotli: None,
            gzip: None,
        }
    }
}

/// The media type of the file of this path.
pub(crate) fn content_type(path: &str) -> &'static str {
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
