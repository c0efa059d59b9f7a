//! What `sam build` made: every program is there, for the processor that `sam deploy` would name, runs where Lambda runs it,
//! and is small.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use app::Service;
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
        names::pascal,
        program::FILE,
        samconfig::{DEFAULT, SamConfig},
    },
};

/// The newest C library that a program may need: that of `provided.al2023`.
const GLIBC: Glibc = Glibc(2, 34);
/// The most bytes of an archive.
const MAX_ZIP_BYTES: usize = 4_400_000;

/// A version of the C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Glibc(u32, u32);

/// What is wrong with what `sam build` made for this environment of samconfig.toml; what must be empty before a deployment.
pub fn built(services: &[Service], environment: &str) -> Result<Vec<Fault>> {
    let config = SamConfig::read()?;
    let known = config.environments().any(|one| one == environment);
    ensure!(known, "samconfig.toml has no environment {environment}");
    let architecture = config.architecture(environment, "deploy");
    let architecture = architecture.with_context(|| format!("{environment} names no architecture"))?;
    let directory = config.build_directory(environment);
    let mut faults = Vec::new();
    for (id, _) in config.front(environment).programs(&specs(services)) {
        let file = directory.join(&id).join(FILE);
        faults.extend(wrong_with(&file, architecture)?.into_iter().map(|wrong| Fault::new(&id, wrong)));
    }
    Ok(faults)
}

/// Where `sam build` puts the program of a function.
pub fn program(function: &str) -> Result<PathBuf> {
    Ok(SamConfig::read()?.build_directory(DEFAULT).join(pascal(function)).join(FILE))
}

fn wrong_with(file: &Path, architecture: &str) -> Result<Vec<String>> {
    if !file.is_file() {
        return Ok(vec!["is not built: run `sam build`".to_owned()]);
    }
    let program = fs::read(file)?;
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
    Ok(wrong)
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
    use std::env::consts::ARCH;

    use super::*;

    /// This very test: built on this computer, by its C library.
    fn own() -> Vec<u8> {
        fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    #[test]
    fn a_program_says_what_it_is_built_for_and_needs() {
        assert_eq!(processor(&own()).unwrap(), if ARCH == "aarch64" { "arm64" } else { ARCH });
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
        assert_eq!(wrong_with(Path::new("nowhere"), "x86_64").unwrap(), ["is not built: run `sam build`"]);
        let other = if ARCH == "aarch64" { "x86_64" } else { "arm64" };
        let wrong = wrong_with(&std::env::current_exe().unwrap(), other).unwrap();
        assert!(wrong[0].ends_with(&format!("and `sam deploy` would say {other}")), "{wrong:?}");
    }
}
