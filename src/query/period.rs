//! The period that a query asks for by the time of opening.

use std::ops::Range;

use jiff::Timestamp;

use super::{
    Comparison, Expr, FieldTest, Key, Moment, Query, QueryClock, QueryValue, ValueKind, ValueTest,
    keys::OPENED,
};
use crate::text::Time;

/// The bounds of a period. `None` is an open end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PeriodBounds {
    /// The first instant.
    pub from: Option<Time>,
    /// The first instant after the period.
    pub to: Option<Time>,
}

impl Query {
    /// Splits the query into the period in which tickets were opened and all other conditions. Only conditions that every
    /// ticket must meet count for the period: those in groups, after `OR` and after `-` stay conditions.
    pub(crate) fn split_period(mut self, clock: &QueryClock) -> (Self, PeriodBounds) {
        let all = match self.expr.take() {
            Some(Expr::And(all)) => all,
            other => other.into_iter().collect(),
        };
        let mut bounds = PeriodBounds::default();
        let mut others = Vec::new();
        for expr in all {
            match bounds_of(&expr, clock) {
                Some(more) => bounds = bounds.within(more),
                None => others.push(expr),
            }
        }
        self.expr = match others.len() {
            0 | 1 => others.pop(),
            _ => Some(Expr::And(others)),
        };
        (self, bounds)
    }
}

impl PeriodBounds {
    /// Returns the bounds of the period in both.
    fn within(self, other: Self) -> Self {
        let to = match (self.to, other.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { from: self.from.max(other.from), to }
    }
}

/// Returns the period of a condition on the time of opening, if it has one.
fn bounds_of(expr: &Expr, clock: &QueryClock) -> Option<PeriodBounds> {
    let Expr::Field(FieldTest { key: Key::Own(key), any_of }) = expr else { return None };
    let is_of_opening = match key.kind {
        ValueKind::Bound { of, .. } => of == OPENED,
        _ => key.name == OPENED,
    };
    let [test] = any_of.as_slice() else { return None };
    let period = |value: &QueryValue| match value {
        QueryValue::Time(moment) => Some(period_of(moment, clock)),
        _ => None,
    };
    if !is_of_opening {
        return None;
    }
    let (from, to) = match test {
        ValueTest::Is(value) => period(value).map(|period| (Some(period.start), Some(period.end)))?,
        ValueTest::Range(from, to) => {
            let end = |bound: &Option<QueryValue>| bound.as_ref().map(&period);
            let (from, to) = (end(from), end(to));
            if from == Some(None) || to == Some(None) {
                return None;
            }
            (from.flatten().map(|period| period.start), to.flatten().map(|period| period.end))
        }
        ValueTest::Compare(comparison, value) => {
            let period = period(value)?;
            match comparison {
                Comparison::Less => (None, Some(period.start)),
                Comparison::AtMost => (None, Some(period.end)),
                Comparison::More => (Some(period.end), None),
                Comparison::AtLeast => (Some(period.start), None),
            }
        }
        ValueTest::Words(_) => return None,
    };
    Some(PeriodBounds { from, to })
}

/// Returns a moment or period in whole seconds. An instant is the second that begins with it.
fn period_of(moment: &Moment, clock: &QueryClock) -> Range<Time> {
    let Range { start, end } = moment.period(clock);
    let whole = |at: Timestamp| {
        let time = Time::from(at).whole_second();
        if at.subsec_nanosecond() > 0 { time.plus_seconds(1) } else { time }
    };
    whole(start)..whole(end)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::query::Vocabulary;

    fn split(text: &str) -> (String, String) {
        let clock = QueryClock { now: Time::parse("2026-11-22T20:00:00Z").unwrap(), zone: TimeZone::UTC };
        let (query, bounds) = Query::parse(text, &Vocabulary::default()).unwrap().split_period(&clock);
        let end = |time: Option<Time>| time.map(|time| time.to_string()).unwrap_or_default();
        (query.to_string(), format!("{}/{}", end(bounds.from), end(bounds.to)))
    }

    #[test]
    fn the_time_of_opening_is_the_period_and_the_rest_stays() {
        for (query, rest, period) in [
            ("service:a tag:b", "service:a tag:b", "/"),
            ("created:2026-01..2026-03 tag:b", "tag:b", "2026-01-01T00:00:00Z/2026-04-01T00:00:00Z"),
            ("created:2026-02-03", "", "2026-02-03T00:00:00Z/2026-02-04T00:00:00Z"),
            ("created:>=2026 created:<2026-03", "", "2026-01-01T00:00:00Z/2026-03-01T00:00:00Z"),
            ("created:>2026", "", "2027-01-01T00:00:00Z/"),
            ("created:..2025", "", "/2026-01-01T00:00:00Z"),
            ("created:2026 created:2026-05..2027", "", "2026-05-01T00:00:00Z/2027-01-01T00:00:00Z"),
            ("newer:7d", "", "2026-11-15T20:00:01Z/"),
            ("created:<=2026-01-01T10:00:00Z", "", "/2026-01-01T10:00:01Z"),
            ("-created:2026", "-created:2026", "/"),
            ("created:2025,2026", "created:2025,2026", "/"),
            ("updated:2026", "updated:2026", "/"),
        ] {
            assert_eq!(split(query), (rest.to_owned(), period.to_owned()), "{query}");
        }
    }
}
