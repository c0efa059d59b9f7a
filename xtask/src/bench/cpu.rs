//! What the threads of this process use of the cores, by their names (Linux: `/proc/self/task`).

use std::{collections::BTreeMap, fs, time::Instant};

use anyhow::{Context as _, Result};

/// Clock ticks a second (`getconf CLK_TCK`).
const TICKS_PER_S: f64 = 100.0;
/// Where user and system time stand after the name, in clock ticks (proc(5): fields 14 and 15, of which the name is 2).
const USER_AND_SYSTEM: std::ops::RangeInclusive<usize> = 11..=12;
/// What uses less of a core is not told.
const LEAST: f64 = 0.005;

/// Clock ticks by the names of threads.
pub(super) struct Cpu(BTreeMap<String, u32>);

impl Cpu {
    /// All that was used so far by the threads that still live.
    pub(super) fn now() -> Result<Self> {
        let mut used = BTreeMap::new();
        for task in fs::read_dir("/proc/self/task").context("threads can be seen on Linux only")? {
            // A thread may end while it is looked at.
            let Ok(stat) = fs::read_to_string(task?.path().join("stat")) else { continue };
            let Some((name, ticks)) = read(&stat) else { continue };
            *used.entry(name).or_default() += ticks;
        }
        Ok(Self(used))
    }

    /// What was used since `self`, as cores: `server 1.10, clients 0.72`.
    pub(super) fn since(&self, begun: Instant) -> Result<String> {
        let seconds = begun.elapsed().as_secs_f64();
        let used = Self::now()?.0.into_iter().filter_map(|(name, ticks)| {
            let before = self.0.get(&name).copied().unwrap_or_default();
            let cores = f64::from(ticks.saturating_sub(before)) / TICKS_PER_S / seconds;
            (cores >= LEAST).then(|| format!("{name} {cores:.2}"))
        });
        Ok(used.collect::<Vec<_>>().join(", "))
    }
}

fn read(stat: &str) -> Option<(String, u32)> {
    let (before, after) = stat.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = fields.get(USER_AND_SYSTEM)?.iter().filter_map(|field| field.parse::<u32>().ok()).sum();
    Some((name.to_owned(), ticks))
}
