//! `casebook review`

mod find;
mod markdown;

use super::{
    CliError, Context, Format, Outcome, build::For, checked::Checked, findings, selection::Selection, table,
    ui::style,
};
use crate::{
    api::Review,
    diagnostic::Level,
    repo::Repo,
    site::{Audience, Forge},
};

use find::{Candidates, Changed};

/// Review a change: what is wrong by it, and what was resolved before that is like the tickets in it
///
/// For pull requests, on any forge and before there is one. The findings are those of `casebook check --since`; for each
/// ticket that is new or changed there are up to three resolved ones that are much like it, with the first lines of their
/// answers. `--format markdown` writes a comment in which nothing that a ticket says has any force. Works in a bare
/// repository, by the ids of commits. Exit status 1 if any finding is an error.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the change starts: what is compared with, and where similar tickets are looked for (else the remote's main
    /// branch)
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// The change's last commit, instead of the worktree
    #[arg(long, value_name = "REV")]
    at: Option<String>,
    /// Settings and templates from this revision: a change is then not judged by rules that it brings
    #[arg(long, value_name = "REV")]
    rules_from: Option<String>,
    /// Show similar tickets only as far as the site for these readers shows them (else all that were resolved)
    #[arg(long, value_enum)]
    audience: Option<For>,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let since = since(arguments.since, repo)?;
    let rules_from = arguments.rules_from.as_deref();
    let checked = Checked::at(repo, arguments.at.as_deref(), Some(since.clone()), rules_from)?;
    let (store, change) = checked.load()?;
    let selection = Selection::of(&[], repo, &store, context)?;
    let found = checked.find(&store, change.as_ref(), &selection, false, context)?;
    let outcome =
        if found.iter().any(|finding| finding.level == Level::Deny) { Outcome::Found } else { Outcome::Done };

    let candidates = Candidates::at(&since, arguments.audience, &checked)?;
    let (tickets, more) = match &change {
        Some(change) => candidates.for_tickets_of(change, &store)?,
        None => (Vec::new(), 0),
    };
    let review = || {
        Ok::<_, CliError>(Review {
            check: findings::report(&found, &**store.source(), find::MOST_FINDINGS),
            base: candidates.base.clone(),
            head: checked.tip_id()?,
            audience: arguments.audience.map(|audience| Audience::from(audience).name().to_owned()),
            tickets: tickets.iter().map(Changed::reviewed).collect(),
            more_tickets: more,
        })
    };
    match context.ui.format {
        Format::Json => context.ui.json(&review()?),
        Format::Markdown => {
            let forge =
                candidates.settings().repository.as_deref().map(|address| Forge::new(address, "main"));
            let link = |path: &str| forge.as_ref().map(|forge| forge.file(path, &candidates.base));
            context.ui.write(markdown::comment(&review()?, link).as_bytes());
        }
        format => {
            findings::print(&found, &**store.source(), context);
            if found.is_empty() {
                context.ui.say(format!("nothing to mend in what changed since {since}"));
            }
            if matches!(format, Format::Human) {
                tickets.iter().for_each(|ticket| show(ticket, context));
            }
        }
    }
    Ok(outcome)
}

/// What a change is compared with where nobody says.
fn since(given: Option<String>, repo: &Repo) -> Result<String, CliError> {
    if let Some(rev) = given {
        return Ok(rev);
    }
    let main = repo.default_remote_branch()?;
    main.map(|main| main.rev()).ok_or_else(|| {
        CliError::usage("since when? there is no remote whose main branch could be compared with")
            .with_help("name a revision with `--since REV`")
    })
}

fn show(changed: &Changed<'_>, context: &Context) {
    if changed.similar.is_empty() {
        return;
    }
    let ui = &context.ui;
    let (id, title) = (table::one_line(changed.thread.id()), table::one_line(&changed.thread.ticket.title));
    ui.line("");
    ui.line(format!("resolved before, and like {} ({title}):", ui.paint(style::ID, &id)));
    changed.similar.iter().for_each(|alike| alike.print(context));
}
