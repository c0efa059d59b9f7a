//! What is printed: a row a program, each figure with its ratio to that of the program that says hello.

use std::{fs, time::Duration};

use anyhow::Result;

use super::{
    built::Built,
    run::{Figures, STARTS, WARM},
};
use crate::bench::report::line;

/// What an archive should weigh at the most, in bytes.
const AIM_ZIP_BYTES: usize = 4_400_000;
/// How long the first poll should take at the most.
const AIM_START: Duration = Duration::from_millis(25);
/// And how many times as long as that of the program that says hello.
const AIM_START_RATIO: f64 = 2.0;
/// What should be resident at the most, in KiB.
const AIM_RSS_KIB: u64 = 15 * KIB_PER_MIB;

const KIB_PER_MIB: u64 = 1024;
const BYTES_PER_MB: f64 = 1e6;

/// Prints what was built and how, and the names of the columns.
pub(super) fn begin(built: &Built) {
    line(&format!(
        "profile: {}\nbuilt in {:.0} s, `empty` in another {:.0} s; what was there was not built again\n",
        built.profile,
        built.programs_took.as_secs_f64(),
        built.empty_took.as_secs_f64(),
    ));
    let columns = ["program MB", "zip MB", "poll min ms", "median ms", "first ms", "warm ms", "RSS MiB"];
    let columns: String = columns.map(|column| format!("{column:>13}")).concat();
    line(&format!("{:<24}{columns}   {:<26}aims missed", "(× that of `empty`)", "invoked with"));
}

/// Prints the row of a program.
pub(super) fn row(name: &str, figures: &Figures, empty: &Figures) {
    let cells: String =
        values(figures).into_iter().zip(values(empty)).map(|(one, base)| cell(one, one / base)).collect();
    line(&format!("{name:<24}{cells}   {:<26}{}", figures.words, missed(figures, empty)));
}

/// Prints what the figures are, and how busy the computer was `before` all this.
pub(super) fn end(before: &str) -> Result<()> {
    line(&format!(
        "\npoll: from starting the process to its first poll, {STARTS} starts after one that is not counted; first: the \
         first invocation, median of as many other starts; warm: median of {WARM} later ones; RSS: after those\n\
         invocations reach an emulated DynamoDB and SNS without TLS, which is in their times; left: for another try, as \
         the order is not there{}\n\
         aims: zip ≤ {:.1} MB; first poll ≤ {} ms and ≤ {AIM_START_RATIO:.0} × empty's, by the median; RSS ≤ {} MiB\n\
         load of the computer: {before} before building, {} after measuring",
        if cfg!(debug_assertions) { "; asked by a debug build" } else { "" },
        bytes(AIM_ZIP_BYTES),
        AIM_START.as_millis(),
        AIM_RSS_KIB / KIB_PER_MIB,
        load()?,
    ));
    Ok(())
}

fn values(figures: &Figures) -> [f64; 7] {
    let Figures { weight, least_start, start, first, warm, rss_kib, words: _ } = figures;
    let [least_start, start, first, warm] = [least_start, start, first, warm].map(|one| one.as_secs_f64() * 1000.0);
    [bytes(weight.program), bytes(weight.zip), least_start, start, first, warm, mib(*rss_kib)]
}

fn cell(value: f64, ratio: f64) -> String {
    format!("{value:>7.2} ×{ratio:<4.1}")
}

fn missed(figures: &Figures, empty: &Figures) -> String {
    let missed = [
        ("zip", figures.weight.zip > AIM_ZIP_BYTES),
        ("poll", figures.start > AIM_START),
        ("poll ratio", figures.start.as_secs_f64() > AIM_START_RATIO * empty.start.as_secs_f64()),
        ("RSS", figures.rss_kib > AIM_RSS_KIB),
    ];
    let names: Vec<&str> = missed.into_iter().filter_map(|(name, is_missed)| is_missed.then_some(name)).collect();
    names.join(", ")
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn bytes(bytes: usize) -> f64 {
    bytes as f64 / BYTES_PER_MB
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn mib(kib: u64) -> f64 {
    kib as f64 / KIB_PER_MIB as f64
}

/// The load of the last minute: what others do on this computer spoils times (Linux: `/proc/loadavg`).
pub(super) fn load() -> Result<String> {
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(load.split_whitespace().take(1).collect())
}
