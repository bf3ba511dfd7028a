//! Limits the number of searches and of renderings that run at the same time.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// A limit on the number of running works, such as searches. A waiting work uses no thread, and it is dropped when its
/// request is dropped.
#[derive(Clone, Debug)]
pub(super) struct WorkLimiter(Arc<Semaphore>);

impl WorkLimiter {
    /// Allows at most `limit` works at a time.
    pub(super) fn new(limit: usize) -> Self {
        Self(Arc::new(Semaphore::new(limit)))
    }

    /// Allows works on half of the processors, so that many searches do not slow down pages.
    pub(super) fn on_half() -> Self {
        Self::new((processors() / 2).max(1))
    }

    /// Allows works on all processors. More at the same time would need more memory and not be faster.
    pub(super) fn on_all() -> Self {
        Self::new(processors())
    }

    /// Waits for a turn, then runs `work` on a thread for blocking work. Returns `None` if `work` panics.
    pub(super) async fn take<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        // The semaphore is never closed.
        let turn = Arc::clone(&self.0).acquire_owned().await.ok()?;
        let work = move || {
            // The turn lasts until the work is done, even if the client has disconnected.
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work).await.ok()
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::waiting::wait_until;

    #[test]
    fn a_limited_number_of_works_run_at_a_time_and_all_complete() {
        let (turns, running) = (WorkLimiter::new(2), Arc::new(AtomicUsize::new(0)));
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
                together
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
        let together: Vec<usize> = together.flatten().collect();
        assert_eq!(together.len(), 11);
        assert!(together.iter().all(|together| *together <= 2), "{together:?}");
    }
}
