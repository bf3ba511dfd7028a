//! `casebook build`

use std::{
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use clap::ValueEnum;

use crate::cli::{CliError, Context, Outcome, ProcessEnvironment, progress::Progress, selection::normal};
use crate::{
    api::{BuildAnswer, BuildProblem},
    repo::{CacheSlot, Repo, real_place},
    site::{self, BuildOptions, BuildReport, BuildWatch, LastBuild, RecordPlace, Site},
    store::Store,
    template::TEMPLATE_FOLDER,
    text::Plural,
    view::{Audience, View},
};

/// Build the static site
///
/// Writes only files that changed. The same input gives the same output: neither the clock nor git's history is read. A
/// file that cannot be written is reported, and the rest of the site is built (exit status 1).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The output folder, relative to the repository
    #[arg(long, value_name = "DIR", default_value = "public", value_hint = clap::ValueHint::DirPath)]
    out: PathBuf,
    /// The audience of the site; a public site contains nothing internal
    #[arg(long, value_enum, default_value_t = AudienceOption::Internal)]
    audience: AudienceOption,
    /// Add pages of new tickets on the branches of pull requests (`ticket/*` of the remote, as far as they were fetched).
    /// The pages then also depend on these branches
    #[arg(long)]
    in_review: bool,
    /// List the files that were written, each with the reason, and the files that were removed
    #[arg(long)]
    explain: bool,
}

/// The audience of a site, as an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AudienceOption {
    /// Everybody.
    Public,
    /// The team.
    Internal,
}

impl From<AudienceOption> for Audience {
    fn from(given: AudienceOption) -> Self {
        match given {
            AudienceOption::Public => Self::Public,
            AudienceOption::Internal => Self::Internal,
        }
    }
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    if arguments.in_review && arguments.audience == AudienceOption::Public {
        return Err(CliError::usage("tickets in review are never public")
            .with_hint("leave out `--in-review`, or build the internal site with `--audience internal`"));
    }
    let repo = context.repo()?;
    let started_ns = start(repo);
    let store = context.store_read_once(arguments.in_review)?;
    let base = if repo.is_bare() { &context.process.folder } else { repo.root() };
    let out = normal(&base.join(&arguments.out));
    refuse_own_folders(&out, repo)?;
    refuse_own_folders(&real_place(&out), repo)?;
    let report = build(store, started_ns, arguments.audience, &out, context)?;
    if arguments.explain {
        for path in &report.written {
            let reason = report.reasons.get(path).map_or("", String::as_str);
            context.ui.say(format!("wrote {path}: {reason}"));
        }
        for path in &report.removed {
            context.ui.say(format!("removed {path}"));
        }
        let files = report.written.len() + report.unchanged;
        context.ui.say(format!("rendered {} of {}", report.rendered, Plural(files, "file")));
    }
    let summary = format!(
        "{} written, {} removed, {} unchanged",
        Plural(report.written.len(), "file"),
        report.removed.len(),
        report.unchanged
    );
    context.ui.say(summary);
    if let Some(slowest) = &report.slowest {
        let seconds = slowest.took.as_secs_f64();
        context.ui.say(format!("slowest page: `{}` took {seconds:.1} s", slowest.path));
    }
    if context.ui.is_json() {
        context.ui.json(&answer(&report, &out));
    } else {
        context.ui.line(out.display().to_string());
    }
    Ok(print_problems(&report, context))
}

fn answer(report: &BuildReport, out: &Path) -> BuildAnswer {
    let problems = report.problems.iter().map(|problem| BuildProblem {
        path: problem.path.clone(),
        file: problem.original.clone(),
        reason: problem.reason.clone(),
        hint: problem.hint.clone(),
    });
    BuildAnswer {
        out: out.display().to_string(),
        written: report.written.clone(),
        removed: report.removed.clone(),
        unchanged: report.unchanged,
        problems: problems.collect(),
    }
}

