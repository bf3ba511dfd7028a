//! "Did you mean": the nearest of some known names.

/// The name among `known` that `wrong` was probably meant to be; `None` when nothing is near.
///
/// Nearness is the Damerau-Levenshtein distance, at most a third of the longer word (so `servce` finds `service`, and
/// `x` finds nothing), or a known name that begins with what was written.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wrong.to_lowercase();
    let length = folded.chars().count();
    known
        .into_iter()
        .filter_map(|name| {
            let candidate = name.to_lowercase();
            let other = candidate.chars().count();
            let most = (length.max(other) / 3).max(1);
            let distance = if length >= 3 && candidate.starts_with(&folded) {
                1
            } else if length.abs_diff(other) > most {
                // No need to count: among ten thousand ids this is nearly all of them.
                return None;
            } else {
                strsim::damerau_levenshtein(&folded, &candidate)
            };
            (distance <= most && distance < length).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_and_nonsense_does_not() {
        let known = ["service", "priority", "billing-export"];
        assert_eq!(nearest("servce", known), Some("service"));
        assert_eq!(nearest("biling-export", known), Some("billing-export"));
        assert_eq!(nearest("billing", known), Some("billing-export"));
        assert_eq!(nearest("zebra", known), None);
    }
}
