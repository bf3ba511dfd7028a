//! Finds what commits bring into a repository: every version of each file, and every message.

use std::collections::HashSet;
use std::sync::Arc;

use super::ids::{BlobId, CommitId, bytes_of, oid_of};
use super::repo::Repo;
use super::trees::{Extent, TreeNode, TreeReader};
use crate::repo::error::{GitResultExt as _, RepoError};

/// What a commit or an annotated tag brings into a repository.
#[derive(Debug)]
pub(crate) enum Received<'a> {
    /// A new version of a file.
    File {
        commit: CommitId,
        /// Relative to the root of the git repository.
        path: &'a str,
        blob: BlobId,
        /// The versions in the parents of the commit.
        before: &'a [BlobId],
    },
    /// The message of a commit or of an annotated tag.
    Message {
        /// Such as `commit 1a2b3c4d`.
        of: String,
        text: &'a str,
    },
}

impl Repo {
    /// Calls `found` with everything that the commits of `rev` bring that are not in `since`, including the messages of
    /// tags that lead to `rev`. In a hook that receives a push, commits that the repository already has are left out.
    ///
    /// Each content of a file is found once, and names that are not UTF-8 are shown with replacement characters.
    pub(crate) fn each_received(
        &self,
        rev: &str,
        since: Option<&str>,
        found: &mut dyn FnMut(Received<'_>),
    ) -> Result<(), RepoError> {
        let doing = || format!("read the commits of `{rev}`");
        let tip = self.resolve(rev)?;
        let since = since.map(|rev| self.resolve(rev)).transpose()?;
        let git = self.git();
        let mut object = git.revparse_single(rev).doing(doing)?;
        while let Some(tag) = object.as_tag() {
            let text = String::from_utf8_lossy(tag.message_bytes().unwrap_or_default()).into_owned();
            let name = String::from_utf8_lossy(tag.name_bytes()).into_owned();
            found(Received::Message { of: format!("tag {name}"), text: &format!("{name}\n{text}") });
            let target = tag.target().doing(doing)?;
            object = target;
        }
        let mut walk = git.revwalk().doing(doing)?;
        walk.push(oid_of(tip.0)).doing(doing)?;
        if let Some(since) = since {
            walk.hide(oid_of(since.0)).doing(doing)?;
        }
        // The refs move after the hook, so they do not name the new commits yet.
        if self.environment.get("GIT_QUARANTINE_PATH").is_some() {
            walk.hide_glob("refs/*").doing(doing)?;
        }
        let mut trees = TreeReader::new(Arc::clone(&self.objects));
        let mut seen: HashSet<(BlobId, Vec<u8>)> = HashSet::new();
        for id in walk {
            let commit = id.and_then(|id| git.find_commit(id)).doing(doing)?;
            let id = CommitId::from(commit.id());
            let text = String::from_utf8_lossy(commit.message_raw_bytes()).into_owned();
            found(Received::Message { of: format!("commit {}", id.short()), text: &text });
            let parents: Vec<_> = commit.parents().map(|parent| Some(bytes_of(parent.tree_id()))).collect();
            let tree = Some(bytes_of(commit.tree_id()));
            trees.compare(tree, &parents, Extent::All, &mut |path, before, after| {
                let is_file = |node: &TreeNode| node.kind().is_some();
                let Some(after) = after.filter(is_file) else { return };
                if seen.insert((after.id, path.to_vec())) {
                    let before: Vec<BlobId> =
                        before.iter().flatten().filter(|node| is_file(node)).map(|node| node.id).collect();
                    let path = &String::from_utf8_lossy(path);
                    found(Received::File { commit: id, path, blob: after.id, before: &before });
                }
            })?;
        }
        Ok(())
    }

    /// Returns the content of a file of any commit; `None` if it is larger than `limit` bytes or missing.
    pub(crate) fn content(&self, blob: BlobId, limit: u64) -> Option<Vec<u8>> {
        let (size, _) = self.objects.read_header(oid_of(blob)).ok()?;
        let object = (size as u64 <= limit).then(|| self.objects.read(oid_of(blob)))?;
        object.ok().map(|object| object.data().to_vec())
    }
}
