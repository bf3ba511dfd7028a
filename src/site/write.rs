//! Writes a site to a folder: writes changed files and removes stale files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, ErrorKind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rayon::prelude::*;

use super::clashes::{clashes, folders_above, same_name};
use super::inputs::{Input, PageInputs, traced};
use super::last_build::LastBuild;
use super::manifest::{read_manifest, write_manifest};
use super::output::Output;
use super::plan::{MadeFile, Plan};
use super::{Site, SiteError, ThemeProblem};
use crate::diagnostic::Hinted;
use crate::repo::Contents;
use crate::text::RepoPath;

/// The caller's part of a build: a clock, and what happens when the work progresses.
pub(crate) struct BuildWatch<'a> {
    /// Returns the time since any fixed moment.
    pub stopwatch: &'a (dyn Fn() -> Duration + Sync),
    /// Is called at the start of each phase, with its name and the number of its steps.
    pub phase: &'a dyn Fn(&'static str, usize),
    /// Is called after each step that is counted.
    pub step: &'a (dyn Fn() + Sync),
}

/// The page that took longest to render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlowPage {
    /// The page's path, relative to the root of the site.
    pub path: String,
    pub took: Duration,
}

/// The time above which a page is reported as slow.
const SLOW: Duration = Duration::from_secs(1);

/// A summary of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BuildReport {
    /// The files that were new or had changed.
    pub written: Vec<String>,
    /// Why each of these files was rendered.
    pub reasons: BTreeMap<String, String>,
    /// The number of files that were rendered or copied, also those that stayed as they were.
    pub rendered: usize,
    /// The stale files of an earlier build.
    pub removed: Vec<String>,
    /// The number of files that did not change.
    pub unchanged: usize,
    /// The files that could not be written or removed. All other files of the site are complete.
    pub problems: Vec<WriteProblem>,
    /// The slowest page, if it took over a second.
    pub slowest: Option<SlowPage>,
}

/// A file of the site that could not be written or removed, or a theme file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WriteProblem {
    /// The file's path, relative to the root of the site; for a theme file, relative to the repository.
    pub path: String,
    /// The file in the repository that the file is a copy of, if it is a copy.
    pub original: Option<RepoPath>,
    pub reason: String,
    /// The next step, if there is one.
    pub hint: Option<String>,
}

impl WriteProblem {
    fn of_theme(problem: ThemeProblem) -> Self {
        Self {
            path: problem.place(),
            original: None,
            reason: format!("{}; the built-in file is used instead", problem.reason),
            hint: Some("correct the file and build again".to_owned()),
        }
    }
}

