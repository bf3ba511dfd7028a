//! The report as comma-separated values: one number a row, so that a spreadsheet can filter and pivot it.

use csv::{Error, Writer};

use crate::report::{Distribution, Measures, Report, Share};

/// A function that returns a measure.
type Measure<T> = fn(&Measures) -> T;

/// The rows: the table, the key of its row, the measure, and the values of the period and of the period before. Durations are in
/// seconds; a missing value is empty.
struct Rows(Writer<Vec<u8>>);

/// Returns the report. Cells that a spreadsheet would read as a formula begin with an apostrophe.
pub(super) fn table(report: &Report) -> Result<Vec<u8>, Error> {
    let mut rows = Rows(Writer::from_writer(Vec::new()));
    rows.0.write_record(["table", "key", "measure", "value", "before"])?;
    let text = |time: crate::text::Time| time.to_string();
    rows.add("period", "", "from", text(report.period.from), text(report.before.from))?;
    rows.add("period", "", "to", text(report.period.to), text(report.before.to))?;
    for saving in &report.savings {
        rows.add("savings", &saving.command, "seconds", saving.seconds, "")?;
        rows.add("savings", &saving.command, "tickets", saving.tickets.len(), "")?;
    }
    rows.measures(&report.measures, &report.measures_before)?;
    for part in &report.parts {
        let key = text(part.from);
        rows.add("parts", &key, "opened", part.opened, "")?;
        rows.add("parts", &key, "resolved", part.resolved, "")?;
        rows.add("parts", &key, "backlog", part.backlog, "")?;
    }
    for field in &report.asked_fields {
        let key = format!("{}/{}", field.template, field.field);
        rows.add("asked_fields", &key, "tickets", field.tickets.len(), field.tickets_before)?;
        rows.add("asked_fields", &key, "of", field.of, "")?;
        rows.add("asked_fields", &key, "cost", field.cost.total, field.cost_before)?;
        rows.add("asked_fields", &key, "cost_median", shown(field.cost.median), "")?;
    }
    for problem in &report.problems {
        rows.add("problems", &problem.ticket, "opened", problem.opened, problem.opened_before)?;
        rows.add("problems", &problem.ticket, "cost", problem.cost, problem.cost_before)?;
        rows.add("problems", &problem.ticket, "tickets", problem.tickets.len(), "")?;
        rows.add("problems", &problem.ticket, "cost_total", problem.cost_total, "")?;
    }
    for moves in &report.moves {
        let key = format!("{} → {}", moves.from, moves.to);
        rows.add("moves", &key, "tickets", moves.tickets.len(), moves.tickets_before)?;
        rows.add("moves", &key, "delay", moves.delay.total, "")?;
    }
    for grouping in &report.groups {
        let table = format!("by_{}", grouping.by.name());
        for row in &grouping.rows {
            rows.add(&table, &row.key, "opened", row.opened, row.opened_before)?;
            rows.add(&table, &row.key, "resolved", row.resolved, "")?;
            rows.add(&table, &row.key, "backlog", row.backlog, "")?;
            for (measure, times) in [
                ("first_response", row.first_response),
                ("requester_wait", row.requester_wait),
                ("resolution", row.resolution),
            ] {
                rows.add(&table, &row.key, &format!("{measure}_median"), shown(times.median), "")?;
            }
        }
    }
    rows.0.into_inner().map_err(|error| error.into_error().into())
}

impl Rows {
    fn add(
        &mut self,
        table: &str,
        key: &str,
        measure: &str,
        value: impl ToString,
        before: impl ToString,
    ) -> Result<(), Error> {
        self.0.write_record([table, &harmless(key), measure, &value.to_string(), &before.to_string()])
    }

    fn measures(&mut self, now: &Measures, before: &Measures) -> Result<(), Error> {
        let counts: [(&str, Measure<usize>); 3] =
            [("opened", |of| of.opened), ("resolved", |of| of.resolved), ("unanswered", |of| of.unanswered)];
        for (name, of) in counts {
            self.add("measures", "", name, of(now), of(before))?;
        }
        let times: [(&str, Measure<Option<Distribution>>); 9] = [
            ("backlog", |of| Some(of.backlog)),
            ("first_response", |of| Some(of.first_response.calendar)),
            ("first_response_business", |of| of.first_response.business),
            ("requester_wait", |of| Some(of.requester_wait.calendar)),
            ("requester_wait_business", |of| of.requester_wait.business),
            ("resolution", |of| Some(of.resolution.calendar)),
            ("resolution_business", |of| of.resolution.business),
            ("round_trips", |of| Some(of.round_trips)),
            ("time_to_known_answer", |of| Some(of.time_to_known_answer)),
        ];
        for (name, of) in times {
            let Some((now, before)) = of(now).zip(of(before)) else { continue };
            self.add("measures", name, "n", now.n, before.n)?;
            self.add("measures", name, "median", shown(now.median), shown(before.median))?;
            self.add("measures", name, "p90", shown(now.p90), shown(before.p90))?;
            self.add("measures", name, "total", now.total, before.total)?;
        }
        let shares: [(&str, Measure<Share>); 4] = [
            ("service_levels", |of| of.service_levels),
            ("reopened", |of| of.reopened),
            ("reused", |of| of.reused),
            ("known", |of| of.known),
        ];
        for (name, of) in shares {
            self.add("measures", name, "part", of(now).part, of(before).part)?;
            self.add("measures", name, "whole", of(now).whole, of(before).whole)?;
        }
        Ok(())
    }
}

fn shown(value: Option<i64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Returns a text that no spreadsheet reads as a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
