//! `casebook check`

use std::path::PathBuf;

use crate::cli::{CliError, Context, Outcome, check_target::CheckTarget, findings, selection::Selection};
use crate::{
    check,
    diagnostic::{Finding, Level},
    repo::{Lock, Repo, Side},
    store::Store,
    text::Plural,
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

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    if arguments.fix && repo.is_bare() {
        return Err(CliError::usage("`--fix` writes files, and a bare repository has no worktree"));
    }
    let since = match &arguments.since {
        Some(rev) => Some(rev.clone()),
        None if arguments.staged => repo.head()?.map(|head| head.to_string()),
        None => None,
    };
    let mut checked = CheckTarget::at(repo, arguments.at.as_deref(), since, arguments.rules_from.as_deref())?;
    if arguments.staged {
        checked.side = Side::Index;
    }

    let lock = if arguments.fix { Some(lock(repo, context)?) } else { None };
    let mut is_fixed = false;
    for _ in 0..ROUNDS {
        let (store, change) = checked.load()?;
        let selection = Selection::of(&arguments.paths, repo, &store, context)?;
        let found = checked.find(&store, change.as_ref(), &selection, arguments.fix, context)?;
        if let Some(lock) = &lock {
            let fixed = check::apply_fixes(repo, lock, &**store.source(), &found)?;
            for check::Fixed { path, title, code } in &fixed {
                context.ui.say(format!("fixed {path}: {title} [{code}]"));
            }
            if !fixed.is_empty() {
                is_fixed = true;
                continue;
            }
        }
        let outcome = report(&found, &store, &checked, &selection, context);
        if arguments.fix && !is_fixed && !found.is_empty() {
            context.ui.say("nothing could be fixed by itself; the suggestions are yours to decide");
        }
        // The process ends here, and to free some hundred thousand texts first would take a tenth of its time.
        std::mem::forget(store);
        return Ok(outcome);
    }
    Err(CliError::environment(format!("after {ROUNDS} rounds of fixes there are still more"))
        .with_hint("run `casebook check` and mend the rest by hand"))
}

fn lock(repo: &Repo, context: &Context) -> Result<Lock, CliError> {
    Ok(Lock::acquire(repo, || context.ui.say("waiting for another casebook to finish writing"))?)
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
            Some(since) if checked.side != Side::Index => {
                format!("nothing to mend in what changed since {since}")
            }
            Some(_) => "nothing to mend in what is staged".to_owned(),
            None => {
                let count = store.layout.entries.iter().filter(|entry| selection.has(&entry.path)).count();
                format!("nothing to mend in {}", Plural(count, "file"))
            }
        });
    }
    if found.iter().any(|finding| finding.level == Level::Deny) {
        Outcome::ProblemsFound
    } else {
        Outcome::Done
    }
}
