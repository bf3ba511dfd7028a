//! `service`: the id of a service in the catalogue.

use super::{FieldType, Misfit, NamedThing};
use crate::text::nearest;

pub static TYPE: FieldType = FieldType {
    name: "service",
    describe: "a service's id",
    names: Some(NamedThing::Service),
    check: |text, _, names| {
        let services = names.services();
        if services.is_empty() || services.contains(&text) {
            return None;
        }
        Some(Misfit {
            code: "unknown-service",
            message: format!("`{text}` is not in the service catalogue"),
            help: "write the id that casebook.yml has under `services`, or add the service there".to_owned(),
            nearest: nearest(text, services).map(str::to_owned),
        })
    },
    ..FieldType::PLAIN
};