/// Writes `site` to `output` page by page, so that only a few pages are in memory. Without the `last` build, all pages are rendered. A file that cannot be written
/// becomes a [`WriteProblem`], and the build continues. Files that no build made are never changed.
///
/// The manifest is written first, with the names of old and new files. If a build is killed, the next build therefore
/// knows all files that it made.
///
/// # Errors
/// Fails if the folder contains files but no site, or if no file can be written.
pub(crate) fn write(
    site: &Site,
    output: &dyn Output,
    last: Option<LastBuild<'_>>,
    watch: &BuildWatch<'_>,
) -> Result<BuildReport, SiteError> {
    let known = read_manifest(output)?;
    let mut plan = Plan::of(site, output, last);
    plan.prepare(watch.phase);
    let index = plan.index();
    let mut paths: BTreeSet<&str> = site.pages().chain(index.iter().map(String::as_str)).collect();
    plan.find_fresh(&paths);
    plan.prepare_similar(&paths, watch.phase);
    let mut build = Build {
        site,
        output,
        plan: &plan,
        manifest: known.clone(),
        problems: Mutex::default(),
        stopwatch: watch.stopwatch,
        slowest: Mutex::default(),
    };
    for (path, (reason, hint)) in clashes(&paths, |path| site.original(path).is_some()) {
        paths.remove(path);
        build.add_problem(path, &SiteError::Name { reason, hint });
    }
    let mut stale: BTreeSet<&str> =
        known.iter().map(String::as_str).filter(|path| !paths.contains(path)).collect();
    let mut outcome = BuildReport::default();
    for path in blocking_files(&stale, &paths) {
        stale.remove(path);
        build.remove(path, &mut outcome);
    }
    let former = plan.former_files();
    stale.retain(|path| !former.contains(*path));
    let added: Vec<&str> = paths.iter().copied().filter(|path| !known.contains(*path)).collect();
    let foreign: Vec<bool> =
        added.par_iter().map(|path| build.is_foreign(path)).collect::<Result<_, SiteError>>()?;
    for (path, _) in added.iter().zip(foreign).filter(|(_, is_foreign)| *is_foreign) {
        paths.remove(path);
    }
    build.save(known.iter().map(String::as_str).chain(paths.iter().copied()))?;
    (watch.phase)("writing", paths.len());
    let mut failed = BTreeSet::new();
    let mut record = plan.new_record(&index);
    // A page is written after the files that it uses, and the front page is written last, so that links always work.
    for stage in 0..3 {
        let stage: Vec<&str> = paths.iter().copied().filter(|path| stage_of(path) == stage).collect();
        let outcomes: Vec<WriteOutcome> = stage
            .par_iter()
            .map(|path| build.write_file(path).inspect(|_| (watch.step)()))
            .collect::<Result<_, SiteError>>()?;
        for (path, result) in stage.into_iter().zip(outcomes) {
            match result {
                WriteOutcome::Fresh => {
                    plan.keep(path, &mut record);
                    outcome.unchanged += 1;
                }
                WriteOutcome::Written(made) => {
                    outcome.rendered += 1;
                    outcome.reasons.insert(path.to_owned(), plan.reason(path));
                    outcome.written.push(path.to_owned());
                    plan.add(path, made, &mut record);
                }
                WriteOutcome::Unchanged(made) => {
                    outcome.rendered += 1;
                    plan.add(path, made, &mut record);
                    outcome.unchanged += 1;
                }
                WriteOutcome::Failed => _ = failed.insert(path),
            }
        }
    }
    for path in stale {
        build.remove(path, &mut outcome);
    }
    // A file that could not be replaced or removed stays in the manifest, because an earlier build made it.
    let removed: BTreeSet<&str> = outcome.removed.iter().map(String::as_str).collect();
    let remaining = known.iter().map(String::as_str).filter(|path| !removed.contains(path));
    build.save(remaining.chain(paths.iter().copied().filter(|path| !failed.contains(path))))?;
    outcome.written.sort();
    outcome.removed.sort();
    outcome.problems = build.problems.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome.slowest = build.slowest.into_inner().unwrap_or_else(PoisonError::into_inner);
    plan.save(record);
    outcome.problems.extend(site.theme_problems().into_iter().map(WriteProblem::of_theme));
    outcome.problems.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(outcome)
}

/// The state of a running build.
struct Build<'a> {
    site: &'a Site,
    output: &'a dyn Output,
    plan: &'a Plan<'a>,
    /// The content of the manifest in the output folder.
    manifest: BTreeSet<String>,
    problems: Mutex<Vec<WriteProblem>>,
    stopwatch: &'a (dyn Fn() -> Duration + Sync),
    slowest: Mutex<Option<SlowPage>>,
}

/// The result of writing one file.
enum WriteOutcome {
    /// The file did not have to be rendered.
    Fresh,
    Written(MadeFile),
    /// The file was rendered and is as before.
    Unchanged(MadeFile),
    Failed,
}

