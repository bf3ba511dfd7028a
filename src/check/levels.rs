//! Gives each finding the level that the settings or its rule say.

use super::rules::{FORMER_CODES, rule};
use crate::{
    diagnostic::{Finding, Level},
    settings::Settings,
};

/// Sets the level of each finding from the settings or, without an entry there, from its rule. Removes allowed
/// findings.
pub(super) fn give_levels(findings: &mut Vec<Finding>, settings: &Settings, imported: bool) {
    findings.retain_mut(|finding| {
        let rule = rule(finding.code);
        let default = rule.map_or(finding.level, |rule| rule.level);
        // A rule can lower the level of a single finding. The settings must not raise it again.
        let is_lowered = finding.level < default;
        finding.level = level_in(settings, finding.code, default);
        if is_lowered || (imported && rule.is_some_and(|rule| rule.warns_on_imports)) {
            finding.level = finding.level.min(Level::Warn);
        }
        finding.level != Level::Allow
    });
}

/// Returns the level that the settings give to the rule `code` or to one of its former codes, otherwise `default`.
pub(super) fn level_in(settings: &Settings, code: &str, default: Level) -> Level {
    let former = FORMER_CODES.iter().filter(|(_, now)| *now == code);
    let by_former = former.fold(default, |level, (former, _)| settings.level_of(former, level));
    settings.level_of(code, by_former)
}
