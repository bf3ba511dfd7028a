//! `casebook review`

mod find;
mod markdown;

use super::build::AudienceOption;
use crate::cli::{
    CliError, Context, Format, Outcome, check_target::CheckTarget, findings, selection::Selection, table,
    ui::style,
};
use crate::{api::Review, check::CheckContext, diagnostic::Level, repo::Repo, site::Forge, view::Audience};

use find::{Candidates, ChangedTicket};

pub(crate) use markdown::comment;

/// Review a change: its problems, and resolved tickets that are similar to its tickets
///
/// For pull requests on any forge, and for a branch before its pull request. Prints the problems that `casebook check
/// --since` finds and, for each new or changed ticket, up to three similar resolved tickets with the first lines of
/// their answers. `--format markdown` prints a comment in which all text from tickets is escaped. In a bare repository,
/// give commit ids. Exit status 1 if any problem is an error.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The base revision: the change starts here, and similar tickets come from here [default: the remote's main branch]
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// The last commit of the change [default: the worktree]
    #[arg(long, value_name = "REV")]
    at: Option<String>,
    /// Take settings and templates from this revision, so that a change cannot change its own rules
    #[arg(long, value_name = "REV")]
    rules_from: Option<String>,
    /// Show only what the site of this audience shows: similar tickets, and names in findings [default: everything]
    #[arg(long, value_enum)]
    audience: Option<AudienceOption>,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let since = since(arguments.since, repo)?;
    let rules_from = arguments.rules_from.as_deref();
    let checked = CheckTarget::at(repo, arguments.at.as_deref(), Some(since.clone()), rules_from)?;
    let (store, change) = checked.load(context)?;
    if let Some(change) = &change {
        checked.warn_of_loosened(change, &store, context)?;
    }
    let selection = Selection::of(&[], repo, &store, context)?;
    let authors = checked.authors(change.as_ref(), false, context);
    let check_context = CheckContext::with_authors(&store, context.process.now, &authors);
    let found = checked.find(&check_context, change.as_ref(), &selection, context)?;
    let outcome = if found.iter().any(|finding| finding.level == Level::Deny) {
        Outcome::ProblemsFound
    } else {
        Outcome::Done
    };

    let candidates = Candidates::at(&since, arguments.audience, &checked, context)?;
    let found = candidates.visible(found);
    let (tickets, more) = match &change {
        Some(change) => candidates.for_tickets_of(change, &store)?,
        None => (Vec::new(), 0),
    };
    let review = || {
        Ok::<_, CliError>(Review {
            check: findings::report(&found, &**store.source(), find::MAX_FINDINGS),
            base: candidates.base.clone(),
            head: checked.tip_id()?,
            audience: arguments.audience.map(|audience| Audience::from(audience).name().to_owned()),
            tickets: tickets.iter().map(ChangedTicket::reviewed).collect(),
            more_tickets: more,
        })
    };
    match context.ui.format {
        Format::Json => context.ui.json(&review()?),
        Format::Markdown => {
            let forge = Forge::of(candidates.settings(), "main");
            let link = |path: &str| forge.as_ref().map(|forge| forge.file(path, &candidates.base));
            context.ui.write(comment(&review()?, link).as_bytes());
        }
        format => {
            findings::print(&found, &**store.source(), context);
            if found.is_empty() {
                context.ui.say(format!("changes since {since}: no problems found"));
            }
            if matches!(format, Format::Human) {
                tickets.iter().for_each(|ticket| show(ticket, context));
            }
        }
    }
    Ok(outcome)
}

/// Returns the revision that the change is compared with: `given`, or the default.
fn since(given: Option<String>, repo: &Repo) -> Result<String, CliError> {
    if let Some(rev) = given {
        return Ok(rev);
    }
    let main = repo.default_remote_branch()?;
    main.map(|main| main.rev()).ok_or_else(|| {
        CliError::usage("missing `--since`: there is no main branch of a remote to compare with")
            .with_hint("`casebook review --since REV`")
    })
}

fn show(changed: &ChangedTicket<'_>, context: &Context) {
    if changed.similar.is_empty() {
        return;
    }
    let ui = &context.ui;
    let (id, title) = (table::one_line(changed.thread.id()), table::one_line(&changed.thread.ticket.title));
    ui.line("");
    ui.line(format!("resolved tickets similar to {} ({title}):", ui.paint(style::ID, &id)));
    changed.similar.iter().for_each(|similar| similar.print(context));
}
