//! Starting a program again and again, and invoking it.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;
use testing::RuntimeApi;
use tokio::time::timeout;

use xtask::Weight;

use super::{cloud::Cloud, occasion::Occasion};
use crate::bench::disk::median;

/// How often a program is started, and how often started and invoked, after one start that is not counted: it reads the program
/// from the disk.
pub(super) const STARTS: usize = 10;
/// How often it is invoked when it is warm.
pub(super) const WARM: usize = 20;
/// How long a start may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Figures of one program.
pub(super) struct Figures {
    pub(super) weight: Weight,
    /// The shortest start, from the process to the first poll.
    pub(super) least_start: Duration,
    /// The median of all starts.
    pub(super) start: Duration,
    /// The first invocation, the median of as many others.
    pub(super) first: Duration,
    /// A later invocation, the median of all.
    pub(super) warm: Duration,
    /// Resident memory after all invocations.
    pub(super) rss_kib: u64,
    /// What the invocation was.
    pub(super) words: String,
}

/// A started program.
struct Running {
    process: Child,
    api: RuntimeApi,
    log: File,
    start: Duration,
}

impl Figures {
    /// Measures this program.
    pub(super) async fn of(
        name: &str,
        program: &Path,
        variables: Vec<(String, String)>,
        cloud: &Cloud,
        occasion: Occasion,
    ) -> Result<Self> {
        let weight = Weight::of(program)?;
        let begin = async || Running::start(name, program, &variables).await.with_context(|| name.to_owned());
        drop(begin().await?);
        // On their own: what an invocation before took of caches and memory is not the program's.
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            starts.push(begin().await?.start);
        }
        let mut firsts = Vec::new();
        let mut warms = Vec::new();
        let mut rss_kib = 0;
        let mut words = String::new();
        for number in 1..=STARTS {
            let mut running = begin().await?;
            let (first, answer) = running.invoke(&occasion.payload(cloud)?).await.with_context(|| name.to_owned())?;
            firsts.push(first);
            words = occasion.words(&answer).with_context(|| name.to_owned())?;
            if number == STARTS {
                for _ in 0..WARM {
                    let (warm, answer) = running.invoke(&occasion.payload(cloud)?).await?;
                    occasion.words(&answer).with_context(|| name.to_owned())?;
                    warms.push(warm);
                }
                rss_kib = running.rss_kib()?;
            }
        }
        let least_start = starts.iter().min().copied().unwrap_or_default();
        let start = median(starts);
        let first = median(firsts);
        let warm = median(warms);
        Ok(Self { weight, least_start, start, first, warm, rss_kib, words })
    }
}

impl Running {
    async fn start(name: &str, program: &Path, variables: &[(String, String)]) -> Result<Self> {
        let api = RuntimeApi::open().await;
        let log = tempfile::tempfile()?;
        let mut command = Command::new(program);
        command.env_clear().envs(api.environment(name)).envs(variables.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.try_clone()?);
        let begun = Instant::now();
        let process = command.spawn()?;
        let mut running = Self { process, api, log, start: Duration::ZERO };
        match timeout(TIMEOUT, running.api.first_poll()).await {
            Ok(polled) => running.start = polled - begun,
            Err(_) => bail!("it asks for no work: {}", running.log_text()?),
        }
        Ok(running)
    }

    async fn invoke(&mut self, payload: &Value) -> Result<(Duration, Value)> {
        let payload = payload.to_string();
        let begun = Instant::now();
        let answer = self.api.invoke(payload).await;
        let took = begun.elapsed();
        match answer {
            Ok(answer) => Ok((took, serde_json::from_slice(&answer)?)),
            Err(failed) => Err(anyhow!("{failed:?}: {}", self.log_text()?)),
        }
    }

    /// The resident memory (Linux: `VmRSS` of `/proc/<pid>/status`).
    fn rss_kib(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("a process has memory")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Its log so far.
    fn log_text(&mut self) -> Result<String> {
        let mut log_text = String::new();
        self.log.rewind()?;
        self.log.read_to_string(&mut log_text)?;
        Ok(log_text)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where it has ended already, there is nothing to end.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
