//! What the threads of this process use of the cores, by their names, and what is used elsewhere on the computer, which
//! spoils figures (Linux: `/proc/self/task`, `/proc/stat`).

use std::{collections::BTreeMap, fs, time::Instant};

use anyhow::{Context as _, Result};

/// Clock ticks a second (`getconf CLK_TCK`).
const TICKS_PER_S: f64 = 100.0;
/// Which fields after the name are user and system time, in clock ticks (proc(5): fields 14 and 15; the name is 2).
const USER_AND_SYSTEM: std::ops::RangeInclusive<usize> = 11..=12;
/// What uses less of a core is not shown.
const LEAST: f64 = 0.005;

/// Which fields are the time that the computer's cores were not idle, in clock ticks (proc(5), `cpu`: user, nice and
/// system, then irq, softirq and steal).
const BUSY: [usize; 6] = [0, 1, 2, 5, 6, 7];
/// What is not used by this process.
const ELSEWHERE: &str = "elsewhere";

/// How much of a core, used elsewhere, spoils a figure.
const DISTURBS: f64 = 0.1;

/// Clock ticks by the names of threads.
pub(super) struct Cpu(BTreeMap<String, u64>);

/// Cores by the names of threads.
pub(super) struct Used(BTreeMap<String, f64>);

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
        let own: u64 = used.values().sum();
        used.insert(ELSEWHERE.to_owned(), busy().context("cores can be seen on Linux only")?.saturating_sub(own));
        Ok(Self(used))
    }

    /// What was used since `self`, which was `begun`.
    pub(super) fn since(&self, begun: Instant) -> Result<Used> {
        let seconds = begun.elapsed().as_secs_f64();
        let used = Self::now()?.0.into_iter().map(|(name, ticks)| {
            let before = self.0.get(&name).copied().unwrap_or_default();
            let ticks = u32::try_from(ticks.saturating_sub(before)).unwrap_or(u32::MAX);
            (name, f64::from(ticks) / TICKS_PER_S / seconds)
        });
        Ok(Used(used.collect()))
    }
}

impl Used {
    /// Each with its name: `clients 0.72, server 1.10`.
    pub(super) fn words(&self) -> String {
        let shown = self.0.iter().filter(|(_, cores)| **cores >= LEAST);
        shown.map(|(name, cores)| format!("{name} {cores:.2}")).collect::<Vec<_>>().join(", ")
    }

    /// What others used, where it was enough to spoil a figure.
    pub(super) fn disturbance(&self) -> Option<f64> {
        self.0.get(ELSEWHERE).copied().filter(|cores| *cores >= DISTURBS)
    }
}

fn read(stat: &str) -> Option<(String, u64)> {
    let (before, after) = stat.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = fields.get(USER_AND_SYSTEM)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some((name.to_owned(), ticks))
}

fn busy() -> Option<u64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let fields: Vec<&str> = stat.lines().next()?.split_whitespace().skip(1).collect();
    Some(BUSY.iter().filter_map(|field| fields.get(*field)?.parse::<u64>().ok()).sum())
}
