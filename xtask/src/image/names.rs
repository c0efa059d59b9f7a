//! How the program looks up names where Kubernetes writes `/etc/resolv.conf`: with `ndots:5` and search domains, and a resolver that
//! is slow, fails, or says nothing. It runs in namespaces of its own, with a DNS server and a store that are nobody else's.

mod dns;

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use axum::{Router, http::header::CONTENT_TYPE};
use cargo_aws::keys::KeyMaterial;
use host::requirements::{AWS_ENDPOINT, ISSUER, PUBLIC_KEYS, REGION};
use tempfile::{NamedTempFile, TempDir};
use tiffin::services::SERVICES;

use self::dns::{Answer, Dns, Rule};
use super::{container::get, succeeds, text};

/// Namespaces in which it is root, without a network and with mounts of its own.
const NAMESPACES: [&str; 4] = ["--map-root-user", "--net", "--mount", "--"];
/// As a pod on EKS finds them, and a company's own.
const DOMAINS: [&str; 5] =
    ["tiffin.svc.cluster.local", "svc.cluster.local", "cluster.local", "eu-central-1.compute.internal", "corp.example"];
/// Where the store is: outside, and in the cluster.
const OUTSIDE: &str = "store.eu-central-1.outside.example";
const INSIDE: &str = "store.data";
const STORE_PORT: u16 = 8000;
/// Where the program listens.
const PORT: u16 = 8080;
/// The function, whose store has no such restaurant.
const FUNCTION: &str = "get-restaurant";
const PATH: &str = "/v1/restaurants/rst_01h455vb4pex5vsknk084sn02q";
/// How long the program may take to listen, and to end.
const STARTING: Duration = Duration::from_secs(10);
const ENDING: Duration = Duration::from_secs(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
/// What a look-up takes at most where nothing is slow, and with one search domain that can't be asked.
const QUICK: Duration = Duration::from_secs(1);
/// How long a slow resolver takes for each answer.
const SLOW: Duration = Duration::from_secs(2);
/// How long a request may take: what is declared.
const DECLARED: Duration = Duration::from_secs(10);

/// A case, and what comes of it.
struct Case {
    what: &'static str,
    store: &'static str,
    rule: Rule,
    status: u16,
    within: Duration,
    /// Names that are asked for, in this order; others may be between them.
    asked: &'static [&'static str],
    /// What the program's log says.
    log: &'static str,
}

const AT_ONCE: Duration = Duration::ZERO;
const CASES: &[Case] = &[
    Case {
        what: "an outside name, after no search domain has it",
        store: OUTSIDE,
        rule: |name, _| (if name == OUTSIDE { Answer::Here } else { Answer::NoName }, AT_ONCE),
        status: 404,
        within: QUICK,
        asked: &[
            "store.eu-central-1.outside.example.tiffin.svc.cluster.local",
            "store.eu-central-1.outside.example.svc.cluster.local",
            "store.eu-central-1.outside.example.cluster.local",
            "store.eu-central-1.outside.example.eu-central-1.compute.internal",
            "store.eu-central-1.outside.example.corp.example",
            OUTSIDE,
        ],
        log: "",
    },
    Case {
        what: "a name of the cluster, by its search domain",
        store: INSIDE,
        rule: |name, _| (if name == "store.data.svc.cluster.local" { Answer::Here } else { Answer::NoName }, AT_ONCE),
        status: 404,
        within: QUICK,
        asked: &["store.data.tiffin.svc.cluster.local", "store.data.svc.cluster.local"],
        log: "",
    },
    Case {
        what: "one failure of a search domain",
        store: OUTSIDE,
        rule: |name, before| match name {
            OUTSIDE => (Answer::Here, AT_ONCE),
            _ if name.ends_with("corp.example") && before == 0 => (Answer::Failure, AT_ONCE),
            _ => (Answer::NoName, AT_ONCE),
        },
        status: 404,
        within: QUICK,
        asked: &[OUTSIDE],
        log: "",
    },
    Case {
        what: "a search domain that always fails",
        store: OUTSIDE,
        rule: |name, _| match name {
            OUTSIDE => (Answer::Here, AT_ONCE),
            _ if name.ends_with("corp.example") => (Answer::Failure, AT_ONCE),
            _ => (Answer::NoName, AT_ONCE),
        },
        status: 404,
        within: QUICK,
        asked: &["store.eu-central-1.outside.example.corp.example", OUTSIDE],
        log: "",
    },
    Case {
        what: "a search domain of which nothing is said",
        store: OUTSIDE,
        rule: |name, _| match name {
            OUTSIDE => (Answer::Here, AT_ONCE),
            _ if name.ends_with("compute.internal") => (Answer::Silence, AT_ONCE),
            _ => (Answer::NoName, AT_ONCE),
        },
        status: 404,
        within: QUICK,
        asked: &["store.eu-central-1.outside.example.eu-central-1.compute.internal", OUTSIDE],
        log: "",
    },
    Case {
        what: "a search domain that has the name, without an address",
        store: OUTSIDE,
        rule: |name, _| match name {
            OUTSIDE => (Answer::Here, AT_ONCE),
            _ if name.ends_with("corp.example") => (Answer::NoAddress, AT_ONCE),
            _ => (Answer::NoName, AT_ONCE),
        },
        status: 404,
        within: QUICK,
        asked: &["store.eu-central-1.outside.example.corp.example", OUTSIDE],
        log: "",
    },
    Case {
        what: "an answer that is too long for a datagram",
        store: OUTSIDE,
        rule: |name, _| (if name == OUTSIDE { Answer::TooLong } else { Answer::NoName }, AT_ONCE),
        status: 404,
        within: QUICK,
        asked: &[OUTSIDE],
        log: "",
    },
    Case {
        what: "a resolver that takes seconds for each answer",
        store: OUTSIDE,
        rule: |name, _| (if name == OUTSIDE { Answer::Here } else { Answer::NoName }, SLOW),
        status: 404,
        within: Duration::from_secs(3),
        asked: &["store.eu-central-1.outside.example.tiffin.svc.cluster.local", OUTSIDE],
        log: "",
    },
    Case {
        what: "a name that nobody has",
        store: OUTSIDE,
        rule: |_, _| (Answer::NoName, AT_ONCE),
        status: 503,
        within: DECLARED,
        asked: &[OUTSIDE],
        log: "failed to lookup address information: Name does not resolve",
    },
    Case {
        what: "a resolver that says nothing",
        store: OUTSIDE,
        rule: |_, _| (Answer::Silence, AT_ONCE),
        status: 503,
        within: DECLARED,
        asked: &["store.eu-central-1.outside.example.tiffin.svc.cluster.local", OUTSIDE],
        log: "the store is unavailable: no answer within",
    },
];

