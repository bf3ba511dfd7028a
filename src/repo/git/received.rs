//! Finds what commits bring into a repository: every version of each file, and every name and message.

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
    /// The path of a file or submodule that no parent of the commit has.
    Path { commit: CommitId, path: &'a str },
    /// A text in a commit or in an annotated tag.
    Text { of: Carrier<'a>, part: TextPart, text: &'a str },
}

/// A commit or a tag that carries texts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Carrier<'a> {
    Commit(CommitId),
    /// The name of an annotated tag.
    Tag(&'a str),
}

/// The part of a commit or tag that contains a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextPart {
    Message,
    /// The names and e-mail addresses of the author and committer, or of the tagger.
    People,
    /// A signed tag that a merge commit contains.
    MergedTag,
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
            let name = String::from_utf8_lossy(tag.name_bytes()).into_owned();
            let message = String::from_utf8_lossy(tag.message_bytes().unwrap_or_default());
            let tagger = tag.tagger().map(|person| person.to_string()).unwrap_or_default();
            let of = Carrier::Tag(&name);
            found(Received::Text { of, part: TextPart::Message, text: &format!("{name}\n{message}") });
            found(Received::Text { of, part: TextPart::People, text: &tagger });
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
            let mut tell = |part, text: &str| found(Received::Text { of: Carrier::Commit(id), part, text });
            tell(TextPart::Message, &String::from_utf8_lossy(commit.message_raw_bytes()));
            let (people, merged_tags) = texts_of(&String::from_utf8_lossy(commit.raw_header_bytes()));
            tell(TextPart::People, &people);
            tell(TextPart::MergedTag, &merged_tags);
            let parents: Vec<_> = commit.parents().map(|parent| Some(bytes_of(parent.tree_id()))).collect();
            let tree = Some(bytes_of(commit.tree_id()));
            trees.compare(tree, &parents, Extent::All, &mut |path, before, after| {
                let Some(after) = after.filter(|node| !node.is_folder()) else { return };
                if !seen.insert((after.id, path.to_vec())) {
                    return;
                }
                let path = &String::from_utf8_lossy(path);
                let before: Vec<TreeNode> =
                    before.iter().flatten().filter(|node| !node.is_folder()).copied().collect();
                if before.is_empty() {
                    found(Received::Path { commit: id, path });
                }
                // A submodule has no content here.
                if after.kind().is_some() {
                    let before: Vec<BlobId> =
                        before.iter().filter(|node| node.kind().is_some()).map(|node| node.id).collect();
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

/// Returns the lines of a commit's header that name people, and the tags that the commit merges. Signatures and ids, which
/// nobody wrote, are left out.
fn texts_of(header: &str) -> (String, String) {
    let (mut people, mut merged_tags) = (String::new(), String::new());
    let mut is_tag = false;
    for line in header.lines() {
        let part = match line.strip_prefix(' ') {
            // A value continues in lines that begin with a blank.
            Some(more) => is_tag.then_some((&mut merged_tags, more)),
            None => {
                is_tag = line.starts_with("mergetag ");
                match line.split_once(' ') {
                    Some(("author" | "committer", person)) => Some((&mut people, person)),
                    _ => None,
                }
            }
        };
        if let Some((text, line)) = part {
            text.push_str(line);
            text.push('\n');
        }
    }
    (people, merged_tags)
}
