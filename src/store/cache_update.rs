//! Writes the cache of parsed files after a load.

use std::sync::Arc;

use super::{
    cache::{CacheWriter, NewContent, OpenCache, RecordContent},
    fresh::FreshFile,
    layout::{FolderGroup, Layout},
    nouns::{GroupContent, ParsedGroup},
};
use crate::{
    repo::Stamp,
    text::RepoPath,
    ticket::{Thread, Visibility, fold},
};

/// Returns whether the cache has to be written again, which takes longer than parsing a few small files each time. `records`
/// is the number of records in the cache.
pub(super) fn is_worth_writing(layout: &Layout, records: usize, known: &[Option<usize>]) -> bool {
    const MOST_GROUPS: usize = 16;
    const MOST_BYTES: u64 = 256 << 10;
    let is_new = layout.groups().iter().zip(known).filter(|(_, known)| known.is_none());
    let new: Vec<&FolderGroup> = is_new.map(|(group, _)| group).collect();
    let size = |stamp: Stamp| match stamp {
        Stamp::Stat { size, .. } => size,
        // Files without a size are those of a commit, which is read once.
        Stamp::Blob(_) | Stamp::None => MOST_BYTES,
    };
    let files = new.iter().flat_map(|group| layout.files_of(group));
    let bytes = files.fold(0, |sum: u64, (file, _)| sum.saturating_add(size(file.stamp)));
    let unused = records.saturating_sub(known.len() - new.len());
    new.len().max(unused) > MOST_GROUPS || bytes > MOST_BYTES
}

/// A group whose files were parsed.
pub(super) struct LoadedGroup {
    pub(super) path: RepoPath,
    /// A folded ticket, or other content.
    pub(super) content: Result<Arc<Thread>, RecordContent>,
    pub(super) broken: Vec<RepoPath>,
    pub(super) fresh: Vec<FreshFile>,
}

impl LoadedGroup {
    pub(super) fn of(parsed: ParsedGroup, path: &RepoPath, default: Visibility) -> Self {
        let ParsedGroup { content, broken, fresh } = parsed;
        let content = match content {
            GroupContent::Ticket(ticket, replies) => Ok(Arc::new(fold(*ticket, replies, default))),
            GroupContent::Article(article) => Err(RecordContent::Article(article)),
            GroupContent::Orphan => Err(RecordContent::Orphan),
            GroupContent::Nothing => Err(RecordContent::Nothing),
        };
        Self { path: path.clone(), content, broken, fresh }
    }
}

/// Writes the cache for the next run. `contents` has the groups that are not `known`, in order; `started_ns` is the
/// time of the listing.
///
/// Files that changed within the last tick of the file system's clock are left out: they could change again within
/// the same tick and keep their stamp (git's racy index rule).
pub(super) fn write_cache(
    layout: &Layout,
    old_cache: Option<&OpenCache>,
    known: &[Option<usize>],
    contents: &[LoadedGroup],
    started_ns: i64,
) -> CacheWriter {
    const TICK_NS: i64 = 20_000_000;
    let mut writer = CacheWriter::default();
    let mut contents = contents.iter();
    for (group, known) in layout.groups().iter().zip(known) {
        let old =
            old_cache.zip(*known).and_then(|(old_cache, at)| Some((old_cache, old_cache.records().get(at)?)));
        let new = if old.is_none() { contents.next() } else { None };
        let Some(stamp) = group.stamp.filter(|_| group.changed_ns < started_ns.saturating_sub(TICK_NS))
        else {
            continue;
        };
        match (old, new) {
            (Some((old_cache, record)), _) => {
                writer.add(stamp, &record.broken, NewContent::Cached(old_cache, record));
            }
            (None, Some(LoadedGroup { content: Ok(thread), broken, .. })) => {
                writer.add(stamp, broken, NewContent::Thread(thread));
            }
            (None, Some(LoadedGroup { content: Err(content), broken, .. })) => {
                writer.add(stamp, broken, NewContent::Other(content.clone()));
            }
            (None, None) => {}
        }
    }
    writer
}
