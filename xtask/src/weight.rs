//! What a program weighs, and what its archive does.

use std::{fs, io::Write as _, path::Path};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::DeflateEncoder};

/// What a ZIP of one file named `bootstrap` holds beside the deflated file: a local header, an entry of the directory, both
/// with the name, and the end of the directory (APPNOTE 4.3.7, 4.3.12, 4.3.16).
const FRAME_BYTES: usize = (30 + 9) + (46 + 9) + 22;

/// Sizes in bytes.
#[derive(Clone, Copy)]
pub struct Weight {
    pub program: usize,
    /// The archive that is uploaded.
    pub zip: usize,
}

impl Weight {
    /// Weighs a program.
    pub fn of(program: &Path) -> Result<Self> {
        let bytes = fs::read(program).with_context(|| format!("{} is not built", program.display()))?;
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&bytes)?;
        Ok(Self { program: bytes.len(), zip: encoder.finish()?.len() + FRAME_BYTES })
    }
}
