//! What `sam build` made: every program is there, for the processor that `sam deploy` would name, runs where Lambda runs it,
//! and is small.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use app::{Placement, Service};
use object::{
    LittleEndian,
    elf::{EM_AARCH64, EM_X86_64, FileHeader64},
    read::elf::FileHeader as _,
};

use crate::{
    Weight,
    aws::{
        fault::Fault,
        function_spec::specs,
        names::logical_id,
        program::FILE,
        samconfig::{DEFAULT, SamConfig},
        tool::{run, tool},
    },
};

/// The newest C library that a program may need: that of `provided.al2023`.
const GLIBC: Glibc = Glibc(2, 34);
/// This processor, as Lambda names it.
const OWN: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
/// The most bytes of an archive.
const MAX_ZIP_BYTES: usize = 4_400_000;

/// A version of the C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Glibc(u32, u32);

/// A program that `sam build` made.
pub struct Built {
    /// The bytes of its archive.
    pub zip: usize,
    /// What is wrong with it; nothing, before a deployment.
    pub faults: Vec<Fault>,
}

/// Runs `sam build` for an environment of samconfig.toml, and looks at every program of it.
pub fn build(services: &[Service], environment: &str) -> Result<Vec<Built>> {
    let config = SamConfig::read()?;
    let known = config.environments().any(|one| one == environment);
    ensure!(known, "samconfig.toml has no environment {environment}");
    let architecture = config.architecture(environment, "deploy");
    let architecture = architecture.with_context(|| format!("{environment} names no architecture"))?;
    let mut sam = tool("sam")?;
    sam.args(["build", "--config-env", environment]);
    if architecture != OWN {
        sam.env("CARGO_LAMBDA_COMPILER", "cargo_zigbuild");
    }
    run(sam)?;
    let directory = config.build_directory(environment);
    let specs = specs(services, Placement::Inside);
    let programs = config.front(environment).programs(&specs).into_iter();
    programs.map(|one| look_at(&one.id, &directory.join(one.folder).join(FILE), architecture)).collect()
}

/// Where `sam build` puts the program of a function.
pub fn program(function: &str) -> Result<PathBuf> {
    Ok(SamConfig::read()?.build_directory(DEFAULT).join(logical_id(function)).join(FILE))
}

fn look_at(id: &str, file: &Path, architecture: &str) -> Result<Built> {
    let program = fs::read(file).with_context(|| format!("{id} is not built"))?;
    let mut wrong = Vec::new();
    let processor = processor(&program)?;
    if processor != architecture {
        wrong.push(format!("is built for {processor}, and `sam deploy` would say {architecture}"));
    }
    let needed = needed(&program)?;
    if needed > GLIBC {
        wrong.push(format!(
            "needs glibc {}.{}, and Lambda has {}.{}: build it by zig, CARGO_LAMBDA_COMPILER=cargo_zigbuild sam build",
            needed.0, needed.1, GLIBC.0, GLIBC.1
        ));
    }
    let Weight { zip, .. } = Weight::of(file)?;
    if zip > MAX_ZIP_BYTES {
        wrong.push(format!("is {zip} bytes zipped, over {MAX_ZIP_BYTES}"));
    }
    Ok(Built { zip, faults: wrong.into_iter().map(|wrong| Fault::new(id, wrong)).collect() })
}

/// The processor that a program is for, as Lambda names it.
fn processor(program: &[u8]) -> Result<&'static str> {
    let header = FileHeader64::<LittleEndian>::parse(program)?;
    match header.e_machine(LittleEndian) {
        EM_X86_64 => Ok("x86_64"),
        EM_AARCH64 => Ok("arm64"),
        other => anyhow::bail!("a program is for processor {other}, which Lambda does not have"),
    }
}

/// The newest version of the C library among those of the symbols that a program needs (the GNU symbol versions of its ELF).
fn needed(program: &[u8]) -> Result<Glibc> {
    let header = FileHeader64::<LittleEndian>::parse(program)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, program)?;
    let mut newest = Glibc(0, 0);
    let Some((mut files, link)) = sections.gnu_verneed(endian, program)? else { return Ok(newest) };
    let strings = sections.strings(endian, program, link)?;
    while let Some((_, mut versions)) = files.next()? {
        while let Some(version) = versions.next()? {
            let name = version.name(endian, strings)?;
            newest = newest.max(glibc(name).unwrap_or(newest));
        }
    }
    Ok(newest)
}

/// A version that symbols have: `GLIBC_2.34`.
fn glibc(name: &[u8]) -> Option<Glibc> {
    let version = str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
    let mut numbers = version.split('.').map(str::parse);
    Some(Glibc(numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This very test: built on this computer, by its C library.
    fn own() -> Vec<u8> {
        fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    #[test]
    fn a_program_says_what_it_is_built_for_and_needs() {
        assert_eq!(processor(&own()).unwrap(), OWN);
        assert!(needed(&own()).unwrap() > Glibc(2, 2));
        assert!(processor(b"#!/bin/sh").is_err());
    }

    #[test]
    fn versions_of_the_c_library_are_numbers() {
        assert_eq!(glibc(b"GLIBC_2.34"), Some(Glibc(2, 34)));
        assert_eq!(glibc(b"GLIBC_2.2.5"), Some(Glibc(2, 2)));
        assert!(Glibc(2, 34) > Glibc(2, 9) && Glibc(3, 0) > GLIBC);
        assert_eq!(glibc(b"GCC_3.0"), None);
        assert_eq!(glibc(b"GLIBC_PRIVATE"), None);
    }

    #[test]
    fn a_program_that_is_not_there_or_for_another_processor_is_found() {
        assert!(look_at("PlaceOrder", Path::new("nowhere"), OWN).is_err());
        let other = if OWN == "arm64" { "x86_64" } else { "arm64" };
        let built = look_at("PlaceOrder", &std::env::current_exe().unwrap(), other).unwrap();
        let found = built.faults[0].to_string();
        assert_eq!(found, format!("PlaceOrder: is built for {OWN}, and `sam deploy` would say {other}"));
    }
}
