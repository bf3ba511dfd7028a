//! Limits the number of searches that run at the same time, so that many searches do not slow down pages.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::Problem;

/// A limit on the number of running searches. A waiting search uses no thread, and it is dropped when its client
/// disconnects.
#[derive(Clone, Debug)]
pub(super) struct SearchLimiter(Arc<Semaphore>);

impl SearchLimiter {
    /// Allows at most `limit` searches at a time.
    pub(super) fn new(limit: usize) -> Self {
        Self(Arc::new(Semaphore::new(limit)))
    }

    /// Allows searches on half of the processors, so that the other half can render pages.
    pub(super) fn on_half() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new((processors / 2).max(1))
    }

    /// Waits for a turn, then runs `work` on a thread for blocking work.
    pub(super) async fn take<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let failed = |_| Problem::internal("the search failed; see the output of the server");
        let turn = Arc::clone(&self.0).acquire_owned().await;
        let turn = turn.map_err(|_| Problem::internal("the server is shutting down"))?;
        let work = move || {
            // The turn lasts until the work is done, even if the client has disconnected.
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(failed)?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::waiting::wait_until;

    #[test]
    fn a_limited_number_of_searches_run_at_a_time_and_all_complete() {
        let (turns, running) = (SearchLimiter::new(2), Arc::new(AtomicUsize::new(0)));
        let most = Arc::new(AtomicUsize::new(0));
        let work = |number: usize| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            move || {
                let together = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(together, Ordering::SeqCst);
                wait_until("two run at a time", || most.load(Ordering::SeqCst) >= 2);
                running.fetch_sub(1, Ordering::SeqCst);
                // A search that panics must also give its turn back.
                assert!(number != 3, "broken");
                Ok(together)
            }
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let all: Vec<_> = (0..12)
            .map(|number| {
                let (turns, work) = (turns.clone(), work(number));
                runtime.spawn(async move { turns.take(work).await })
            })
            .collect();
        let together = all.into_iter().map(|one| runtime.block_on(one).unwrap());
        let together: Vec<usize> = together.filter_map(Result::ok).collect();
        assert_eq!(together.len(), 11);
        assert!(together.iter().all(|together| *together <= 2), "{together:?}");
    }
}
