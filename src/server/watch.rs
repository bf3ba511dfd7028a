//! Watches the disk for changes. Events are only hints: a reload compares file stamps to find the changes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::mpsc,
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer_opt};

use super::ServerState;
use crate::diagnostic::Hinted as _;

/// The time without further changes after which the site is reloaded.
const DEBOUNCE: Duration = Duration::from_millis(30);
/// The interval between reloads if the system does not report changes.
const POLL: Duration = Duration::from_secs(2);

/// Folders whose content can change the site: the casebook's own folders, the branches of a bare repository, and the
/// fetched branches, which can have tickets in review. The root is not watched recursively, because caches, built pages
/// and other folders would use up the system's watches.
const FOLDERS: &[&str] = &["tickets", "knowledge", "ticket-templates", "site", "refs", FETCHED];
/// The folder of the fetched branches.
const FETCHED: &str = ".git/refs/remotes";
/// Files in the root that can change the site.
const FILES: &[&str] = &["casebook.yml", "HEAD", "packed-refs"];

/// The meaning of an event for `path`, relative to the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hint {
    /// The event does not affect the site.
    Nothing,
    /// A file may have changed.
    Changed,
    /// A folder of [`FOLDERS`] may have been created or removed, so the folders must be watched again.
    Folder,
}

fn hint(path: &Path) -> Hint {
    if path.starts_with(FETCHED) {
        return if path == Path::new(FETCHED) { Hint::Folder } else { Hint::Changed };
    }
    let mut parts = path.iter();
    let first = parts.next().and_then(|name| name.to_str()).unwrap_or_default();
    match (FOLDERS.contains(&first), parts.next()) {
        (true, None) => Hint::Folder,
        (true, Some(_)) => Hint::Changed,
        (false, None) if FILES.contains(&first) => Hint::Changed,
        (false, _) => Hint::Nothing,
    }
}

/// Starts a thread that reloads `state` whenever a file below `root` changes. Errors are passed to `report`.
pub(crate) fn watch(root: &Path, state: ServerState, report: impl Fn(String) + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    let root = root.to_owned();
    let below = root.clone();
    // The first reload finds changes from before the watch began.
    let _ = sender.send(Hint::Changed);
    let handler = move |events: DebounceEventResult| {
        let hints = |events: Vec<notify_debouncer_full::DebouncedEvent>| {
            // Read accesses are ignored, because a reload would otherwise cause the next reload.
            let changes = events.iter().filter(|event| !event.kind.is_access());
            let paths = changes.flat_map(|event| &event.paths);
            paths.map(|path| hint(path.strip_prefix(&below).unwrap_or(path))).max()
        };
        // After an error, any file or folder may have changed.
        match events.map_or(Some(Hint::Folder), hints) {
            Some(Hint::Nothing) | None => {}
            // The receiver lives as long as the thread below.
            Some(hint) => drop(sender.send(hint)),
        }
    };
    // Symbolic links are not followed, because their targets are not part of the casebook.
    let config = notify::Config::default().with_follow_symlinks(false);
    let debouncer = new_debouncer_opt(DEBOUNCE, None, handler, RecommendedCache::new(), config);
    let mut watching = debouncer.and_then(|mut debouncer| {
        debouncer.watch(&root, RecursiveMode::NonRecursive)?;
        watch_folders(&mut debouncer, &root)?;
        Ok(debouncer)
    });
    let polling_notice = |error: &notify::Error| {
        format!(
            "the system does not report file changes ({error}); files are checked every two seconds instead"
        )
    };
    if let Err(error) = &watching {
        report(polling_notice(error));
    }
    std::thread::spawn(move || {
        loop {
            let mut hint = match receiver.recv_timeout(POLL) {
                Ok(hint) => hint,
                Err(mpsc::RecvTimeoutError::Timeout) if watching.is_ok() => continue,
                Err(mpsc::RecvTimeoutError::Timeout) => Hint::Changed,
                // The watcher has stopped, so only polling is left.
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
                report(polling_notice(&error));
                watching = Err(error);
            }
            match catch_unwind(AssertUnwindSafe(|| state.reload())) {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => report(format!("the site was not updated: {}", error.with_hint())),
                // The server continues, because the next change may fix the problem.
                Err(_) => report("the site was not updated: internal error while rebuilding it".to_owned()),
            }
        }
    });
}

/// Watches the existing folders of [`FOLDERS`]. A folder that was deleted and created again is watched again.
fn watch_folders(
    debouncer: &mut Debouncer<RecommendedWatcher, RecommendedCache>,
    root: &Path,
) -> Result<(), notify::Error> {
    for folder in
        FOLDERS.iter().map(|name| root.join(name)).filter(|folder| folder.is_dir() && !folder.is_symlink())
    {
        // This fails for a folder that is not watched yet, which does no harm.
        let _ = debouncer.unwatch(&folder);
        debouncer.watch(&folder, RecursiveMode::Recursive)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_and_built_pages_do_not_count_as_changes() {
        let hint = |path: &str| hint(Path::new(path));
        assert_eq!(hint("tickets/2026/11/a.md"), Hint::Changed);
        assert_eq!(hint("casebook.yml").max(hint("refs/heads/main")), Hint::Changed);
        assert_eq!(hint(".git/refs/remotes/origin/ticket/a"), Hint::Changed);
        assert_eq!(hint("tickets"), Hint::Folder);
        for nothing in [".git/casebook/cache/parsed-worktree", "public/index.html", "casebook/cache", ""] {
            assert_eq!(hint(nothing), Hint::Nothing, "{nothing}");
        }
    }
}
