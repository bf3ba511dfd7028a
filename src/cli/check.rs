//! `casebook check`

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{CliError, Context, Outcome, findings, selection::Selection};
use crate::{
    check::{self, Change, GitAuthors},
    diagnostic::{Finding, Level},
    repo::{CommitSource, Entry, Lock, Repo, RepoError, Side, Source},
    settings::SETTINGS_PATH,
    store::{self, CacheFile, Layout, Listed, Store},
    text::{Plural, RepoPath},
};

/// How often fixes are applied and looked for again: one mends what another uncovers.
const ROUNDS: usize = 10;

/// Check that tickets say what is needed to act on them, and nothing that must not be said
///
/// Every finding at once, with its file, line, rule and the way out; `casebook explain RULE` says why. Exit status 1 if
/// any is an error (level deny). Without paths and options, all files of the worktree, committed or not.
#[derive(clap::Args)]
pub struct Arguments {
    /// Files and folders to check
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Only what is wrong by what changed since REV; if REV is on another branch, since the two parted
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// What is staged, instead of the worktree; only the change since HEAD, unless `--since` says otherwise
    #[arg(long, conflicts_with = "at")]
    staged: bool,
    /// A commit instead of the worktree; works in bare repositories and in hooks
    #[arg(long, value_name = "REV")]
    at: Option<String>,
    /// Settings and templates from this revision: a change is then not judged by rules that it brings
    #[arg(long, value_name = "REV")]
    rules_from: Option<String>,
    /// Apply the fixes that cannot be wrong, then check again
    #[arg(long, conflicts_with_all = ["at", "staged"])]
    fix: bool,
}

/// What is checked, and what it is compared with.
struct View<'a> {
    repo: &'a Repo,
    side: Side<'a>,
    tip: String,
    since: Option<String>,
    rules: Option<CommitSource>,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    if arguments.fix && repo.is_bare() {
        return Err(CliError::usage("`--fix` writes files, and a bare repository has no worktree"));
    }
    let side = match &arguments.at {
        Some(rev) => Side::Commit(rev),
        None if arguments.staged => Side::Index,
        None if repo.is_bare() => Side::Commit("HEAD"),
        None => Side::Worktree,
    };
    let since = match &arguments.since {
        Some(rev) => Some(rev.clone()),
        None if arguments.staged => repo.head()?.map(|head| head.to_string()),
        None => None,
    };
    let tip = arguments.at.clone().unwrap_or_else(|| "HEAD".to_owned());
    let rules = arguments.rules_from.as_deref().map(|rev| repo.commit(rev)).transpose()?;
    let view = View { repo, side, tip, since, rules };

    let lock = if arguments.fix { Some(lock(repo, context)?) } else { None };
    for _ in 0..ROUNDS {
        let (store, change) = view.load()?;
        let selection = Selection::of(&arguments.paths, repo, &store, context)?;
        let found = view.find(&store, change.as_ref(), &selection, arguments.fix, context)?;
        if let Some(lock) = &lock {
            let fixed = check::apply_fixes(repo, lock, &**store.source(), &found)?;
            for check::Fixed { path, title, code } in &fixed {
                context.ui.say(format!("fixed {path}: {title} [{code}]"));
            }
            if !fixed.is_empty() {
                continue;
            }
        }
        let outcome = report(&found, &store, &view, &selection, context);
        // The process ends here, and to free some hundred thousand texts first would take a tenth of its time.
        std::mem::forget(store);
        return Ok(outcome);
    }
    Err(CliError::environment(format!("after {ROUNDS} rounds of fixes there are still more"))
        .with_help("run `casebook check` and mend the rest by hand"))
}

fn lock(repo: &Repo, context: &Context) -> Result<Lock, CliError> {
    Ok(Lock::acquire(repo, || context.ui.say("waiting for another casebook to finish writing"))?)
}

impl View<'_> {
    /// Blobs have the same id wherever they are, so all views of git's objects share one cache.
    fn cache(&self) -> impl CacheFile + use<> {
        self.repo.cache_slot(if self.side == Side::Worktree { "parsed-worktree" } else { "parsed-head" })
    }

    /// Everything there is, and what changed.
    fn load(&self) -> Result<(Store, Option<Change<'_>>), CliError> {
        let source: Arc<dyn Source> = match self.side {
            Side::Worktree | Side::Listed(_) => Arc::new(self.repo.worktree()?),
            Side::Index => Arc::new(self.repo.staged()?),
            Side::Commit(rev) => {
                let commit = self.repo.commit(rev)?;
                // A hook sees branches of all kinds, and one without a casebook has nothing to check.
                if self.rules.is_none() && !commit.has_settings()? {
                    return Err(CliError::environment(format!("`{rev}` has no `{SETTINGS_PATH}`"))
                        .with_help("name a revision of a casebook repository"));
                }
                Arc::new(commit)
            }
        };
        let cache = self.cache();
        let listed = Listed::of(source, &cache)?;
        let layout = Arc::clone(listed.layout());
        let (store, change) = rayon::join(
            || store::load_for_check(listed, self.rules(), &cache),
            || self.since.as_ref().map(|since| self.change(since, &layout)).transpose(),
        );
        Ok((store?, change?))
    }

    fn change(&self, since: &str, layout: &Layout) -> Result<Change<'_>, RepoError> {
        // The worktree was listed a moment ago.
        let listed: Vec<&Entry> = layout.files.iter().map(|(entry, _)| entry).collect();
        let side = if self.side == Side::Worktree { Side::Listed(&listed) } else { self.side };
        Change::between(self.repo, since, &self.tip, side)
    }

    fn rules(&self) -> Option<&dyn Source> {
        self.rules.as_ref().map(|rules| rules as &dyn Source)
    }

    fn find(
        &self,
        store: &Store,
        change: Option<&Change<'_>>,
        selection: &Selection,
        fix: bool,
        context: &Context,
    ) -> Result<Vec<Finding>, CliError> {
        let now = context.world.now;
        let base = change.map(Change::base);
        let authors = GitAuthors::new(self.repo, &self.tip, base, fix, now);
        let world = check::World::with_authors(store, now, &authors);
        let mut found = match change {
            Some(change) => check::check_change(change, &world)?,
            None if selection.is_everything() => {
                let progress = context.ui.progress("checking", store.layout.files.len());
                let count = AtomicUsize::new(0);
                let found =
                    check::check_all(&world, &|| progress.set(count.fetch_add(1, Ordering::Relaxed) + 1));
                progress.finish();
                found
            }
            None => check::check_some(&selection.files(store), &world),
        };
        found.retain(|finding| selection.has(&finding.path));
        Ok(found)
    }
}

fn report(
    found: &[Finding],
    store: &Store,
    view: &View<'_>,
    selection: &Selection,
    context: &Context,
) -> Outcome {
    findings::print(found, &**store.source(), context);
    if found.is_empty() {
        context.ui.say(match &view.since {
            Some(since) if view.side != Side::Index => {
                format!("nothing to mend in what changed since {since}")
            }
            Some(_) => "nothing to mend in what is staged".to_owned(),
            None => {
                let count = store.layout.files.iter().filter(|(entry, _)| selection.has(&entry.path)).count();
                format!("nothing to mend in {}", Plural(count, "file"))
            }
        });
    }
    if found.iter().any(|finding| finding.level == Level::Deny) { Outcome::Found } else { Outcome::Done }
}

/// The files of findings, each once.
pub(super) fn files_of(findings: &[Finding]) -> usize {
    let mut paths: Vec<&RepoPath> = findings.iter().map(|finding| &finding.path).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.len()
}
