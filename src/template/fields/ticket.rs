//! `ticket`: the id of another ticket.

use super::{FieldProblem, FieldType, NamedThing};

pub(super) static TYPE: FieldType = FieldType {
    name: "ticket",
    describe: "a ticket's id",
    names: Some(NamedThing::Ticket),
    check: |text, _, names| {
        if names.has_ticket(text) {
            return None;
        }
        Some(FieldProblem {
            code: "unknown-reference",
            message: format!("unknown ticket `{text}`"),
            help: "write the whole id of a ticket in this repository".to_owned(),
            nearest: names.nearest_ticket(text),
        })
    },
    ..FieldType::PLAIN
};
