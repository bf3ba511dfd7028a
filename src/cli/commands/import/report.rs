//! Tells the result of an import.

use crate::cli::Context;
use crate::{
    api::{ImportAnswer, LeftAloneFile, LeftAloneReason, SecretAnswer},
    intake::{ImportReport, ImportTarget, ImportedSecret, SkipReason, SkippedFile},
    settings::{BASELINE_PATH, SETTINGS_PATH},
    text::{Plural, one_line},
};

/// The maximum number of notes, and of secrets, that are listed. The rest is only counted.
const SHOWN: usize = 20;

/// Prints the result of an import.
pub(super) fn tell(done: &ImportReport, target: ImportTarget, context: &Context) {
    let ui = &context.ui;
    shorten(done.notes.iter().map(|note| one_line(note)), context);
    for service in &done.removed_services {
        ui.warn(format!(
            "left alone: somebody removed the service `{service}` from {SETTINGS_PATH}; `--theirs` adds it again"
        ));
    }
    for SkippedFile { path, reason } in &done.left_alone {
        ui.warn(match reason {
            SkipReason::Changed => format!("left alone: {path} was changed since the last import"),
            SkipReason::Missing => format!("left alone: {path} was deleted or moved since the last import"),
        });
    }
    shorten(done.secrets.iter().map(secret), context);
    if done.was_interrupted {
        ui.say("completed an import that was interrupted");
    }
    ui.say(summary(done, target));
    if !done.left_alone.is_empty() {
        let count = Plural(done.left_alone.len(), "file");
        ui.say(format!("{count} left alone; to overwrite the files with the version of the other tracker, import again with `--theirs`"));
    }
    if done.secrets.iter().any(|secret| !secret.is_redacted) {
        ui.say(format!(
            "the fingerprints of the secrets are in {BASELINE_PATH}, so `casebook check` only warns about these secrets; to replace the secrets with `[secret]`, import again with `--redact`"
        ));
    }
}

fn secret(secret: &ImportedSecret) -> String {
    let done = if secret.is_redacted { "replaced a secret" } else { "secret" };
    format!("{done} in {}:{}: {}", secret.path, secret.line, secret.what)
}

/// Prints the first `texts` as warnings, and counts the rest.
pub(super) fn shorten(texts: impl Iterator<Item = String>, context: &Context) {
    let texts: Vec<String> = texts.collect();
    texts.iter().take(SHOWN).for_each(|text| context.ui.warn(text));
    if texts.len() > SHOWN {
        context.ui.warn(format!("… and {} more", texts.len() - SHOWN));
    }
}

fn summary(done: &ImportReport, target: ImportTarget) -> String {
    let read = match target {
        ImportTarget::Tickets => {
            format!("{} and {}", Plural(done.tickets, "ticket"), Plural(done.replies, "reply"))
        }
        ImportTarget::Knowledge => Plural(done.tickets, "article").to_string(),
    };
    let mut summary =
        format!("{read}: {} new or changed, {} unchanged", Plural(done.written, "file"), done.unchanged);
    if !done.removed.is_empty() {
        summary.push_str(&format!(", {} removed because the source removed them", done.removed.len()));
    }
    if !done.services.is_empty() {
        let services = Plural(done.services.len(), "service");
        summary.push_str(&format!("; {services} added to {SETTINGS_PATH}"));
    }
    summary
}

/// Returns the result for programs.
pub(super) fn answer(done: ImportReport) -> ImportAnswer {
    let left_alone = done.left_alone.into_iter().map(|SkippedFile { path, reason }| LeftAloneFile {
        path,
        reason: match reason {
            SkipReason::Changed => LeftAloneReason::Changed,
            SkipReason::Missing => LeftAloneReason::Missing,
        },
    });
    let secrets = done.secrets.into_iter().map(|secret| SecretAnswer {
        path: secret.path,
        line: secret.line,
        what: secret.what,
        redacted: secret.is_redacted,
    });
    ImportAnswer {
        tickets: done.tickets,
        replies: done.replies,
        written: done.written,
        unchanged: done.unchanged,
        removed: done.removed,
        left_alone: left_alone.collect(),
        services: done.services,
        removed_services: done.removed_services,
        secrets: secrets.collect(),
        notes: done.notes,
    }
}
