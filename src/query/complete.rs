//! Shell completion of queries.

use super::QueryKey;

/// Returns the completions of the word `typed`, each with a short description: keys, or the values of a closed set.
pub(crate) fn completions(typed: &str, keys: &[QueryKey]) -> Vec<(String, &'static str)> {
    // Skip the sign of `-tag:` and `(tag:`.
    let start = typed.len() - typed.trim_start_matches(['-', '(']).len();
    let (signs, word) = typed.split_at(start);
    let Some((name, values)) = word.split_once(':') else {
        let begun = keys.iter().filter(|key| key.name.starts_with(word));
        return begun.map(|key| (format!("{signs}{}:", key.name), key.help)).collect();
    };
    let Some(key) = keys.iter().find(|key| key.is_called(name)) else { return Vec::new() };
    // Complete the last of several values, and skip the sign of `sort:-created` and `priority:>=high`.
    let last = values.rfind(',').map_or(0, |comma| comma + 1);
    let value = values[last..].trim_start_matches(['-', '<', '>', '=']);
    let before = &typed[..typed.len() - value.len()];
    let choices = key.kind.choices(keys).into_iter().filter(|choice| choice.name.starts_with(value));
    choices.map(|choice| (format!("{before}{}", choice.name), choice.help)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::KEYS;

    #[test]
    fn keys_and_their_values_are_completed() {
        let names = |typed: &str| -> Vec<String> {
            completions(typed, KEYS).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names("re"), ["resolution:", "requester:", "related:", "replies:", "resolved:"]);
        assert_eq!(names("-sta"), ["-status:"]);
        assert_eq!(names("has:at"), ["has:attachment"]);
        assert_eq!(names("status:open,p"), ["status:open,pending"]);
        assert_eq!(names("priority:>=h"), ["priority:>=high"]);
        assert_eq!(names("sort:-cr"), ["sort:-created"]);
        assert!(names("tag:").is_empty() && names("nothing:x").is_empty());
    }
}
