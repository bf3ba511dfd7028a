//! `service`: the id of a service in the catalogue.

use super::{FieldType, Misfit};
use crate::text::nearest;

/// The type.
pub const TYPE: FieldType = FieldType {
    name: "service",
    describe: "a service's id",
    check: |text, _, known| {
        let services = known.services();
        if services.is_empty() || services.contains(&text) {
            return None;
        }
        Some(Misfit {
            code: "unknown-service",
            message: format!("unknown service `{text}`"),
            help: "write an id listed under `services` in casebook.yml, or add the service there".to_owned(),
            nearest: nearest(text, services).map(str::to_owned),
        })
    },
};
