//! `casebook import markdown`

use std::path::{Path, PathBuf};

use super::{CommonArguments, SourceNotes, name_of, report, write};
use crate::cli::{CliError, Context, Outcome};
use crate::{
    api::{PlannedFileAnswer, PlannedImportAnswer},
    import::markdown::{Collection, Mapping, MarkdownRecords, records_of},
    intake::{Import, ImportOptions, ImportTarget},
    repo::{OutsideFolder, Repo, read_outside},
    text::{Plural, one_line},
};

pub(super) const NAME: &str = "markdown";
pub(super) const ABOUT: &str = "A folder of Markdown files, as a team or another tool keeps it";

/// The arguments of `casebook import markdown`.
#[derive(clap::Args)]
pub(super) struct MarkdownArguments {
    /// The folder
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    folder: PathBuf,
    /// A file that says what the keys and words of the files mean. `--dry-run` prints one that can be saved and changed.
    /// Without it, the import uses the same guess
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    map: Option<PathBuf>,
    /// What the files become
    #[arg(long, value_name = "KIND", value_enum, default_value_t = Target::Tickets)]
    to: Target,
    /// Print the mapping and what would be imported, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Target {
    Tickets,
    Knowledge,
}

/// The maximum number of skipped files that are listed.
const SHOWN: usize = 10;

pub(super) fn run(arguments: MarkdownArguments, repo: &Repo, context: &Context) -> Result<Outcome, CliError> {
    let MarkdownArguments { folder: path, map, to, dry_run, common } = arguments;
    let path = context.process.folder.join(path);
    let folder = OutsideFolder::list(&path).map_err(|error| {
        CliError::from(error).with_hint("give the folder that contains the Markdown files")
    })?;
    let name = name_of(&common, folder.root(), NAME)?;
    refuse_own(&folder, repo)?;
    let given = map.map(|map| read_map(&context.process.folder.join(&map))).transpose()?;
    let store = context.store()?;
    let history = folder.history(&context.process.environment);
    let mut collection = Collection::read(&folder, &history)?;
    let mapping = match given {
        Some(mapping) => {
            collection.settle(&mapping);
            mapping
        }
        None => Mapping::propose(&mut collection, &store.settings),
    };
    let target = match to {
        Target::Tickets => ImportTarget::Tickets,
        Target::Knowledge => ImportTarget::Knowledge,
    };
    let MarkdownRecords { records, paths, notes } =
        records_of(&collection, &mapping, &store.settings, target == ImportTarget::Tickets);
    let has_problems = !collection.refused.is_empty();
    let refused = collection.refused.iter().map(|refused| format!("not imported: {refused}"));
    let notes: Vec<String> = refused.chain(collection.notes.iter().cloned()).chain(notes).collect();
    let how = ImportOptions { name, theirs: common.theirs, redact: common.redact, target };
    tell_skipped(&collection, context);
    if !dry_run {
        drop(store);
        return write(&records, SourceNotes { notes, has_problems }, &how, repo, context);
    }

    let locked = context.lock(repo)?;
    let import = Import::prepare(&locked, &store, &records, &how)?;
    let files: Vec<PlannedFileAnswer> = paths
        .into_iter()
        .zip(&records)
        .map(|(file, record)| PlannedFileAnswer { path: import.path_of(record), file })
        .collect();
    let notes: Vec<String> = notes.into_iter().chain(import.notes().iter().cloned()).collect();
    report::shorten(notes.iter().map(|note| one_line(note)), context);
    let (count, writes) = (Plural(records.len(), "file"), Plural(import.writes(), "file"));
    if context.ui.is_json() {
        context.ui.json(&PlannedImportAnswer {
            map: mapping.compose(),
            files,
            skipped: collection.skipped().to_vec(),
            notes,
        });
    } else {
        context.ui.write(mapping.compose().as_bytes());
        for PlannedFileAnswer { file, path } in files.iter().take(SHOWN) {
            match path {
                Some(path) => context.ui.say(format!("{} → {path}", one_line(file))),
                None => context.ui.say(format!("{} is not imported", one_line(file))),
            }
        }
        if files.len() > SHOWN {
            context.ui.say(format!("… and {} more", files.len() - SHOWN));
        }
    }
    context.ui.say(format!("{count} would be imported, and {writes} written; nothing was changed"));
    context.ui.help("save the mapping above, correct it, and import with `--map FILE`");
    Ok(if has_problems { Outcome::ProblemsFound } else { Outcome::Done })
}

/// Refuses a folder that the import writes to, or that contains such a folder.
fn refuse_own(folder: &OutsideFolder, repo: &Repo) -> Result<(), CliError> {
    let inside = ["tickets", "knowledge"].iter().any(|own| folder.is_inside(&repo.root().join(own)));
    if !inside && !folder.contains(repo.root()) {
        return Ok(());
    }
    Err(CliError::usage("the folder belongs to the casebook that the import writes to").with_hint(
        "move the files out of it, for example with `git mv tickets/old ../old`, and import that folder",
    ))
}

fn read_map(path: &Path) -> Result<Mapping, CliError> {
    let text = read_outside(path)?
        .ok_or_else(|| CliError::usage(format!("the mapping {} does not exist", path.display())))?;
    Mapping::parse(&text).map_err(|problems| {
        CliError::usage(format!("the mapping {} is not valid: {}", path.display(), problems.join("; ")))
            .with_hint("`--dry-run` without `--map` prints a valid mapping")
    })
}

fn tell_skipped(collection: &Collection, context: &Context) {
    let skipped = collection.skipped();
    for path in skipped.iter().take(SHOWN) {
        context.ui.say(format!("skipped: {}", one_line(path)));
    }
    if skipped.len() > SHOWN {
        context.ui.say(format!("skipped: {} more README and index files", skipped.len() - SHOWN));
    }
    if collection.others > 0 {
        context.ui.say(format!("not Markdown, not imported: {}", Plural(collection.others, "file")));
    }
}