impl Build<'_> {
    /// Writes the file at `path` unless it is up to date.
    fn write_file(&self, path: &str) -> Result<WriteOutcome, SiteError> {
        if self.plan.is_fresh(path) {
            return Ok(WriteOutcome::Fresh);
        }
        let result = self.try_write(path);
        if let Err(SiteError::Write { source }) = &result
            && is_disk_full(source)
        {
            // Smaller files may still fit, so the build stops only if even the manifest cannot be written.
            write_manifest(self.output, &self.manifest, &BTreeSet::new())?;
        }
        match result {
            Ok(outcome) => Ok(outcome),
            Err(error) if error.is_of_one_file() => {
                self.add_problem(path, &error);
                Ok(WriteOutcome::Failed)
            }
            Err(error) => Err(error),
        }
    }

    fn try_write(&self, path: &str) -> Result<WriteOutcome, SiteError> {
        let (origin, trace) = traced(|| self.origin(path));
        let origin = origin?;
        let is_as_before = self.output.holds(path, origin.contents()?).map_err(failed)?;
        if !is_as_before {
            self.output.write(path, origin.contents()?).map_err(failed)?;
        }
        let made = MadeFile {
            inputs: match &origin {
                Origin::Rendered(_) => PageInputs::from(trace),
                Origin::Original(_, path) => {
                    let others = vec![Input::Copy(path.as_str().to_owned())];
                    PageInputs { others, ..PageInputs::default() }
                }
            },
            state: self.output.state(path).map_err(failed)?,
        };
        Ok(if is_as_before { WriteOutcome::Unchanged(made) } else { WriteOutcome::Written(made) })
    }

    /// Returns whether `path` has a file that no build made and that differs from the site's file. Adds a problem if
    /// so.
    fn is_foreign(&self, path: &str) -> Result<bool, SiteError> {
        let look = || -> Result<(), SiteError> {
            let is_fine = !self.output.exists(path).map_err(failed)?
                || self.output.holds(path, self.origin(path)?.contents()?).map_err(failed)?;
            if is_fine { Ok(()) } else { Err(SiteError::Foreign) }
        };
        match look() {
            Ok(()) => Ok(false),
            Err(error) if error.is_of_one_file() => {
                self.add_problem(path, &error);
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    fn origin(&self, path: &str) -> Result<Origin<'_>, SiteError> {
        match self.site.original(path) {
            Some(original) => Ok(Origin::Original(self.site, original)),
            None => {
                let start = (self.stopwatch)();
                let page = self.site.render(path);
                self.note_time(path, (self.stopwatch)().saturating_sub(start));
                page.map(Origin::Rendered)
            }
        }
    }

    fn note_time(&self, path: &str, took: Duration) {
        if took > SLOW {
            let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
            if slowest.as_ref().is_none_or(|slowest| slowest.took < took) {
                *slowest = Some(SlowPage { path: path.to_owned(), took });
            }
        }
    }

    fn remove(&self, path: &str, outcome: &mut BuildReport) {
        match self.output.remove(path) {
            Ok(()) => outcome.removed.push(path.to_owned()),
            Err(source) => self.add_problem(path, &SiteError::Stale { source }),
        }
    }

    fn add_problem(&self, path: &str, error: &impl Hinted) {
        let original = self.site.original(path).cloned();
        let problem =
            WriteProblem { path: path.to_owned(), original, reason: error.to_string(), hint: error.hint() };
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
    }

    /// Writes the manifest unless it already lists these files.
    fn save<'a>(&mut self, paths: impl Iterator<Item = &'a str>) -> Result<(), SiteError> {
        let manifest: BTreeSet<&str> = paths.collect();
        if !manifest.iter().copied().eq(self.manifest.iter().map(String::as_str)) {
            let manifest = manifest.into_iter().map(str::to_owned).collect();
            write_manifest(self.output, &manifest, &self.manifest)?;
            self.manifest = manifest;
        }
        Ok(())
    }
}

/// The source of a file's contents.
enum Origin<'a> {
    Rendered(Vec<u8>),
    Original(&'a Site, &'a RepoPath),
}

impl Origin<'_> {
    fn contents(&self) -> Result<Contents<'_>, SiteError> {
        match self {
            Self::Rendered(bytes) => Ok(Contents::Bytes(bytes)),
            Self::Original(site, path) => {
                let stream = site.store().source().open(path).map_err(|source| SiteError::Read { source })?;
                Ok(Contents::Stream(stream))
            }
        }
    }
}

/// Returns the stage in which a file is written: assets and data first, then pages, then pages at the root.
fn stage_of(path: &str) -> usize {
    match (path.ends_with(".html"), path.contains('/')) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 2,
    }
}

/// Lists the stale files that must be removed before the new files are written, because a new file or its folder has
/// the same path, or a path that a file system could treat as the same.
pub(super) fn blocking_files<'a>(stale: &BTreeSet<&'a str>, paths: &BTreeSet<&str>) -> Vec<&'a str> {
    if stale.is_empty() {
        return Vec::new();
    }
    let files: HashSet<Cow<'_, str>> = paths.iter().map(|path| same_name(path)).collect();
    let folders: HashSet<&str> = files.iter().flat_map(|file| folders_above(file)).collect();
    let is_in_the_way = |path: &&&str| {
        let name = same_name(path);
        files.contains(&name)
            || folders.contains(&*name)
            || folders_above(&name).any(|folder| files.contains(folder))
    };
    stale.iter().filter(is_in_the_way).copied().collect()
}

fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

fn failed(source: io::Error) -> SiteError {
    SiteError::Write { source }
}
