//! The record of the last build into a folder: the inputs of each page and the state of its file. With it, a build renders only
//! stale pages.
//!
//! The record is a cache outside of the output folder. A lost record costs a whole build. A wrong record cannot hide a
//! change of a file in the output folder, because the state of each file is compared.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::inputs::Input;
use super::model::InputValue;
use crate::repo::{CacheSlot, SiteFileState, sealed, unsealed};

/// The version of the record's format. Increase it when its content or its meaning changes.
const FORMAT: u32 = 1;

/// The place of the record, and what else a build has to know to trust it.
pub(crate) struct RecordPlace {
    pub slot: CacheSlot,
    /// The time before the repository was read, in nanoseconds since 1970, by the clock of its file system.
    pub started_ns: i64,
    /// A value that differs for another version of this program.
    pub program: u64,
}

/// The time in nanoseconds within which a file system can give two changes of a file the same time.
const TICK_NS: i64 = 20_000_000;

impl RecordPlace {
    /// Returns the time from which a change of a file is too recent for its stamp to be certain.
    pub(super) fn settled_ns(&self) -> i64 {
        settled_ns(self.started_ns)
    }

    /// Returns the place of the texts of the last build.
    pub(super) fn texts(&self) -> CacheSlot {
        self.slot.beside("texts")
    }

    /// Returns the place of the summaries of the texts of the last build.
    pub(super) fn summaries(&self) -> CacheSlot {
        self.slot.beside("summaries")
    }
}

/// Returns the time from which a change of a file is too recent for its stamp to be certain, if the files were read from
/// `started_ns` on.
pub(super) fn settled_ns(started_ns: i64) -> i64 {
    started_ns.saturating_sub(TICK_NS)
}

/// The record of a build.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct BuildRecord {
    /// The value of the settings, templates, theme and options; see [`rules`](super::model::InputValues::rules).
    pub(super) rules: u64,
    /// The value of [`Input::Everything`].
    pub(super) everything: InputValue,
    /// The paths of the files of the search index.
    pub(super) index: Vec<String>,
    /// All inputs of the pages with their values.
    inputs: Vec<(Input, u64)>,
    /// The files by path.
    files: HashMap<String, RecordedFile>,
}

/// A file of the site.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RecordedFile {
    /// The places of its inputs in [`BuildRecord::inputs`].
    inputs: Vec<u32>,
    pub(super) state: SiteFileState,
}

impl BuildRecord {
    /// Reads the record of the last build; `None` if there is none or if it was made with other rules.
    pub(super) fn read(slot: &CacheSlot, rules: u64) -> Option<Self> {
        let record: Self = postcard::from_bytes(unsealed(FORMAT, &slot.read()?)?).ok()?;
        (record.rules == rules).then_some(record)
    }

    pub(super) fn write(&self, slot: &CacheSlot) {
        if let Ok(bytes) = postcard::to_allocvec(self) {
            slot.write(&sealed(FORMAT, &bytes));
        }
    }

    pub(super) fn file(&self, path: &str) -> Option<&RecordedFile> {
        self.files.get(path)
    }

    /// Returns all inputs of the pages with their values.
    pub(super) fn inputs(&self) -> impl Iterator<Item = (&Input, u64)> {
        self.inputs.iter().map(|(input, value)| (input, *value))
    }

    /// Returns which inputs changed. `is_changed` gets each input with its former value.
    pub(super) fn changed(&self, is_changed: impl Fn(&Input, u64) -> bool + Sync) -> ChangedInputs<'_> {
        let changed = self.inputs.par_iter().map(|(input, former)| is_changed(input, *former)).collect();
        ChangedInputs { record: self, changed }
    }
}

/// The inputs of a record, and which of them have another value.
pub(super) struct ChangedInputs<'a> {
    record: &'a BuildRecord,
    changed: Vec<bool>,
}

impl<'a> ChangedInputs<'a> {
    /// Returns an input of `file` that changed.
    pub(super) fn of(&self, file: &RecordedFile) -> Option<&'a Input> {
        let changed =
            file.inputs.iter().find(|at| self.changed.get(**at as usize).copied().unwrap_or(true))?;
        self.record.inputs.get(*changed as usize).map(|(input, _)| input).or(Some(&Input::Everything))
    }
}

/// Collects the record of a build.
#[derive(Default)]
pub(super) struct RecordWriter {
    record: BuildRecord,
    places: HashMap<Input, u32>,
}

impl RecordWriter {
    pub(super) fn new(rules: u64, everything: InputValue, index: Vec<String>) -> Self {
        Self {
            record: BuildRecord { rules, everything, index, ..BuildRecord::default() },
            places: HashMap::new(),
        }
    }

    /// Adds a file that did not change since the build of `former`.
    pub(super) fn keep(&mut self, path: &str, former: &BuildRecord, file: &RecordedFile) {
        let inputs: Option<Vec<u32>> = file
            .inputs
            .iter()
            .map(|at| former.inputs.get(*at as usize).map(|(input, value)| self.place(input, *value)))
            .collect();
        if let Some(inputs) = inputs {
            let kept = RecordedFile { inputs, state: file.state };
            self.record.files.insert(path.to_owned(), kept);
        }
    }

    /// Adds a file that was made from `inputs`. It is left out if an input has no certain value.
    pub(super) fn add(
        &mut self,
        path: &str,
        inputs: &[Input],
        state: SiteFileState,
        value: impl Fn(&Input) -> InputValue,
    ) {
        let places: Option<Vec<u32>> =
            inputs.iter().map(|input| Some(self.place(input, value(input)?))).collect();
        if let Some(inputs) = places {
            self.record.files.insert(path.to_owned(), RecordedFile { inputs, state });
        }
    }

    fn place(&mut self, input: &Input, value: u64) -> u32 {
        if let Some(place) = self.places.get(input) {
            return *place;
        }
        let place = u32::try_from(self.record.inputs.len()).unwrap_or(u32::MAX);
        self.record.inputs.push((input.clone(), value));
        self.places.insert(input.clone(), place);
        place
    }

    pub(super) fn finish(self) -> BuildRecord {
        self.record
    }
}
