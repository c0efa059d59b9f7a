//! Work that keeps a core busy for milliseconds, done beside the requests and never more than the cores can bear.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::{Problem, code};

/// How many may wait for their turn; those beyond are told to come back.
const QUEUE: usize = 8;

/// Runs CPU-heavy jobs, as many at once as there are cores.
#[derive(Clone, Debug)]
pub struct Heavy {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Heavy {
    /// For a machine with this many cores.
    pub fn new(cores: usize) -> Self {
        Self { running: Arc::new(Semaphore::new(cores)), admitted: Arc::new(Semaphore::new(cores + QUEUE)) }
    }

    /// Runs `job` on a thread of its own kind; 503 where too many wait already.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let busy = |_| Problem::of(code::UNAVAILABLE);
        let _admitted = self.admitted.try_acquire().map_err(busy)?;
        let _running = self.running.acquire().await.map_err(Problem::internal)?;
        tokio::task::spawn_blocking(job).await.map_err(Problem::internal)
    }
}
