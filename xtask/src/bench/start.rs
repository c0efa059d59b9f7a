//! Starting the built program on a city that is there already: how long until it listens and answers, and its memory.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use super::{
    Bench, disk,
    report::{Report, Started},
};

/// How often it is started, after a first start that builds the city.
const STARTS: usize = 5;
/// How often the port is tried.
const POLL: Duration = Duration::from_millis(1);
/// How long a start may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long it idles before its memory is looked at.
const IDLE: Duration = Duration::from_secs(2);

/// A started program.
struct Running(Child);

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let program = bench.directory.join("release").join("tiffin");
    ensure!(program.exists(), "{} is missing: `cargo build --release` makes it", program.display());
    let data = tempfile::Builder::new().prefix("bench-").tempdir_in(&bench.directory)?;
    // The first start builds the city.
    start(&program, data.path(), Duration::ZERO)?;
    let mut starts = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        starts.push(start(&program, data.path(), IDLE)?);
    }
    report.record_start(Started {
        listens: disk::median(starts.iter().map(|started| started.listens).collect()),
        answers: disk::median(starts.iter().map(|started| started.answers).collect()),
        rss_kib: disk::median(starts.iter().map(|started| started.rss_kib).collect()),
    });
    Ok(())
}

fn start(program: &Path, data: &Path, idle: Duration) -> Result<Started> {
    let port = testing::free_port();
    let mut command = Command::new(program);
    command.args(["--simulate", "none", "--port", &port.to_string(), "--data-dir"]).arg(data);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let mut running = Running(command.spawn()?);
    let mut connection = running.connect(port, begun)?;
    let listens = begun.elapsed();
    // It listens a little before it serves: an early connection waits.
    connection.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut reply = String::new();
    connection.read_to_string(&mut reply)?;
    let answers = begun.elapsed();
    ensure!(reply.starts_with("HTTP/1.1 204"), "the first answer was {reply}");
    thread::sleep(idle);
    let rss_kib = running.rss_kib()?;
    running.stop()?;
    Ok(Started { listens, answers, rss_kib })
}

impl Running {
    fn connect(&mut self, port: u16, begun: Instant) -> Result<TcpStream> {
        while begun.elapsed() < TIMEOUT {
            if let Ok(connection) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
                return Ok(connection);
            }
            if let Some(status) = self.0.try_wait()? {
                bail!("tiffin ended at its start: {status}");
            }
            thread::sleep(POLL);
        }
        bail!("tiffin does not listen")
    }

    /// The resident memory (Linux: `VmRSS` of `/proc/<pid>/status`).
    fn rss_kib(&self) -> Result<u64> {
        let path = PathBuf::from(format!("/proc/{}/status", self.0.id()));
        let status = fs::read_to_string(path).context("memory can be seen on Linux only")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("a process has memory")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Shuts it down gracefully.
    fn stop(&mut self) -> Result<()> {
        let signalled = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status()?;
        ensure!(signalled.success() && self.0.wait()?.success(), "tiffin does not shut down gracefully");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where it has ended already, there is nothing to end.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
