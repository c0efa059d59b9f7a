//! The programs that manifests are held against, built by Go from `tools/mesh`: kustomize, the API server's own checks, Istio's
//! analyzers, Knative's own validation.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context as _, Result, ensure};

use crate::root;

const SOURCES: &str = "tools/mesh";
const PROGRAMS: &str = "target/tools/mesh";
/// The least Go that they compile with.
const GO: (u32, u32) = (1, 26);
/// A module of ours, and what of it is built.
const MODULES: &[(&str, &[&str])] = &[
    ("kustomize", &["sigs.k8s.io/kustomize/kustomize/v5"]),
    ("istio", &["./schemas", "./analyze"]),
    ("knative", &["."]),
];
/// Not optimised: they run for a second, and compile for minutes.
const FLAGS: [&str; 4] = ["-gcflags=all=-N -l", "-ldflags=-s -w", "-buildvcs=false", "-trimpath"];

/// The versions that are exercised.
pub(crate) const VERSIONS: &str = "kustomize 5.5.0; custom resources of Istio 1.30.3, Knative Serving 1.23.0, Eventing 1.22.2, by the \
                                   code of Kubernetes 1.36's API server; Istio's analyzers of 2026-08-27 (1.31 to be); the \
                                   validation of Knative Serving 1.15";

/// What analyzers say of an object and is not so: certificates are made in the cluster, and what injects is there; of a pattern they look for a service that is
/// named like the pattern; what a gateway answers, and a fault in front of a function, can be had by no other kind; and the gateway
/// has no port that is not HTTP's.
const EXPECTED: [(&str, &str); 7] = [
    ("Gateway tiffin/tiffin-edge", "Referenced credentialName not found: \"tiffin-edge-tls\""),
    ("Gateway tiffin/tiffin-pages", "Referenced credentialName not found: \"tiffin-pages-tls\""),
    ("Gateway tiffin-provider/tiffin-provider", "Referenced credentialName not found: \"tiffin-provider-tls-1\""),
    ("Deployment tiffin-provider/provider-gateway", "does not match any Istio injection webhook selectors"),
    (
        "DestinationRule tiffin/revisions",
        "The host *.tiffin.svc.cluster.local defined in the DestinationRule does not match any services",
    ),
    ("EnvoyFilter ", "EnvoyFilter exposes internal implementation details"),
    ("AuthorizationPolicy istio-system/tiffin-callers", "will deny all traffic to TCP ports under its scope"),
];

/// The programs.
pub(crate) struct Tools {
    folder: PathBuf,
}

/// The least kustomize: that of kubectl 1.32.
const KUSTOMIZE: (u32, u32) = (5, 5);

/// What a kubectl that is here makes of a folder; a sentence where it is none that can. Nothing where there is none.
pub(crate) fn kubectl(folder: &Path) -> Result<Option<Result<String, String>>> {
    let Ok(output) = Command::new("kubectl").args(["version", "--client", "-o", "json"]).output() else {
        return Ok(None);
    };
    // Versions before 5 don't say it.
    let version: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let version = version["kustomizeVersion"].as_str().unwrap_or("of before 5");
    if numbers(version.trim_start_matches('v')).is_none_or(|numbers| numbers < KUSTOMIZE) {
        let wanted = format!("{}.{}", KUSTOMIZE.0, KUSTOMIZE.1);
        return Ok(Some(Err(format!(
            "the kubectl here is too old for these files: its kustomize is {version}, and they need {wanted}, which kubectl 1.32 has"
        ))));
    }
    let output = Command::new("kubectl").arg("kustomize").arg(folder).output()?;
    ensure!(output.status.success(), "kubectl kustomize: {}", String::from_utf8_lossy(&output.stderr));
    Ok(Some(Ok(String::from_utf8(output.stdout)?)))
}

