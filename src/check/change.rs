//! Finds the problems that a change introduces:
//!
//! - every problem of a new file;
//! - in a changed file: problems in the lines that changed, problems of the file as a whole, and new problems;
//! - in the other files of a changed ticket: new problems;
//! - in all other files: references to ids that the change removed.
//!
//! A renamed file is a changed file, not a new one: it has the problems that its former file had.
//!
//! A problem is new if the repository without the change does not have it. That version is loaded only if the changed
//! lines do not decide the question.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Range,
};

use super::{
    context::CheckContext,
    hidden::hidden_secrets,
    renames::renames,
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
    ticket::{Document, FieldChange, Thread, parse_ticket},
};

/// A change from a commit to another commit, to the staged files, or to the worktree.
pub(crate) struct ChangeSet<'a> {
    repo: &'a Repo,
    base: String,
    files: BTreeMap<RepoPath, repo::FileChange>,
    /// The former path of each renamed file.
    renamed: HashMap<RepoPath, RepoPath>,
}

impl<'a> ChangeSet<'a> {
    /// Returns the changes from `since` to `side`, which is based on the commit `tip`. If `tip` does not contain
    /// `since`, the changes begin at their merge base, so later commits of the other branch are left out.
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
        Ok(Self { repo, base, files, renamed: HashMap::new() })
    }

    /// Finds the renamed files. Until then, each counts as a deleted and a new file. `after` are the files after the
    /// change.
    pub(crate) fn find_renames(&mut self, after: &dyn Source) -> Result<(), RepoError> {
        self.renamed = renames(&self.files, &self.repo.commit(&self.base)?, after);
        Ok(())
    }

    /// Returns the id of the commit from which the change starts.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Returns the paths of the files that the change added or modified. Files that were only moved are left out.
    pub(crate) fn written(&self) -> impl Iterator<Item = &RepoPath> {
        let was_only_moved = |change: &&repo::FileChange| {
            let former = self.renamed.get(&change.path).and_then(|former| self.files.get(former));
            former.is_some_and(|former| former.old == change.new)
        };
        let written = self.files.values().filter(|change| change.new.is_some());
        written.filter(move |change| !was_only_moved(change)).map(|change| &change.path)
    }

    /// Returns true if the change added the file at `path`.
    pub(crate) fn is_new(&self, path: &RepoPath) -> bool {
        !self.renamed.contains_key(path) && self.files.get(path).is_some_and(|change| change.old.is_none())
    }

    /// Returns the path that the file at `path` had before the change.
    fn former_path<'p>(&'p self, path: &'p RepoPath) -> &'p RepoPath {
        self.renamed.get(path).unwrap_or(path)
    }
}

/// Rules about who added a file. A renamed file was added before, by its former commit.
const ABOUT_ADDING: &[&str] = &["author-mismatch"];

/// Returns the problems that `change` introduces. `context` is the repository with the change.
pub(crate) fn check_change(
    change: &ChangeSet<'_>,
    context: &CheckContext<'_>,
) -> Result<Vec<Finding>, RepoError> {
    let before = change.repo.commit(&change.base)?;
    let touched = touched_files(change, context.store);
    let mut undecided = Vec::new();
    let mut introduced = Vec::new();
    let mut lines =
        ChangedLines { change, before: &before, after: &**context.store.source(), diffs: BTreeMap::new() };
    for finding in check_some(&touched, context) {
        let is_renamed = change.renamed.contains_key(&finding.path);
        let is_introduced = match &finding.span {
            _ if change.is_new(&finding.path) => true,
            None => change.files.contains_key(&finding.path) && !is_renamed,
            Some(span) => change.files.contains_key(&finding.path) && lines.overlap(&finding.path, span),
        };
        if is_renamed && !is_introduced && ABOUT_ADDING.contains(&finding.code) {
            continue;
        }
        if is_introduced { introduced.push(finding) } else { undecided.push(finding) }
    }
    if !undecided.is_empty() {
        let old = findings_before(change, context, &undecided, &before);
        introduced.extend(undecided.into_iter().filter(|finding| !old.contains(&identity(finding))));
    }
    let touched: HashSet<&RepoPath> = touched.iter().collect();
    introduced.extend(broken_references(change, context, &touched, &before));
    if change.files.get(&RepoPath::new(SETTINGS_PATH)).is_some_and(|settings| settings.new.is_none()) {
        introduced.extend(missing_settings(context));
    }
    introduced.extend(hidden_secrets(context, Some(&before)));
    if !context.store.layout.unreadable.is_empty() {
        let old: HashSet<String> = before.list()?.unreadable.into_iter().map(|(path, _)| path).collect();
        introduced.extend(unreadable(context, |path| !old.contains(path)));
    }
    Ok(sorted(introduced))
}

/// Returns the parts of a finding that stay the same when its lines move.
fn identity(finding: &Finding) -> (&'static str, RepoPath, String) {
    (finding.code, finding.path.clone(), finding.message.clone())
}

/// Returns the files that changed and the other files of their tickets.
fn touched_files(change: &ChangeSet<'_>, store: &Store) -> Vec<RepoPath> {
    // Paths without extension: of each changed file, and of each folder that contains it.
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

/// The changed lines of each file, computed when they are needed.
struct ChangedLines<'a> {
    change: &'a ChangeSet<'a>,
    before: &'a dyn Source,
    after: &'a dyn Source,
    diffs: BTreeMap<RepoPath, Option<FileDiff>>,
}

