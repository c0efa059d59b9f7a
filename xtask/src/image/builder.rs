//! An image that compiles, made of this computer's own toolchain and of vendored sources: it needs no network.

use std::{
    collections::BTreeSet,
    env, fs, iter,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use tar::Header;
use tempfile::TempDir;
use xtask::root;

use super::{container::docker, program, succeeds};

/// What the stage of a Dockerfile runs, and what cargo and rustc run.
const PROGRAMS: [&str; 8] = ["sh", "uname", "cp", "cc", "as", "ld", "ar", "musl-gcc"];
/// What a C compiler runs.
const OF_COMPILER: [&str; 3] = ["cc1", "collect2", "lto-wrapper"];
/// What build scripts are linked with, which run while it compiles.
const LIBRARIES: &[&str] = &[
    "Scrt1.o",
    "crti.o",
    "crtn.o",
    "crtbegin.o",
    "crtbeginS.o",
    "crtend.o",
    "crtendS.o",
    "libc.so",
    "libc.so.6",
    "libc_nonshared.a",
    "libdl.a",
    "libgcc.a",
    "libgcc_eh.a",
    "libgcc_s.so",
    "libgcc_s.so.1",
    "liblto_plugin.so",
    "libm.so",
    "libmvec.so.1",
    "libpthread.a",
    "librt.a",
    "libutil.a",
];
/// Links, on most computers.
const LINKS: [&str; 3] = ["bin", "lib", "lib64"];
/// Where its parts are.
const RUST: &str = "rust";
const SOURCES: &str = "vendor";
const CONFIG: &str = "cargo/config.toml";
const VENDORED: &str = "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"/vendor\"\n";
const ENVIRONMENT: [&str; 3] =
    ["ENV PATH=/rust/bin:/usr/bin", "ENV CARGO_HOME=/cargo", "LABEL tiffin.builder=imported"];
/// Finds it, and the stages that were built on it.
const OURS: &str = "label=tiffin.builder=imported";
/// The labels of an image, among them the one that only ours have.
const LABELS: &str = "{{json .Config.Labels}}";
const OUR_LABEL: &str = "\"tiffin.builder\"";

/// The image, under the name that Dockerfiles know.
pub(super) struct Builder {
    tag: &'static str,
    is_ours: bool,
}

impl Builder {
    /// Rust's own where the engine has it; otherwise one that is imported, or what there is not to make it of.
    pub(super) fn make(tag: &'static str) -> Result<Result<Self, String>> {
        let found = docker(&["image", "inspect", "--format", LABELS, tag]);
        if found.is_ok_and(|labels| !labels.contains(OUR_LABEL)) {
            return Ok(Ok(Self { tag, is_ours: false }));
        }
        let missing = PROGRAMS.iter().find(|program| found_program(program).is_none());
        if let Some(program) = missing {
            return Ok(Err(format!("{program} here, and no image {tag}")));
        }
        if !program::can_be_built(&program::X86_64) {
            return Ok(Err(format!("target {} here, and no image {tag}", program::X86_64.triple)));
        }
        let builder = Self { tag, is_ours: true };
        builder.import()?;
        Ok(Ok(builder))
    }

    /// The network that it compiles in: none, where it has all that it needs.
    pub(super) const fn network(&self) -> &'static str {
        if self.is_ours { "none" } else { "default" }
    }

    fn import(&self) -> Result<()> {
        let sources = TempDir::new_in(root().join("target"))?;
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args(["vendor", "--quiet", "--locked", "--versioned-dirs"]).arg(sources.path());
        ensure!(succeeds(&mut cargo), "the sources can't be vendored");
        let mut docker = Command::new("docker");
        docker.arg("import").args(ENVIRONMENT.iter().flat_map(|change| ["--change", change])).args(["-", self.tag]);
        let mut importing = docker.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let mut archive = tar::Builder::new(importing.stdin.take().context("it was piped")?);
        archive.append_dir_all(SOURCES, sources.path())?;
        fill(&mut archive)?;
        drop(archive.into_inner()?);
        ensure!(importing.wait()?.success(), "{} can't be imported", self.tag);
        Ok(())
    }
}

impl Drop for Builder {
    fn drop(&mut self) {
        if self.is_ours {
            drop(docker(&["image", "rm", "--force", self.tag]));
            drop(docker(&["image", "prune", "--force", "--filter", OURS]));
        }
    }
}