/// The first two numbers of a version.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// What there is not to build them with: Go, or what it fetches.
pub(crate) fn missing() -> Option<String> {
    no_go().or_else(|| {
        let fetched = |(module, _): &&(&str, _)| {
            let mut go = Command::new("go");
            let fetched = go.current_dir(root().join(SOURCES).join(module)).args(["mod", "download"]).status();
            fetched.is_ok_and(|fetched| fetched.success())
        };
        let module = MODULES.iter().find(|module| !fetched(module));
        module.map(|(module, _)| format!("the modules of tools/mesh/{module}, which Go can't fetch"))
    })
}

fn no_go() -> Option<String> {
    let wanted = format!("Go {}.{}", GO.0, GO.1);
    let Ok(output) = Command::new("go").args(["env", "GOVERSION"]).output() else { return Some(wanted) };
    let version = String::from_utf8_lossy(&output.stdout);
    let is_enough = numbers(version.trim().trim_start_matches("go")).is_some_and(|numbers| numbers >= GO);
    (!is_enough).then(|| format!("{wanted}, and this is {}", version.trim()))
}

impl Tools {
    /// Builds what is not built yet; Go keeps what it compiled.
    pub(crate) fn build() -> Result<Self> {
        let folder = root().join(PROGRAMS);
        fs::create_dir_all(&folder)?;
        for (module, packages) in MODULES {
            let mut go = Command::new("go");
            go.current_dir(root().join(SOURCES).join(module)).arg("build").args(FLAGS);
            let status = go.arg("-o").arg(format!("{}/", folder.display())).args(*packages).status()?;
            ensure!(status.success(), "tools/mesh/{module} can't be built");
        }
        Ok(Self { folder })
    }

    /// What kustomize makes of a folder.
    pub(crate) fn render(&self, folder: &Path) -> Result<String> {
        let output = self.run("kustomize", |kustomize| kustomize.arg("build").arg(folder))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success() && said.is_empty(), "{}: {}", folder.display(), said.trim());
        Ok(String::from_utf8(output.stdout)?)
    }

    /// What the API server would refuse in a folder.
    pub(crate) fn schemas(&self, folder: &Path) -> Result<Verdict> {
        let definitions = root().join(SOURCES).join("crds");
        self.verdict("schemas", |schemas| schemas.arg(definitions).arg(folder))
    }

    /// What Istio's analyzers say of a folder, with what a cluster has besides.
    pub(crate) fn analyze(&self, folder: &Path) -> Result<Verdict> {
        let cluster = root().join(SOURCES).join("cluster.yaml");
        let mut verdict = self.verdict("analyze", |analyze| analyze.arg(folder).arg(cluster))?;
        let is_expected = |line: &str| EXPECTED.iter().any(|(about, said)| line.contains(about) && line.contains(said));
        verdict.lines.retain(|line| !is_expected(line));
        verdict.is_good |= verdict.lines.is_empty();
        Ok(verdict)
    }

    /// What Knative would refuse in a folder.
    pub(crate) fn knative(&self, folder: &Path) -> Result<Verdict> {
        self.verdict("knative", |knative| knative.arg(folder))
    }

    fn verdict(&self, program: &str, arguments: impl FnOnce(&mut Command) -> &mut Command) -> Result<Verdict> {
        let output = self.run(program, arguments)?;
        let text = String::from_utf8(output.stdout)?;
        let failed = String::from_utf8_lossy(&output.stderr);
        ensure!(matches!(output.status.code(), Some(0 | 1)), "{program}: {text}{failed}");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let summary = lines.pop().with_context(|| format!("{program} says nothing"))?;
        Ok(Verdict { is_good: output.status.success(), lines, summary })
    }

    fn run(&self, program: &str, arguments: impl FnOnce(&mut Command) -> &mut Command) -> Result<Output> {
        let mut command = Command::new(self.folder.join(program));
        arguments(&mut command).output().with_context(|| format!("{program} can't be started"))
    }
}

/// What a program says.
pub(crate) struct Verdict {
    pub(crate) is_good: bool,
    /// Each fault, and each warning.
    pub(crate) lines: Vec<String>,
    /// How much it looked at.
    pub(crate) summary: String,
}
