//! `date`: a date or a time.

use super::{FieldType, FieldValues, field_problem};
use crate::text::Time;

pub(super) static TYPE: FieldType = FieldType {
    name: "date",
    describe: "a date",
    values: FieldValues::Date,
    check: |text, _, _| match Time::parse_date(text).or_else(|| Time::parse(text)) {
        Some(_) => None,
        None => field_problem(format!("invalid date `{text}`"), "write it as `2026-11-22`"),
    },
    ..FieldType::PLAIN
};
