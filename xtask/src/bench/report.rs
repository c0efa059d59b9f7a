//! What is printed: each figure as it is measured, in the end all of them with their ratios.

use std::{thread, time::Duration};

use anyhow::Result;

use super::{
    Bench, disk,
    load::{Committed, Measured},
};

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// Replies of a bare axum.
    Hello,
    /// Orders' rows written by hand.
    Rows,
    Place,
    /// Orders from the quote to the door.
    Lives,
    /// Transactions meanwhile.
    Transactions,
    Menus,
    Searches,
}

/// How the built program starts.
pub(super) struct Started {
    /// Until it accepted a connection.
    pub(super) listens: Duration,
    /// Until it answered.
    pub(super) answers: Duration,
    /// Resident memory when idle.
    pub(super) rss_kib: u64,
}

/// The figures so far.
#[derive(Default)]
pub(super) struct Report {
    figures: Vec<Figure>,
    started: Option<Started>,
}

struct Figure {
    name: Name,
    per_s: f64,
    latencies: Option<[Duration; 2]>,
    disturbance: Option<f64>,
}

impl Name {
    const fn words(self) -> &'static str {
        match self {
            Self::Hello => "bare axum says hello",
            Self::Rows => "order's rows by hand",
            Self::Place => "place-order",
            Self::Lives => "whole lives of orders",
            Self::Transactions => "  their transactions",
            Self::Menus => "menus read",
            Self::Searches => "searches",
        }
    }

    /// What it is compared with, and the share of that to reach.
    const fn aim(self) -> Option<(Self, f64)> {
        match self {
            Self::Hello | Self::Rows | Self::Lives => None,
            Self::Place | Self::Transactions => Some((Self::Rows, 0.5)),
            Self::Menus | Self::Searches => Some((Self::Hello, 0.2)),
        }
    }
}

/// Prints what is measured, and on what.
pub(super) fn begin(bench: &Bench) -> Result<()> {
    let cores = thread::available_parallelism()?;
    let sync = disk::sync_latency(&bench.directory)?;
    line(&format!(
        "{cores} cores, shared by clients and server; {} connections, a closed loop: each sends its next request as \
         soon as it has its reply; {} s a figure\n{}: write 4 KiB and fdatasync: {} (median of 200)\n",
        bench.connections(),
        bench.options.seconds,
        bench.directory.display(),
        millis(sync),
    ));
    Ok(())
}

impl Report {
    /// Records a figure, and prints it.
    pub(super) fn record(&mut self, name: Name, measured: &Measured) {
        let latencies = [0.5, 0.99].map(|quantile| measured.latency(quantile));
        let disturbance = measured.cpu.disturbance();
        let figure = Figure { name, per_s: measured.rate(), latencies: Some(latencies), disturbance };
        line(&format!("{}\n  cores: {}", figure.words(), measured.cpu.words()));
        if let Some(first) = measured.failures.first() {
            line(&format!("  not done: {}, the first one because {first}", measured.failures.len()));
        }
        self.figures.push(figure);
    }

    /// Records the transactions that whole lives took.
    pub(super) fn record_transactions(&mut self, measured: &Measured) {
        let per_s = measured.per_second(measured.committed.transactions);
        let disturbance = measured.cpu.disturbance();
        let figure = Figure { name: Name::Transactions, per_s, latencies: None, disturbance };
        line(&figure.words());
        self.figures.push(figure);
    }

    /// Records how the built program starts.
    pub(super) fn record_start(&mut self, started: Started) {
        self.started = Some(started);
    }

    /// Prints all figures with their ratios.
    pub(super) fn end(&self) {
        line(&format!("\n{:<24} {:>9}   {:>9} {:>9}   {:>6}   aim", "", "a second", "p50", "p99", "ratio"));
        for figure in &self.figures {
            line(&format!("{}{}", figure.words(), self.ratio(figure)));
        }
        for Figure { name, disturbance, .. } in &self.figures {
            if let Some(cores) = disturbance {
                let name = name.words().trim();
                line(&format!(
                    "disturbed: {name}; {cores:.2} cores were used elsewhere meanwhile, so no ratio with it holds"
                ));
            }
        }
        if let Some(Started { listens, answers, rss_kib }) = &self.started {
            line(&format!(
                "tiffin, started on its city: listens after {}, answers after {}; {rss_kib} KiB resident when idle",
                millis(*listens),
                millis(*answers),
            ));
        }
    }

    fn ratio(&self, figure: &Figure) -> String {
        let Some((base, aim)) = figure.name.aim() else { return String::new() };
        let Some(base) = self.figures.iter().find(|figure| figure.name == base) else { return String::new() };
        format!("   {:>6.2}   {aim:.1} of {}", figure.per_s / base.per_s, base.name.words())
    }
}

impl Figure {
    fn words(&self) -> String {
        let rate = format!("{:<24} {:>9.0}", self.name.words(), self.per_s);
        let [p50, p99] = self.latencies.map_or([String::new(), String::new()], |both| both.map(millis));
        format!("{rate}   {p50:>9} {p99:>9}")
    }
}

/// Prints how many transactions shared an fsync.
pub(super) fn line_of_groups(measured: &Measured) {
    let Committed { transactions, groups } = measured.committed;
    let per_s = measured.per_second(groups);
    let size = measured.per_second(transactions) / per_s;
    line(&format!("  fsyncs: {per_s:.0} a second, each for {size:.1} transactions"));
}

fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub(super) fn line(words: &str) {
    println!("{words}");
}
