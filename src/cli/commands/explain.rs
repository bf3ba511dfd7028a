//! `casebook explain`

use crate::cli::{CliError, Context, Outcome, table, ui::style};
use crate::{
    api::{CaseDetail, CaseFile, RuleDetail, RuleList, RuleSummary},
    check::{Case, RULES, Rule, message_of, renamed_rule, rule},
    diagnostic::Level,
    text::nearest,
};

/// Explain a rule of `check`: what it requires and why, with examples
///
/// Without RULE, lists all rules. To change the level of a rule, write `levels: { unknown-person: allow }` in
/// casebook.yml.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The code of the rule, such as `missing-section`
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let Some(name) = arguments.rule else {
        list(context);
        return Ok(Outcome::Done);
    };
    let name = name.trim();
    let renamed = renamed_rule(name);
    if let Some(rule) = renamed {
        context.ui.say(format!("the rule `{name}` is now called `{}`", rule.code));
    }
    let Some(rule) = rule(name).or(renamed) else {
        let near = nearest(name, RULES.iter().map(|rule| rule.code));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(CliError::usage(format!("unknown rule `{name}`{near}"))
            .with_hint("`casebook explain` lists all rules"));
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
        ui.line(format!("{code}  {level}  {}", rule.requirement));
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
    ui.line(rule.requirement);
    ui.line(rule.why);
    for fails in [true, false] {
        for case in rule.cases.iter().filter(|case| case.fails == fails) {
            let title = if fails { "This fails:" } else { "This passes:" };
            let title = ui.paint(if fails { style::BAD } else { style::GOOD }, title);
            let reason = message_of(rule, case).filter(|_| fails).unwrap_or_default();
            ui.line("");
            ui.line(format!("{title} {}", table::one_line(&reason)).trim_end());
            for (path, text) in case.files {
                ui.line(format!("  {}", ui.paint(style::DIM, path)));
                text.lines().for_each(|line| ui.line(format!("    {line}").trim_end()));
            }
        }
    }
    ui.line("");
    let other = if rule.level == Level::Deny { "warn" } else { "deny" };
    ui.line(format!(
        "To change the level, write `levels: {{ {}: {other} }}` in casebook.yml (allow, warn or deny)",
        rule.code
    ));
    if rule.warns_on_imports && rule.level == Level::Deny {
        ui.line("On imported tickets, this rule only warns.");
    }
}

fn summary(rule: &Rule) -> RuleSummary {
    RuleSummary { code: rule.code, level: rule.level, wants: rule.requirement }
}

fn detail(rule: &Rule) -> RuleDetail {
    let files = |case: &Case| case.files.iter().map(|(path, text)| CaseFile { path, text }).collect();
    RuleDetail {
        summary: summary(rule),
        why: rule.why,
        warns_on_imported: rule.warns_on_imports,
        cases: rule.cases.iter().map(|case| CaseDetail { fails: case.fails, files: files(case) }).collect(),
    }
}