/// Prints the first files that could not be written. A folder that is not writable can cause thousands of problems.
pub(super) fn print_problems(report: &BuildReport, context: &Context) -> Outcome {
    const MAX: usize = 20;
    for problem in report.problems.iter().take(MAX) {
        let path = match &problem.original {
            Some(original) => format!("`{}` (a copy of `{original}`)", problem.path),
            None => format!("`{}`", problem.path),
        };
        let error = CliError::environment(format!("{path}: {}", problem.reason));
        context.ui.error(&error.with_hints(problem.hint.clone()));
    }
    if let Some(more) = report.problems.len().checked_sub(MAX).filter(|more| *more > 0) {
        let message = format!("more problems in {}", Plural(more, "file"));
        context.ui.error(&CliError::environment(message).with_hint("list them with `--format json`"));
    }
    if report.problems.is_empty() { Outcome::Done } else { Outcome::ProblemsFound }
}

/// Refuses output folders in which pages would do harm. In the folders of tickets and of the theme, the next build
/// would read the pages as its input. In git's folder, git could run them as programs.
fn refuse_own_folders(out: &Path, repo: &Repo) -> Result<(), CliError> {
    let own = ["", ".git", "tickets", "knowledge", TEMPLATE_FOLDER, site::FOLDER];
    let inside = out.strip_prefix(repo.root()).ok();
    let first = inside.map(|inside| inside.iter().next().unwrap_or_default().to_string_lossy().into_owned());
    let is_in_git = [repo.git_dir(), repo.common_dir()].iter().any(|git| out.starts_with(git));
    let what = match first {
        _ if repo.is_bare() => return Ok(()),
        // Some file systems ignore case.
        Some(first) if !own.iter().any(|own| first.eq_ignore_ascii_case(own)) && !is_in_git => return Ok(()),
        Some(first) if first.is_empty() => "the repository itself".to_owned(),
        Some(first) => format!("the repository's folder `{first}`"),
        None if is_in_git => "git's own folder".to_owned(),
        None => return Ok(()),
    };
    Err(CliError::usage(format!("cannot build the site into {what}"))
        .with_hint("choose another folder: `casebook build --out public`"))
}

/// Returns the time before a store is loaded for a build, by the clock of the repository's file system.
pub(super) fn start(repo: &Repo) -> i64 {
    record_slot(Path::new(""), repo).now_ns()
}

/// Returns the place for the record of builds into the folder `out`.
fn record_slot(out: &Path, repo: &Repo) -> CacheSlot {
    let name = blake3::hash(out.as_os_str().as_encoded_bytes()).to_hex();
    repo.cache_slot(&format!("site-{}", &name[..16]))
}

/// Builds the site of `store` into the folder `out`. `started_ns` is the time before the store was loaded, by the clock of
/// the repository's file system.
pub(super) fn build(
    store: Arc<Store>,
    started_ns: i64,
    audience: AudienceOption,
    out: &Path,
    context: &Context,
) -> Result<BuildReport, CliError> {
    let repo = context.repo()?;
    let view = View::of_site(audience.into(), &store.settings);
    let folder = repo.site_folder(out).map_err(|error| {
        CliError::from(error).with_hint("choose another folder: `casebook build --out public`")
    })?;
    let record = RecordPlace {
        slot: record_slot(out, repo),
        started_ns,
        program: ProcessEnvironment::program_stamp(),
    };
    let options = options(repo)?;
    let (site, last) = rayon::join(
        || Site::since(store.seen_by(view), options, &record),
        || LastBuild::read(&record, &folder),
    );
    // The program ends soon after a build, and `demo` has few texts. Freeing each text of a large site takes as long as a part of a
    // small change.
    let site = ManuallyDrop::new(site);
    let phase: Mutex<Option<Progress>> = Mutex::new(None);
    let of_phase = || phase.lock().unwrap_or_else(PoisonError::into_inner);
    let watch = BuildWatch {
        stopwatch: &ProcessEnvironment::stopwatch(),
        phase: &|name, size| {
            // The former phase is removed before the next one is shown.
            *of_phase() = None;
            *of_phase() = Some(context.ui.progress(name, size));
        },
        step: &|| of_phase().iter().for_each(Progress::step),
    };
    let report = site::write(&site, &folder, Some(last), &watch);
    *of_phase() = None;
    Ok(report?)
}

/// Returns the options that `build` and `serve` share.
pub(super) fn options(repo: &Repo) -> Result<BuildOptions, CliError> {
    let options = BuildOptions::default();
    let main = repo.default_remote_branch()?.map(|main| main.branch).or_else(|| repo.branch());
    Ok(match main {
        Some(branch) => BuildOptions { branch, ..options },
        None => options,
    })
}
