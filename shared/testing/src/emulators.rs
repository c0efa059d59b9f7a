//! AWS as emulators speak it: servers that a test process starts for itself, and that end with it.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tokio::sync::OnceCell;

use crate::{aws::REGION, free_port, listens};

/// A server that ends with the process that started it, whatever happens to that.
struct Server {
    /// Its own end of the pipe: once it is closed, the server is stopped.
    process: Child,
}

impl Server {
    /// Starts `command` in `folder`, which goes with it; what it says goes to a file there.
    fn start(command: &[&str], variables: &[(&str, &str)], folder: &Path) -> Self {
        const UNTIL_CLOSED: &str =
            r#""$@" & server=$!; read -r _; kill "$server"; wait "$server"; cd / && rm -rf "$0""#;
        let log = std::fs::File::create(folder.join("log")).expect("a file can be made");
        let also = log.try_clone().expect("it can be shared");
        let mut shell = Command::new("sh");
        shell.args(["-c", UNTIL_CLOSED]).arg(folder).args(command).envs(variables.iter().copied()).current_dir(folder);
        let process = shell.stdin(Stdio::piped()).stdout(log).stderr(also).spawn().expect("a shell can be started");
        Self { process }
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
        Self::start_at("127.0.0.1").await
    }

    /// One of its own on this address of the computer.
    ///
    /// # Panics
    /// If it is not installed.
    pub async fn start_at(host: &str) -> Self {
        let program = tools().join("ministack/bin/ministack");
        assert!(program.exists(), "MiniStack is not installed: run `cargo xtask tools`");
        let port = free_port();
        let folder = folder("ministack", port);
        let variables = [
            ("BIND_HOST", host),
            ("GATEWAY_PORT", &*port.to_string()),
            ("IOT_MTLS_ENABLED", "0"),
            ("MINISTACK_REGION", REGION),
        ];
        let server = Server::start(&[&program.to_string_lossy()], &variables, &folder);
        answers(host, port, &folder).await;
        Self { endpoint: format!("http://{host}:{port}"), _server: server }
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
        let folder = folder("dynamodb-local", port);
        let jars = jars.to_string_lossy().into_owned();
        let port_text = port.to_string();
        let natives = format!("-Dsqlite4java.library.path={jars}");
        let classes = format!("{jars}/*");
        let main = "software.amazon.dynamodb.services.local.main.ServerRunner";
        let command = ["java", &natives, "-cp", &classes, main, "-inMemory", "-port", &port_text, "-disableTelemetry"];
        let server = Server::start(&command, &[], &folder);
        answers("127.0.0.1", port, &folder).await;
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

fn folder(name: &str, port: u16) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tiffin-{name}-{}-{port}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

async fn answers(host: &str, port: u16, folder: &Path) {
    let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    assert!(listens(host, port, || false).await, "a server did not start: {}", log());
}
