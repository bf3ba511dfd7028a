//! Finds changes of the settings by which later changes are checked less strictly. Such a change is itself checked by the
//! old settings, so nothing else would tell about it.

use super::{levels::level_in, rules::RULES};
use crate::{
    diagnostic::Level,
    repo::Source,
    settings::{BASELINE_PATH, SETTINGS_PATH, SecretBaseline, Settings, parse_settings},
    text::{Plural, RepoPath},
};

/// Returns what the files of `after` allow that those of `before` denied, as predicates such as "lowers the rule `secret` from
/// deny to allow in casebook.yml".
pub(crate) fn loosened(before: &dyn Source, after: &dyn Source) -> Vec<String> {
    let text = |source: &dyn Source, path: &str| {
        let bytes = source.read(&RepoPath::new(path)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let both = |path: &str| (text(before, path), text(after, path));
    let mut found = Vec::new();
    let (old, new) = both(SETTINGS_PATH);
    if old != new && !old.is_empty() && !new.is_empty() {
        let (old, new) = (parse_settings(&old).0, parse_settings(&new).0);
        for rule in RULES {
            let level = |settings: &Settings| level_in(settings, rule.code, rule.level);
            if level(&old) == Level::Deny && level(&new) < Level::Deny {
                let (code, level) = (rule.code, level(&new).name());
                found.push(format!("lowers the rule `{code}` from deny to {level} in {SETTINGS_PATH}"));
            }
        }
    }
    let (old, new) = both(BASELINE_PATH);
    if old != new {
        let more = SecretBaseline::parse(&new).not_in(&SecretBaseline::parse(&old));
        if more > 0 {
            found.push(format!("allows {} in {BASELINE_PATH}", Plural(more, "more secret")));
        }
    }
    found
}
