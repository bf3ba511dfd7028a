//! Messages after an attempt to write: findings, the result of the push, and the next step.

use super::{Context, Format, Outcome};
use crate::{
    diagnostic::{self, Finding, Hinted, Level, MissingPart, Quoted},
    intake::{Delivery, RefusedText},
    repo::{PushError, RepoError},
    settings::Settings,
    site::Forge,
    text::{RepoPath, shell_word},
};

/// Prints findings about a text that is not in the repository. If the author `me` is not in the settings, prints one
/// line instead of the findings about the unknown person.
pub(super) fn findings(findings: &[Finding], text: &str, me: Option<&str>, context: &Context) {
    let plain = text;
    let is_me = |finding: &&Finding| {
        let name = finding.span.clone().and_then(|span| plain.get(span));
        finding.code == "unknown-person" && finding.level == Level::Warn && me.is_some() && name == me
    };
    if let Some(me) = me.filter(|_| findings.iter().any(|finding| is_me(&finding))) {
        context
            .ui
            .say(format!("your id is `{me}` (from your git e-mail); it is not in `people` of casebook.yml"));
    }
    let masked = findings.first().map(|finding| &*finding.masked).unwrap_or_default();
    let text = Quoted::new(text.to_owned(), masked);
    for finding in findings.iter().filter(|finding| !is_me(finding)) {
        let finding = match option_for(finding) {
            Some(option) => &finding.clone().help(format!("as an option: `{option}`")),
            None => finding,
        };
        let shown = match context.ui.format {
            Format::Short => diagnostic::short(finding, Some(&text)),
            _ => format!(
                "{}\n",
                diagnostic::human(finding, Some(&text), context.ui.colour_err(), context.ui.width)
            ),
        };
        context.ui.say(shown);
    }
}

/// Returns the command-line option that would fix a finding.
fn option_for(finding: &Finding) -> Option<String> {
    finding.missing.as_ref().map(|part| match part {
        MissingPart::Section(name) => format!("--section {}", shell_word(&format!("{name}=…"))),
        MissingPart::Field(name) if name == "title" => "--title '…'".to_owned(),
        MissingPart::Field(name) => format!("--set {name}=…"),
    })
}

/// Returns the options that would fix the findings at level deny, in the order of the template.
pub(super) fn options_for(refused: &[RefusedText]) -> Vec<String> {
    let mut denied: Vec<&Finding> = refused.iter().flat_map(RefusedText::denied).collect();
    denied.sort_by_key(|finding| finding.rank);
    let mut options: Vec<String> = Vec::new();
    for option in denied.into_iter().filter_map(option_for) {
        if !options.contains(&option) {
            options.push(option);
        }
    }
    options
}

/// Prints a text that could not be saved, so that the user can copy it.
pub(super) fn show_unsaved_text(text: &str, context: &Context) {
    context
        .ui
        .warn(format!("the draft could not be saved; this is its text:\n\n{}\n", super::table::lines(text)));
}

/// Tells the user of a clone, once, that the clone has no commit hook: git does not copy hooks.
pub(super) fn advise_hook(context: &Context) {
    // Advice is for a person who reads it, and it must not fail the command.
    let is_read =
        context.ui.shows_progress() && !context.ui.is_json() && context.process.variable("CI").is_none();
    let (Ok(repo), true) = (context.repo(), is_read) else { return };
    let told = repo.shared_cache_slot("hook-advice");
    if told.reader().is_none() && repo.is_clone_without_commit_hook().unwrap_or_default() {
        let root = shell_word(&repo.root().to_string_lossy());
        let program = context.process.program();
        context.ui.say("this clone has no commit hook, so git does not check your own commits");
        context.ui.help(format!("install the hook: `{program} init --hook {root}`"));
        told.write(b"told");
    }
}

/// Prints whether the commit was pushed, and the next step.
pub(super) fn delivery(
    delivery: &Delivery,
    settings: &Settings,
    for_review: Option<&str>,
    context: &Context,
) -> Outcome {
    advise_hook(context);
    match delivery {
        Delivery::Local => {}
        Delivery::Pushed(pushed) => {
            context.ui.say(format!("pushed to {}/{}", pushed.remote, pushed.branch));
            match for_review.and_then(|branch| review_address(settings, branch)) {
                Some(address) => context.ui.say(format!("next: open the pull request: {address}")),
                None => {
                    let said = || pushed.said.lines().filter(|line| line.contains("://"));
                    if let Some(branch) = for_review.filter(|_| said().next().is_none()) {
                        context.ui.say(format!("next: open a pull request for branch {branch}"));
                    }
                    said().for_each(|line| context.ui.say(line.trim()));
                }
            }
        }
        Delivery::NoBranch => {
            context.ui.warn("committed on a detached HEAD and not pushed");
            context.ui.help("run `git switch -c NAME` to keep the commit on a branch");
            return Outcome::NotPushed;
        }
        Delivery::NotPushed(error) => {
            context.ui.warn(format!("committed but not pushed: {error}"));
            let hint = error.hint().or_else(|| push_later(error, for_review));
            hint.iter().for_each(|hint| context.ui.help(hint));
            return Outcome::NotPushed;
        }
    }
    Outcome::Done
}

/// Returns how to push a commit after the remote could not be reached. A ticket on a separate branch is not pushed by
/// later commands.
fn push_later(error: &PushError, for_review: Option<&str>) -> Option<String> {
    let PushError::Repo(RepoError::RemoteUnreachable { remote, .. }) = error else { return None };
    Some(match for_review {
        Some(branch) => {
            format!("to push it later: `git push {} {}`", shell_word(remote), shell_word(branch))
        }
        None => "to push it later: `git pull --rebase && git push`; the next casebook command that pushes \
                 pushes it too"
            .to_owned(),
    })
}

/// Returns the address where a pull request of `branch` is opened; `None` without a `repository` in the settings.
pub(super) fn review_address(settings: &Settings, branch: &str) -> Option<String> {
    Forge::of(settings, "main").map(|forge| forge.new_review(branch))
}

/// Prints the findings of refused texts. The texts are not in files, so a finding is in `your ticket` or `your reply`.
pub(super) fn refused(texts: &[RefusedText], noun: &str, me: Option<&str>, context: &Context) {
    let mut printed: Vec<(&str, &str)> = Vec::new();
    for text in texts {
        let messages = text.findings.iter().map(|finding| (finding.code, finding.message.as_str()));
        let messages: Vec<(&str, &str)> = messages.collect();
        if !messages.is_empty() && messages.iter().all(|message| printed.contains(message)) {
            context.ui.say(format!("the {noun} to {} has the same problems", text.id));
            continue;
        }
        printed.extend(messages);
        let place = match texts.len() {
            1 => format!("in your {noun}"),
            _ => format!("in your {noun} to {}", text.id),
        };
        let place = RepoPath::new(place);
        let here = |finding: &Finding| Finding { path: place.clone(), ..finding.clone() };
        let mut here: Vec<Finding> = text.findings.iter().map(here).collect();
        // In the order of the template, which is the order in which a person fills it in.
        here.sort_by_key(|finding| finding.rank);
        findings(&here, &text.text, me, context);
    }
}
