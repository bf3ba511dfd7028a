//! `casebook import`

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};

use crate::cli::{CliError, Context, Outcome, formats};
use crate::{
    api::{ImportAnswer, LeftAloneFile, LeftAloneReason, SecretAnswer},
    import::IMPORTERS,
    intake::{
        Import, ImportOptions, ImportReport, ImportedSecret, Importer, SkipReason, SkippedFile, read_tickets,
    },
    repo::open_outside,
    settings::{BASELINE_PATH, SETTINGS_PATH},
    text::{Plural, one_line, slugify},
};

/// Import tickets from another tracker
///
/// Writes files and does not commit them. Review them, then commit them together with the files in `imports/`.
/// Importing again writes only tickets that changed at the source. If somebody changed or deleted a file since the last
/// import, it is left alone with a warning, and the exit status is 1.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    from: ImportFormat,
}

/// The chosen format and its options.
struct ImportFormat {
    importer: &'static dyn Importer,
    options: ImportArguments,
}

/// The arguments that all formats have.
#[derive(clap::Args)]
struct ImportArguments {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,
    /// The name of the import and of its lock `imports/NAME.lock` [default: the name of the file without its
    /// extensions; for standard input, the name of the format]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Overwrite files that somebody changed since the last import, and write deleted ones again
    #[arg(long)]
    theirs: bool,
    /// Replace each secret by `[secret]`
    #[arg(long)]
    redact: bool,
}

impl FromArgMatches for ImportFormat {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let find = |name: &str| IMPORTERS.iter().copied().find(|format| format.name() == name);
        let (importer, matches) = formats::chosen(matches, find)?;
        Ok(Self { importer, options: ImportArguments::from_arg_matches(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for ImportFormat {
    fn augment_subcommands(command: Command) -> Command {
        let all = IMPORTERS.iter().map(|format| (format.name(), format.about()));
        formats::subcommands(command, all, ImportArguments::augment_args)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        IMPORTERS.iter().any(|format| format.name() == name)
    }
}

/// The maximum number of notes, and of secrets, that are listed. The rest is only counted.
const SHOWN: usize = 20;

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let ImportFormat { importer, options } = arguments.from;
    let repo = context.repo()?;
    if repo.is_bare() {
        return Err(CliError::usage("an import writes files, and a bare repository has no worktree")
            .with_hint("clone it, import into the clone, and push"));
    }
    let name = name_of(&options, importer)?;
    let read = match options.file.as_os_str() == "-" {
        true => read_tickets(importer, std::io::stdin().lock()),
        false => read_tickets(importer, open_outside(&context.process.folder.join(&options.file))?),
    };
    let (records, broken) = read.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::FileTooLarge => "nothing was imported; split the file and import the parts",
            _ => "nothing was imported; get the file again and import it",
        };
        CliError::environment(error)
            .with_context(format!("cannot read {}", options.file.display()))
            .with_hint(hint)
    })?;

    let locked = context.lock(repo)?;
    let store = context.store()?;
    let how = ImportOptions { name, theirs: options.theirs, redact: options.redact };
    let import = Import::prepare(&locked, &store, &records, &how)?;
    drop(records);
    let progress = context.ui.progress("writing", import.writes());
    let mut done = import.write(&|written| progress.set(written))?;
    progress.finish();
    drop(locked);

    let is_partial = !broken.is_empty()
        || done.refused > 0
        || !done.left_alone.is_empty()
        || !done.removed_services.is_empty();
    let broken = broken.iter().map(ToString::to_string);
    done.notes = broken.chain(std::mem::take(&mut done.notes)).collect();
    tell(&done, context);
    if context.ui.is_json() {
        context.ui.json(&answer(done));
    }
    Ok(if is_partial { Outcome::ProblemsFound } else { Outcome::Done })
}

/// Returns the name of the import, such as `fluid` for `exports/fluid.jsonl.gz`.
fn name_of(options: &ImportArguments, importer: &dyn Importer) -> Result<String, CliError> {
    if let Some(name) = &options.name {
        return match slugify(name) == *name && !name.is_empty() {
            true => Ok(name.clone()),
            false => Err(CliError::usage(format!("`{}` is not a valid name for an import", one_line(name)))
                .with_hint("use lower-case letters, digits and hyphens, as in `--name old-jira`")),
        };
    }
    let name = options.file.file_name().map(Path::new).unwrap_or(Path::new(""));
    let name = if name.extension().is_some_and(|ending| ending == "gz") {
        name.with_extension("")
    } else {
        name.into()
    };
    let slug = slugify(&name.file_stem().unwrap_or_default().to_string_lossy());
    Ok(if slug.is_empty() { importer.name().to_owned() } else { slug })
}

fn tell(done: &ImportReport, context: &Context) {
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
    ui.say(summary(done));
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
fn shorten(texts: impl Iterator<Item = String>, context: &Context) {
    let texts: Vec<String> = texts.collect();
    texts.iter().take(SHOWN).for_each(|text| context.ui.warn(text));
    if texts.len() > SHOWN {
        context.ui.warn(format!("… and {} more", texts.len() - SHOWN));
    }
}

fn summary(done: &ImportReport) -> String {
    let mut summary = format!(
        "{} and {}: {} new or changed, {} unchanged",
        Plural(done.tickets, "ticket"),
        Plural(done.replies, "reply"),
        Plural(done.written, "file"),
        done.unchanged,
    );
    if !done.removed.is_empty() {
        summary.push_str(&format!(", {} removed because the source removed them", done.removed.len()));
    }
    if !done.services.is_empty() {
        let services = Plural(done.services.len(), "service");
        summary.push_str(&format!("; {services} added to {SETTINGS_PATH}"));
    }
    summary
}

fn answer(done: ImportReport) -> ImportAnswer {
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
