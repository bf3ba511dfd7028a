//! Finds the nearest known name, for "did you mean" hints.

/// Returns the name in `known` that is most similar to `wrong`; `None` when no name is similar.
///
/// A name is similar if its Damerau-Levenshtein distance is at most a third of the longer word (so `servce` finds
/// `service`, and `x` finds nothing), or if it begins with `wrong`.
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
                // The lengths alone rule out nearly all of ten thousand ids.
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
    fn a_typo_finds_the_name_and_nonsense_does_not() {
        let known = ["service", "priority", "billing-export"];
        assert_eq!(nearest("servce", known), Some("service"));
        assert_eq!(nearest("biling-export", known), Some("billing-export"));
        assert_eq!(nearest("billing", known), Some("billing-export"));
        assert_eq!(nearest("zebra", known), None);
    }
}
