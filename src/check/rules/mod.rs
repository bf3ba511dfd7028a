//! The rules, one per file. To add a rule, write a file with its `RULE` and add the file's name to `rules!`.

pub(super) use self::secret::{in_name, in_specific_text, in_text};
use super::rule::Rule;

macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        /// All rules, sorted by code.
        pub const RULES: &[&Rule] = &[$(&$name::RULE),*];
    };
}

rules! {
    ambiguous_value,
    asks_without_pending,
    author_mismatch,
    bad_id,
    bad_value,
    broken_yaml,
    circular_duplicate,
    circular_supersedes,
    conflict_markers,
    control_character,
    duplicate_id,
    duplicate_key,
    empty_section,
    future_time,
    huge_file,
    internal_citation,
    large_attachment,
    missing_attachment,
    missing_field,
    missing_list_or_code,
    missing_original,
    missing_resolution,
    missing_section,
    missing_settings,
    misspelled_section,
    named_internal_ticket,
    newer_format,
    no_front_matter,
    not_utf8,
    note_with_state,
    orphan_reply,
    oversized_value,
    personal_data,
    placeholder,
    repeated_text,
    reply_before_ticket,
    reserved_name,
    resolution_without_status,
    secret,
    self_reference,
    stray_file,
    symlink,
    too_short,
    unclosed_comment,
    unknown_ask,
    unknown_key,
    unknown_person,
    unknown_reference,
    unknown_rule,
    unknown_service,
    unknown_template,
    unportable_name,
    unreadable_file,
    unsettable_field,
    unsigned_reply,
    unsigned_ticket,
    untouched_hint,
    weak_title,
}

/// Former codes of rules, each with the code that the rule has now. Settings of repositories contain codes, so a
/// former code stays accepted there and in `casebook explain`.
pub(super) const FORMER_CODES: &[(&str, &str)] =
    &[("taken-name", "reserved-name"), ("unlike-author", "author-mismatch")];

/// Returns the rule that had the code `former` before it was renamed.
pub(crate) fn renamed_rule(former: &str) -> Option<&'static Rule> {
    FORMER_CODES.iter().find(|(code, _)| *code == former).and_then(|(_, code)| rule(code))
}

/// Returns the rule with this code, which must not be a former one; see [`renamed_rule`].
pub(crate) fn rule(code: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.code.cmp(code)).ok().map(|at| RULES[at])
}

#[cfg(test)]
pub(super) mod tests;
