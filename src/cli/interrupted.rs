//! Tells the user what a killed command left.

use super::{CliError, Ui};
use crate::{
    intake::{InterruptedFiles, interrupted_in_commit, repair_interrupted},
    repo::Repo,
};

/// Repairs what a killed command left in `repo`, and tells the user once. A commit hook repairs nothing, because git
/// works with the index at this time.
pub(super) fn repair(repo: &Repo, ui: &Ui) {
    if repo.is_in_commit_hook() {
        return;
    }
    // The command itself matters more, and it reports the errors of the repository that concern it.
    let Ok(Some(InterruptedFiles { paths, is_unsure })) = repair_interrupted(repo) else { return };
    for path in &paths {
        ui.warn(format!("a casebook command was interrupted before it committed {path}"));
    }
    let unstage = if is_unsure { ", after `git restore --staged` of the file" } else { "" };
    ui.help(format!(
        "repeat that command within an hour to finish it{unstage}; or commit the file with git, or delete it"
    ));
}

/// Refuses a commit that contains a file which a killed command left in the index.
pub(super) fn refuse_in_commit(repo: &Repo) -> Result<(), CliError> {
    if !repo.is_in_commit_hook() {
        return Ok(());
    }
    match interrupted_in_commit(repo)?.first() {
        None => Ok(()),
        Some(path) => Err(CliError::environment(format!(
            "this commit would contain {path}, which an interrupted casebook command left in the index"
        ))
        .with_hint("run `casebook check --staged`, which unstages the file; then commit again")),
    }
}
