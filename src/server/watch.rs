//! Looks out for changes on the disk. Events are hints: what changed is found by comparing stamps.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::mpsc,
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer_opt};

use super::State;

/// How long files must be still before they are read.
const QUIET: Duration = Duration::from_millis(100);
/// How often to look where the system does not tell of changes.
const POLL: Duration = Duration::from_secs(2);

/// Folders that can change the site, with all that is in them: the casebook's own, and the branches of a bare repository.
/// The root is not watched whole: caches, built pages and whatever else is there would take the system's watches.
const FOLDERS: &[&str] = &["tickets", "knowledge", "ticket-templates", "site", "refs"];
/// Files in the root that can.
const FILES: &[&str] = &["casebook.yml", "HEAD", "packed-refs"];

/// What an event says of `path`, relative to the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hint {
    /// Nothing that matters here.
    Nothing,
    /// A file may have changed.
    Changed,
    /// One of [`FOLDERS`] may have come or gone, so that it must be watched anew.
    Folder,
}

fn hint(path: &Path) -> Hint {
    let mut parts = path.iter();
    let first = parts.next().and_then(|name| name.to_str()).unwrap_or_default();
    match (FOLDERS.contains(&first), parts.next()) {
        (true, None) => Hint::Folder,
        (true, Some(_)) => Hint::Changed,
        (false, None) if FILES.contains(&first) => Hint::Changed,
        (false, _) => Hint::Nothing,
    }
}

/// Reloads `state` whenever a file below `root` changes, from a thread of its own. `said` is told what went wrong.
pub(crate) fn watch(root: &Path, state: State, said: impl Fn(String) + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    let root = root.to_owned();
    let below = root.clone();
    // What changed before the watch began is found by looking once.
    let _ = sender.send(Hint::Changed);
    let handler = move |events: DebounceEventResult| {
        let hints = |events: Vec<notify_debouncer_full::DebouncedEvent>| {
            // Reading is no change: a reload must not wake the next one.
            let changes = events.iter().filter(|event| !event.kind.is_access());
            let paths = changes.flat_map(|event| &event.paths);
            paths.map(|path| hint(path.strip_prefix(&below).unwrap_or(path))).max()
        };
        // What went wrong may have hidden anything.
        match events.map_or(Some(Hint::Folder), hints) {
            Some(Hint::Nothing) | None => {}
            // The receiver lives as long as the thread below.
            Some(hint) => drop(sender.send(hint)),
        }
    };
    // What a link leads to is not of the casebook.
    let config = notify::Config::default().with_follow_symlinks(false);
    let made = new_debouncer_opt(QUIET, None, handler, RecommendedCache::new(), config);
    let mut watching = made.and_then(|mut debouncer| {
        debouncer.watch(&root, RecursiveMode::NonRecursive)?;
        watch_folders(&mut debouncer, &root)?;
        Ok(debouncer)
    });
    let blind = |error: &notify::Error| {
        format!("the system does not tell of changes ({error}), so files are looked at every two seconds")
    };
    if let Err(error) = &watching {
        said(blind(error));
    }
    std::thread::spawn(move || {
        loop {
            let mut hint = match receiver.recv_timeout(POLL) {
                Ok(hint) => hint,
                Err(mpsc::RecvTimeoutError::Timeout) if watching.is_ok() => continue,
                Err(mpsc::RecvTimeoutError::Timeout) => Hint::Changed,
                // The watcher is gone: only looking helps.
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    std::thread::sleep(POLL);
                    Hint::Changed
                }
            };
            while let Ok(more) = receiver.try_recv() {
                hint = hint.max(more);
            }
            if let (Hint::Folder, Ok(debouncer)) = (hint, &mut watching)
                && let Err(error) = watch_folders(debouncer, &root)
            {
                said(blind(&error));
                watching = Err(error);
            }
            match catch_unwind(AssertUnwindSafe(|| state.reload())) {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => said(format!("the site stays as it was: {error}")),
                // The next change may mend it.
                Err(_) => said("the site stays as it was: it could not be made anew".to_owned()),
            }
        }
    });
}

/// Watches those folders that are there, also if one of that name was watched before.
fn watch_folders(
    debouncer: &mut Debouncer<RecommendedWatcher, RecommendedCache>,
    root: &Path,
) -> Result<(), notify::Error> {
    for folder in
        FOLDERS.iter().map(|name| root.join(name)).filter(|folder| folder.is_dir() && !folder.is_symlink())
    {
        // Fails where it is not watched yet.
        let _ = debouncer.unwatch(&folder);
        debouncer.watch(&folder, RecursiveMode::Recursive)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_and_built_pages_are_no_changes() {
        let hint = |path: &str| hint(Path::new(path));
        assert_eq!(hint("tickets/2026/11/a.md"), Hint::Changed);
        assert_eq!(hint("casebook.yml").max(hint("refs/heads/main")), Hint::Changed);
        assert_eq!(hint("tickets"), Hint::Folder);
        for nothing in [".git/casebook/cache/parsed-worktree", "public/index.html", "casebook/cache", ""] {
            assert_eq!(hint(nothing), Hint::Nothing, "{nothing}");
        }
    }
}
