//! The load: workers that each begin again as soon as they are done (a closed loop).

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use hdrhistogram::Histogram;
use tokio::task::JoinHandle;

use super::cpu::{Cpu, Used};

/// The longest latency that is recorded as it is, in microseconds.
const LONGEST_US: u64 = 120_000_000;
/// Significant digits of latencies.
const DIGITS: u8 = 3;
/// How often it is checked whether a worker has nothing left to do.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A worker that does one thing after the other.
pub(super) trait Work: Send + 'static {
    /// Does it once. An error ends the whole run.
    fn once(&mut self) -> impl Future<Output = Result<Step>> + Send;
}

/// How one thing went.
pub(super) enum Step {
    Done,
    /// Not done, for this reason.
    Failed(String),
    /// There is nothing left to do.
    Over,
}

/// How long the load lasts.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Before anything is measured.
    pub(super) warm_up: Duration,
    /// While it is measured; less where a worker has nothing left to do.
    pub(super) measured: Duration,
}

/// How much a store has committed.
#[derive(Clone, Copy, Default)]
pub(super) struct Committed {
    pub(super) transactions: u64,
    /// Groups of transactions that shared an fsync.
    pub(super) groups: u64,
}

/// The measurements of a load.
pub(super) struct Measured {
    /// How long it was measured.
    pub(super) elapsed: Duration,
    /// The latency of each thing done meanwhile, in microseconds.
    pub(super) latencies_us: Histogram<u64>,
    /// What was committed meanwhile.
    pub(super) committed: Committed,
    /// What the threads used of the cores meanwhile.
    pub(super) cpu: Used,
    /// Why things failed, in order.
    pub(super) failures: Vec<String>,
}

impl Measured {
    /// `count` divided by the measured seconds.
    pub(super) fn per_second(&self, count: u64) -> f64 {
        f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / self.elapsed.as_secs_f64()
    }

    /// How many were done a second.
    pub(super) fn rate(&self) -> f64 {
        self.per_second(self.latencies_us.len())
    }

    /// The latency at this quantile.
    pub(super) fn latency(&self, quantile: f64) -> Duration {
        Duration::from_micros(self.latencies_us.value_at_quantile(quantile))
    }
}

const WARMING_UP: u8 = 0;
const MEASURING: u8 = 1;
const OVER: u8 = 2;

/// Runs all workers. Returns the measurements and the workers; `committed` reports what the store has done so far.
pub(super) async fn run<W: Work>(
    workers: Vec<W>,
    load: Load,
    committed: impl Fn() -> Committed,
) -> Result<(Measured, Vec<W>)> {
    let phase = Arc::new(AtomicU8::new(WARMING_UP));
    let lanes: Vec<_> = workers.into_iter().map(|worker| tokio::spawn(work(worker, phase.clone()))).collect();
    wait(&phase, load.warm_up).await;
    let begun = Instant::now();
    let cpu = Cpu::now()?;
    let before = committed();
    let nobody_is_done = phase.compare_exchange(WARMING_UP, MEASURING, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    if nobody_is_done {
        wait(&phase, load.measured).await;
    }
    let elapsed = begun.elapsed();
    let cpu = cpu.since(begun)?;
    let after = committed();
    phase.store(OVER, Ordering::SeqCst);
    let committed =
        Committed { transactions: after.transactions - before.transactions, groups: after.groups - before.groups };
    let measured = Measured { elapsed, latencies_us: histogram()?, committed, cpu, failures: Vec::new() };
    gather(lanes, measured).await
}

type Lane<W> = (W, Histogram<u64>, Vec<String>);

async fn work<W: Work>(mut worker: W, phase: Arc<AtomicU8>) -> Result<Lane<W>> {
    let mut latencies = histogram()?;
    let mut failures = Vec::new();
    while phase.load(Ordering::Relaxed) != OVER {
        let begun = Instant::now();
        let step = worker.once().await;
        let counts = phase.load(Ordering::Relaxed) == MEASURING;
        match step {
            Ok(Step::Done) if counts => latencies.saturating_record(micros(begun.elapsed())),
            Ok(Step::Done) => {}
            Ok(Step::Failed(reason)) => failures.push(reason),
            Ok(Step::Over) => phase.store(OVER, Ordering::SeqCst),
            Err(error) => {
                phase.store(OVER, Ordering::SeqCst);
                return Err(error);
            }
        }
    }
    Ok((worker, latencies, failures))
}

async fn gather<W>(lanes: Vec<JoinHandle<Result<Lane<W>>>>, mut measured: Measured) -> Result<(Measured, Vec<W>)> {
    let mut workers = Vec::with_capacity(lanes.len());
    for lane in lanes {
        let (worker, latencies, failures) = lane.await??;
        measured.latencies_us.add(latencies)?;
        measured.failures.extend(failures);
        workers.push(worker);
    }
    Ok((measured, workers))
}

async fn wait(phase: &AtomicU8, duration: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < duration && phase.load(Ordering::Relaxed) != OVER {
        tokio::time::sleep(LOOK_EVERY.min(duration.saturating_sub(begun.elapsed()))).await;
    }
}

fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, LONGEST_US, DIGITS)?)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
