//! `casebook import`

mod markdown;
mod report;

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};

use crate::cli::{CliError, Context, Outcome, formats};
use crate::{
    import::IMPORTERS,
    intake::{Import, ImportOptions, ImportTarget, Importer, read_tickets},
    repo::{Repo, open_outside},
    text::{is_reserved_name, one_line, slugify},
    ticket::TicketRecord,
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
enum ImportFormat {
    /// A file of a registered format.
    File(&'static dyn Importer, FileArguments),
    /// A folder of Markdown files.
    Markdown(markdown::MarkdownArguments),
}

/// The arguments of formats that are files.
#[derive(clap::Args)]
struct FileArguments {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    common: CommonArguments,
}

/// The arguments that all formats have.
#[derive(clap::Args)]
struct CommonArguments {
    /// The name of the import and of its lock `imports/NAME.lock` [default: the name of the file or folder without its
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
        if let Some((markdown::NAME, matches)) = matches.subcommand() {
            return Ok(Self::Markdown(markdown::MarkdownArguments::from_arg_matches(matches)?));
        }
        let find = |name: &str| IMPORTERS.iter().copied().find(|format| format.name() == name);
        let (importer, matches) = formats::chosen(matches, find)?;
        Ok(Self::File(importer, FileArguments::from_arg_matches(matches)?))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for ImportFormat {
    fn augment_subcommands(command: Command) -> Command {
        let all = IMPORTERS.iter().map(|format| (format.name(), format.about()));
        formats::subcommands(command, all, FileArguments::augment_args).subcommand(
            markdown::MarkdownArguments::augment_args(Command::new(markdown::NAME)).about(markdown::ABOUT),
        )
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        name == markdown::NAME || IMPORTERS.iter().any(|format| format.name() == name)
    }
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    if repo.is_bare() {
        return Err(CliError::usage("an import writes files, and a bare repository has no worktree")
            .with_hint("clone it, import into the clone, and push"));
    }
    match arguments.from {
        ImportFormat::File(importer, arguments) => import_file(importer, arguments, repo, context),
        ImportFormat::Markdown(arguments) => markdown::run(arguments, repo, context),
    }
}

fn import_file(
    importer: &dyn Importer,
    arguments: FileArguments,
    repo: &Repo,
    context: &Context,
) -> Result<Outcome, CliError> {
    let FileArguments { file, common } = arguments;
    let name = name_of(&common, &file, importer.name())?;
    let reading = context.ui.progress("reading", 0);
    let read = match file.as_os_str() == "-" {
        true => read_tickets(importer, std::io::stdin().lock()),
        false => read_tickets(importer, open_outside(&context.process.folder.join(&file))?),
    };
    let (records, broken) = read.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::FileTooLarge => "nothing was imported; split the file and import the parts",
            _ => "nothing was imported; get the file again and import it",
        };
        CliError::environment(error).with_context(format!("cannot read {}", file.display())).with_hint(hint)
    })?;
    drop(reading);
    let how =
        ImportOptions { name, theirs: common.theirs, redact: common.redact, target: ImportTarget::Tickets };
    let has_problems = !broken.is_empty();
    let notes = broken.iter().map(ToString::to_string).collect();
    write(&records, SourceNotes { notes, has_problems }, &how, repo, context)
}

/// What reading a source told.
struct SourceNotes {
    notes: Vec<String>,
    /// Whether a part of the source cannot be imported.
    has_problems: bool,
}

/// Writes the files of `records` and prints the result.
fn write(
    records: &[TicketRecord],
    source: SourceNotes,
    how: &ImportOptions,
    repo: &Repo,
    context: &Context,
) -> Result<Outcome, CliError> {
    let locked = context.lock(repo)?;
    let store = context.store()?;
    let comparing = context.ui.progress("comparing", records.len());
    let import = Import::prepare(&locked, &store, records, how)?;
    drop(comparing);
    let progress = context.ui.progress("writing", import.writes());
    let mut done = import.write(&|written| progress.set(written))?;
    drop(progress);
    drop(locked);

    let is_partial = source.has_problems
        || done.refused > 0
        || !done.left_alone.is_empty()
        || !done.removed_services.is_empty();
    done.notes = source.notes.into_iter().chain(std::mem::take(&mut done.notes)).collect();
    report::tell(&done, how.target, context);
    if context.ui.is_json() {
        context.ui.json(&report::answer(done));
    }
    Ok(if is_partial { Outcome::ProblemsFound } else { Outcome::Done })
}

/// Returns the name of the import, such as `fluid` for `exports/fluid.jsonl.gz`.
fn name_of(options: &CommonArguments, file: &Path, format: &str) -> Result<String, CliError> {
    if let Some(name) = &options.name {
        return match slugify(name) == *name && !name.is_empty() && !is_reserved_name(name) {
            true => Ok(name.clone()),
            false => Err(CliError::usage(format!("`{}` is not a valid name for an import", one_line(name)))
                .with_hint("use lower-case letters, digits and hyphens, as in `--name old-jira`")),
        };
    }
    let name = file.file_name().map(Path::new).unwrap_or(Path::new(""));
    let name = if name.extension().is_some_and(|ending| ending == "gz") {
        name.with_extension("")
    } else {
        name.into()
    };
    let slug = slugify(&name.file_stem().unwrap_or_default().to_string_lossy());
    Ok(if slug.is_empty() || is_reserved_name(&slug) { format.to_owned() } else { slug })
}
