//! Updates the shards of a partition after some of its documents changed.
//!
//! Where a shard ends depends only on the terms since its beginning. So only the shards with terms of changed documents are
//! written again, and the shards after them up to the first that begins with the same term as before.

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;

use super::shard_reader::{ReadPosting, ReadTerm, read_shard};
use super::shards::{PublishedShardWriter, Shard};
use crate::index::{put, put_posting};

/// The changes of the documents of a partition.
#[derive(Default)]
pub(super) struct PartitionChange {
    /// The numbers of the documents that changed or are new.
    pub documents: HashSet<u32>,
    /// All terms that one of these documents has or had, with the documents that have it now, in order.
    pub terms: BTreeMap<String, Vec<ReadPosting>>,
}

/// Adds the shards after `change` to `writer`. `read` returns the contents of the published file with a name. Returns
/// `None` if a file is missing or damaged.
pub(super) fn update(
    former: &[Shard],
    mut change: PartitionChange,
    writer: &mut PublishedShardWriter,
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
) -> Option<()> {
    let mut of_shards: Vec<BTreeMap<String, Vec<ReadPosting>>> = Vec::with_capacity(former.len().max(1));
    for next in former.iter().skip(1) {
        let rest = change.terms.split_off(&next.terms.0);
        of_shards.push(std::mem::replace(&mut change.terms, rest));
    }
    of_shards.push(change.terms);
    let changed: Vec<Option<Vec<ReadTerm>>> = of_shards
        .into_par_iter()
        .enumerate()
        .map(|(at, updates)| {
            if updates.is_empty() {
                return Some(None);
            }
            let terms = match former.get(at) {
                Some(shard) => read_shard(&shard.name, read)?,
                None => Vec::new(),
            };
            Some(merged(terms, updates, &change.documents))
        })
        .collect::<Option<_>>()?;
    for (at, terms) in changed.into_iter().enumerate() {
        let (terms, is_changed) = match (terms, former.get(at)) {
            (Some(terms), _) => (terms, true),
            (None, Some(shard)) if writer.is_between_shards() => {
                writer.keep(shard.clone());
                continue;
            }
            (None, Some(shard)) => (read_shard(&shard.name, read)?, false),
            (None, None) => continue,
        };
        for (place, term) in terms.iter().enumerate() {
            let (postings, positions) = encoded(&term.documents);
            writer.end_before(postings.len());
            if let (0, false, true, Some(shard)) =
                (place, is_changed, writer.is_between_shards(), former.get(at))
            {
                writer.keep(shard.clone());
                break;
            }
            writer.add(&term.text, &postings, &positions);
        }
    }
    Some(())
}

/// Applies `updates` to the terms of a shard. Leaves out terms that no document has any more. Returns `None` if nothing differs:
/// a text that grows by a sentence keeps most of its terms where they were.
fn merged(
    mut terms: Vec<ReadTerm>,
    mut updates: BTreeMap<String, Vec<ReadPosting>>,
    changed: &HashSet<u32>,
) -> Option<Vec<ReadTerm>> {
    let mut differs = false;
    for term in &mut terms {
        let Some(new) = updates.remove(&term.text) else { continue };
        let is_of_changed = |posting: &&ReadPosting| changed.contains(&posting.document);
        if !term.documents.iter().filter(is_of_changed).eq(&new) {
            differs = true;
            term.documents.retain(|posting| !changed.contains(&posting.document));
            term.documents.extend(new);
            term.documents.sort_unstable_by_key(|posting| posting.document);
        }
    }
    updates.retain(|_, documents| !documents.is_empty());
    if !differs && updates.is_empty() {
        return None;
    }
    terms.extend(updates.into_iter().map(|(text, documents)| ReadTerm { text, documents }));
    terms.retain(|term| !term.documents.is_empty());
    terms.sort_by(|a, b| a.text.cmp(&b.text));
    Some(terms)
}

/// Returns postings and positions in the format of [`CollectedTerms`](crate::index::CollectedTerms).
fn encoded(documents: &[ReadPosting]) -> (Vec<u8>, Vec<u8>) {
    let (mut postings, mut positions) = (Vec::with_capacity(3 * documents.len()), Vec::new());
    let mut last = 0;
    for posting in documents {
        put_posting(posting.document - last, posting.weight, &mut postings);
        last = posting.document;
        put(u32::try_from(posting.positions.len()).unwrap_or(u32::MAX), &mut positions);
        positions.extend_from_slice(&posting.positions);
    }
    (postings, positions)
}
