//! Selects the safe fixes and applies them.

mod trial;

use std::collections::{BTreeMap, HashMap};

use self::trial::Trial;
use super::{context::CheckContext, run::check_some, source_text::text_of};
use crate::{
    diagnostic::{Finding, Fix},
    repo::{LockedRepo, RepoError, WriteMode},
    store::{Role, Store},
    text::RepoPath,
};

/// A safe fix, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FixSummary {
    pub path: RepoPath,
    /// The effect of the fix, such as `quote the value`.
    pub title: String,
    /// The code of the rule whose finding the fix solves.
    pub code: &'static str,
}

/// The files that change when safe fixes are applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FixPlan {
    /// The changed files with their new texts, sorted by path.
    pub files: Vec<(RepoPath, String)>,
    /// The fixes that the new texts contain.
    pub applied: Vec<FixSummary>,
    /// Fixes that are left out because they would not solve the finding or would cause another one.
    pub skipped: Vec<FixSummary>,
}

/// The ticket or file to which fixes belong. The fixes of one ticket are tried together, because its files are
/// checked against each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// Settings, templates and canned responses. The findings of every file depend on them.
    Rules,
    Ticket(RepoPath),
    File(RepoPath),
}

/// Applies the safe fixes of `findings`. Each file is written once, and all other bytes stay unchanged. If fixes
/// overlap, only the first is applied: check again to get the others.
pub(crate) fn apply_fixes(
    locked: &LockedRepo<'_>,
    context: &CheckContext<'_>,
    findings: &[Finding],
) -> Result<FixPlan, RepoError> {
    let plan = plan_fixes(context, findings);
    for (path, text) in &plan.files {
        locked.write(path, text.as_bytes(), WriteMode::Replace)?;
    }
    Ok(plan)
}

/// Tries the safe fixes of `findings` on a copy of the store. The plan contains the fixes that solve their
/// findings, cause no other finding and change no other key. Each plan reduces the number of findings, so a loop
/// that applies plans until one is empty terminates.
pub(crate) fn plan_fixes(context: &CheckContext<'_>, findings: &[Finding]) -> FixPlan {
    let mut texts: HashMap<&RepoPath, Option<String>> = HashMap::new();
    let mut owners: BTreeMap<Owner, Vec<(&Finding, &Fix)>> = BTreeMap::new();
    for finding in findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.sure) else { continue };
        let text = texts.entry(&finding.path).or_insert_with(|| exact_text(context.store, &finding.path));
        let fits = |text: &String| fix.edits.iter().all(|(span, _)| text.get(span.clone()).is_some());
        if text.as_ref().is_some_and(fits) {
            owners.entry(owner_of(context.store, &finding.path)).or_default().push((finding, fix));
        }
    }
    let texts: HashMap<&RepoPath, String> =
        texts.into_iter().filter_map(|(path, text)| Some((path, text?))).collect();
    // The findings of all files may depend on settings and templates, so the fixes in those files are applied first and
    // alone.
    let rules: Vec<_> = owners.remove_entry(&Owner::Rules).into_iter().collect();
    let mut plan = try_fixes(context, &texts, rules);
    if plan.files.is_empty() {
        let rest = try_fixes(context, &texts, owners.into_iter().collect());
        plan.skipped.extend(rest.skipped);
        (plan.files, plan.applied) = (rest.files, rest.applied);
    }
    plan
}

/// Returns the text of a file if it is valid UTF-8. A text with replacement characters has other offsets than the
/// file.
fn exact_text(store: &Store, path: &RepoPath) -> Option<String> {
    let source = &**store.source();
    text_of(source, path).filter(|text| source.read(path).is_ok_and(|bytes| bytes == text.as_bytes()))
}

fn owner_of(store: &Store, path: &RepoPath) -> Owner {
    match store.layout.role(path) {
        Some(Role::Settings | Role::Template | Role::Canned) => Owner::Rules,
        Some(Role::Ticket) => Owner::Ticket(path.clone()),
        Some(Role::Reply(ticket) | Role::Attachment(ticket)) => Owner::Ticket(ticket.clone()),
        _ => Owner::File(path.clone()),
    }
}

/// Returns the files whose findings can change when fixes of `owner` are applied.
fn files_of(store: &Store, owner: &Owner) -> Vec<RepoPath> {
    match owner {
        Owner::Rules => all_files(store),
        Owner::Ticket(path) => match store.layout.group(path) {
            Some(group) => store.layout.files_of(group).map(|(entry, _)| entry.path.clone()).collect(),
            None => vec![path.clone()],
        },
        Owner::File(path) => vec![path.clone()],
    }
}

fn all_files(store: &Store) -> Vec<RepoPath> {
    store.layout.entries.iter().map(|entry| entry.path.clone()).collect()
}

/// Tries the fixes of each owner, then the accepted ones of all owners together.
///
/// All owners are tried in parallel; each round checks the files once. The second
/// trial finds the rare effects on files of other owners: a ticket that becomes internal may be named in a public one.
fn try_fixes(
    context: &CheckContext<'_>,
    texts: &HashMap<&RepoPath, String>,
    owners: Vec<(Owner, Vec<(&Finding, &Fix)>)>,
) -> FixPlan {
    let mut plan = FixPlan::default();
    if owners.is_empty() {
        return plan;
    }
    let before = check_some(&all_files(context.store), context);
    let mut trials: Vec<Trial<'_>> = owners
        .into_iter()
        .map(|(owner, fixes)| Trial::new(fixes, files_of(context.store, &owner), texts, &before))
        .collect();
    run(&mut trials, context);
    let accepted = trials.iter().flat_map(Trial::accepted).collect();
    let mut together = [Trial::new(accepted, all_files(context.store), texts, &before)];
    run(&mut together, context);
    for trial in &trials {
        plan.skipped.extend(trial.skipped());
    }
    for trial in together {
        plan.files.extend(trial.files());
        plan.applied.extend(trial.applied());
        plan.skipped.extend(trial.skipped());
    }
    plan.files.sort();
    plan
}

/// Runs trials until each has accepted or skipped all its fixes.
fn run(trials: &mut [Trial<'_>], context: &CheckContext<'_>) {
    loop {
        let files: Vec<_> = trials.iter_mut().flat_map(Trial::next).collect();
        if files.is_empty() {
            return;
        }
        let changed = files.into_iter().map(|(path, text)| (path, Some(text.into_bytes()))).collect();
        let store = context.store.with(changed);
        let trial_context = CheckContext::with_authors(&store, context.now, context.authors);
        let running = trials.iter().filter(|trial| trial.is_running());
        let scope: Vec<RepoPath> = running.flat_map(|trial| trial.scope().cloned()).collect();
        let after = check_some(&scope, &trial_context);
        trials.iter_mut().for_each(|trial| trial.judge(&after));
    }
}

#[cfg(test)]
mod tests;
