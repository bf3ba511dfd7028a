//! The record of the last build into a folder: the inputs of each page and the state of its file. With it, a build renders only
//! stale pages.
//!
//! The record is a cache outside of the output folder. A lost record costs a whole build. A wrong record cannot hide a
//! change of a file in the output folder, because the state of each file is compared.

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::inputs::{Input, PageInput, PageInputs};
use super::model::InputValue;
use crate::repo::{CacheSlot, SiteFileState, sealed_value, unsealed};

/// The version of the record's format. Increase it when its content or its meaning changes.
const FORMAT: u32 = 2;

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

    /// Returns the place of the lists of near tickets.
    pub(super) fn neighbours(&self) -> CacheSlot {
        self.slot.beside("neighbours")
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
    /// The paths of the files of the search index, in order.
    pub(super) index: Vec<String>,
    /// All inputs of the pages with their values. An input of several pages can be there more than once.
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
    /// Reads the record of the last build; `None` if there is none.
    pub(super) fn read(slot: &CacheSlot) -> Option<Self> {
        postcard::from_bytes(unsealed(FORMAT, &slot.read()?)?).ok()
    }

    pub(super) fn write(&self, slot: &CacheSlot) {
        if let Some(bytes) = sealed_value(FORMAT, self) {
            slot.write(&bytes);
        }
    }

    pub(super) fn file(&self, path: &str) -> Option<&RecordedFile> {
        self.files.get(path)
    }

    /// Returns the paths of all files, in no particular order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Removes the inputs that no file has. The value of such an input would be that of no build.
    fn remove_unused_inputs(&mut self) {
        let mut places: Vec<Option<u32>> = vec![None; self.inputs.len()];
        for at in self.files.values().flat_map(|file| &file.inputs) {
            if let Some(place) = places.get_mut(*at as usize) {
                *place = Some(0);
            }
        }
        (0..).zip(places.iter_mut().flatten()).for_each(|(next, place)| *place = next);
        let mut is_used = places.iter().map(Option::is_some);
        self.inputs.retain(|_| is_used.next().unwrap_or_default());
        let place = |at: &u32| places.get(*at as usize).copied().flatten();
        for file in self.files.values_mut() {
            file.inputs = file.inputs.iter().filter_map(place).collect();
        }
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
    /// The places of the inputs so far; `None` for those without a certain value.
    places: HashMap<Input, Option<u32>>,
    /// The same for tickets, and for articles if the first part is true.
    numbers: HashMap<(bool, u32), Option<u32>>,
    kept: HashSet<String>,
}

impl RecordWriter {
    pub(super) fn new(rules: u64, everything: InputValue, index: Vec<String>) -> Self {
        let record = BuildRecord { rules, everything, index, ..BuildRecord::default() };
        Self { record, ..Self::default() }
    }

    /// Adds a file that did not change since the last build.
    pub(super) fn keep(&mut self, path: &str) {
        self.kept.insert(path.to_owned());
    }

    /// Adds a file that was made from `inputs`. It is left out if an input has no certain value. `name` returns an input with
    /// its value, and is called once for each.
    pub(super) fn add(
        &mut self,
        path: &str,
        inputs: PageInputs,
        state: SiteFileState,
        name: impl Fn(PageInput) -> (Input, InputValue),
    ) {
        let PageInputs { tickets, articles, others } = inputs;
        let mut places = Vec::with_capacity(tickets.len() + articles.len() + others.len());
        for n in tickets {
            places.push(self.numbered((false, n), || name(PageInput::Ticket(n as usize))));
        }
        for n in articles {
            places.push(self.numbered((true, n), || name(PageInput::Article(n as usize))));
        }
        for input in others {
            let known = self.places.get(&input).copied();
            places.push(known.unwrap_or_else(|| {
                let (input, value) = name(PageInput::Other(input));
                let place = self.new_place(input.clone(), value);
                self.places.insert(input, place);
                place
            }));
        }
        if let Some(inputs) = places.into_iter().collect::<Option<Vec<u32>>>() {
            self.record.files.insert(path.to_owned(), RecordedFile { inputs, state });
        }
    }

    /// Returns the place of a ticket or article, which has the key `number`.
    fn numbered(&mut self, number: (bool, u32), name: impl FnOnce() -> (Input, InputValue)) -> Option<u32> {
        if let Some(known) = self.numbers.get(&number) {
            return *known;
        }
        let (input, value) = name();
        let place = self.new_place(input, value);
        self.numbers.insert(number, place);
        place
    }

    /// Adds an input; returns `None` if it has no certain value.
    fn new_place(&mut self, input: Input, value: InputValue) -> Option<u32> {
        let place = u32::try_from(self.record.inputs.len()).ok()?;
        self.record.inputs.push((input, value?));
        Some(place)
    }

    /// Returns the record. The files that were kept are taken from the record of the last build.
    pub(super) fn finish(self, former: Option<BuildRecord>) -> BuildRecord {
        let Self { mut record, kept, .. } = self;
        if let Some(former) = former.filter(|_| !kept.is_empty()) {
            let added = u32::try_from(record.inputs.len()).unwrap_or(u32::MAX);
            record.inputs.extend(former.inputs);
            let files = former.files.into_iter().filter(|(path, _)| kept.contains(path));
            record.files.extend(files.map(|(path, mut file)| {
                file.inputs.iter_mut().for_each(|at| *at = at.saturating_add(added));
                (path, file)
            }));
        }
        record.remove_unused_inputs();
        record
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn input(name: &str) -> Input {
        Input::Ticket(name.to_owned())
    }

    fn record(
        files: &[(&str, &[&str])],
        value: u64,
        kept: &[&str],
        former: Option<BuildRecord>,
    ) -> BuildRecord {
        let mut writer = RecordWriter::new(1, None, Vec::new());
        kept.iter().for_each(|path| writer.keep(path));
        for (path, inputs) in files {
            let others = inputs.iter().map(|name| input(name)).collect();
            let inputs = PageInputs { others, ..PageInputs::default() };
            writer.add(path, inputs, SiteFileState::default(), |input| match input {
                PageInput::Other(input) => (input, Some(value)),
                PageInput::Ticket(_) | PageInput::Article(_) => panic!("the test has only names"),
            });
        }
        writer.finish(former)
    }

    #[test]
    fn a_record_has_the_inputs_of_its_files_with_the_values_of_the_build_that_made_them() {
        let first = record(&[("a", &["x", "y"]), ("b", &["y", "z"])], 1, &[], None);
        let second = record(&[("b", &["y", "w"])], 2, &["a"], Some(first));
        let values =
            |changed: &ChangedInputs<'_>, path: &str| changed.of(second.file(path).unwrap()).cloned();
        let of_first = second.changed(|_, value| value == 1);
        assert_eq!((values(&of_first, "a"), values(&of_first, "b")), (Some(input("x")), None));
        let of_second = second.changed(|_, value| value == 2);
        assert_eq!((values(&of_second, "a"), values(&of_second, "b")), (None, Some(input("y"))));
        let all: Vec<(&Input, u64)> = second.inputs().collect();
        assert!(!all.contains(&(&input("z"), 1)), "no file has this input any more: {all:?}");
        assert_eq!(second.paths().collect::<BTreeSet<_>>(), BTreeSet::from(["a", "b"]));
    }
}