/// Tries each case with this program, where namespaces can be made.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub(super) fn try_them(program: &Path) -> Result<()> {
    let set_up = |command: &mut Command| succeeds(command.args(["ip", "link", "set", "lo", "up"]));
    if !set_up(Command::new("unshare").args(NAMESPACES)) {
        println!("skipped: how names are looked up, for which `unshare` and `ip` are wanted");
        return Ok(());
    }
    let mut within = Command::new("unshare");
    within.args(NAMESPACES).arg(env::current_exe()?).arg("names").arg(program);
    ensure!(within.status()?.success(), "names are not looked up as they should be");
    Ok(())
}

/// The same within the namespaces.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub fn in_a_namespace(program: &Path) -> Result<()> {
    ensure!(succeeds(Command::new("ip").args(["link", "set", "lo", "up"])), "there is no loopback");
    let folder = TempDir::new()?;
    let file = folder.path().join("resolv.conf");
    let domains = DOMAINS.join(" ");
    fs::write(&file, format!("nameserver {}\nsearch {domains}\noptions ndots:5\n", Ipv4Addr::LOCALHOST))?;
    let mounted = succeeds(Command::new("mount").args(["--bind", &text(&file), "/etc/resolv.conf"]));
    ensure!(mounted, "/etc/resolv.conf can't be replaced");
    let dns = Dns::start(|_, _| (Answer::NoName, AT_ONCE))?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.spawn(store());
    let keys = KeyMaterial::new(SERVICES)?.public_keys;
    for case in CASES {
        let took = case.try_it(program, &dns, &keys)?;
        println!("names: {}: {} in {} ms", case.what, case.status, took.as_millis());
    }
    runtime.shutdown_background();
    Ok(())
}

/// A store that has nothing.
async fn store() -> Result<()> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, STORE_PORT)).await?;
    let nothing = || async { ([(CONTENT_TYPE, "application/x-amz-json-1.0")], "{}") };
    Ok(axum::serve(listener, Router::new().fallback(nothing)).await?)
}

impl Case {
    fn try_it(&self, program: &Path, dns: &Arc<Dns>, keys: &str) -> Result<Duration> {
        dns.answer_by(self.rule);
        let log = NamedTempFile::new()?;
        let mut process = Process::start(program, self.store, keys, &log)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
        process.until_it_listens(address)?;
        let begun = Instant::now();
        let reply = get(address, PATH)?;
        let took = begun.elapsed();
        let asked = dns.asked();
        let ended = process.ends()?;
        let log = fs::read_to_string(log.path())?;
        let what = self.what;
        ensure!(
            reply.starts_with(&format!("HTTP/1.1 {} ", self.status)) && took < self.within,
            "{what}: after {} ms, having asked for {asked:#?}: {reply}\n{log}",
            took.as_millis()
        );
        let mut names = asked.iter();
        let in_order = self.asked.iter().all(|wanted| names.any(|name| name == wanted));
        ensure!(in_order, "{what}: it asked for {asked:#?}");
        ensure!(log.contains(self.log), "{what}: it does not say {:?}:\n{log}", self.log);
        ensure!(ended < ENDING, "{what}: it ended {} ms after SIGTERM", ended.as_millis());
        Ok(took)
    }
}

/// The program; it is killed with this.
struct Process(Child);

impl Process {
    fn start(program: &Path, store: &str, keys: &str, log: &NamedTempFile) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg(FUNCTION).env_clear().stderr(Stdio::from(log.reopen()?));
        command.envs([
            (AWS_ENDPOINT, &*format!("http://{store}:{STORE_PORT}")),
            ("AWS_ACCESS_KEY_ID", "none"),
            ("AWS_SECRET_ACCESS_KEY", "none"),
            (REGION, "eu-central-1"),
            ("TIFFIN_TABLE_RESTAURANTS", "restaurants"),
            (ISSUER.name, "https://api.example"),
            (PUBLIC_KEYS, keys),
            ("PORT", &PORT.to_string()),
        ]);
        Ok(Self(command.spawn()?))
    }

    fn until_it_listens(&mut self, address: SocketAddr) -> Result<()> {
        let begun = Instant::now();
        while get(address, "/healthz").is_err() {
            ensure!(begun.elapsed() < STARTING && self.0.try_wait()?.is_none(), "{FUNCTION} does not start");
            thread::sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }

    /// How long it takes to end.
    fn ends(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        let told = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status()?;
        ensure!(told.success(), "{FUNCTION} can't be told to end");
        let status = self.0.wait().context("it ends")?;
        ensure!(status.success(), "{FUNCTION} ended with {status}");
        Ok(begun.elapsed())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
