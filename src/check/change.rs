//! What a change is answerable for.
//!
//! - All that is wrong with a file that is new.
//! - What is wrong with a changed file in the lines that changed, with the file as a whole, or was not wrong before.
//! - What was not wrong before in the other files of a ticket of which anything changed.
//! - References elsewhere to what is not there any more.
//!
//! "Before" is the repository without the change. It is loaded only if something is found that the lines do not settle.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ops::Range,
};

use super::{
    context::CheckContext,
    run::{check_some, missing_settings, sorted, unreadable},
    source_text::text_of,
};
use crate::{
    diagnostic::Finding,
    repo::{self, DiffSide, Repo, RepoError, Source, changed_lines},
    settings::SETTINGS_PATH,
    store::{Role, Store},
    template::NameLookup as _,
    text::{Lines, RepoPath},
    ticket::{Document, Set, Thread, parse_ticket},
};

/// A change: from a commit to another one, to what is staged, or to the worktree.
pub(crate) struct ChangeSet<'a> {
    repo: &'a Repo,
    base: String,
    files: BTreeMap<RepoPath, repo::FileChange>,
}

impl<'a> ChangeSet<'a> {
    /// What changed on the way from `since` to `side`, which stands on the commit `tip`. Of a branch that `since` is not
    /// part of, what changed since it left: what happened on the other side meanwhile is no part of the change.
    pub(crate) fn between(
        repo: &'a Repo,
        since: &str,
        tip: &str,
        side: DiffSide<'_>,
    ) -> Result<Self, RepoError> {
        let since_id = repo.resolve(since)?;
        let base = repo.merge_base(since, tip)?.unwrap_or(since_id).to_string();
        let files = repo.changed(&base, side)?;
        let files = files.into_iter().map(|change| (change.path.clone(), change)).collect();
        Ok(Self { repo, base, files })
    }

    /// The commit that it starts from.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The files that are there after it and were not, or were others, before.
    pub(crate) fn written(&self) -> impl Iterator<Item = &RepoPath> {
        self.files.values().filter(|change| change.new.is_some()).map(|change| &change.path)
    }

    /// Whether there was no file at `path` before.
    pub(crate) fn is_new(&self, path: &RepoPath) -> bool {
        self.files.get(path).is_some_and(|change| change.old.is_none())
    }
}

/// Findings that `change` is answerable for. `context` is the repository with the change.
pub(crate) fn check_change(
    change: &ChangeSet<'_>,
    context: &CheckContext<'_>,
) -> Result<Vec<Finding>, RepoError> {
    let before = change.repo.commit(&change.base)?;
    let touched = touched_files(change, context.store);
    let mut doubtful = Vec::new();
    let mut kept = Vec::new();
    let mut lines =
        ChangedLines { before: &before, after: &**context.store.source(), known: BTreeMap::new() };
    for finding in check_some(&touched, context) {
        let answerable = match &finding.span {
            _ if change.is_new(&finding.path) => true,
            None => change.files.contains_key(&finding.path),
            Some(span) => change.files.contains_key(&finding.path) && lines.touch(&finding.path, span),
        };
        if answerable { kept.push(finding) } else { doubtful.push(finding) }
    }
    if !doubtful.is_empty() {
        let was = findings_before(change, context, &doubtful, &before);
        kept.extend(doubtful.into_iter().filter(|finding| !was.contains(&identity(finding))));
    }
    let touched: HashSet<&RepoPath> = touched.iter().collect();
    kept.extend(broken_references(change, context, &touched, &before));
    if change.files.get(&RepoPath::new(SETTINGS_PATH)).is_some_and(|settings| settings.new.is_none()) {
        kept.extend(missing_settings(context));
    }
    if !context.store.layout.unreadable.is_empty() {
        let was: HashSet<String> = before.list()?.unreadable.into_iter().map(|(path, _)| path).collect();
        kept.extend(unreadable(context, |path| !was.contains(path)));
    }
    Ok(sorted(kept))
}

/// What makes two findings the same, wherever their lines have moved to.
fn identity(finding: &Finding) -> (&'static str, RepoPath, String) {
    (finding.code, finding.path.clone(), finding.message.clone())
}

/// Files that changed, and the other files of their tickets.
fn touched_files(change: &ChangeSet<'_>, store: &Store) -> Vec<RepoPath> {
    // By the paths without ending: of each changed file itself, and of each folder that it is in.
    let mut stems: HashSet<&str> = HashSet::new();
    let mut changed_tickets: HashSet<&str> = HashSet::new();
    for path in change.files.keys().filter(|path| path.is_below("tickets")) {
        let text = path.as_str();
        stems.extend(text.match_indices('/').map(|(at, _)| &text[..at]));
        if path.is_markdown() {
            stems.insert(path.without_extension());
            changed_tickets.insert(path.without_extension());
        }
    }
    let below = |path: &RepoPath| {
        let text = path.as_str();
        text.match_indices('/').any(|(at, _)| changed_tickets.contains(&text[..at]))
    };
    let is_touched = |path: &RepoPath, role: &Role| match role {
        _ if change.files.contains_key(path) => true,
        Role::Ticket => stems.contains(path.without_extension()) || below(path),
        Role::Reply(ticket) | Role::Attachment(ticket) => {
            stems.contains(ticket.without_extension()) || below(path)
        }
        Role::Stray => below(path),
        _ => false,
    };
    let files = store.layout.files().filter(|(entry, role)| is_touched(&entry.path, role));
    files.map(|(entry, _)| entry.path.clone()).collect()
}

