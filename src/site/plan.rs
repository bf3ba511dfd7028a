//! Decides which files of a site a build has to render, and why.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::Site;
use super::index::{FOLDER, SiteIndex, has_hashed_name};
use super::inputs::{Input, PageInput, PageInputs};
use super::last_build::LastBuild;
use super::model::{InputValue, InputValues};
use super::output::Output;
use super::record::{BuildRecord, RecordPlace, RecordWriter};
use super::theme::ASSETS;
use crate::repo::SiteFileState;
use crate::search::Item;
use crate::search::site_texts::SiteTexts;

/// What a build has to render.
pub(super) struct Plan<'a> {
    site: &'a Site,
    output: &'a dyn Output,
    place: Option<&'a RecordPlace>,
    values: InputValues<'a>,
    rules: u64,
    everything: InputValue,
    /// The last build, if it was made with the same rules.
    former: Option<BuildRecord>,
    /// The assets of the last build.
    last_assets: HashSet<String>,
    /// The files of the last build that something else changed or removed.
    touched: HashSet<String>,
    /// Whether nothing else changed the files of the last build's index.
    index_is_untouched: bool,
    index_is_fresh: bool,
    /// The files that need not be rendered.
    fresh: HashSet<String>,
    /// Why a file that the last build made has to be rendered.
    reasons: HashMap<String, String>,
}

/// A file that a build rendered.
pub(super) struct MadeFile {
    pub(super) inputs: PageInputs,
    /// The state of the file in the output folder, if the folder can tell.
    pub(super) state: Option<SiteFileState>,
}

impl<'a> Plan<'a> {
    pub(super) fn of(site: &'a Site, output: &'a dyn Output, last: Option<LastBuild<'a>>) -> Self {
        let (place, last, touched) = match last {
            Some(LastBuild { place, record, touched }) => (Some(place), record, touched),
            None => (None, None, HashSet::default()),
        };
        let values = InputValues::new(&site.model, place.map_or(i64::MIN, RecordPlace::settled_ns));
        let rules = values.rules(&(site.options_key(), place.map(|place| place.program)));
        let everything = values.of(&Input::Everything);
        let paths = last.iter().flat_map(BuildRecord::paths);
        let last_assets = paths.filter(|path| path.starts_with(ASSETS)).map(str::to_owned).collect();
        let former = last.filter(|record| record.rules == rules);
        let mut plan = Self {
            site,
            output,
            place,
            values,
            rules,
            everything,
            former,
            last_assets,
            touched,
            index_is_untouched: false,
            index_is_fresh: false,
            fresh: HashSet::default(),
            reasons: HashMap::default(),
        };
        plan.index_is_untouched = plan.former.as_ref().is_some_and(|former| {
            former.index.iter().all(|path| former.file(path).is_some() && !plan.touched.contains(path))
        });
        plan.index_is_fresh = plan.index_is_untouched && plan.has_same_texts();
        plan
    }

