//! The days on which documents were opened, and their order within a day.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{PublishedDocuments, base::Version};
use crate::{index::put, search::similar::days_open, store::Store};

/// The number of places in a day between two documents of the base, for those of the layer. `site/assets/search/index.js` has the
/// same value.
const GAP: u32 = 4_096;

/// The days of some documents.
pub(super) struct Days<'a> {
    pub store: &'a Store,
    pub documents: &'a [Version],
    /// For each document its place among those that were opened on the same day.
    pub places: &'a [u32],
}

impl Days<'_> {
    /// Returns the day on which each document was opened, as the zigzag-coded difference to the document before; then for each
    /// document one more than the days that it was open, or 0 if it is not resolved; and then its place in its day.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut write = |number: i64| put(u32::try_from(number).unwrap_or(u32::MAX), &mut bytes);
        let mut last = 0;
        for document in self.documents {
            let opened = document.created(self.store).day();
            let step = opened - last;
            write((step << 1) ^ (step >> 63));
            last = opened;
        }
        for document in self.documents {
            let opened = document.created(self.store).day();
            let open = document.resolved(self.store).map(|resolved| days_open(opened, resolved.day()));
            write(open.map_or(0, |days| days + 1));
        }
        self.places.iter().for_each(|place| write(i64::from(*place)));
        bytes
    }
}

/// Returns the places in their days of the documents of the base, and of those at `in_layer`. In a day, documents are ordered
/// by time, and then the greater key comes first. The place of a document of the base is the number of those of the base before it.
/// So it does not depend on the layer. A document of the layer has the number of those of the base before it, times [`GAP`], and
/// then the number of those of the layer after the last of these.
pub(super) fn places_in_days(
    store: &Store,
    documents: &PublishedDocuments,
    in_layer: &[usize],
) -> (Vec<u32>, Vec<u32>) {
    let created = |place: usize| documents.items[place].created(store);
    let mut by_day: BTreeMap<i64, Vec<(usize, Option<usize>)>> = BTreeMap::new();
    let mut add =
        |place: usize, number| by_day.entry(created(place).day()).or_default().push((place, number));
    (0..documents.base.count).for_each(|place| add(place, None));
    in_layer.iter().zip(0..).for_each(|(place, number)| add(*place, Some(number)));
    let (mut of_base, mut of_layer) = (vec![0; documents.base.count], vec![0; in_layer.len()]);
    for mut of_day in by_day.into_values() {
        // The version of the layer comes before the one of the base that it replaces.
        of_day.sort_by_key(|(place, number)| {
            (created(*place), Reverse(documents.keys[*place].as_str()), number.is_none())
        });
        let (mut before, mut since) = (0_u32, 0_u32);
        for (place, number) in of_day {
            match number {
                None => {
                    of_base[place] = before;
                    (before, since) = (before + 1, 0);
                }
                Some(number) => {
                    of_layer[number] = before.saturating_mul(GAP).saturating_add(since);
                    since += 1;
                }
            }
        }
    }
    (of_base, of_layer)
}
