//! AWS as emulators speak it: servers that a process starts for itself, and that end with it.

use std::{
    io,
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tokio::sync::OnceCell;

use crate::{aws::REGION, free_port, listens};

/// Why an emulator was not started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its program is not where `cargo xtask tools` puts it.
    #[error("{0} is not installed: run `cargo xtask tools`")]
    NotInstalled(&'static str),
    /// Somebody else listens where it would.
    #[error("port {port} of {host} is taken: stop whatever listens there first")]
    Taken {
        /// The address.
        host: String,
        /// The port.
        port: u16,
    },
    /// The computer did not let it.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It does not listen; the last of what it said.
    #[error("it does not listen on port {port}, and said last: {said}")]
    Silent {
        /// Where it should.
        port: u16,
        /// The last line of its log.
        said: String,
    },
}

/// A server that ends with the process that started it, whatever happens to that.
struct Server {
    /// Its own end of the pipe: once it is closed, the server is stopped.
    process: Child,
}

impl Server {
    /// Starts `command` in `folder`, which goes with it; what it says goes to a file there.
    fn start(command: &[&str], variables: &[(&str, &str)], folder: &Path) -> io::Result<Self> {
        const UNTIL_CLOSED: &str =
            r#""$@" & server=$!; read -r _; kill "$server"; wait "$server"; cd / && rm -rf "$0""#;
        let log = std::fs::File::create(folder.join("log"))?;
        let also = log.try_clone()?;
        let mut shell = Command::new("sh");
        shell.args(["-c", UNTIL_CLOSED]).arg(folder).args(command).envs(variables.iter().copied()).current_dir(folder);
        // A group of its own: a terminal's Ctrl-C is for who started it, and would leave the server without its shell.
        shell.process_group(0);
        let process = shell.stdin(Stdio::piped()).stdout(log).stderr(also).spawn()?;
        Ok(Self { process })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}

/// AWS in one process: `DynamoDB`, SNS, SQS, Lambda, API Gateway, `CloudFormation`.
pub struct MiniStack {
    endpoint: String,
    _server: Server,
}

impl MiniStack {
    /// The one of this process, started when it is first needed.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<MiniStack> = OnceCell::const_new();
        SHARED.get_or_init(Self::start).await
    }

    /// One of its own.
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1", free_port()).await.unwrap_or_else(|error| panic!("MiniStack: {error}"))
    }

    /// One of its own at this address and port of the computer.
    pub async fn start_at(host: &str, port: u16) -> Result<Self, StartError> {
        let program = tools().join("ministack/bin/ministack");
        if !program.exists() {
            return Err(StartError::NotInstalled("MiniStack"));
        }
        is_free(host, port)?;
        let folder = folder("ministack", port)?;
        let folder_text = folder.to_string_lossy();
        let variables = [
            // Programs that it unpacks, and what it keeps, go with it.
            ("TMPDIR", &*folder_text),
            ("STATE_DIR", &*folder_text),
            ("BIND_HOST", host),
            ("GATEWAY_PORT", &*port.to_string()),
            ("IOT_MTLS_ENABLED", "0"),
            ("MINISTACK_REGION", REGION),
        ];
        let server = Server::start(&[&program.to_string_lossy()], &variables, &folder)?;
        answers(host, port, &folder).await?;
        Ok(Self { endpoint: format!("http://{host}:{port}"), _server: server })
    }

    /// Where every service of it answers.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

/// AWS' own `DynamoDB` for one computer.
pub struct DynamoDbLocal {
    endpoint: String,
    _server: Server,
}

impl DynamoDbLocal {
    /// One of its own, in memory; `None`, with a line that says so, where it is not installed.
    #[expect(clippy::print_stderr, reason = "what is skipped is said")]
    pub async fn start() -> Option<Self> {
        let jars = tools().join("dynamodb-local");
        if !jars.join("READY").exists() {
            eprintln!("SKIPPED: DynamoDB Local is not installed (`cargo xtask tools` says why)");
            return None;
        }
        let port = free_port();
        let folder = folder("dynamodb-local", port).expect("a folder can be made");
        let jars = jars.to_string_lossy().into_owned();
        let port_text = port.to_string();
        let natives = format!("-Dsqlite4java.library.path={jars}");
        let classes = format!("{jars}/*");
        let main = "software.amazon.dynamodb.services.local.main.ServerRunner";
        let command = ["java", &natives, "-cp", &classes, main, "-inMemory", "-port", &port_text, "-disableTelemetry"];
        let server = Server::start(&command, &[], &folder).expect("a shell can be started");
        answers("127.0.0.1", port, &folder).await.unwrap_or_else(|error| panic!("DynamoDB Local: {error}"));
        Some(Self { endpoint: format!("http://127.0.0.1:{port}"), _server: server })
    }

    /// Where it answers.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

/// Where `cargo xtask tools` puts what it installs.
pub fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools")
}

fn is_free(host: &str, port: u16) -> Result<(), StartError> {
    let bound = TcpListener::bind((host, port)).map(drop);
    bound.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::Taken { host: host.to_owned(), port },
        _ => error.into(),
    })
}

fn folder(name: &str, port: u16) -> io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("tiffin-{name}-{}-{port}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

async fn answers(host: &str, port: u16, folder: &Path) -> Result<(), StartError> {
    if listens(host, port, || false).await {
        return Ok(());
    }
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    let said = log.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing").to_owned();
    Err(StartError::Silent { port, said })
}
