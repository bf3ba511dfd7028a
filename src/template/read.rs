//! Parses templates. Never fails: invalid values are returned as findings.

use super::{
    Field, Need, Pattern, SectionRule, Stage, Template,
    fields::{FIELD_TYPES, FieldType},
    pattern::{MAX_ALL_PATTERNS, MAX_LENGTH, MAX_PATTERNS},
};
use crate::{
    diagnostic::Finding,
    text::{RepoPath, nearest},
    ticket::{Document, Resolution, YamlEntry, YamlNode, YamlNodeKind, YamlReader, is_reserved_field},
};

pub(crate) const TEMPLATE_FOLDER: &str = "ticket-templates";

const KEYS: &[&str] =
    &["title", "about", "fields", "sections", "resolution", "answer_sections", "any_fields"];
const FIELD_KEYS: &[&str] =
    &["type", "many", "required", "when", "since", "options", "pattern", "example", "ask", "detect"];
const SECTION_KEYS: &[&str] = &["required", "when", "since", "min_words", "needs", "ask"];
/// Detectors that `detect` may name.
pub(super) const DETECTORS: &[&str] = &["service", "version", "os"];

pub(crate) fn parse_template(document: &Document) -> (Template, Vec<Finding>) {
    let path = &document.path;
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut findings = document.problems.clone();
    let mut reader = YamlReader::new(path, entries);
    let mut template = Template {
        name: path.stem().to_owned(),
        title: reader.text("title").unwrap_or_else(|| path.stem().to_owned()),
        about: reader.text("about").unwrap_or_default(),
        answer_sections: reader.texts("answer_sections"),
        any_fields: reader.boolean("any_fields").unwrap_or(false),
        body: document.body_text().trim_start_matches(['\r', '\n']).to_owned(),
        ..Template::default()
    };
    reader.refuse_unknown(KEYS);
    for key in ["fields", "sections", "resolution"] {
        let Some(node) = reader.node(key) else { continue };
        if !matches!(node.kind, YamlNodeKind::Map(_)) {
            reader.bad(
                node,
                format!("`{key}` must be a map, not {}", node.describe()),
                "write one name per line",
            );
        }
        for entry in node.entries() {
            let mut inner = YamlReader::new(path, entry.value.entries());
            if !matches!(entry.value.kind, YamlNodeKind::Map(_)) && !entry.value.is_null() {
                inner.bad(
                    &entry.value,
                    format!("`{}` must be a map, not {}", entry.key, entry.value.describe()),
                    "write it as `{ … }`",
                );
            }
            match key {
                "fields" => template.fields.push(read_field(path, entry, &mut inner)),
                "sections" => template.sections.push(read_section(entry, &mut inner, &["open"])),
                _ => template.resolution.push(read_section(entry, &mut inner, Resolution::NAMES)),
            }
            findings.append(&mut inner.findings);
        }
    }
    findings.append(&mut reader.findings);
    limit_patterns(path, &mut template, entries, &mut findings);
    check_when(path, &template, entries, &mut findings);
    (template, findings)
}

fn read_field(path: &RepoPath, entry: &YamlEntry, reader: &mut YamlReader<'_>) -> Field {
    let names: Vec<&str> = FIELD_TYPES.iter().map(|kind| kind.name).collect();
    if is_reserved_field(&entry.key) {
        reader.findings.push(
            Finding::deny("reserved-name", path, format!("reserved field name `{}`", entry.key))
                .at(entry.key_span.clone())
                .help("rename the field"),
        );
    }
    let kind = reader.word("type", &names, FieldType::find).unwrap_or_default();
    let field = Field {
        name: entry.key.clone(),
        many: reader.boolean("many").unwrap_or(false),
        required: read_stages(reader, &stage_names()),
        when: read_when(reader),
        since: reader.date("since"),
        options: reader.texts("options"),
        pattern: read_pattern(reader),
        example: reader.text("example"),
        ask: reader.text("ask"),
        detect: reader.word("detect", DETECTORS, |word| DETECTORS.contains(&word).then(|| word.to_owned())),
        kind,
    };
    if field.kind.has_options && field.options.is_empty() {
        reader.bad(&entry.value, "`type: choice` without options", "add `options: [one, two]`");
    }
    reader.refuse_unknown(FIELD_KEYS);
    field
}

fn read_section(entry: &YamlEntry, reader: &mut YamlReader<'_>, stages: &[&str]) -> SectionRule {
    let mut needs = Vec::new();
    if let Some(node) = reader.node("needs") {
        for item in node.items() {
            match item.text() {
                Some("list") => needs.push(Need::List),
                Some("code") => needs.push(Need::Code),
                _ => reader.bad(
                    item,
                    "`needs` must be `list` or `code`",
                    "write `needs: [list, code]` if either is enough",
                ),
            }
        }
    }
    let section = SectionRule {
        name: entry.key.clone(),
        required: read_stages(reader, stages),
        when: read_when(reader),
        since: reader.date("since"),
        min_words: reader.count("min_words").unwrap_or(0),
        needs,
        ask: reader.text("ask"),
    };
    reader.refuse_unknown(SECTION_KEYS);
    section
}

