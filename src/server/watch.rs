//! Looks out for changes on the disk. Events are hints: what changed is found by comparing stamps.

use std::{path::Path, sync::mpsc, time::Duration};

use notify::RecursiveMode;
use notify_debouncer_full::{DebounceEventResult, new_debouncer};

use super::State;

/// How long files must be still before they are read.
const QUIET: Duration = Duration::from_millis(100);
/// How often to look where the system does not tell of changes.
const POLL: Duration = Duration::from_secs(2);

/// Whether `path`, relative to the repository, can change the site: the casebook's own files, or the branches of a bare
/// repository. Reading writes caches below the git directory, which must not count as a change.
fn is_ours(path: &Path) -> bool {
    let first = path.iter().next().and_then(|name| name.to_str()).unwrap_or_default();
    matches!(
        first,
        "casebook.yml"
            | "tickets"
            | "knowledge"
            | "ticket-templates"
            | "site"
            | "HEAD"
            | "refs"
            | "packed-refs"
    )
}

/// Reloads `state` whenever a file below `root` changes, from a thread of its own. `said` is told what went wrong.
pub fn watch(root: &Path, state: State, said: impl Fn(String) + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    let below = root.to_owned();
    let mut watched = new_debouncer(QUIET, None, move |events: DebounceEventResult| {
        // What went wrong may have hidden anything.
        let matters = events.map_or(true, |events| {
            events
                .iter()
                .flat_map(|event| &event.paths)
                .any(|path| is_ours(path.strip_prefix(&below).unwrap_or(path)))
        });
        if matters {
            // The receiver lives as long as the thread below.
            let _ = sender.send(());
        }
    });
    let watching = match &mut watched {
        Ok(debouncer) => debouncer.watch(root, RecursiveMode::Recursive).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = &watching {
        said(format!(
            "the system does not tell of changes ({error}), so files are looked at every two seconds"
        ));
    }
    std::thread::spawn(move || {
        let _keep = watched;
        loop {
            match receiver.recv_timeout(POLL) {
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Timeout) if watching.is_err() => {}
                Err(mpsc::RecvTimeoutError::Timeout) => continue,
                // The watcher is gone: only looking helps.
                Err(mpsc::RecvTimeoutError::Disconnected) => std::thread::sleep(POLL),
            }
            while receiver.try_recv().is_ok() {}
            if let Err(error) = state.reload() {
                said(format!("the site stays as it was: {error}"));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_and_built_pages_are_no_changes() {
        let ours = |path: &str| is_ours(Path::new(path));
        assert!(ours("tickets/2026/11/a.md") && ours("casebook.yml") && ours("refs/heads/main"));
        assert!(
            !ours(".git/casebook/cache/parsed-worktree")
                && !ours("public/index.html")
                && !ours("casebook/cache")
        );
    }
}
