//! The report as Markdown, for a mail or a page.

use super::figures::{self, duration};
use crate::{
    api::ReportAnswer,
    report::{Grouping, Report},
    settings::Settings,
    text::{Plural, quoted},
};

/// The maximum number of rows of a table.
const MAX_ROWS: usize = 10;

/// The maximum length of a text that people wrote, in characters.
const LONGEST: usize = 100;

/// Returns the report. What people wrote is quoted, so that it has no effect.
pub(super) fn text(answer: &ReportAnswer, settings: &Settings) -> String {
    let report = &answer.report;
    let mut text = format!("# {}: report\n\n", quoted(&settings.title, LONGEST));
    if report.clock.is_none() {
        text.push_str("No tickets to report on.\n");
        return text;
    }
    text.push_str(&format!(
        "{}, beside the same time directly before.\n",
        figures::period(&report.period, settings)
    ));
    if !answer.query.is_empty() {
        text.push_str(&format!("\nTickets: {}\n", quoted(&answer.query, LONGEST)));
    }
    savings(report, settings, &mut text);
    let measures: Vec<Vec<String>> = figures::rows(report)
        .into_iter()
        .map(|row| vec![row.name.trim().to_owned(), row.now, row.interval, row.p90, row.before])
        .collect();
    let (heads, all) = (["", "now (median)", "95 % interval", "90 % within", "before"], measures.len());
    table_of(&mut text, "Measures", &heads, measures, all);
    fields(report, &mut text);
    problems(report, &mut text);
    moves(report, &mut text);
    let answers = figures::use_of_answers(answer);
    if !answers.is_empty() {
        text.push_str("\n## Answers without a new reply\n\n");
        answers.iter().for_each(|line| text.push_str(&format!("- {line}\n")));
    }
    report.groups.iter().for_each(|grouping| group(grouping, &mut text));
    let left_out = figures::left_out(report);
    if !left_out.is_empty() {
        text.push_str(&format!("\nLeft out: {}.\n", left_out.join("; ")));
    }
    text
}

fn savings(report: &Report, settings: &Settings, text: &mut String) {
    if report.savings.is_empty() {
        return;
    }
    text.push_str("\n## What would save the most\n\n");
    for (place, saving) in report.savings.iter().enumerate() {
        let (change, evidence) = figures::saving(saving, settings, &|text| quoted(text, LONGEST));
        text.push_str(&format!(
            "{}. **{}** of waiting: {change}. {} Next: {}\n",
            place + 1,
            duration(saving.seconds),
            evidence.join(" "),
            quoted(&saving.command, 300)
        ));
    }
}

fn fields(report: &Report, text: &mut String) {
    let rows = report.asked_fields.iter().filter(|field| !field.tickets.is_empty()).map(|field| {
        vec![
            quoted(&format!("{}/{}", field.template, field.field), LONGEST),
            format!("{} of {}", field.tickets.len(), field.of),
            figures::median(&field.cost),
            duration(field.cost.total),
            duration(field.cost_before),
        ]
    });
    let heads = ["field", "tickets", "median wait", "waited", "before"];
    table(text, "Fields that were asked for afterwards", &heads, rows.collect());
}

fn problems(report: &Report, text: &mut String) {
    let rows = report.problems.iter().map(|problem| {
        vec![
            quoted(&problem.title, LONGEST),
            format!("{} of {}", problem.opened, problem.tickets.len()),
            duration(problem.cost),
            duration(problem.cost_before),
            figures::fix(problem.fix, problem.fix_seconds),
            problem.article.as_deref().map_or_else(|| "none".to_owned(), |slug| quoted(slug, LONGEST)),
        ]
    });
    let heads = ["problem", "tickets in the period", "waited", "before", "fix", "article"];
    table(text, "Problems that come back", &heads, rows.collect());
    let gaps = report.knowledge_gaps;
    if gaps.problems > 0 {
        text.push_str(&format!(
            "\n{} without an article: {}, {} of waiting.\n",
            Plural(gaps.problems, "problem"),
            Plural(gaps.tickets, "ticket"),
            duration(gaps.cost)
        ));
    }
}

fn moves(report: &Report, text: &mut String) {
    let rows = report.moves.iter().filter(|moves| !moves.tickets.is_empty()).map(|moves| {
        vec![
            quoted(&moves.from, LONGEST),
            quoted(&moves.to, LONGEST),
            moves.tickets.len().to_string(),
            duration(moves.delay.total),
            moves.tickets_before.to_string(),
        ]
    });
    table(text, "Tickets that changed hands", &["from", "to", "tickets", "delay", "before"], rows.collect());
}

fn group(grouping: &Grouping, text: &mut String) {
    let rows = grouping.rows.iter().map(|row| {
        vec![
            if row.name.is_empty() { "none".to_owned() } else { quoted(&row.name, LONGEST) },
            row.opened.to_string(),
            row.opened_before.to_string(),
            row.resolved.to_string(),
            row.backlog.to_string(),
            figures::median(&row.requester_wait),
        ]
    });
    let heads = [grouping.by.name(), "opened", "before", "resolved", "not resolved", "requester wait"];
    // People and parts of a period have no order by size, so none is left out.
    let all = grouping.rows.len();
    table_of(text, &format!("By {}", grouping.by.name()), &heads, rows.collect(), all);
}

fn table(text: &mut String, title: &str, heads: &[&str], rows: Vec<Vec<String>>) {
    table_of(text, title, heads, rows, MAX_ROWS);
}

fn table_of(text: &mut String, title: &str, heads: &[&str], rows: Vec<Vec<String>>, most: usize) {
    if rows.is_empty() {
        return;
    }
    text.push_str(&format!("\n## {title}\n\n| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len())));
    for row in rows.iter().take(most) {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    if rows.len() > most {
        text.push_str(&format!("\nand {} more\n", rows.len() - most));
    }
}
