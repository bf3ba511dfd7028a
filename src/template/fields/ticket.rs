//! `ticket`: the id of another ticket.

use super::{FieldType, Misfit};

/// The type.
pub const TYPE: FieldType = FieldType {
    name: "ticket",
    describe: "a ticket's id",
    check: |text, _, known| {
        if known.has_ticket(text) {
            return None;
        }
        Some(Misfit {
            code: "unknown-reference",
            message: format!("unknown ticket `{text}`"),
            help: "write the whole id of a ticket in this repository".to_owned(),
            nearest: known.nearest_ticket(text),
        })
    },
};
