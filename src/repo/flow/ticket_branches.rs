//! Reads the new files on the branches of pull requests, without checking them out.

use crate::repo::error::{GitResultExt as _, RepoError};
use crate::repo::files::source::Source as _;
use crate::repo::git::changes::DiffSide;
use crate::repo::git::commit_source::CommitSource;
use crate::repo::git::ids::CommitId;
use crate::repo::git::repo::Repo;
use crate::text::RepoPath;

/// The prefix of the branches to which `casebook new` commits tickets for review.
pub(crate) const TICKET_BRANCHES: &str = "ticket/";

/// The maximum number of branches that are read, the newest first.
const MAX_BRANCHES: usize = 500;

/// The maximum size of the new files of a branch in bytes, and their maximum number.
const MAX_SIZE: usize = 1 << 20;
const MAX_FILES: usize = 100;

/// A file that a branch adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BranchFile {
    /// The name of the branch on the remote, such as `ticket/invoice-export-times-out-k7f3qa`.
    pub branch: String,
    pub path: RepoPath,
    pub contents: Vec<u8>,
}

impl Repo {
    /// Returns the Markdown files below `tickets` that remote-tracking branches `ticket/*` of the push remote add to its
    /// main branch, ordered by branch and path. Files in the folder beside a ticket are left out, because they are
    /// replies. A branch that cannot be read is left out too.
    pub(crate) fn tickets_on_branches(&self) -> Result<Vec<BranchFile>, RepoError> {
        // Most repositories have no such branches, and finding the push remote takes longer than this check.
        if self.references(&format!("refs/remotes/*/{TICKET_BRANCHES}*"))?.is_empty() {
            return Ok(Vec::new());
        }
        let Some(remote) = self.remote()? else { return Ok(Vec::new()) };
        let start = format!("refs/remotes/{remote}/");
        let main = self.default_remote_branch()?.map_or_else(|| "HEAD".to_owned(), |main| main.rev());
        let Ok(on_main) = self.commit(&main) else { return Ok(Vec::new()) };
        let mut branches = self.references(&format!("{start}{TICKET_BRANCHES}*"))?;
        branches.sort_by_key(|(name, _, time)| (std::cmp::Reverse(*time), name.clone()));
        branches.truncate(MAX_BRANCHES);
        branches.sort();
        let mut files = Vec::new();
        for (name, tip, _) in branches {
            let branch = name.strip_prefix(&start).unwrap_or(&name);
            if let Ok(added) = self.added_tickets(branch, tip, &main, &on_main) {
                files.extend(added);
            }
        }
        Ok(files)
    }

    /// Returns the name, commit and time of the references that match `glob`.
    fn references(&self, glob: &str) -> Result<Vec<(String, CommitId, i64)>, RepoError> {
        let git = self.git();
        let references = git.references_glob(glob).doing(|| "list the branches".to_owned())?;
        let found = references.flatten().filter_map(|reference| {
            let commit = reference.peel_to_commit().ok()?;
            Some((reference.name().ok()?.to_owned(), commit.id().into(), commit.time().seconds()))
        });
        Ok(found.collect())
    }

    /// Returns the tickets that the branch with the commit `tip` adds to `main`.
    fn added_tickets(
        &self,
        branch: &str,
        tip: CommitId,
        main: &str,
        on_main: &CommitSource,
    ) -> Result<Vec<BranchFile>, RepoError> {
        let tip = tip.to_string();
        // A file that main deleted since the branch began is not new on the branch.
        let base = self.merge_base(main, &tip)?.map_or_else(|| main.to_owned(), |base| base.to_string());
        let on_branch = self.commit(&tip)?;
        let (mut files, mut size) = (Vec::new(), 0);
        for change in self.changed(&base, DiffSide::Commit(&tip))? {
            let path = change.path;
            let is_new = change.old.is_none() && change.new.is_some();
            if !is_new
                || !path.is_below("tickets")
                || !path.is_markdown()
                || on_main.blob_id(&path)?.is_some()
            {
                continue;
            }
            if is_beside_ticket(&path, &on_branch)? {
                continue;
            }
            // A symbolic link cannot be read.
            let Ok(length) = on_branch.size(&path) else { continue };
            size += usize::try_from(length).unwrap_or(usize::MAX).min(MAX_SIZE + 1);
            if size > MAX_SIZE || files.len() == MAX_FILES {
                break;
            }
            if let Ok(contents) = on_branch.read(&path) {
                files.push(BranchFile { branch: branch.to_owned(), path, contents });
            }
        }
        Ok(files)
    }
}

/// Returns true if `path` is in the folder beside a ticket, or in a folder below it.
fn is_beside_ticket(path: &RepoPath, source: &CommitSource) -> Result<bool, RepoError> {
    let text = path.as_str();
    for (at, _) in text.match_indices('/').skip(1) {
        if source.blob_id(&RepoPath::new(format!("{}.md", &text[..at])))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
