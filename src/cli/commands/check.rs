//! `casebook check`

use std::path::PathBuf;

use crate::cli::{
    CliError, Context, Outcome, check_target::CheckTarget, findings, interrupted, selection::Selection,
    write_report,
};
use crate::{
    check::{self, CheckContext, FixSummary, ReceivedCommits},
    diagnostic::{Finding, Level},
    repo::DiffSide,
    store::Store,
    text::Plural,
};

/// Check tickets for missing information and for secrets
///
/// Lists every problem with its file, line, rule and fix; `casebook explain RULE` explains a rule. Exit status 1 if any
/// problem is an error (level deny). Without paths and options, checks all files of the worktree, committed or not.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Files and folders to check
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Only problems introduced since REV; if REV is on another branch, since the branches diverged
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Check the staged files instead of the worktree, and list only problems introduced since HEAD (or since REV, with
    /// `--since REV`)
    #[arg(long, conflicts_with = "at")]
    staged: bool,
    /// Check a commit instead of the worktree; works in bare repositories and hooks
    #[arg(long, value_name = "REV")]
    at: Option<String>,
    /// Take settings and templates from this revision, so that a change cannot change its own rules
    #[arg(long, value_name = "REV")]
    rules_from: Option<String>,
    /// Also look for secrets in each commit since REV: in all versions of all files, also outside of the casebook, in
    /// their names, in messages and in the names of people
    #[arg(long, requires = "at")]
    commits: bool,
    /// The ref under which the commits are pushed, such as `refs/notes/commits`: its name is checked, too
    #[arg(long = "ref", value_name = "REF", requires = "commits")]
    reference: Option<String>,
    /// Apply safe fixes, then check again
    #[arg(long, conflicts_with_all = ["at", "staged"])]
    fix: bool,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    if arguments.fix && repo.is_bare() {
        return Err(CliError::usage("`--fix` needs a worktree, and a bare repository has none")
            .with_hint("clone it, and run `casebook check --fix` in the clone"));
    }
    let since = match &arguments.since {
        Some(rev) => Some(rev.clone()),
        None if arguments.staged => repo.head()?.map(|head| head.to_string()),
        None => None,
    };
    let mut checked = CheckTarget::at(repo, arguments.at.as_deref(), since, arguments.rules_from.as_deref())?;
    if arguments.staged {
        interrupted::refuse_in_commit(repo)?;
        checked.side = DiffSide::Index;
    }

    let locked = if arguments.fix { Some(context.lock(repo)?) } else { None };
    let mut is_fixed = false;
    loop {
        let (store, change) = checked.load(context)?;
        if let Some(change) = &change {
            checked.warn_of_loosened(change, &store, context)?;
        }
        let selection = Selection::of(&arguments.paths, repo, &store, context)?;
        let authors = checked.authors(change.as_ref(), arguments.fix, context);
        let check_context = CheckContext::with_authors(&store, context.process.now, &authors);
        let mut found = checked.find(&check_context, change.as_ref(), &selection, context)?;
        if let Some(at) = arguments.at.as_deref().filter(|_| arguments.commits) {
            let (since, reference) = (checked.since.as_deref(), arguments.reference.as_deref());
            let commits = ReceivedCommits { rev: at, since, reference };
            found.extend(check::check_commits(repo, commits, &check_context)?);
            found.sort_by(|a, b| a.path.cmp(&b.path));
        }
        let mut skipped = Vec::new();
        if let Some(locked) = &locked {
            let plan = check::apply_fixes(locked, &check_context, &found)?;
            for FixSummary { path, title, code } in &plan.applied {
                context.ui.say(format!("fixed {path}: {title} [{code}]"));
            }
            // A fix may reveal a problem that another fix solves. Each round leaves fewer findings, so the loop ends.
            if !plan.applied.is_empty() {
                is_fixed = true;
                continue;
            }
            skipped = plan.skipped;
        }
        let outcome = report(&found, &store, &checked, &selection, context);
        for FixSummary { path, title, code } in &skipped {
            context
                .ui
                .say(format!("not fixed {path}: {title} [{code}]: the fix would cause another problem"));
        }
        if arguments.fix && !is_fixed && skipped.is_empty() && !found.is_empty() {
            context.ui.say("no safe fixes; fix the problems by hand");
        }
        // A person who edits files by hand learns here that git does not check their commits.
        if arguments.since.is_none() && arguments.at.is_none() && !arguments.staged {
            write_report::advise_hook(context);
        }
        // The process ends soon. Freeing some hundred thousand texts would take a tenth of its time.
        drop(check_context);
        std::mem::forget(store);
        return Ok(outcome);
    }
}

fn report(
    found: &[Finding],
    store: &Store,
    checked: &CheckTarget<'_>,
    selection: &Selection,
    context: &Context,
) -> Outcome {
    findings::print(found, &**store.source(), context);
    if found.is_empty() {
        context.ui.say(match &checked.since {
            Some(since) if checked.side != DiffSide::Index => {
                format!("changes since {since}: no problems found")
            }
            Some(_) => "staged changes: no problems found".to_owned(),
            None => {
                let count = store.layout.entries.iter().filter(|entry| selection.has(&entry.path)).count();
                format!("{} checked, no problems", Plural(count, "file"))
            }
        });
    }
    if found.iter().any(|finding| finding.level == Level::Deny) {
        Outcome::ProblemsFound
    } else {
        Outcome::Done
    }
}
