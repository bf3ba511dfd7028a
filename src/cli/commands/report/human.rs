//! The report in a terminal.

use super::figures::{self, duration};
use crate::{
    api::ReportAnswer,
    cli::{
        table::{fit, one_line, pad},
        ui::{Ui, style},
    },
    report::{Grouping, Report, Trend},
    settings::Settings,
    text::Plural,
};

/// The maximum number of rows of a table. JSON and CSV have all of them.
const MAX_ROWS: usize = 10;

/// The maximum width of bars.
const MAX_BAR: usize = 24;

/// The maximum width of a column, except the first one.
const MAX_COLUMN: usize = 24;

/// The eight heights of a sparkline.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Prints a report within the width of the terminal.
pub(super) fn print(answer: &ReportAnswer, settings: &Settings, ui: &Ui) {
    let report = &answer.report;
    let printer = Printer { ui, settings };
    let Some(_) = report.clock else { return ui.line("no tickets to report on") };
    let about =
        if answer.query.is_empty() { String::new() } else { format!(", {}", one_line(&answer.query)) };
    ui.line(ui.paint(style::STRONG, &format!("Report{about}")));
    ui.line(format!("{}; before: the same time directly before", figures::period(&report.period, settings)));
    printer.savings(report);
    printer.measures(report);
    printer.flow(report);
    printer.service_levels(report);
    printer.fields(report);
    printer.problems(report);
    printer.moves(report);
    let answers = figures::use_of_answers(answer);
    if !answers.is_empty() {
        printer.heading("Answers without a new reply");
        answers.iter().for_each(|line| ui.line(format!("  {line}")));
    }
    report.groups.iter().for_each(|group| printer.group(group));
    let left_out = figures::left_out(report);
    if !left_out.is_empty() {
        printer.heading("Left out");
        left_out.iter().for_each(|line| ui.line(format!("  {line}")));
    }
}

struct Printer<'a> {
    ui: &'a Ui,
    settings: &'a Settings,
}

/// A cell and its alignment.
enum Cell {
    Left(String),
    Right(String),
    /// A bar of this part of the longest bar, from 0 to 1.
    Bar(i64, i64),
}

