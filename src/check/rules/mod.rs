//! The rules, one per file. To add a rule, write a file with its `RULE`, declare its module and add it to [`RULES`].

mod ambiguous_value;
mod asks_without_pending;
mod author_mismatch;
mod bad_id;
mod bad_value;
mod broken_yaml;
mod circular_duplicate;
mod conflict_markers;
mod duplicate_id;
mod duplicate_key;
mod empty_section;
mod future_time;
mod huge_file;
mod large_attachment;
mod missing_attachment;
mod missing_field;
mod missing_list_or_code;
mod missing_original;
mod missing_resolution;
mod missing_section;
mod missing_settings;
mod misspelled_section;
mod named_internal_ticket;
mod newer_format;
mod no_front_matter;
mod not_utf8;
mod note_with_state;
mod orphan_reply;
mod personal_data;
mod placeholder;
mod repeated_text;
mod reply_before_ticket;
mod reserved_name;
mod resolution_without_status;
mod secret;
mod self_reference;
mod stray_file;
mod symlink;
mod too_short;
mod unknown_ask;
mod unknown_key;
mod unknown_person;
mod unknown_reference;
mod unknown_rule;
mod unknown_service;
mod unknown_template;
mod unreadable_file;
mod unsettable_field;
mod unsigned_reply;
mod unsigned_ticket;
mod untouched_hint;
mod weak_title;

use super::rule::Rule;

/// All rules, sorted by code.
pub const RULES: &[&Rule] = &[
    &ambiguous_value::RULE,
    &asks_without_pending::RULE,
    &author_mismatch::RULE,
    &bad_id::RULE,
    &bad_value::RULE,
    &broken_yaml::RULE,
    &circular_duplicate::RULE,
    &conflict_markers::RULE,
    &duplicate_id::RULE,
    &duplicate_key::RULE,
    &empty_section::RULE,
    &future_time::RULE,
    &huge_file::RULE,
    &large_attachment::RULE,
    &missing_attachment::RULE,
    &missing_field::RULE,
    &missing_list_or_code::RULE,
    &missing_original::RULE,
    &missing_resolution::RULE,
    &missing_section::RULE,
    &missing_settings::RULE,
    &misspelled_section::RULE,
    &named_internal_ticket::RULE,
    &newer_format::RULE,
    &no_front_matter::RULE,
    &not_utf8::RULE,
    &note_with_state::RULE,
    &orphan_reply::RULE,
    &personal_data::RULE,
    &placeholder::RULE,
    &repeated_text::RULE,
    &reply_before_ticket::RULE,
    &reserved_name::RULE,
    &resolution_without_status::RULE,
    &secret::RULE,
    &self_reference::RULE,
    &stray_file::RULE,
    &symlink::RULE,
    &too_short::RULE,
    &unknown_ask::RULE,
    &unknown_key::RULE,
    &unknown_person::RULE,
    &unknown_reference::RULE,
    &unknown_rule::RULE,
    &unknown_service::RULE,
    &unknown_template::RULE,
    &unreadable_file::RULE,
    &unsettable_field::RULE,
    &unsigned_reply::RULE,
    &unsigned_ticket::RULE,
    &untouched_hint::RULE,
    &weak_title::RULE,
];

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