    /// Builds or updates the search index, and compares the tickets, at the same time.
    pub(super) fn prepare(&mut self, phase: &dyn Fn(&'static str, usize)) {
        if !self.index_is_fresh {
            phase("indexing", self.site.model.ticket_count());
        }
        let this = &*self;
        let compare = || {
            if !this.has_same_tickets() {
                this.site.model.prepare_report();
            }
        };
        rayon::join(compare, || this.prepare_index());
    }

    /// Returns whether it is certain that no ticket or article changed since the last build.
    fn has_same_texts(&self) -> bool {
        let former = self.former.as_ref().and_then(|former| former.everything);
        former.is_some() && former == self.everything
    }

    /// Returns whether it is certain that this also holds for tickets without a page, which are compared for the team.
    fn has_same_tickets(&self) -> bool {
        let former = self.former.iter().flat_map(BuildRecord::inputs);
        let counted = former.filter(|(input, _)| **input == Input::Report).map(|(_, value)| value).next();
        let is_same = || counted.is_some() && counted == self.values.of(&Input::Report);
        self.has_same_texts() && (!self.site.model.has_report() || is_same())
    }

    /// Builds or updates the search index, unless nothing changed.
    fn prepare_index(&self) {
        if self.index_is_fresh {
            return;
        }
        self.prepare_texts();
        if self.index_is_untouched
            && let Some(texts) = self.site.texts.get()
        {
            let fresh = self.fresh_documents();
            let is_shown_anew = |item: Item| !fresh.contains(&self.site.input_of(item));
            let read = |path: &str| self.output.read(path).ok().flatten();
            _ = self.site.index.set(SiteIndex::updated(self.site, texts, is_shown_anew, &read));
        }
        self.site.index();
    }

    /// Reads the texts that changed since the last build, if that is known.
    fn prepare_texts(&self) {
        let Some((place, _)) = self.place.zip(self.former.as_ref()) else { return };
        let site = self.site;
        if let Some(texts) = SiteTexts::since(
            site.store(),
            site.view().publish,
            &place.texts(),
            self.rules,
            place.settled_ns(),
        ) {
            _ = site.texts.set(texts);
        }
    }

    /// Returns the tickets and articles that did not change since the last build.
    fn fresh_documents(&self) -> HashSet<&Input> {
        let former = self.former.iter().flat_map(BuildRecord::inputs);
        let documents = former.filter(|(input, _)| matches!(input, Input::Ticket(_) | Input::Article(_)));
        documents
            .filter(|(input, value)| self.values.of(input) == Some(*value))
            .map(|(input, _)| input)
            .collect()
    }

    /// Returns the paths of the files of the search index.
    pub(super) fn index(&self) -> Vec<String> {
        match self.former.as_ref().filter(|_| self.index_is_fresh) {
            Some(former) => former.index.clone(),
            None => self.site.index().paths().map(str::to_owned).collect(),
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
                && self.site.index().files.contains_key(*path);
            let input = if is_index { Some(&Input::Everything) } else { changed.of(file) };
            let reason = input.map(ToString::to_string);
            let touched =
                || self.touched.contains(*path).then(|| "the file was changed or removed".to_owned());
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

    /// Finds the pages whose similar tickets differ from those of the last build.
    pub(super) fn prepare_similar(&mut self, paths: &BTreeSet<&str>, phase: &dyn Fn(&'static str, usize)) {
        if self.has_same_tickets() && paths.iter().all(|path| self.fresh.contains(*path)) {
            return;
        }
        phase("comparing", self.site.model.ticket_count());
        self.site.model.prepare_lists();
        let Some(former) = self.former.as_ref().filter(|_| !self.has_same_tickets()) else { return };
        let changed = former.changed(|input, value| match input {
            Input::Similar(id) => self.site.similar_value(id) != Some(value),
            _ => false,
        });
        let reason = |path: &String| changed.of(former.file(path)?).map(ToString::to_string);
        let stale: Vec<(String, String)> =
            self.fresh.par_iter().filter_map(|path| Some((path.clone(), reason(path)?))).collect();
        for (path, reason) in stale {
            self.fresh.remove(&path);
            self.reasons.insert(path, reason);
        }
    }

    /// Returns the files of the last build that stay for this one, because a visitor may still have a page open that names them: assets,
    /// and the files of the search index unless they have a text that left the site.
    pub(super) fn former_files(&self) -> HashSet<String> {
        let made = self.site.texts.get().zip(self.site.index.get());
        let index = made.and_then(|(texts, index)| texts.harmless_former_files(&index.parts));
        let index = index.into_iter().flatten().map(|name| format!("{FOLDER}{name}"));
        index.chain(self.last_assets.iter().cloned()).collect()
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

    pub(super) fn new_record(&self, index: &[String]) -> Option<RecordWriter> {
        self.place?;
        Some(RecordWriter::new(self.rules, self.everything, index.to_vec()))
    }

    /// Adds a fresh file to `record`.
    pub(super) fn keep(&self, path: &str, record: &mut Option<RecordWriter>) {
        if let Some(record) = record {
            record.keep(path);
        }
    }

    /// Adds a rendered file to `record`.
    pub(super) fn add(&self, path: &str, made: MadeFile, record: &mut Option<RecordWriter>) {
        if let (Some(record), Some(state)) = (record, made.state) {
            record.add(path, made.inputs, state, |input| match input {
                PageInput::Other(Input::Similar(id)) => {
                    let value = self.site.similar_value(&id);
                    (Input::Similar(id), value)
                }
                input => self.values.named(input),
            });
        }
    }

    /// Writes `record` and the texts for the next build.
    pub(super) fn save(self, record: Option<RecordWriter>) {
        let Some((record, place)) = record.zip(self.place) else { return };
        let (site, rules, former) = (self.site, self.rules, self.former);
        let texts = || {
            if let Some((texts, index)) = site.texts.get().zip(site.index.get()) {
                texts.store(site.store(), &place.texts(), rules, place.settled_ns(), &index.parts);
            }
        };
        let record = || record.finish(former).write(&place.slot);
        let summaries =
            || site.memory.summaries.replace(&place.summaries(), site.store(), site.model.summaries());
        rayon::join(texts, || rayon::join(record, summaries));
    }
}
