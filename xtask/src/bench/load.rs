//! The load: so many workers, each beginning anew as soon as it is done (a closed loop).

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

/// The longest latency told apart, in microseconds.
const LONGEST_US: u64 = 120_000_000;
/// Significant digits of latencies.
const DIGITS: u8 = 3;
/// How often it is looked whether somebody has nothing left to do.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Somebody who does one thing after the other.
pub(super) trait Work: Send + 'static {
    /// Does it once. An error ends the whole run.
    fn once(&mut self) -> impl Future<Output = Result<Step>> + Send;
}

/// How doing it went.
pub(super) enum Step {
    /// Done.
    Done,
    /// Not done, for this reason.
    Failed(String),
    /// There is nothing left to do.
    Over,
}

/// How long it is done.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Before anything counts.
    pub(super) warm_up: Duration,
    /// While it counts; less where somebody has nothing left to do.
    pub(super) measured: Duration,
}

/// What a store had committed.
#[derive(Clone, Copy, Default)]
pub(super) struct Committed {
    /// So many transactions.
    pub(super) transactions: u64,
    /// In so many groups, each with one fsync.
    pub(super) groups: u64,
}

/// What came of it.
pub(super) struct Measured {
    /// How long it was measured.
    pub(super) elapsed: Duration,
    /// How long each thing took that was done meanwhile, in microseconds.
    pub(super) latencies_us: Histogram<u64>,
    /// What was committed meanwhile.
    pub(super) committed: Committed,
    /// What the threads used of the cores meanwhile.
    pub(super) cpu: Used,
    /// What was not done, from the first thing to the last.
    pub(super) failures: Vec<String>,
}

impl Measured {
    /// So many of `count` a second.
    pub(super) fn per_second(&self, count: u64) -> f64 {
        f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / self.elapsed.as_secs_f64()
    }

    /// How many were done a second.
    pub(super) fn rate(&self) -> f64 {
        self.per_second(self.latencies_us.len())
    }

    /// The latency that this part of all did not exceed.
    pub(super) fn latency(&self, quantile: f64) -> Duration {
        Duration::from_micros(self.latencies_us.value_at_quantile(quantile))
    }
}

const WARMING_UP: u8 = 0;
const MEASURING: u8 = 1;
const OVER: u8 = 2;

/// Lets all of them work. Gives back what came of it and the workers; `committed` says what the store has done so far.
pub(super) async fn run<W: Work>(
    workers: Vec<W>,
    load: Load,
    committed: impl Fn() -> Committed,
) -> Result<(Measured, Vec<W>)> {
    let phase = Arc::new(AtomicU8::new(WARMING_UP));
    let lanes: Vec<_> = workers.into_iter().map(|worker| tokio::spawn(work(worker, phase.clone()))).collect();
    wait(&phase, load.warm_up).await;
    let (begun, cpu, before) = (Instant::now(), Cpu::now()?, committed());
    let nobody_is_done = phase.compare_exchange(WARMING_UP, MEASURING, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    if nobody_is_done {
        wait(&phase, load.measured).await;
    }
    let (elapsed, cpu, after) = (begun.elapsed(), cpu.since(begun)?, committed());
    phase.store(OVER, Ordering::SeqCst);
    let committed =
        Committed { transactions: after.transactions - before.transactions, groups: after.groups - before.groups };
    let measured = Measured { elapsed, latencies_us: histogram()?, committed, cpu, failures: Vec::new() };
    gather(lanes, measured).await
}

type Lane<W> = (W, Histogram<u64>, Vec<String>);

async fn work<W: Work>(mut worker: W, phase: Arc<AtomicU8>) -> Result<Lane<W>> {
    let (mut latencies, mut failures) = (histogram()?, Vec::new());
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
