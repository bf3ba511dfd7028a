//! `casebook explain`

use super::{CliError, Context, Outcome, table, ui::style};
use crate::{
    api::{CaseDetail, CaseFile, RuleDetail, RuleList, RuleSummary},
    check::{Case, RULES, Rule, rule},
    diagnostic::Level,
    text::nearest,
};

/// Say what a rule of `check` wants and why, with examples
///
/// Without a rule, lists all of them. Settings change a rule's level: `levels: { unknown-person: allow }` in casebook.yml.
#[derive(clap::Args)]
pub struct Arguments {
    /// The rule, as it stands in a finding: `error[missing-section]`
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let Some(name) = arguments.rule else {
        list(context);
        return Ok(Outcome::Done);
    };
    let Some(rule) = rule(name.trim()) else {
        let near = nearest(&name, RULES.iter().map(|rule| rule.code));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(CliError::usage(format!("there is no rule `{name}`{near}"))
            .with_help("`casebook explain` lists all of them"));
    };
    if context.ui.is_json() {
        context.ui.json(&detail(rule));
    } else {
        show(rule, context);
    }
    Ok(Outcome::Done)
}

fn list(context: &Context) {
    let ui = &context.ui;
    if ui.is_json() {
        return ui.json(&RuleList { rules: RULES.iter().map(|rule| summary(rule)).collect() });
    }
    let width = RULES.iter().map(|rule| rule.code.len()).max().unwrap_or(0);
    for rule in RULES {
        let code = ui.paint(style::ID, &table::pad(rule.code, width));
        let level = ui.paint(style_of(rule.level), &table::pad(rule.level.name(), 5));
        ui.line(format!("{code}  {level}  {}", rule.wants));
    }
}

fn style_of(level: Level) -> anstyle::Style {
    if level == Level::Deny { style::BAD } else { style::WAIT }
}

fn show(rule: &Rule, context: &Context) {
    let ui = &context.ui;
    let level = ui.paint(style_of(rule.level), rule.level.name());
    ui.line(format!("{}  {level}", ui.paint(style::STRONG, rule.code)));
    ui.line("");
    ui.line(rule.wants);
    ui.line(rule.why);
    for fails in [true, false] {
        for case in rule.cases.iter().filter(|case| case.fails == fails) {
            let title = if fails { "This fails:" } else { "This passes:" };
            ui.line("");
            ui.line(ui.paint(if fails { style::BAD } else { style::GOOD }, title));
            for (path, text) in case.files {
                ui.line(format!("  {}", ui.paint(style::DIM, path)));
                text.lines().for_each(|line| ui.line(format!("    {line}").trim_end()));
            }
        }
    }
    ui.line("");
    let other = if rule.level == Level::Deny { "warn" } else { "deny" };
    ui.line(format!(
        "Another level, in casebook.yml: `levels: {{ {}: {other} }}` (allow, warn, deny)",
        rule.code
    ));
    if rule.of_content && rule.level == Level::Deny {
        ui.line("On imported tickets it only warns.");
    }
}

fn summary(rule: &Rule) -> RuleSummary {
    RuleSummary { code: rule.code, level: rule.level, wants: rule.wants }
}

fn detail(rule: &Rule) -> RuleDetail {
    let files = |case: &Case| case.files.iter().map(|(path, text)| CaseFile { path, text }).collect();
    RuleDetail {
        summary: summary(rule),
        why: rule.why,
        warns_on_imported: rule.of_content,
        cases: rule.cases.iter().map(|case| CaseDetail { fails: case.fails, files: files(case) }).collect(),
    }
}
