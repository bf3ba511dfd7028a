//! Checks the values of template fields against their types.

use crate::{
    diagnostic::Finding,
    store::Store,
    template::{Field, FieldType, Misfit},
    text::{RepoPath, Span},
    ticket::{YamlNode, YamlNodeKind, yaml_scalar},
};

/// Adds the problems of `node` as the value of `field`.
pub(super) fn check_value(
    path: &RepoPath,
    field: &Field,
    node: &YamlNode,
    store: &Store,
    findings: &mut Vec<Finding>,
) {
    let kind = field.kind;
    let bad = |node: &YamlNode, what: &str, help: String| {
        let message = format!("`{}` must be {what}, not {}", field.name, node.describe());
        Finding::deny("bad-value", path, message).at(node.span.clone()).help(help)
    };
    if matches!(node.kind, YamlNodeKind::List(_)) && !field.many {
        findings.push(bad(node, kind.describe, format!("write one value, as in `{}: …`", field.name)));
        return;
    }
    for item in node.items() {
        match item.text() {
            Some("") => {}
            Some(text) => {
                if let Some(misfit) = (kind.check)(text, field, store) {
                    findings.push(finding_of(misfit, path, item.span.clone()));
                }
            }
            None if item.is_null() => {}
            None => {
                findings.push(bad(item, kind.describe, format!("write `{}: [one, two]`", field.name)));
            }
        }
    }
}

/// Converts the problem of a value to a finding at `span`.
pub(super) fn finding_of(misfit: Misfit, path: &RepoPath, span: Span) -> Finding {
    let finding = Finding::deny(misfit.code, path, misfit.message).at(span.clone()).help(misfit.help);
    match misfit.nearest {
        Some(near) => finding.label(format!("did you mean `{near}`?")).suggest(
            format!("write `{near}`"),
            span,
            yaml_scalar(&near),
        ),
        None => finding,
    }
}

/// Returns the finding for a text that is not a valid value of the type `kind`.
pub(super) fn misfit(
    kind: &FieldType,
    text: &str,
    span: Span,
    path: &RepoPath,
    store: &Store,
) -> Option<Finding> {
    let misfit = (kind.check)(text, &Field::default(), store)?;
    Some(finding_of(misfit, path, span))
}
