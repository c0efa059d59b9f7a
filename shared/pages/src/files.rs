//! Files, wherever they are kept.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{directory, embedded, file::File, list};

/// Where the pages' files are.
#[derive(Clone, Debug)]
pub enum Files {
    /// In the program.
    Embedded,
    /// In this directory, read at each request.
    Directory(PathBuf),
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
