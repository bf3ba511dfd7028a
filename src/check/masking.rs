//! Hides secrets in findings.

use std::sync::Arc;

use crate::{
    diagnostic::{Finding, Fix},
    text::Span,
};

/// Masks the secrets of a file in all its findings, also in those of other rules, because other people read the
/// logs that contain the output.
pub(super) fn mask_secrets(findings: &mut [Finding], text: &str) {
    let spans: Vec<_> = findings.iter().flat_map(|finding| finding.masked.iter().cloned()).collect();
    if spans.is_empty() {
        return;
    }
    let mut secrets: Vec<&str> = spans.iter().filter_map(|span| text.get(span.clone())).collect();
    secrets.sort_unstable();
    secrets.dedup();
    let spans: Arc<[Span]> = spans.into();
    let mask = |text: &mut String| {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            if text.contains(secret) {
                *text = text.replace(secret, &"*".repeat(secret.chars().count().min(8)));
            }
        }
    };
    for finding in findings {
        finding.masked = Arc::clone(&spans);
        mask(&mut finding.message);
        mask(&mut finding.label);
        finding.help.iter_mut().for_each(mask);
        let has_secret = |fix: &Fix| {
            let texts = fix.edits.iter().map(|(_, text)| text).chain([&fix.title]);
            texts.into_iter().any(|text| secrets.iter().any(|secret| text.contains(secret)))
        };
        if finding.fix.as_ref().is_some_and(has_secret) {
            finding.fix = None;
        }
    }
}
