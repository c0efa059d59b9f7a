//! The program of an image, built by cargo-zigbuild.

use std::{
    fs,
    io::BufReader,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{Message, PackageId};
use object::{
    LittleEndian,
    elf::{DT_NEEDED, EM_AARCH64, EM_X86_64, FileHeader64, PT_DYNAMIC, PT_INTERP},
    read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _},
};
use xtask::{aws::tool, materials::PACKAGE, root};

use super::{MAX_BYTES, succeeds};

/// A processor.
pub(super) struct Target {
    pub(super) triple: &'static str,
    machine: u16,
}

pub(super) const X86_64: Target = Target { triple: "x86_64-unknown-linux-musl", machine: EM_X86_64 };
pub(super) const ARM64: Target = Target { triple: "aarch64-unknown-linux-musl", machine: EM_AARCH64 };

/// What was built.
pub(super) struct Built {
    pub(super) program: PathBuf,
    /// What was compiled for the target, and so is in it; what only runs while it is compiled is not.
    pub(super) packages: Vec<PackageId>,
}

/// Whether Rust has this target, or can be given it.
pub(super) fn can_be_built(target: &Target) -> bool {
    succeeds(Command::new("rustup").args(["target", "add", target.triple]).current_dir(root()))
}

pub(super) fn build(target: &Target) -> Result<Built> {
    let mut zigbuild = tool("cargo-zigbuild")?;
    zigbuild.args(["zigbuild", "--release", "--locked", "--target", target.triple, "-p", PACKAGE, "--bin", "function"]);
    zigbuild.args(["--message-format", "json-render-diagnostics"]).stdout(Stdio::piped());
    let mut building = zigbuild.spawn()?;
    let messages = Message::parse_stream(BufReader::new(building.stdout.take().context("it was piped")?));
    let mut program = None;
    let mut packages = Vec::new();
    for message in messages {
        let Message::CompilerArtifact(artifact) = message? else { continue };
        if artifact.filenames.iter().any(|file| file.components().any(|part| part.as_str() == target.triple)) {
            packages.push(artifact.package_id);
        }
        program = artifact.executable.or(program);
    }
    ensure!(building.wait()?.success(), "the program can't be built");
    let program = program.context("cargo builds no program")?;
    Ok(Built { program: program.into(), packages })
}

impl Built {
    /// That it asks for no interpreter and no library, is for this processor, and is small: so many bytes.
    pub(super) fn look_at(&self, target: &Target) -> Result<u64> {
        let data = fs::read(&self.program)?;
        let header = FileHeader64::<LittleEndian>::parse(&*data)?;
        let endian = header.endian()?;
        ensure!(header.e_machine(endian) == target.machine, "the program is for another processor");
        let segments = header.program_headers(endian, &*data)?;
        ensure!(
            !segments.iter().any(|one| one.p_type(endian) == PT_INTERP),
            "the program needs an interpreter: it is not static"
        );
        // One that can lie anywhere has a dynamic section to move itself by, and no library in it.
        for segment in segments.iter().filter(|one| one.p_type(endian) == PT_DYNAMIC) {
            let entries = segment.dynamic(endian, &*data)?.unwrap_or_default();
            ensure!(!entries.iter().any(|entry| entry.d_tag(endian) == DT_NEEDED), "the program needs a library");
        }
        let bytes = u64::try_from(data.len())?;
        ensure!(bytes <= MAX_BYTES, "the program has {bytes} bytes, over {MAX_BYTES}");
        Ok(bytes)
    }
}
