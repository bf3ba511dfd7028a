//! The journal of `init`: the files that it is about to write. If `init` is killed, the next run continues its work.

use crate::cli::CliError;
use crate::{
    repo::{LockedRepo, Repo, WriteMode},
    settings::SETTINGS_PATH,
    text::RepoPath,
};

const PAGE: &str = "init.json";

/// The paths and texts of files.
pub(super) type Files = Vec<(RepoPath, String)>;

/// Returns the files of an interrupted run.
pub(super) fn unfinished(repo: &Repo) -> Option<Files> {
    serde_json::from_slice(&repo.read_cache(PAGE)?).ok()
}

/// Writes the `files` that do not exist. Returns them, and the existing files that have the same text, since an
/// interrupted run may have written those.
pub(super) fn write(
    locked: &LockedRepo<'_>,
    files: &Files,
    wrote: impl Fn(&RepoPath),
) -> Result<Vec<RepoPath>, CliError> {
    locked.write_cache(PAGE, &serde_json::to_vec(files).unwrap_or_default())?;
    let mut written = Vec::new();
    for (path, text) in files {
        let file = locked.root().join(path.as_str());
        if !crate::repo::exists_outside(&file) {
            locked.write(path, text.as_bytes(), WriteMode::New)?;
            wrote(path);
        } else if crate::repo::read_outside(&file)?.as_ref() != Some(text) {
            continue;
        }
        written.push(path.clone());
    }
    Ok(written)
}

/// Removes the journal.
pub(super) fn clear(locked: &LockedRepo<'_>) -> Result<(), CliError> {
    Ok(locked.remove_cache(PAGE)?)
}

/// Returns those of `paths` and the settings file that HEAD does not contain.
pub(super) fn uncommitted(repo: &Repo, paths: Vec<RepoPath>) -> Result<Vec<RepoPath>, CliError> {
    let head = repo.head()?.map(|head| repo.commit(&head.to_string())).transpose()?;
    let mut left = Vec::new();
    for path in std::iter::once(RepoPath::new(SETTINGS_PATH)).chain(paths) {
        let is_there = match &head {
            Some(head) => head.blob_id(&path)?.is_some(),
            None => false,
        };
        if !is_there {
            left.push(path);
        }
    }
    Ok(left)
}
