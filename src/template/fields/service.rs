//! `service`: the id of a service in `services`.

use super::{FieldProblem, FieldType, NamedThing};
use crate::text::nearest;

pub(super) static TYPE: FieldType = FieldType {
    name: "service",
    describe: "a service's id",
    names: Some(NamedThing::Service),
    check: |text, _, names| {
        let services = names.services();
        if services.is_empty() || services.contains(&text) {
            return None;
        }
        Some(FieldProblem {
            code: "unknown-service",
            message: format!("unknown service `{text}`"),
            help: "write an id listed under `services` in casebook.yml, or add the service there".to_owned(),
            nearest: nearest(text, services).map(str::to_owned),
        })
    },
    ..FieldType::PLAIN
};