fn stage_names() -> Vec<&'static str> {
    std::iter::once("open").chain(Resolution::NAMES.iter().copied()).collect()
}

fn read_stages(reader: &mut YamlReader<'_>, names: &[&str]) -> Vec<Stage> {
    let Some(node) = reader.node("required") else {
        return Vec::new();
    };
    let mut stages = Vec::new();
    for item in node.items() {
        let word = item.text().unwrap_or_default();
        match (word, Resolution::parse(word)) {
            ("open", _) if names.contains(&"open") => stages.push(Stage::Open),
            (_, Some(resolution)) if names.contains(&word) => stages.push(Stage::Resolved(resolution)),
            _ => {
                let near =
                    nearest(word, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
                reader.bad(
                    item,
                    format!("unknown value `{word}` of `required`{}", near.unwrap_or_default()),
                    format!("use one of: {}", names.join(", ")),
                );
            }
        }
    }
    stages
}

fn read_when(reader: &mut YamlReader<'_>) -> Vec<(String, Vec<String>)> {
    let Some(node) = reader.node("when") else {
        return Vec::new();
    };
    if !matches!(node.kind, YamlNodeKind::Map(_)) {
        reader.bad(
            node,
            "`when` must be a map of fields and values",
            "write it as `when: { environment: production }`",
        );
    }
    node.entries().iter().map(|entry| (entry.key.clone(), texts(&entry.value))).collect()
}

fn texts(node: &YamlNode) -> Vec<String> {
    node.value().texts()
}

fn read_pattern(reader: &mut YamlReader<'_>) -> Option<Pattern> {
    let pattern = reader.text("pattern")?;
    if let (true, Some(node)) = (pattern.len() > MAX_LENGTH, reader.node("pattern")) {
        reader.bad(
            node,
            format!("regular expression of {} bytes; the limit is {MAX_LENGTH}", pattern.len()),
            "shorten the expression, or check a part of the value only",
        );
        return None;
    }
    Some(Pattern::new(pattern))
}

/// Removes the expressions after the first [`MAX_PATTERNS`] and adds a finding for them.
fn limit_patterns(
    path: &RepoPath,
    template: &mut Template,
    entries: &[YamlEntry],
    findings: &mut Vec<Finding>,
) {
    let with_pattern = template.fields.iter_mut().filter(|field| field.pattern.is_some());
    let surplus: Vec<&mut Field> = with_pattern.skip(MAX_PATTERNS).collect();
    if let Some(first) = surplus.first() {
        let fields = entries.iter().find(|entry| entry.key == "fields");
        let field = fields.and_then(|fields| fields.value.get(&first.name));
        let message = format!("more than {MAX_PATTERNS} patterns in one template; the others are ignored");
        findings.push(
            Finding::deny("bad-value", path, message)
                .at(field.map_or(0..0, |field| field.key_span.clone()))
                .help("remove patterns that find no mistakes, or split the template"),
        );
    }
    surplus.into_iter().for_each(|field| field.pattern = None);
}

/// Removes the expressions after the first [`MAX_ALL_PATTERNS`] of `templates`, which are sorted by name.
pub(crate) fn limit_all_patterns(templates: &mut [Template]) {
    let fields = templates.iter_mut().flat_map(|template| &mut template.fields);
    let with_pattern = fields.filter(|field| field.pattern.is_some());
    with_pattern.skip(MAX_ALL_PATTERNS).for_each(|field| field.pattern = None);
}

/// Compiles the regular expressions of a template and returns a finding for each that is invalid or too large.
/// [`parse_template`] does not, because every command reads templates and only `check` needs the expressions. Templates
/// with a smaller name have `before` expressions; those over the limit of all templates are not compiled.
pub(crate) fn pattern_problems(template: &Template, document: &Document, before: usize) -> Vec<Finding> {
    let allowed = MAX_ALL_PATTERNS.saturating_sub(before);
    let fields = document.front.as_ref().and_then(|front| front.get("fields"));
    let with_pattern = template.fields.iter().filter_map(|field| Some((field, field.pattern.as_ref()?)));
    let entry = |field: &Field| fields?.get(&field.name);
    let mut findings = Vec::new();
    for (n, (field, pattern)) in with_pattern.enumerate() {
        if n == allowed {
            let message =
                format!("more than {MAX_ALL_PATTERNS} patterns in all templates; the others are ignored");
            findings.push(
                Finding::deny("bad-value", &document.path, message)
                    .at(entry(field).map_or(0..0, |entry| entry.key_span.clone()))
                    .help("remove patterns that find no mistakes"),
            );
            break;
        }
        let node = entry(field).and_then(|entry| entry.value.get("pattern"));
        if let (Some(problem), Some(node)) = (pattern.problem(), node) {
            findings.push(
                Finding::deny("bad-value", &document.path, problem)
                    .at(node.value.span.clone())
                    .help("correct the expression; `casebook explain bad-value` shows an example"),
            );
        }
    }
    findings
}

/// Checks that each `when` names a field of the template or of every ticket.
fn check_when(path: &RepoPath, template: &Template, entries: &[YamlEntry], findings: &mut Vec<Finding>) {
    let mut known: Vec<&str> = template.fields.iter().map(|field| field.name.as_str()).collect();
    known.extend(["service", "priority", "tags", "visibility"]);
    for key in ["fields", "sections", "resolution"] {
        let Some(map) = entries.iter().find(|entry| entry.key == key) else { continue };
        for when in map.value.entries().iter().filter_map(|entry| entry.value.get("when")) {
            for entry in when.value.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
                findings.push(crate::ticket::unknown_key(path, &entry.key, entry.key_span.clone(), &known));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(front: &str) -> (Template, Vec<Finding>) {
        let path = RepoPath::new("ticket-templates/incident.md");
        let text = format!("---\n{front}---\n## Problem\n<!-- What? -->\n");
        let document = Document::parse(&path, text.as_bytes());
        let (template, mut findings) = parse_template(&document);
        findings.extend(pattern_problems(&template, &document, 0));
        (template, findings)
    }

    #[test]
    fn a_template_defines_required_fields_and_sections() {
        let (template, findings) = parse(
            "title: Incident\nfields:\n  environment: { type: choice, options: [production, staging], required: open }\n  trace_id: { type: text, \
             required: open, when: { environment: production }, since: 2026-11-01 }\n  root_cause: { type: choice, options: [code], required: [fixed, \
             workaround] }\nsections:\n  Problem: { required: open, min_words: 8, needs: [list, code] }\nresolution:\n  Fix: { required: [answered] }\n",
        );
        assert_eq!(findings, []);
        assert_eq!(template.fields[1].when, [("environment".to_owned(), vec!["production".to_owned()])]);
        assert_eq!(template.fields[2].required.len(), 2);
        assert_eq!(template.sections[0].needs, [Need::List, Need::Code]);
        assert_eq!(template.resolution[0].required, [Stage::Resolved(Resolution::Answered)]);
        assert_eq!(template.hint("Problem"), "<!-- What? -->");
    }

    #[test]
    fn every_error_in_a_template_is_reported() {
        let (template, findings) = parse(
            "titel: x\nfields:\n  created: {}\n  a: { type: txt, required: opn }\n  b: { type: choice }\n  c: { pattern: '(' , when: { nope: 1 } }\n",
        );
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "unknown-key").count(), 2, "{findings:#?}");
        assert_eq!(codes.iter().filter(|code| **code == "bad-value").count(), 4, "{findings:#?}");
        assert_eq!(codes.iter().filter(|code| **code == "reserved-name").count(), 1);
        assert_eq!(template.fields.len(), 4);
    }
    #[test]
    fn all_templates_together_have_a_limited_number_of_patterns() {
        let fields: String = (0..100).map(|n| format!("  f{n}: {{ pattern: '^a$' }}\n")).collect();
        let template = parse(&format!("fields:\n{fields}")).0;
        let mut all = [(); 4].map(|()| template.clone());
        limit_all_patterns(&mut all);
        assert_eq!(all.map(|template| template.count_patterns()), [100, 100, 100, 0]);
        let text = format!("---\nfields:\n{fields}---\n");
        let document = Document::parse(&RepoPath::new("ticket-templates/t.md"), text.as_bytes());
        let found = |before| {
            let template = parse_template(&document).0;
            let findings = pattern_problems(&template, &document, before);
            let is_compiled = |field: &Field| field.pattern.as_ref().is_some_and(Pattern::is_compiled);
            let compiled = template.fields.iter().filter(|field| is_compiled(field)).count();
            (findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>(), compiled)
        };
        let message = "more than 300 patterns in all templates; the others are ignored".to_owned();
        assert_eq!(found(200), (vec![], 100));
        assert_eq!(found(201), (vec![message.clone()], 99));
        assert_eq!(found(900), (vec![message], 0));
    }

    #[test]
    fn patterns_are_limited_in_length_and_number() {
        let long = "a".repeat(MAX_LENGTH + 1);
        let (template, findings) = parse(&format!("fields:\n  a: {{ pattern: '{long}' }}\n"));
        assert!(findings[0].message.contains("the limit is 500"), "{findings:#?}");
        assert_eq!(template.fields[0].pattern, None);
        let fields: String = (0..102).map(|n| format!("  f{n}: {{ pattern: '^a$' }}\n")).collect();
        let (template, findings) = parse(&format!("fields:\n{fields}"));
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert!(template.fields[99].pattern.is_some() && template.fields[100].pattern.is_none());
        assert_eq!(template.fields.len(), 102);
    }
}
