//! Checks the values of template fields against their types.

use crate::{
    diagnostic::Finding,
    store::Store,
    template::{Field, FieldProblem, FieldType},
    text::{RepoPath, Span},
    ticket::{YamlNode, YamlNodeKind, yaml_scalar},
};

/// Adds a finding for each part of `node` that is not a valid value of `field`.
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
                if let Some(field_problem) = (kind.check)(text, field, store) {
                    findings.push(finding_of(field_problem, path, item.span.clone()));
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
pub(super) fn finding_of(field_problem: FieldProblem, path: &RepoPath, span: Span) -> Finding {
    let finding = Finding::deny(field_problem.code, path, field_problem.message)
        .at(span.clone())
        .help(field_problem.help);
    match field_problem.nearest {
        Some(near) => finding.label(format!("did you mean `{near}`?")).suggest(
            format!("write `{near}`"),
            span,
            yaml_scalar(&near),
        ),
        None => finding,
    }
}

/// Returns the finding for a text that is not a valid value of the type `kind`.
pub(super) fn field_problem(
    kind: &FieldType,
    text: &str,
    span: Span,
    path: &RepoPath,
    store: &Store,
) -> Option<Finding> {
    let field_problem = (kind.check)(text, &Field::default(), store)?;
    Some(finding_of(field_problem, path, span))
}
