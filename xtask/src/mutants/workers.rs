//! Work on a list of items with several threads.

use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::anyhow;
use writ_tasks::process::Session;

/// The number of threads.
const THREADS: usize = 2;

/// Calls `work` for each item, and returns the results in the order of the items. The first error ends the work.
pub fn each<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&Session, usize, &T) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let queue = Mutex::new(items.iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || -> anyhow::Result<Vec<(usize, R)>> {
        // Each thread supervises the programs that it starts.
        let session = Session::open()?;
        let mut results = Vec::new();
        while let Some((index, item)) = next() {
            match work(&session, index, item) {
                Ok(result) => results.push((index, result)),
                Err(error) => {
                    while next().is_some() {}
                    return Err(error);
                }
            }
        }
        Ok(results)
    };
    let mut results = Vec::new();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
        for thread in threads {
            results.extend(thread.join().map_err(|_| anyhow!("a thread panicked"))??);
        }
        anyhow::Ok(())
    })?;
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