/// Which lines of which file changed.
struct ChangedLines<'a> {
    before: &'a dyn Source,
    after: &'a dyn Source,
    known: BTreeMap<RepoPath, Option<Compared>>,
}

/// A text and the lines of it that changed.
struct Compared {
    text: String,
    changed: Vec<Range<usize>>,
}

impl ChangedLines<'_> {
    /// Whether `span` of the file at `path` has a line that changed.
    fn touch(&mut self, path: &RepoPath, span: &crate::text::Span) -> bool {
        let (before, after) = (self.before, self.after);
        let known = self.known.entry(path.clone()).or_insert_with(|| {
            let text = text_of(after, path)?;
            let old = text_of(before, path)?;
            Some(Compared { changed: changed_lines(old.as_bytes(), text.as_bytes()), text })
        });
        // What cannot be compared is taken as changed.
        let Some(Compared { text, changed }) = known else { return true };
        let lines = Lines::of(text);
        let first = lines.place(text, span.start).line;
        let last = lines.place(text, span.end.max(span.start + 1) - 1).line;
        changed.iter().any(|range| range.start <= last && first < range.end)
    }
}

/// What was found in the files of `doubtful` without the change.
fn findings_before(
    change: &ChangeSet<'_>,
    context: &CheckContext<'_>,
    doubtful: &[Finding],
    before: &dyn Source,
) -> HashSet<(&'static str, RepoPath, String)> {
    let old = change.files.iter().map(|(path, change)| {
        let bytes = change.old.and_then(|_| before.read(path).ok());
        (path.clone(), bytes)
    });
    let store = context.store.with(old.collect());
    let paths: BTreeSet<RepoPath> = doubtful.iter().map(|finding| finding.path.clone()).collect();
    let paths: Vec<RepoPath> = paths.into_iter().collect();
    let context = CheckContext::new(&store, context.now);
    check_some(&paths, &context).iter().map(identity).collect()
}

/// References in files of others to ids that the change took away.
fn broken_references(
    change: &ChangeSet<'_>,
    context: &CheckContext<'_>,
    touched: &HashSet<&RepoPath>,
    before: &dyn Source,
) -> Vec<Finding> {
    let gone = gone_ids(change, context.store, before);
    if gone.is_empty() {
        return Vec::new();
    }
    let mut paths: BTreeSet<RepoPath> = BTreeSet::new();
    for thread in &context.store.threads {
        paths.extend(files_that_name(thread, &gone));
    }
    for article in &context.store.articles {
        if article.tickets.iter().chain(&article.supersedes).any(|id| gone.contains(id)) {
            paths.extend(article.path.clone());
        }
    }
    let paths: Vec<RepoPath> = paths.into_iter().filter(|path| !touched.contains(path)).collect();
    let named = |finding: &Finding| gone.iter().any(|id| finding.message.contains(&format!("`{id}`")));
    let findings = check_some(&paths, context).into_iter();
    findings.filter(|finding| finding.code == "unknown-reference" && named(finding)).collect()
}

/// Ids and former ids that the changed files had before and nothing has now.
fn gone_ids(change: &ChangeSet<'_>, store: &Store, before: &dyn Source) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (path, file) in &change.files {
        let has_id = path.is_markdown() && (path.is_below("tickets") || path.is_below("knowledge"));
        if file.old.is_none() || !has_id {
            continue;
        }
        ids.insert(path.stem().to_owned());
        if let Ok(bytes) = before.read(path) {
            ids.extend(parse_ticket(&Document::parse(path, &bytes)).0.aliases);
        }
    }
    ids.retain(|id| !store.has_ticket(id));
    ids
}

/// The files of `thread` that name one of `ids`.
fn files_that_name(thread: &Thread, ids: &BTreeSet<String>) -> Vec<RepoPath> {
    let names = |texts: Vec<String>| texts.iter().any(|text| ids.contains(text));
    let mut paths = Vec::new();
    let ticket = &thread.ticket;
    if names(ticket.related.clone()) || ticket.fields.iter().any(|(_, value)| names(value.texts())) {
        paths.extend(ticket.path.clone());
    }
    for reply in &thread.replies {
        let single = reply.duplicate_of.iter().chain(&reply.draft_from).any(|id| ids.contains(id));
        let set = reply.set.iter().any(|(_, set)| matches!(set, Set::Value(value) if names(value.texts())));
        if single || set || names(reply.answered_by.clone()) {
            paths.extend(reply.path.clone());
        }
    }
    paths
}
