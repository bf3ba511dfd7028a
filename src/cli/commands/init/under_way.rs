//! What `init` is about to write. A run that was killed leaves it behind, and the next one finishes its work.

use crate::cli::CliError;
use crate::{
    repo::{LockedRepo, Repo, Write},
    settings::SETTINGS_PATH,
    text::RepoPath,
};

const PAGE: &str = "init.json";

/// Files, by path.
pub(super) type Files = Vec<(RepoPath, String)>;

/// What an earlier run was about to write.
pub(super) fn take_up(repo: &Repo) -> Option<Files> {
    serde_json::from_slice(&repo.read_cache(PAGE)?).ok()
}

/// Writes those of `files` that are not there. Returns these, and those that an earlier run wrote, if they are as it wrote them.
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
            locked.write(path, text.as_bytes(), Write::New)?;
            wrote(path);
        } else if crate::repo::read_outside(&file)?.as_ref() != Some(text) {
            continue;
        }
        written.push(path.clone());
    }
    Ok(written)
}

/// Nothing is under way any more.
pub(super) fn done(locked: &LockedRepo<'_>) -> Result<(), CliError> {
    Ok(locked.remove_cache(PAGE)?)
}

/// Those of `paths`, and the settings, that HEAD does not have.
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