fn fill(archive: &mut tar::Builder<impl std::io::Write>) -> Result<()> {
    let sysroot = PathBuf::from(said("rustc", &["--print", "sysroot"])?);
    let host = said("rustc", &["--print", "host-tuple"])?;
    for program in ["rustc", "cargo"] {
        archive.append_path_with_name(sysroot.join("bin").join(program), format!("{RUST}/bin/{program}"))?;
    }
    for file in fs::read_dir(sysroot.join("lib"))? {
        let file = file?;
        if file.path().is_file() {
            archive.append_path_with_name(file.path(), Path::new(RUST).join("lib").join(file.file_name()))?;
        }
    }
    for triple in [&*host, program::X86_64.triple] {
        let folder = Path::new("lib/rustlib").join(triple);
        archive.append_dir_all(Path::new(RUST).join(&folder), sysroot.join(folder))?;
    }
    for link in LINKS {
        if let Ok(target) = fs::read_link(Path::new("/").join(link)) {
            let mut header = Header::new_gnu();
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            archive.append_link(&mut header, link, target)?;
        }
    }
    for path in files(&sysroot)? {
        archive.append_path_with_name(&path, path.strip_prefix("/")?)?;
    }
    for folder in folders()? {
        archive.append_dir_all(folder.strip_prefix("/")?, &folder)?;
    }
    archive.append_dir("tmp", "/tmp")?;
    let mut header = Header::new_gnu();
    header.set_size(u64::try_from(VENDORED.len())?);
    header.set_mode(0o644);
    archive.append_data(&mut header, CONFIG, VENDORED.as_bytes())?;
    Ok(())
}

/// Programs, what they load, and what is linked.
fn files(sysroot: &Path) -> Result<BTreeSet<PathBuf>> {
    let machine = said("cc", &["-dumpmachine"])?;
    let named = [format!("{machine}-gcc"), format!("{}-gcc", musl(&machine))];
    let mut programs: Vec<PathBuf> =
        PROGRAMS.into_iter().chain(named.iter().map(String::as_str)).filter_map(found_program).collect();
    for program in OF_COMPILER {
        programs.push(said("cc", &[&format!("-print-prog-name={program}")])?.into());
    }
    let loaded = loaded(programs.iter().cloned().chain(["rustc", "cargo"].map(|one| sysroot.join("bin").join(one))))?;
    let mut files: BTreeSet<PathBuf> =
        loaded.into_iter().filter(|path| !path.starts_with(sysroot)).map(|path| real(&path)).collect::<Result<_>>()?;
    for library in LIBRARIES {
        files.insert(real(Path::new(&said("cc", &[&format!("-print-file-name={library}")])?))?);
    }
    for program in programs {
        files.insert(real(&program)?);
    }
    Ok(files)
}

/// Headers of the compiler, and headers and libraries of musl.
fn folders() -> Result<Vec<PathBuf>> {
    let machine = said("cc", &["-dumpmachine"])?;
    let own = real(Path::new(&said("cc", &["-print-libgcc-file-name"])?))?;
    let own = own.parent().context("a file is in a folder")?;
    let musl = musl(&machine);
    Ok(vec![own.join("include"), format!("/usr/include/{musl}").into(), format!("/usr/lib/{musl}").into()])
}

/// As Debian names it.
fn musl(machine: &str) -> String {
    machine.replace("-gnu", "-musl")
}

/// What programs load, the loader itself among it.
fn loaded(programs: impl Iterator<Item = PathBuf>) -> Result<BTreeSet<PathBuf>> {
    let output = Command::new("ldd").args(programs).output()?;
    let lines = String::from_utf8(output.stdout)?;
    let paths = lines.lines().filter(|line| line.contains(" (0x")).filter_map(|line| {
        let path = line.split("=>").last()?.split_whitespace().next()?;
        path.starts_with('/').then(|| PathBuf::from(path))
    });
    Ok(paths.collect())
}

/// The same file, by folders that are no links.
fn real(path: &Path) -> Result<PathBuf> {
    let folder = path.parent().context("a file is in a folder")?;
    let name = path.file_name().context("a file has a name")?;
    let folder = folder.canonicalize().with_context(|| format!("there is no {}", path.display()))?;
    Ok(folder.join(name))
}

fn found_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// What a program prints.
fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).current_dir(root()).args(arguments).output()?;
    if !output.status.success() {
        bail!("{program} {}: {}", iter::once("").chain(arguments.iter().copied()).collect::<String>(), output.status);
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
