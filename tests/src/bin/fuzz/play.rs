//! One town, and schemathesis as its client.

use std::{path::Path, time::Instant};

use app::{Access, EndpointDeclaration};
use domain::Role;
use serde_json::Value;
use tempfile::TempDir;
use testing::emulators::tools;
use tests::{Town, TownOptions, fleet::SERVICES};
use tokio::process::Command;

use crate::{planted::Planted, things::Things};

/// The program, and its configuration.
const PROGRAM: &str = "schemathesis/bin/schemathesis";
const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/schemathesis");
const REPORT: &str = "report.json";

/// One run of schemathesis.
pub(crate) struct Run {
    /// A fault that must be found.
    pub(crate) planted: Option<&'static Planted>,
    /// Who calls; `None` where nobody is signed in.
    pub(crate) role: Option<Role>,
    /// From which requests are generated.
    pub(crate) seed: u32,
    /// How many requests are generated for an operation, at most.
    pub(crate) examples: u32,
}

/// The result of a run.
pub(crate) struct Played {
    run: Run,
    report: Value,
    output: String,
    seconds: u64,
}

impl Run {
    /// Plays it in a town of its own.
    pub(crate) async fn play(self) -> Played {
        let begun = Instant::now();
        let options =
            TownOptions { prompt: true, around: self.planted.map(|planted| planted.around), ..TownOptions::default() };
        let town = Town::with(options).await;
        let things = Things::of(&town, self.role).await;
        let folder = tempfile::tempdir().expect("a directory can be made");
        let finished = self.command(&town, &things, &folder).output().await.expect("schemathesis can be run");
        let output = String::from_utf8_lossy(&[finished.stdout, finished.stderr].concat()).into_owned();
        let report = std::fs::read(folder.path().join(REPORT)).unwrap_or_default();
        let report = serde_json::from_slice(&report).unwrap_or_else(|error| panic!("no report ({error}): {output}"));
        Played { run: self, report, output, seconds: begun.elapsed().as_secs() }
    }

    fn command(&self, town: &Town, things: &Things, folder: &TempDir) -> Command {
        let program = tools().join(PROGRAM);
        assert!(program.exists(), "schemathesis is not installed: run `cargo xtask tools`");
        let mut command = Command::new(program);
        command
            .arg("--config-file")
            .arg(Path::new(CONFIGURATION).join("schemathesis.toml"))
            .arg("run")
            .arg(format!("{}/openapi.json", town.url))
            .args(["--seed", &self.seed.to_string(), "--max-examples", &self.examples.to_string()])
            .args(["--report", "json", "--report-json-path"])
            .arg(folder.path().join(REPORT))
            // It caches a run for the next, which must not depend on it.
            .current_dir(folder)
            .env("PYTHONPATH", CONFIGURATION)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .env("TIFFIN_THINGS", things.values.to_string())
            .kill_on_drop(true);
        if let Some(who) = &things.who {
            command.args(["--header", &format!("Authorization: Bearer {}", who.token)]);
        }
        for operation in self.operations() {
            command.args(["--include-operation-id", operation]);
        }
        command
    }

    /// What is called: the operation that has a fault, or all that the role may.
    fn operations(&self) -> Vec<&'static str> {
        if let Some(planted) = self.planted {
            return vec![planted.operation];
        }
        let may = |endpoint: &EndpointDeclaration| match (endpoint.access, self.role) {
            (Access::Public, None) => true,
            (Access::Roles(roles), Some(role)) => roles.contains(&role),
            _ => false,
        };
        let declared = SERVICES.iter().flat_map(|service| service.functions);
        declared.filter(|one| one.as_endpoint().is_some_and(may)).map(|one| one.function.name).collect()
    }
}

impl Played {
    /// Whether nothing was found, or the fault that was planted.
    pub(crate) fn is_well(&self) -> bool {
        let complete = self.report["complete"] == true && self.list("errors").is_empty();
        complete
            && match self.run.planted {
                None => self.list("failures").is_empty(),
                Some(planted) => self.list("failures").iter().any(|failure| failure["type"] == planted.found),
            }
    }

    /// Prints a line; the whole output, where it is not well.
    pub(crate) fn show(&self) {
        let role = self.run.role.map_or("not signed in", Role::word);
        let what = self.run.planted.map(|planted| format!(", with {} planted", planted.name)).unwrap_or_default();
        let came = match (self.is_well(), self.run.planted) {
            (true, None) => "nothing found",
            (true, Some(_)) => "found",
            (false, None) => "FAILED",
            (false, Some(_)) => "NOT FOUND",
        };
        let requests = &self.report["test_cases"]["generated"];
        println!("{role}{what}: {requests} requests, {came} ({} s)", self.seconds);
        if !self.is_well() {
            println!("{}", self.output);
        }
    }

    fn list(&self, name: &str) -> &[Value] {
        self.report[name].as_array().map(Vec::as_slice).unwrap_or_default()
    }
}
