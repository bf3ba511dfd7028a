//! What the last build into a folder left: its record, and which of its files something else changed.

use foldhash::HashSet;
use rayon::prelude::*;

use super::output::Output;
use super::record::{BuildRecord, RecordPlace};

/// The last build into a folder. It does not depend on the site, so it can be read while the model of the site is made.
pub(crate) struct LastBuild<'a> {
    pub(super) place: &'a RecordPlace,
    /// The record of the build; `None` if there is none.
    pub(super) record: Option<BuildRecord>,
    /// The files of the build that something else changed or removed.
    pub(super) touched: HashSet<String>,
}

impl<'a> LastBuild<'a> {
    /// Reads the record of the last build at `place`, and looks at its files in `output`.
    pub(crate) fn read(place: &'a RecordPlace, output: &dyn Output) -> Self {
        let record = BuildRecord::read(&place.slot);
        let touched = record.as_ref().map(|record| touched(record, output)).unwrap_or_default();
        Self { place, record, touched }
    }
}

fn touched(record: &BuildRecord, output: &dyn Output) -> HashSet<String> {
    let mut paths: Vec<&str> = record.paths().collect();
    // The files of a folder have to follow each other.
    paths.par_sort_unstable();
    let states = output.states(&paths);
    let is_touched = |path: &str, state| record.file(path).map(|file| file.state) != state;
    let touched = paths.into_iter().zip(states).filter(|(path, state)| is_touched(path, *state));
    touched.map(|(path, _)| path.to_owned()).collect()
}
