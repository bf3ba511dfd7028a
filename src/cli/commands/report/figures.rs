//! The words and figures of a report for people, for the terminal and for Markdown.

use jiff::tz::TimeZone;

use crate::api::ReportAnswer;
use crate::report::{
    Distribution, Durations, FixState, LeftOutReason, Measures, Period, Report, Saving, SavingChange, Share,
    Trend, trend_of_counts,
};
use crate::settings::Settings;
use crate::text::{Plural, Time};

/// The minimum number of tickets for a median. It is the smallest number for which its interval exists.
const FEWEST: usize = 6;

/// The number of days after which a fix without a new ticket counts as one that held.
const DAYS_OF_FIX: i64 = 7;

/// A function that returns a measure.
type Measure<T> = fn(&Measures) -> T;

/// A measure of the period and of the period before.
pub(super) struct FigureRow {
    pub(super) name: &'static str,
    pub(super) now: String,
    /// The 95 % interval of a median.
    pub(super) interval: String,
    /// The 90th percentile.
    pub(super) p90: String,
    pub(super) before: String,
    pub(super) trend: Trend,
}

impl FigureRow {
    fn new(name: &'static str, now: String, before: String, trend: Trend) -> Self {
        Self { name, now, interval: String::new(), p90: String::new(), before, trend }
    }

    fn of_times(name: &'static str, now: &Distribution, before: &Distribution) -> Self {
        let interval = now.low.zip(now.high).filter(|_| now.n >= FEWEST);
        Self {
            interval: interval
                .map(|(low, high)| format!("{} to {}", duration(low), duration(high)))
                .unwrap_or_default(),
            p90: now.p90.map(duration).unwrap_or_default(),
            ..Self::new(name, median(now), median(before), now.trend(before))
        }
    }
}

/// Formats seconds with one or two units, as in `48 min`, `9 h 40 min` and `3 d 4 h`.
pub(super) fn duration(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let two = |first: i64, unit: &str, second: i64, smaller: &str| match second {
        0 => format!("{first} {unit}"),
        _ => format!("{first} {unit} {second} {smaller}"),
    };
    match minutes {
        0 if seconds > 0 => "under 1 min".to_owned(),
        0..120 => format!("{minutes} min"),
        120..2_880 => two(minutes / 60, "h", minutes % 60, "min"),
        2_880..28_800 => two(minutes / 1_440, "d", minutes % 1_440 / 60, "h"),
        _ => format!("{} d", minutes / 1_440),
    }
}

/// Formats the median of durations; `too few (3)` if there are not enough for its interval.
pub(super) fn median(times: &Distribution) -> String {
    match (times.n, times.median) {
        (0, _) | (_, None) => "-".to_owned(),
        (n, _) if n < FEWEST => format!("too few ({n})"),
        (_, Some(median)) => duration(median),
    }
}

/// Formats a share as `27 % (9 of 33)`; `1 of 3` if there are too few for a percentage.
pub(super) fn share(share: &Share) -> String {
    match share.share {
        None => "-".to_owned(),
        Some(_) if share.whole < FEWEST => format!("{} of {}", share.part, share.whole),
        Some(value) => format!("{:.0} % ({} of {})", value * 100.0, share.part, share.whole),
    }
}

/// Returns how often proposed replies were used, and how often an answer made a ticket unnecessary; nothing for what never
/// happened.
pub(super) fn use_of_answers(answer: &ReportAnswer) -> Vec<String> {
    let mut lines = Vec::new();
    let proposals = &answer.proposals;
    if proposals.replies > 0 {
        let kept = proposals.kept.map(|kept| format!("; {kept} % of their sentences were kept (median)"));
        lines.push(format!(
            "{} began with a proposed text{}",
            Plural(proposals.replies, "reply"),
            kept.unwrap_or_default()
        ));
    }
    if let Some(deflection) = &answer.deflection {
        lines.push(format!(
            "{} to open a ticket in this clone: {} solved by an earlier answer, {} opened; {} solved within the last 7 days",
            Plural(deflection.attempts, "attempt"),
            deflection.solved,
            deflection.opened,
            deflection.on_trial
        ));
    }
    lines
}

