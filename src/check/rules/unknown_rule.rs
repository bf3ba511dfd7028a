//! `unknown-rule`: a level for a rule that does not exist.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, RULES, Rule},
    diagnostic::{Finding, Level},
    text::nearest,
    ticket::parse_yaml,
};

pub(super) const RULE: Rule = Rule {
    code: "unknown-rule",
    level: Level::Warn,
    requirement: "`levels` in the settings names rules that exist.",
    why: "A level for a misspelled rule has no effect. (A warning only: a newer version of Casebook \
          may have the rule.)",
    cases: &[
        Case::fails(&[("casebook.yml", "levels: { unknown-persn: allow }\n")]),
        Case::fails(&[("casebook.yml", "levels: { unlike-author: deny }\n")]),
        Case::passes(&[("casebook.yml", "levels: { unknown-person: allow }\n")]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (CheckedContent::Settings(settings), Some(text)) = (file.content, file.text()) else { return };
    if settings.levels.keys().all(|name| super::rule(name).is_some()) {
        return;
    }
    let plain = text.trim_start_matches('\u{feff}');
    let (entries, _) = parse_yaml(plain, text.len() - plain.len());
    let levels = entries.iter().find(|entry| entry.key == "levels");
    for entry in levels.map_or(&[][..], |entry| entry.value.entries()) {
        let key = &entry.key;
        if super::rule(key).is_some() {
            continue;
        }
        let span = entry.key_span.clone();
        findings.push(match super::renamed_rule(key) {
            Some(rule) => RULE
                .finding(file.path(), format!("the rule `{key}` is now called `{}`", rule.code))
                .at(span.clone())
                .fix(format!("write `{}`", rule.code), span, rule.code),
            None => {
                let finding = RULE
                    .finding(file.path(), format!("unknown rule `{key}`"))
                    .at(span.clone())
                    .help("`casebook explain` lists all rules");
                match nearest(key, RULES.iter().map(|rule| rule.code)) {
                    Some(near) => finding.suggest(format!("write `{near}`"), span, near),
                    None => finding,
                }
            }
        });
    }
}
