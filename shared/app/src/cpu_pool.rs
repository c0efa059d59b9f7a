//! Work that keeps a core busy for milliseconds, done off the threads of requests, and never more than the cores can bear.

use std::{
    any::Any,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use crate::{Problem, code};

/// How many may wait for their turn; those beyond are refused with 503.
const QUEUE: usize = 8;

/// Runs CPU-heavy jobs, as many at once as there are cores.
#[derive(Clone, Debug)]
pub struct CpuPool {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Scratch>>>,
}

/// What a job works in, kept for the next one: given back instead, it would be kept by the allocator all the same, one piece
/// per thread, until a small computer had no more. A job leaves nothing secret in it.
#[derive(Debug, Default)]
pub struct Scratch(Option<Box<dyn Any + Send>>);

impl Scratch {
    /// What the last job of this kind has left.
    pub fn take<T: Any + Default>(&mut self) -> T {
        self.0.take().and_then(|left| left.downcast().ok()).map_or_else(T::default, |left| *left)
    }

    /// Leaves this for the next.
    pub fn leave<T: Any + Send>(&mut self, left: T) {
        self.0 = Some(Box::new(left));
    }
}

impl CpuPool {
    /// For a computer with this many cores.
    pub fn new(cores: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(cores)),
            admitted: Arc::new(Semaphore::new(cores + QUEUE)),
            idle: Arc::default(),
        }
    }

    /// Runs `job` on a thread that may block; 503 where too many wait already. Once begun it counts until it ends, whether
    /// anybody waits for it or not.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Scratch) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = |_| Problem::of(code::UNAVAILABLE);
        let admitted = self.admitted.clone().try_acquire_owned().map_err(busy)?;
        let running = self.running.clone().acquire_owned().await.map_err(Problem::internal)?;
        let idle = self.idle.clone();
        let work = move || {
            let _permits = (admitted, running);
            let idle = || idle.lock().unwrap_or_else(PoisonError::into_inner);
            let mut scratch = idle().pop().unwrap_or_default();
            let done = job(&mut scratch);
            idle().push(scratch);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_counts_until_it_ends_though_its_caller_has_gone() {
        let pool = CpuPool::new(1);
        let (begins, begun) = oneshot::channel();
        let (go, gone) = mpsc::channel::<()>();
        let asked = tokio::spawn({
            let pool = pool.clone();
            async move {
                let job = move |_: &mut Scratch| {
                    begins.send(()).unwrap();
                    gone.recv().ok();
                };
                pool.run(job).await
            }
        });
        begun.await.unwrap();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert_eq!(pool.running.available_permits(), 0);
        assert_eq!(pool.admitted.available_permits(), QUEUE);
        drop(go);
        assert_eq!(pool.run(|_| 7).await.unwrap(), 7);
        assert_eq!(pool.running.available_permits(), 1);
        assert_eq!(pool.admitted.available_permits(), 1 + QUEUE);
    }

    #[tokio::test]
    async fn a_job_works_in_what_the_last_of_its_kind_has_left() {
        let pool = CpuPool::new(1);
        pool.run(|scratch| scratch.leave(vec![1_u8])).await.unwrap();
        let taken = pool.run(Scratch::take::<Vec<u8>>).await.unwrap();
        assert_eq!(taken, [1]);
        pool.run(|scratch| scratch.leave("text".to_owned())).await.unwrap();
        let taken = pool.run(Scratch::take::<Vec<u8>>).await.unwrap();
        assert!(taken.is_empty());
    }
}
