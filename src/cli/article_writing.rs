//! Writes an article for the commands `distill` and `article`, and tells the user about it.

use super::{CliError, Context, Outcome, authoring::PushOptions, write_report};
use crate::{
    api::WrittenArticle,
    intake::{ArticleWrite, IntakeError, Writer, write_article},
    store::Store,
};

/// Checks, writes, commits and pushes an article, and prints its path. `done` says what was done.
pub(super) fn write(
    write: &ArticleWrite,
    done: &str,
    push: PushOptions,
    store: &Store,
    context: &Context,
) -> Result<Outcome, CliError> {
    let writer = Writer {
        repo: context.repo()?,
        store,
        now: context.process.now,
        push: push.is_on(&store.settings),
        waiting: &|| context.ui.say("waiting for another casebook process to finish"),
    };
    let written = match write_article(&writer, write) {
        Err(IntakeError::Refused(refused)) => {
            for text in &refused {
                write_report::findings(&text.findings, &text.text, None, context);
            }
            return Err(CliError::from(IntakeError::Refused(refused)).with_hint("nothing was saved"));
        }
        written => written?,
    };
    write_report::findings(&written.warnings, &write.text, None, context);
    context.ui.say(done);
    let outcome = write_report::delivery(&written.delivery, &store.settings, None, context);
    print(write, Some(written.commit.to_string()), context);
    Ok(outcome)
}

/// Prints the path of an article, and the commit if there is one.
pub(super) fn print(write: &ArticleWrite, commit: Option<String>, context: &Context) {
    if context.ui.is_json() {
        let (slug, path) = (write.slug.clone(), write.path.clone());
        context.ui.json(&WrittenArticle { slug, path, commit });
    } else {
        context.ui.line(write.path.as_str());
    }
}
