//! Matches the replies of the source with files that an import wrote before.
//!
//! A reply's file name contains its time, its author and its place in the ticket. If the source loses a reply, the
//! replies after it move up and get other names. They are still the same replies, so changes and deletions by people
//! must stay.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::locks::KnownFile;

/// The parts of `<time>-<place>-<author>-<ending>.md`.
#[derive(Debug, PartialEq, Eq)]
struct ReplyName<'a> {
    time: &'a str,
    place: &'a str,
    author: &'a str,
}

fn parts_of(name: &str) -> Option<ReplyName<'_>> {
    let (rest, _) = name.strip_suffix(".md")?.rsplit_once('-')?;
    let (time, rest) = rest.split_once('-')?;
    let (place, author) = rest.split_once('-')?;
    let is_time = time.len() == 16 && time.ends_with('Z');
    let is_place = place.len() >= 3 && place.bytes().all(|byte| byte.is_ascii_digit());
    (is_time && is_place).then_some(ReplyName { time, place, author })
}

/// Returns whether a file with this name is an imported reply. Names of tickets have no capitals.
pub(super) fn is_reply_name(name: &str) -> bool {
    parts_of(name).is_some()
}

/// Returns whether two replies have the same time and author, so that their names do not identify them when they change
/// places.
pub(super) fn has_twins(names: &[&str]) -> bool {
    let mut keys: Vec<_> =
        names.iter().filter_map(|name| parts_of(name)).map(|parts| (parts.time, parts.author)).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

/// The data by which replies are matched.
pub(super) struct ReplyKey<'a> {
    /// The name of the reply's file.
    pub(super) name: &'a str,
    /// A hash of the file, unless it is a slow one.
    pub(super) hash: Option<String>,
}

/// Finds the file that an import wrote before for each of `replies`, as an index in `known`. Each index is used once.
/// Replies are matched by text, then by name, then by time and author, then by place in the ticket.
pub(super) fn pair(replies: &[ReplyKey<'_>], known: &[ReplyKey<'_>]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; replies.len()];
    let mut is_free = vec![true; known.len()];
    let keys: [fn(&ReplyKey<'_>) -> Option<String>; 5] = [
        |reply| reply.hash.as_ref().map(|hash| format!("{hash} {}", reply.name)),
        |reply| reply.hash.clone(),
        |reply| Some(reply.name.to_owned()),
        |reply| parts_of(reply.name).map(|parts| format!("{} {}", parts.time, parts.author)),
        |reply| parts_of(reply.name).map(|parts| parts.place.to_owned()),
    ];
    for key in keys {
        let mut free: HashMap<String, VecDeque<usize>> = HashMap::new();
        for at in (0..known.len()).filter(|at| is_free[*at]) {
            if let Some(key) = key(&known[at]) {
                free.entry(key).or_default().push_back(at);
            }
        }
        for (pair, reply) in pairs.iter_mut().zip(replies).filter(|(pair, _)| pair.is_none()) {
            *pair = key(reply).and_then(|key| free.get_mut(&key)?.pop_front());
            if let Some(at) = *pair {
                is_free[at] = false;
            }
        }
    }
    pairs
}

/// Groups `known` by file name. A file has several lines if a merge kept the lines of both sides.
pub(super) fn by_name<'a>(
    known: impl IntoIterator<Item = KnownFile<'a>>,
) -> BTreeMap<&'a str, Vec<KnownFile<'a>>> {
    let mut files: BTreeMap<&str, Vec<KnownFile<'_>>> = BTreeMap::new();
    for file in known {
        files.entry(file.line.path.file_name()).or_default().push(file);
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "20260301T110000Z-001-mei-aaaaaa.md";
    const B: &str = "20260301T120000Z-002-omar-bbbbbb.md";
    const C: &str = "20260301T130000Z-003-anna-m-cccccc.md";

    fn pairs(replies: &[&str], known: &[&str]) -> Vec<Option<usize>> {
        pair(&keys(replies), &keys(known))
    }

    fn keys<'a>(names: &[&'a str]) -> Vec<ReplyKey<'a>> {
        names.iter().map(|name| ReplyKey { name, hash: None }).collect()
    }

    #[test]
    fn replies_after_a_lost_one_are_recognised() {
        let moved_up = "20260301T130000Z-002-anna-m-bbbbbb.md";
        assert_eq!(pairs(&[A, moved_up], &[A, B, C]), [Some(0), Some(2)]);
        assert_eq!(pairs(&[A, B, C], &[A, moved_up]), [Some(0), None, Some(1)]);
    }

    #[test]
    fn a_reply_with_another_author_or_time_is_recognised_by_its_place() {
        let renamed = "20260301T120000Z-002-omar-diaz-bbbbbb.md";
        assert_eq!(pairs(&[A, renamed, C], &[A, B, C]), [Some(0), Some(1), Some(2)]);
        assert_eq!(pairs(&["notes.md"], &["other.md"]), [None]);
    }

    #[test]
    fn replies_of_one_second_and_author_are_recognised_by_their_text() {
        let second = "20260301T110000Z-002-mei-bbbbbb.md";
        let key = |name, hash: &str| ReplyKey { name, hash: Some(hash.to_owned()) };
        assert_eq!(pair(&[key(A, "two")], &[key(A, "one"), key(second, "two")]), [Some(1)]);
        assert_eq!(pair(&[key(A, "new")], &[key(A, "one"), key(second, "two")]), [Some(0)]);
    }

    #[test]
    fn names_of_replies_differ_from_names_of_tickets() {
        assert!(is_reply_name(A) && is_reply_name(C));
        assert!(!is_reply_name("ops-17.md") && !is_reply_name("20260301t110000z-001-mei-aaaaaa.md"));
    }
}
