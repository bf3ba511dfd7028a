//! Detects field values of a ticket from the current folder. No code of the repository is run.

use crate::{
    repo,
    settings::Settings,
    template::{Field, Template},
};
use std::path::Path;

/// A detected value and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DetectedField {
    /// The name of the field.
    pub field: String,
    pub value: String,
    /// The origin as shown to the user, such as `the folder services/billing matches services/billing/**`.
    pub why: String,
}

/// Detects values for `template` from `folder` and from the pages that the requester came from (oldest first).
pub(crate) fn detect(
    template: &Template,
    settings: &Settings,
    folder: &Path,
    came_from: &[String],
) -> Vec<DetectedField> {
    let service = template.field("service").is_some().then(|| Field {
        name: "service".into(),
        detect: Some("service".into()),
        ..Field::default()
    });
    let listed =
        template.fields.iter().filter(|field| field.detect.is_some() && field.name != "service").cloned();
    service
        .into_iter()
        .chain(listed)
        .filter_map(|field| detect_field(&field, settings, folder, came_from))
        .collect()
}

fn detect_field(
    field: &Field,
    settings: &Settings,
    folder: &Path,
    came_from: &[String],
) -> Option<DetectedField> {
    let found = |value: String, why: String| Some(DetectedField { field: field.name.clone(), value, why });
    match field.detect.as_deref()? {
        "service" => {
            // The last page before the form tells the most about where the problem is.
            for path in came_from.iter().rev() {
                if let Some(matched) = settings.service_of_path(path) {
                    return found(matched.service.id.clone(), format!("{path} matches {}", matched.pattern));
                }
            }
            let inside = repo::path_in_git(folder)?;
            let matched = settings
                .service_of_path(&inside)
                .or_else(|| settings.service_of_path(&format!("{inside}/")))?;
            found(matched.service.id.clone(), format!("the folder {inside} matches {}", matched.pattern))
        }
        "version" => {
            let tag = repo::describe(folder)?;
            found(tag.trim_start_matches('v').to_owned(), "the last tag of this checkout".into())
        }
        "os" => found(std::env::consts::OS.to_owned(), "this computer".into()),
        _ => None,
    }
}