/// The new text of a file and the ranges of its lines that changed.
struct FileDiff {
    text: String,
    changed: Vec<Range<usize>>,
}

impl ChangedLines<'_> {
    /// Returns true if a line of `span` changed. A file that cannot be compared counts as changed.
    fn overlap(&mut self, path: &RepoPath, span: &crate::text::Span) -> bool {
        let (before, after, former) = (self.before, self.after, self.change.former_path(path));
        let diff = self.diffs.entry(path.clone()).or_insert_with(|| {
            let text = text_of(after, path)?;
            let old = text_of(before, former)?;
            Some(FileDiff { changed: changed_lines(old.as_bytes(), text.as_bytes()), text })
        });
        let Some(FileDiff { text, changed }) = diff else { return true };
        let lines = Lines::of(text);
        let first = lines.place(text, span.start).line;
        let last = lines.place(text, span.end.max(span.start + 1) - 1).line;
        changed.iter().any(|range| range.start <= last && first < range.end)
    }
}

/// Returns the findings in the files of `undecided` as they were before the change, with the new names of renamed files.
fn findings_before(
    change: &ChangeSet<'_>,
    context: &CheckContext<'_>,
    undecided: &[Finding],
    before: &dyn Source,
) -> HashSet<(&'static str, RepoPath, String)> {
    let old = change.files.iter().map(|(path, change)| {
        let bytes = change.old.and_then(|_| before.read(path).ok());
        (path.clone(), bytes)
    });
    let store = context.store.with(old.collect());
    // Files of a renamed ticket that were not renamed themselves have only one path. A former path can have two new ones: that
    // of the renamed file, and the same path if another file took it.
    let mut new_paths: BTreeMap<&RepoPath, BTreeSet<&RepoPath>> = BTreeMap::new();
    for finding in undecided {
        new_paths.entry(change.former_path(&finding.path)).or_default().insert(&finding.path);
    }
    let paths: Vec<RepoPath> = new_paths.keys().map(|path| (*path).clone()).collect();
    let context = CheckContext::new(&store, context.now);
    let renamed = |finding: &Finding, path: &RepoPath| {
        let mut finding = finding.clone();
        if *path != finding.path {
            finding.message = finding.message.replace(finding.path.as_str(), path.as_str());
            let (former, now) = (format!("`{}`", finding.path.stem()), format!("`{}`", path.stem()));
            finding.message = finding.message.replace(&former, &now);
            finding.path = path.clone();
        }
        identity(&finding)
    };
    let found = check_some(&paths, &context);
    let all = found.iter().flat_map(|finding| {
        let paths = new_paths.get(&finding.path).into_iter().flatten();
        paths.map(|path| renamed(finding, path))
    });
    all.collect()
}

/// Finds references to ids that the change removed, in files that do not belong to a changed ticket.
fn broken_references(
    change: &ChangeSet<'_>,
    context: &CheckContext<'_>,
    touched: &HashSet<&RepoPath>,
    before: &dyn Source,
) -> Vec<Finding> {
    let removed = removed_ids(change, context.store, before);
    if removed.is_empty() {
        return Vec::new();
    }
    let mut paths: BTreeSet<RepoPath> = BTreeSet::new();
    for thread in &context.store.threads {
        paths.extend(files_with_references(thread, &removed));
    }
    for article in &context.store.articles {
        if article.tickets.iter().chain(&article.supersedes).any(|id| removed.contains(id)) {
            paths.extend(article.path.clone());
        }
    }
    let paths: Vec<RepoPath> = paths.into_iter().filter(|path| !touched.contains(path)).collect();
    let named = |finding: &Finding| removed.iter().any(|id| finding.message.contains(&format!("`{id}`")));
    let findings = check_some(&paths, context).into_iter();
    findings.filter(|finding| finding.code == "unknown-reference" && named(finding)).collect()
}

/// Returns the ids and former ids that the changed files had before and that no ticket or article has now.
fn removed_ids(change: &ChangeSet<'_>, store: &Store, before: &dyn Source) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (path, file) in &change.files {
        let has_id = path.is_markdown() && (path.is_below("tickets") || path.is_below("knowledge"));
        if file.old.is_none() || !has_id {
            continue;
        }
        ids.insert(path.stem().to_owned());
        if let Ok(bytes) = before.read(path) {
            ids.extend(parse_ticket(&Document::parse(path, &bytes), &store.settings.zone()).0.aliases);
        }
    }
    ids.retain(|id| !store.has_ticket(id));
    ids
}

/// Returns the files of `thread` that refer to one of `ids`.
fn files_with_references(thread: &Thread, ids: &BTreeSet<String>) -> Vec<RepoPath> {
    let names = |texts: Vec<String>| texts.iter().any(|text| ids.contains(text));
    let mut paths = Vec::new();
    let ticket = &thread.ticket;
    if names(ticket.related.clone()) || ticket.fields.iter().any(|(_, value)| names(value.texts())) {
        paths.extend(ticket.path.clone());
    }
    for reply in &thread.replies {
        let single = reply.duplicate_of.iter().chain(&reply.draft_from).any(|id| ids.contains(id));
        let set =
            reply.set.iter().any(|(_, set)| matches!(set, FieldChange::Value(value) if names(value.texts())));
        if single || set || names(reply.answered_by.clone()) {
            paths.extend(reply.path.clone());
        }
    }
    paths
}
