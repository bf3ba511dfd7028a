//! Decides which files of a site a build has to render, and why.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::Site;
use super::index::{FOLDER, has_hashed_name};
use super::inputs::{Input, Trace};
use super::model::{InputValue, InputValues};
use super::output::Output;
use super::record::{BuildRecord, RecordPlace, RecordWriter, RecordedFile};
use crate::repo::SiteFileState;

/// The time in nanoseconds within which a file system can give two changes of a file the same time.
const TICK_NS: i64 = 20_000_000;

/// What a build has to render.
pub(super) struct Plan<'a> {
    site: &'a Site,
    output: &'a dyn Output,
    place: Option<&'a RecordPlace>,
    values: InputValues<'a>,
    rules: u64,
    everything: InputValue,
    former: Option<BuildRecord>,
    index_is_fresh: bool,
    /// The files that need not be rendered.
    fresh: BTreeSet<String>,
    /// Why a file that the last build made has to be rendered.
    reasons: HashMap<String, String>,
}

/// A file that a build rendered.
pub(super) struct MadeFile {
    pub(super) inputs: Vec<Input>,
    /// The state of the file in the output folder, if the folder can tell.
    pub(super) state: Option<SiteFileState>,
}

impl<'a> Plan<'a> {
    pub(super) fn of(site: &'a Site, output: &'a dyn Output, place: Option<&'a RecordPlace>) -> Self {
        let settled_ns = place.map_or(i64::MIN, |place| place.started_ns.saturating_sub(TICK_NS));
        let values = InputValues::new(&site.model, settled_ns);
        let rules = values.rules(&(site.options_key(), place.map(|place| place.program)));
        let everything = values.of(&Input::Everything);
        let former = place.and_then(|place| BuildRecord::read(&place.slot, rules));
        let mut plan = Self {
            site,
            output,
            place,
            values,
            rules,
            everything,
            former,
            index_is_fresh: false,
            fresh: BTreeSet::new(),
            reasons: HashMap::new(),
        };
        plan.index_is_fresh = plan.former.as_ref().is_some_and(|former| {
            let is_there =
                |path: &String| former.file(path).is_some_and(|file| plan.is_untouched(path, file));
            plan.has_same_texts() && former.index.par_iter().all(is_there)
        });
        plan
    }

    /// Returns whether it is certain that no ticket or article changed since the last build.
    fn has_same_texts(&self) -> bool {
        let former = self.former.as_ref().and_then(|former| former.everything);
        former.is_some() && former == self.everything
    }

    /// Returns whether the search index has to be built.
    pub(super) fn needs_index(&self) -> bool {
        !self.index_is_fresh
    }

    /// Returns the paths of the files of the search index. If [`Plan::needs_index`], the site must have built it.
    pub(super) fn index(&self) -> Vec<String> {
        match self.former.as_ref().filter(|_| self.index_is_fresh) {
            Some(former) => former.index.clone(),
            None => self.site.index().keys().cloned().collect(),
        }
    }

    /// Finds the files among `paths` that need not be rendered. Similar tickets are not compared yet.
    pub(super) fn find_fresh(&mut self, paths: &BTreeSet<&str>) {
        let Some(former) = &self.former else { return };
        let changed = former.changed(|input, value| match input {
            Input::Similar(_) => false,
            _ => self.values.of(input) != Some(value),
        });
        let look = |path: &&str| -> Option<(String, Option<String>)> {
            let file = former.file(path)?;
            // The names of the other index files are hashes of their contents.
            let is_index = !self.index_is_fresh
                && path.starts_with(FOLDER)
                && !has_hashed_name(path)
                && self.site.index().contains_key(*path);
            let input = if is_index { Some(&Input::Everything) } else { changed.of(file) };
            let reason = input.map(ToString::to_string);
            let touched =
                || (!self.is_untouched(path, file)).then(|| "the file was changed or removed".to_owned());
            Some(((*path).to_owned(), reason.or_else(touched)))
        };
        let found: Vec<(String, Option<String>)> =
            paths.iter().collect::<Vec<_>>().into_par_iter().filter_map(look).collect();
        for (path, reason) in found {
            match reason {
                None => _ = self.fresh.insert(path),
                Some(reason) => _ = self.reasons.insert(path, reason),
            }
        }
    }

    /// Returns whether the similar tickets have to be found: a page that shows them has to be rendered, or their lists can
    /// differ from those of the last build.
    pub(super) fn needs_similar(&self, paths: &BTreeSet<&str>) -> bool {
        !self.has_same_texts()
            || paths.iter().any(|path| path.starts_with("tickets/") && !self.fresh.contains(*path))
    }

    /// Finds the pages whose similar tickets differ from those of the last build.
    pub(super) fn compare_similar(&mut self) {
        let Some(former) = &self.former else { return };
        let changed = former.changed(|input, value| match input {
            Input::Similar(id) => self.site.similar_value(id) != Some(value),
            _ => false,
        });
        let reason = |path: &String| changed.of(former.file(path)?).map(ToString::to_string);
        let stale: Vec<(String, String)> =
            self.fresh.iter().filter_map(|path| Some((path.clone(), reason(path)?))).collect();
        for (path, reason) in stale {
            self.fresh.remove(&path);
            self.reasons.insert(path, reason);
        }
    }

    pub(super) fn is_fresh(&self, path: &str) -> bool {
        self.fresh.contains(path)
    }

    /// Returns why the file at `path` was rendered.
    pub(super) fn reason(&self, path: &str) -> String {
        match self.reasons.get(path) {
            Some(reason) => reason.clone(),
            None if self.former.is_some() => "the file is new".to_owned(),
            None => "no build with these settings, templates and options came before".to_owned(),
        }
    }

    pub(super) fn inputs_of(&self, trace: Trace) -> Vec<Input> {
        self.values.inputs_of(trace)
    }

    pub(super) fn new_record(&self, index: &[String]) -> Option<RecordWriter> {
        self.place?;
        Some(RecordWriter::new(self.rules, self.everything, index.to_vec()))
    }

    /// Adds a fresh file to `record`.
    pub(super) fn keep(&self, path: &str, record: &mut Option<RecordWriter>) {
        if let (Some(record), Some(former)) = (record, &self.former)
            && let Some(file) = former.file(path)
        {
            record.keep(path, former, file);
        }
    }

    /// Adds a rendered file to `record`.
    pub(super) fn add(&self, path: &str, made: MadeFile, record: &mut Option<RecordWriter>) {
        if let (Some(record), Some(state)) = (record, made.state) {
            record.add(path, &made.inputs, state, |input| match input {
                Input::Similar(id) => self.site.similar_value(id),
                input => self.values.of(input),
            });
        }
    }

    /// Writes `record` for the next build.
    pub(super) fn save(&self, record: Option<RecordWriter>) {
        if let (Some(record), Some(place)) = (record, self.place) {
            record.finish().write(&place.slot);
        }
    }

    /// Returns whether the file at `path` is as the last build left it.
    fn is_untouched(&self, path: &str, file: &RecordedFile) -> bool {
        self.output.state(path).is_ok_and(|state| state == Some(file.state))
    }
}