impl Printer<'_> {
    fn heading(&self, text: &str) {
        self.ui.line("");
        self.ui.line(self.ui.paint(style::STRONG, text));
    }

    fn savings(&self, report: &Report) {
        if report.savings.is_empty() {
            return;
        }
        self.heading("What would save the most");
        let quote = |text: &str| format!("“{}”", fit(text, 60));
        for (place, saving) in report.savings.iter().enumerate() {
            let (change, evidence) = figures::saving(saving, self.settings, &quote);
            let time = format!("{} of waiting.", duration(saving.seconds));
            let sentences = [time].into_iter().chain(evidence).map(|sentence| one_line(&sentence));
            self.ui.line(format!("{}  {}", place + 1, self.ui.paint(style::STRONG, &one_line(&change))));
            let lines = packed(sentences, self.ui.width.saturating_sub(3));
            lines.into_iter().for_each(|line| self.ui.line(format!("   {line}")));
            self.ui.line(format!("   {}", self.ui.paint(style::ID, &one_line(&saving.command))));
        }
    }

    fn measures(&self, report: &Report) {
        self.heading("Measures");
        let rows = figures::rows(report).into_iter().map(|row| {
            let arrow = match row.trend {
                Trend::Up => "↑",
                Trend::Down => "↓",
                Trend::Unclear | Trend::TooFew => "",
            };
            vec![
                Cell::Left(row.name.to_owned()),
                Cell::Left(format!("{} {arrow}", row.now).trim_end().to_owned()),
                Cell::Left(row.interval),
                Cell::Left(row.p90),
                Cell::Left(row.before),
            ]
        });
        self.table(&["", "now (median)", "95 % interval", "90 % within", "before"], rows.collect());
    }

    fn flow(&self, report: &Report) {
        let line = |name: &str, of: &dyn Fn(&crate::report::PartOfPeriod) -> usize| {
            let counts: Vec<usize> = report.parts.iter().map(of).collect();
            let most = counts.iter().max().copied().unwrap_or(0);
            let room = self.ui.width.saturating_sub(name.len() + 20).max(8);
            if counts.len() <= room {
                self.ui.line(format!("  {}  {}  at most {most}", pad(name, 12), sparkline(&counts)));
            }
        };
        if report.parts.len() > 1 {
            self.heading("Over time");
            line("opened", &|part| part.opened);
            line("resolved", &|part| part.resolved);
            line("not resolved", &|part| part.backlog);
        }
    }

    fn service_levels(&self, report: &Report) {
        let levels = &report.measures.service_levels_by_priority;
        let before = &report.measures_before.service_levels_by_priority;
        let rows = levels.iter().zip(before).filter(|(now, before)| now.met.whole + before.met.whole > 0);
        let rows = rows.map(|(now, before)| {
            vec![
                Cell::Left(format!("{}, {} within {}", now.priority, now.level.name(), duration(now.target))),
                Cell::Left(figures::share(&now.met)),
                Cell::Left(figures::share(&before.met)),
            ]
        });
        self.titled_table("Service levels met", &["", "now", "before"], rows.collect());
    }

    fn fields(&self, report: &Report) {
        let most = report.asked_fields.iter().map(|field| field.cost.total).max().unwrap_or(0);
        let rows = report.asked_fields.iter().filter(|field| !field.tickets.is_empty()).map(|field| {
            vec![
                Cell::Left(format!("{}/{}", field.template, field.field)),
                Cell::Right(format!("{} of {}", field.tickets.len(), field.of)),
                Cell::Right(figures::median(&field.cost)),
                Cell::Right(duration(field.cost.total)),
                Cell::Bar(field.cost.total, most),
                Cell::Left(format!("{} in {}", duration(field.cost_before), field.tickets_before)),
            ]
        });
        self.titled_table(
            "Fields that were asked for afterwards",
            &["field", "tickets", "median wait", "waited", "", "before"],
            rows.collect(),
        );
    }

    fn problems(&self, report: &Report) {
        let rows = report.problems.iter().map(|problem| {
            vec![
                Cell::Left(problem.title.clone()),
                Cell::Right(format!("{} of {}", problem.opened, problem.tickets.len())),
                Cell::Left(if problem.tickets.len() < MAX_ROWS {
                    String::new()
                } else {
                    sparkline(&problem.trend)
                }),
                Cell::Right(duration(problem.cost)),
                Cell::Left(figures::fix(problem.fix, problem.fix_seconds)),
                Cell::Left(problem.article.clone().unwrap_or_else(|| "no article".to_owned())),
            ]
        });
        self.titled_table(
            "Problems that come back",
            &["problem", "tickets", "", "waited", "fix", "article"],
            rows.collect(),
        );
        let gaps = report.knowledge_gaps;
        if gaps.problems > 0 {
            self.ui.line(format!(
                "  {} without an article: {}, {} of waiting",
                Plural(gaps.problems, "problem"),
                Plural(gaps.tickets, "ticket"),
                duration(gaps.cost)
            ));
        }
    }

    fn moves(&self, report: &Report) {
        let rows = report.moves.iter().filter(|moves| !moves.tickets.is_empty()).map(|moves| {
            vec![
                Cell::Left(format!("{} → {}", moves.from, moves.to)),
                Cell::Right(moves.tickets.len().to_string()),
                Cell::Right(figures::median(&moves.delay)),
                Cell::Right(duration(moves.delay.total)),
                Cell::Right(moves.tickets_before.to_string()),
            ]
        });
        self.titled_table(
            "Tickets that changed hands",
            &["from → to", "tickets", "median delay", "delay", "before"],
            rows.collect(),
        );
        let rows = report.paths.iter().map(|page| {
            vec![
                Cell::Left(page.path.clone()),
                Cell::Right(format!("{} of {}", page.tickets.len(), page.opened)),
                Cell::Left(page.service.clone().unwrap_or_else(|| "-".to_owned())),
                Cell::Left(page.to.clone()),
            ]
        });
        self.titled_table(
            "Pages from which tickets changed hands",
            &["page", "moved", "by the catalogue", "moved to"],
            rows.collect(),
        );
    }

    fn group(&self, grouping: &Grouping) {
        let most = grouping.rows.iter().map(|row| row.opened).max().unwrap_or(0);
        let bar = |count: usize| i64::try_from(count).unwrap_or(0);
        let rows = grouping.rows.iter().map(|row| {
            vec![
                Cell::Left(if row.name.is_empty() { "none".to_owned() } else { row.name.clone() }),
                Cell::Right(row.opened.to_string()),
                Cell::Bar(bar(row.opened), bar(most)),
                Cell::Right(row.opened_before.to_string()),
                Cell::Right(row.resolved.to_string()),
                Cell::Right(row.backlog.to_string()),
                Cell::Right(figures::median(&row.first_response)),
                Cell::Right(figures::median(&row.requester_wait)),
                Cell::Right(figures::median(&row.resolution)),
            ]
        });
        let heads = [
            grouping.by.name(),
            "opened",
            "",
            "before",
            "resolved",
            "not resolved",
            "first response",
            "wait",
            "resolution",
        ];
        let heading = format!("By {}", grouping.by.name());
        // All parts of a period and all people are listed, because they have no order by size.
        let all = grouping.rows.len();
        self.titled_rows(&heading, &heads, rows.collect(), all);
    }

    fn titled_table(&self, title: &str, heads: &[&str], rows: Vec<Vec<Cell>>) {
        self.titled_rows(title, heads, rows, MAX_ROWS);
    }

    fn titled_rows(&self, title: &str, heads: &[&str], mut rows: Vec<Vec<Cell>>, most: usize) {
        if rows.is_empty() {
            return;
        }
        self.heading(title);
        let more = rows.len().saturating_sub(most);
        rows.truncate(most);
        self.table(heads, rows);
        if more > 0 {
            self.ui.line(format!("  … and {more} more; `--format json` has all"));
        }
    }

    /// Prints rows in columns. The first column is cut if they are wider than the terminal, and bars take what is left.
    fn table(&self, heads: &[&str], rows: Vec<Vec<Cell>>) {
        let width_of = |cell: &Cell| match cell {
            Cell::Left(text) | Cell::Right(text) => one_line(text),
            Cell::Bar(..) => String::new(),
        };
        let widths: Vec<usize> = heads
            .iter()
            .enumerate()
            .map(|(at, head)| {
                let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(&width_of(cell)));
                let most = if at == 0 { usize::MAX } else { MAX_COLUMN };
                cells.max().unwrap_or(0).max(columns(head)).min(most)
            })
            .collect();
        let others: usize = widths.iter().skip(1).map(|width| width + 2).sum();
        let first = widths.first().copied().unwrap_or(0);
        let first = first.min(self.ui.width.saturating_sub(others + 2).max(16));
        let bar = self.ui.width.saturating_sub(others + first + 4).min(MAX_BAR);
        let has_bar = |at: usize| rows.iter().any(|row| matches!(row.get(at), Some(Cell::Bar(..))));
        let width = |at: usize| match at {
            0 => first,
            _ if has_bar(at) => bar,
            _ => widths[at],
        };
        if heads.iter().any(|head| !head.is_empty()) {
            let right = |at: usize| rows.iter().any(|row| matches!(row.get(at), Some(Cell::Right(_))));
            let cells = heads.iter().enumerate().map(|(at, head)| match right(at) {
                true => left_pad(head, width(at)),
                false => pad(head, width(at)),
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            self.ui.line(self.ui.paint(style::DIM, format!("  {line}").trim_end()));
        }
        for row in &rows {
            let cells = row.iter().enumerate().map(|(at, cell)| match cell {
                // Indented rows belong to the row above.
                Cell::Left(text) if text.starts_with("  ") => {
                    pad(&format!("  {}", fit(text, width(at).saturating_sub(2))), width(at))
                }
                Cell::Left(text) => pad(&fit(text, width(at)), width(at)),
                Cell::Right(text) => left_pad(&fit(text, width(at)), width(at)),
                Cell::Bar(part, most) => pad(&bar_of(*part, *most, bar), bar),
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            self.ui.line(format!("  {line}").trim_end());
        }
    }
}

fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

fn left_pad(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Joins sentences into lines of at most `width` columns. A sentence that is wider gets a line of its own.
fn packed(sentences: impl Iterator<Item = String>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for sentence in sentences {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(&sentence) <= width => {
                line.push(' ');
                line.push_str(&sentence);
            }
            _ => lines.push(sentence),
        }
    }
    lines
}

/// Returns a bar of `part` by `most` of `width` columns; at least one column for a part above 0.
fn bar_of(part: i64, most: i64, width: usize) -> String {
    let (part, most) = (i128::from(part.max(0)), i128::from(most.max(1)));
    let length = usize::try_from(part * i128::try_from(width).unwrap_or(0) / most).unwrap_or(0);
    "█".repeat(if part > 0 && width > 0 { length.clamp(1, width) } else { 0 })
}

/// Returns one character for each count. No ticket is a blank line at the bottom.
fn sparkline(counts: &[usize]) -> String {
    let most = counts.iter().max().copied().unwrap_or(0).max(1);
    let height = |count: &usize| match count {
        0 => '▁',
        count => HEIGHTS[(count * (HEIGHTS.len() - 1)).div_ceil(most)],
    };
    counts.iter().map(height).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_has_a_character_for_each_count() {
        assert_eq!(sparkline(&[0, 1, 4, 8]), "▁▂▅█");
        assert_eq!((sparkline(&[0, 0]), sparkline(&[])), ("▁▁".to_owned(), String::new()));
    }

    #[test]
    fn sentences_are_joined_up_to_the_width_of_the_terminal() {
        let packed = |width| packed(["One two.", "Three.", "Four."].into_iter().map(str::to_owned), width);
        assert_eq!(packed(16), ["One two. Three.", "Four."]);
        assert_eq!(packed(3), ["One two.", "Three.", "Four."]);
    }

    #[test]
    fn a_bar_is_never_wider_than_its_column() {
        let lengths = [(0, 9), (1, 900), (9, 9), (i64::MAX, i64::MAX), (3, 0)]
            .map(|(part, most)| bar_of(part, most, 10).chars().count());
        assert_eq!(lengths, [0, 1, 10, 10, 10]);
        assert_eq!(bar_of(3, 3, 0), "");
    }
}