/// Returns the measures in order. Measures that the repository does not have are left out.
pub(super) fn rows(report: &Report) -> Vec<FigureRow> {
    let (now, before) = (&report.measures, &report.measures_before);
    let count = |name: &'static str, of: fn(&Measures) -> usize| {
        let trend = trend_of_counts(of(now), of(before));
        FigureRow::new(name, of(now).to_string(), of(before).to_string(), trend)
    };
    let mut rows = vec![
        count("opened", |of| of.opened),
        count("resolved", |of| of.resolved),
        count("not resolved at the end", |of| of.backlog.n),
        FigureRow::of_times("  their age", &now.backlog, &before.backlog),
    ];
    let times: [(&'static str, Measure<Durations>); 3] = [
        ("first response", |of| of.first_response),
        ("requester wait", |of| of.requester_wait),
        ("resolution", |of| of.resolution),
    ];
    for (name, of) in times {
        rows.push(FigureRow::of_times(name, &of(now).calendar, &of(before).calendar));
        if let Some((now, before)) = of(now).business.zip(of(before).business) {
            rows.push(FigureRow::of_times("  in business hours", &now, &before));
        }
    }
    let shares: [(&'static str, Measure<Share>); 4] = [
        ("service levels met", |of| of.service_levels),
        ("reopened", |of| of.reopened),
        ("reused an answer", |of| of.reused),
        ("  that was known before", |of| of.known),
    ];
    for (name, of) in shares {
        if of(now).whole + of(before).whole > 0 {
            let trend = of(now).trend(&of(before));
            rows.push(FigureRow::new(name, share(&of(now)), share(&of(before)), trend));
        }
    }
    if now.time_to_known_answer.n + before.time_to_known_answer.n > 0 {
        let known = |of: &Measures| duration(of.time_to_known_answer.total);
        rows.push(FigureRow::new("  wait for it, in total", known(now), known(before), Trend::Unclear));
    }
    let trips = |of: &Measures| match of.round_trips.n {
        0 => "-".to_owned(),
        n => format!("{} in {}", of.round_trips.total, Plural(n, "ticket")),
    };
    let trend = now.round_trips.trend(&before.round_trips);
    rows.push(FigureRow::new("round trips", trips(now), trips(before), trend));
    rows
}

/// Returns the period in words, as in `22 May to 20 November 2026, 26 weeks`.
pub(super) fn period(period: &Period, settings: &Settings) -> String {
    let zone = settings.zone();
    let first = period.from.timestamp().to_zoned(zone.clone()).date();
    let last = last_day(period.to, &zone);
    let days = last.duration_since(first).as_hours() / 24 + 1;
    let length = match days {
        days if days >= 14 && days % 7 == 0 => format!("{} weeks", days / 7),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    format!("{} to {} ({length})", first.strftime("%-d %b %Y"), last.strftime("%-d %b %Y"))
}

fn last_day(end: Time, zone: &TimeZone) -> jiff::civil::Date {
    end.plus_seconds(-1).timestamp().to_zoned(zone.clone()).date()
}

/// Returns what to change and the evidence for it. `quote` formats what people wrote.
pub(super) fn saving(
    saving: &Saving,
    settings: &Settings,
    quote: &dyn Fn(&str) -> String,
) -> (String, Vec<String>) {
    let tickets = Plural(saving.tickets.len(), "ticket");
    let service = |id: &str| quote(settings.service(id).map_or(id, |service| &service.name));
    match &saving.change {
        SavingChange::RequireField { template, field, of, .. } => (
            format!("Ask for {} in the template {}", quote(field), quote(template)),
            vec![format!(
                "{} of {} came without it, and each waited for one more round trip.",
                saving.tickets.len(),
                Plural(*of, "ticket")
            )],
        ),
        SavingChange::FixProblem { title, opened, fix, article, .. } => {
            let state = match fix {
                FixState::Held => "The last fix has held so far.",
                FixState::CameBack => "It came back after the last fix.",
                FixState::NotFixed => "No ticket was resolved as fixed.",
            };
            let article = match article {
                Some(slug) => format!("Article: {}.", quote(slug)),
                None => "No article covers it.".to_owned(),
            };
            (
                format!("Remove the cause of {}", quote(title)),
                vec![format!("{opened} of {tickets} in this period."), state.to_owned(), article],
            )
        }
        SavingChange::RouteService { from, to, path, .. } => {
            let page = path.as_ref().map(|path| format!("Most of them were opened from {}.", quote(path)));
            let moved = [format!("{tickets} changed hands.")].into_iter().chain(page).collect();
            (format!("Send people to {} instead of {}", service(to), service(from)), moved)
        }
    }
}

/// Returns whether the last fix of a problem held.
pub(super) fn fix(fix: FixState, seconds: Option<i64>) -> String {
    let days = seconds.unwrap_or(0) / 86_400;
    match fix {
        FixState::Held if days < DAYS_OF_FIX => "too early to say".to_owned(),
        FixState::Held => format!("held for {}", Plural(usize::try_from(days).unwrap_or(0), "day")),
        FixState::CameBack => format!("back after {}", Plural(usize::try_from(days).unwrap_or(0), "day")),
        FixState::NotFixed => "not fixed".to_owned(),
    }
}

/// Returns what the report left out, one sentence each.
pub(super) fn left_out(report: &Report) -> Vec<String> {
    let sentence = |reason: LeftOutReason, count: usize| {
        let (tickets, replies) = (Plural(count, "ticket"), Plural(count, "reply"));
        match reason {
            LeftOutReason::NoOpening => format!("{tickets} without a valid time of opening"),
            LeftOutReason::FutureTickets => format!("{tickets} opened in the future"),
            LeftOutReason::UndatedReplies => format!("{replies} without a valid author or time"),
            LeftOutReason::FutureReplies => format!("{replies} dated in the future"),
            LeftOutReason::EarlyReplies => {
                format!("{replies} dated before the opening (counted as triage only)")
            }
            LeftOutReason::EarlyResolutions => format!("{tickets} resolved before the opening"),
        }
    };
    report.left_out.iter().map(|left_out| sentence(left_out.reason, left_out.count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_at_most_two_units() {
        let texts = [0, 30, 2_880, 34_800, 273_600, 10_000_000].map(duration);
        assert_eq!(texts, ["0 min", "under 1 min", "48 min", "9 h 40 min", "3 d 4 h", "115 d"]);
    }

    #[test]
    fn few_tickets_have_no_median_and_no_percentage() {
        assert_eq!(median(&Distribution::of(vec![60; 3])), "too few (3)");
        assert_eq!(median(&Distribution::of(vec![60; 6])), "1 min");
        assert_eq!(
            (share(&Share::of(1, 3)), share(&Share::of(9, 33))),
            ("1 of 3".into(), "27 % (9 of 33)".into())
        );
        assert_eq!((median(&Distribution::default()), share(&Share::of(0, 0))), ("-".into(), "-".into()));
    }
}
