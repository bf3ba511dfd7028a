//! Safe fixes: which of them are applied, and applying them.

mod trial;

use std::collections::{BTreeMap, HashMap};

use self::trial::Trial;
use super::{context::CheckContext, run::check_some, source_text::text_of};
use crate::{
    diagnostic::{Finding, Fix},
    repo::{LockedRepo, RepoError, Write},
    store::{Role, Store},
    text::RepoPath,
};

/// A safe fix, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FixSummary {
    /// The file.
    pub path: RepoPath,
    /// What the fix does.
    pub title: String,
    /// The rule whose finding it solves.
    pub code: &'static str,
}

/// What the safe fixes of some findings come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FixPlan {
    /// The files that change, by path, with their new texts.
    pub files: Vec<(RepoPath, String)>,
    /// The fixes in those texts.
    pub applied: Vec<FixSummary>,
    /// Fixes that are left out: they would solve nothing, or cause another finding.
    pub skipped: Vec<FixSummary>,
}

/// The ticket or file that fixes belong to. Fixes of one owner are tried together, because files of one ticket are
/// checked against each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// Settings, templates and canned replies: every file is checked against them.
    Rules,
    Ticket(RepoPath),
    File(RepoPath),
}

/// Applies the safe fixes of `findings`, each file in one write that leaves every other byte as it was. Of fixes that
/// overlap, the first is applied: check again for the others.
pub(crate) fn apply_fixes(
    locked: &LockedRepo<'_>,
    context: &CheckContext<'_>,
    findings: &[Finding],
) -> Result<FixPlan, RepoError> {
    let plan = plan_fixes(context, findings);
    for (path, text) in &plan.files {
        locked.write(path, text.as_bytes(), Write::Replace)?;
    }
    Ok(plan)
}

/// Tries the safe fixes of `findings` on a copy of the store, and plans those after which their own findings are gone,
/// no other finding came, and every other key has the value that it had. Each plan leaves fewer findings than there were,
/// so applying plans until one is empty comes to an end.
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
    // Every other finding may depend on settings and templates, so their fixes come alone.
    let rules: Vec<_> = owners.remove_entry(&Owner::Rules).into_iter().collect();
    let mut plan = try_fixes(context, &texts, rules);
    if plan.files.is_empty() {
        let rest = try_fixes(context, &texts, owners.into_iter().collect());
        plan.skipped.extend(rest.skipped);
        (plan.files, plan.applied) = (rest.files, rest.applied);
    }
    plan
}

/// The text of a file whose bytes are exactly that text: offsets in a text with replacement characters are not those of
/// the file.
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

/// Returns the files whose findings show the effect of fixes of `owner`.
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
/// The owners are tried at the same time, in as many rounds as the owner with the most unfit fixes needs. The second
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
