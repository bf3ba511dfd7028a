//! Parses casebook.yml. Never fails: an invalid value is a finding, and its default is used.

use std::collections::{HashMap, HashSet};

use super::{
    FORMAT_VERSION, ForgeKind, Intake, Person, Publish, Service, ServiceTarget, Settings,
    catalogue::{MAX_SERVICE_DEPTH, is_path_pattern},
    forge::is_branch,
    hours::{read_hours, zone_named},
};
use crate::{
    diagnostic::{Finding, Level},
    text::{RepoPath, is_id, parse_duration},
    ticket::{
        MAX_NAME, Priority, Visibility, YamlEntry, YamlNode, YamlNodeKind, YamlReader, cut, parse_yaml,
    },
};

pub(crate) const SETTINGS_PATH: &str = "casebook.yml";

const KEYS: &[&str] = &[
    "version",
    "title",
    "url",
    "repository",
    "forge",
    "branch",
    "language",
    "timezone",
    "visibility",
    "publish",
    "twins",
    "intake",
    "push",
    "default_template",
    "services",
    "people",
    "targets",
    "business_hours",
    "levels",
];

/// Parses the text of `casebook.yml`. The caller must check the names of rules in `levels`.
pub(crate) fn parse_settings(text: &str) -> (Settings, Vec<Finding>) {
    let path = RepoPath::new(SETTINGS_PATH);
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (entries, problems) = parse_yaml(&text[start..], start);
    let mut findings: Vec<Finding> = problems
        .into_iter()
        .map(|problem| {
            let code = if problem.also.is_some() { "duplicate-key" } else { "broken-yaml" };
            let finding = Finding::deny(code, &path, problem.message).at(problem.span);
            match problem.fix {
                Some((title, span, replacement)) => finding.fix(title, span, replacement),
                None => finding.help(
                    "indent with spaces, write `key: value`, and quote values that contain `: ` or ` #`",
                ),
            }
        })
        .collect();
    let mut reader = YamlReader::new(&path, &entries);
    let mut settings = Settings::default();
    read_version(&mut reader);
    read_site(&mut reader, &mut settings);
    read_flow(&mut reader, &mut settings);
    reader.refuse_unknown(KEYS);
    findings.append(&mut reader.findings);
    for entry in &entries {
        match entry.key.as_str() {
            "services" => read_services(&path, &entry.value, &mut settings, &mut findings),
            "people" => read_people(&path, &entry.value, &mut settings, &mut findings),
            "targets" => read_targets(&path, &entry.value, &mut settings, &mut findings),
            "business_hours" => settings.business_hours = read_hours(&path, &entry.value, &mut findings),
            "levels" => read_levels(&path, &entry.value, &mut settings, &mut findings),
            _ => {}
        }
    }
    (settings, findings)
}

fn read_version(reader: &mut YamlReader<'_>) {
    if let Some(version) = reader.count("version")
        && version > FORMAT_VERSION
        && let Some(node) = reader.node("version")
    {
        let finding = Finding::deny(
            "newer-format",
            &RepoPath::new(SETTINGS_PATH),
            format!(
                "unsupported repository format {version}; this version of casebook supports {FORMAT_VERSION}"
            ),
        );
        reader.findings.push(finding.at(node.span.clone()).help("install a newer version of casebook"));
    }
}

fn read_site(reader: &mut YamlReader<'_>, settings: &mut Settings) {
    if let Some(title) = read_name(reader, "title") {
        settings.title = title;
    }
    if let Some(url) = reader.text("url") {
        if url.starts_with("https://") || url.starts_with("http://") {
            settings.url = format!("{}/", url.trim_end_matches('/'));
        } else if let Some(node) = reader.node("url") {
            reader.bad(node, "`url` must be a URL", "write it as `https://oncall.acme.example/`");
        }
    }
    settings.repository = reader.text("repository").map(|url| url.trim_end_matches('/').to_owned());
    if let Some(repository) = &settings.repository
        && !repository.starts_with("https://")
        && !repository.starts_with("http://")
    {
        settings.repository = None;
        if let Some(node) = reader.node("repository") {
            reader.bad(
                node,
                "`repository` must be a URL",
                "write the URL of the repository's page in a browser",
            );
        }
    }
    settings.forge = reader.word("forge", ForgeKind::NAMES, ForgeKind::parse);
    settings.branch = reader.text("branch");
    if let Some(branch) = &settings.branch
        && !is_branch(branch)
    {
        let message = format!("`{branch}` is not a valid branch name");
        settings.branch = None;
        if let Some(node) = reader.node("branch") {
            reader.bad(node, message, "write the name of the main branch, such as `main`");
        }
    }
    if let Some(language) =
        reader.word("language", &["en", "zh"], |word| matches!(word, "en" | "zh").then(|| word.to_owned()))
    {
        settings.language = language;
    }
    if let Some(timezone) = reader.text("timezone") {
        if zone_named(&timezone).is_some() {
            settings.timezone = timezone;
        } else if let Some(node) = reader.node("timezone") {
            reader.bad(
                node,
                format!("unknown time zone `{timezone}`"),
                "write a name such as `Europe/Berlin` or `UTC`",
            );
        }
    }
}

/// Reads a name that is shown on many pages. Cuts a longer one.
fn read_name(reader: &mut YamlReader<'_>, key: &str) -> Option<String> {
    let name = reader.text(key)?;
    let length = name.chars().count();
    if let (true, Some(node)) = (length > MAX_NAME, reader.node(key)) {
        reader.bad(
            node,
            format!("`{key}` has {length} characters; the limit is {MAX_NAME}"),
            "write a short name; pages show the beginning only",
        );
    }
    Some(cut(&name, MAX_NAME))
}

fn read_flow(reader: &mut YamlReader<'_>, settings: &mut Settings) {
    if let Some(visibility) = reader.word("visibility", Visibility::NAMES, Visibility::parse) {
        settings.visibility = visibility;
    }
    if let Some(publish) = reader.word("publish", &["answered", "all"], |word| match word {
        "answered" => Some(Publish::Answered),
        "all" => Some(Publish::All),
        _ => None,
    }) {
        settings.publish = publish;
    }
    if let Some(twins) = reader.boolean("twins") {
        settings.twins = twins;
    }
    if let Some(intake) = reader.word("intake", &["branch", "main"], |word| match word {
        "branch" => Some(Intake::Branch),
        "main" => Some(Intake::Main),
        _ => None,
    }) {
        settings.intake = intake;
    }
    if let Some(push) = reader.boolean("push") {
        settings.push = push;
    }
    settings.default_template = reader.text("default_template");
}

/// Returns the entries of a map of maps, each with a reader. Entries with another shape are findings.
fn each<'a>(
    path: &'a RepoPath,
    node: &'a YamlNode,
    what: &str,
    findings: &mut Vec<Finding>,
    mut take: impl FnMut(&'a YamlEntry, &mut YamlReader<'a>),
) {
    if !is_map(node) {
        findings.push(
            Finding::deny(
                "bad-value",
                path,
                format!("this must be a map of {what}, not {}", node.describe()),
            )
            .at(node.span.clone())
            .help("write each of them on a separate line, as `name: { … }`"),
        );
    }
    for entry in node.entries() {
        let mut reader = YamlReader::new(path, entry.value.entries());
        if !is_map(&entry.value) {
            reader.bad(
                &entry.value,
                format!("`{}` must be a map, not {}", entry.key, entry.value.describe()),
                "write it as `{ … }`",
            );
        }
        take(entry, &mut reader);
        findings.append(&mut reader.findings);
    }
}

/// Returns true for a map or an empty value, which counts as an empty map.
fn is_map(node: &YamlNode) -> bool {
    node.is_null() || matches!(node.kind, YamlNodeKind::Map(_))
}

fn check_id(path: &RepoPath, entry: &YamlEntry, reader: &mut YamlReader<'_>) {
    if !is_id(&entry.key) {
        reader.findings.push(
            Finding::deny("bad-id", path, format!("`{}` is not a valid id", entry.key))
                .at(entry.key_span.clone())
                .help("use lower-case letters, digits and hyphens, at most 80 characters"),
        );
    }
}

fn read_services(path: &RepoPath, node: &YamlNode, settings: &mut Settings, findings: &mut Vec<Finding>) {
    let mut parents = Vec::new();
    each(path, node, "services", findings, |entry, reader| {
        check_id(path, entry, reader);
        let service = Service {
            id: entry.key.clone(),
            name: read_name(reader, "name").unwrap_or_else(|| entry.key.clone()),
            owner: reader.text("owner"),
            oncall: reader.texts("oncall"),
            part_of: reader.text("part_of"),
            paths: reader.texts("paths"),
        };
        if let Some(paths) = reader.node("paths") {
            let invalid = |item: &&YamlNode| item.text().is_some_and(|text| !is_path_pattern(text));
            for item in paths.items().iter().filter(invalid) {
                reader.bad(item, "invalid path pattern", "write it as `/console/billing/**`");
            }
        }
        if let (Some(parent), Some(node)) = (&service.part_of, reader.node("part_of")) {
            parents.push((service.id.clone(), parent.clone(), node.span.clone()));
        }
        reader.refuse_unknown(&["name", "owner", "oncall", "part_of", "paths"]);
        settings.services.push(service);
    });
    let known: HashSet<&str> = settings.services.iter().map(|service| service.id.as_str()).collect();
    let parent_of: HashMap<&str, &str> =
        parents.iter().map(|(id, parent, _)| (id.as_str(), parent.as_str())).collect();
    for (id, parent, span) in &parents {
        let above = std::iter::successors(Some(parent.as_str()), |id| parent_of.get(id).copied());
        let above: Vec<&str> = above.take(MAX_SERVICE_DEPTH).collect();
        let message = if !known.contains(parent.as_str()) {
            format!("unknown service `{parent}` in `part_of` of `{id}`")
        } else if above.contains(&id.as_str()) {
            format!("service `{id}` is part of itself")
        } else if above.len() == MAX_SERVICE_DEPTH {
            format!("service `{id}` is inside more than {} others", MAX_SERVICE_DEPTH - 1)
        } else {
            continue;
        };
        findings.push(
            Finding::deny("bad-value", path, message)
                .at(span.clone())
                .help("write the id of another service in this file"),
        );
    }
}

fn read_people(path: &RepoPath, node: &YamlNode, settings: &mut Settings, findings: &mut Vec<Finding>) {
    each(path, node, "people", findings, |entry, reader| {
        check_id(path, entry, reader);
        let person = Person {
            id: entry.key.clone(),
            name: read_name(reader, "name").unwrap_or_else(|| entry.key.clone()),
            emails: reader.texts("emails"),
            logins: reader.texts("logins"),
        };
        reader.refuse_unknown(&["name", "emails", "logins"]);
        settings.people.push(person);
    });
}

fn read_targets(path: &RepoPath, node: &YamlNode, settings: &mut Settings, findings: &mut Vec<Finding>) {
    each(path, node, "targets", findings, |entry, reader| {
        let Some(priority) = Priority::parse(&entry.key) else {
            reader.findings.push(crate::ticket::unknown_key(
                path,
                &entry.key,
                entry.key_span.clone(),
                Priority::NAMES,
            ));
            return;
        };
        let mut duration = |key: &str| {
            let text = reader.text(key)?;
            let seconds = parse_duration(&text);
            if let (None, Some(node)) = (seconds, reader.node(key)) {
                reader.bad(node, format!("invalid duration `{text}`"), "write it as `15m`, `4h` or `2d`");
            }
            seconds
        };
        let target =
            ServiceTarget { first_response: duration("first_response"), resolution: duration("resolution") };
        reader.refuse_unknown(&["first_response", "resolution"]);
        settings.targets.insert(priority, target);
    });
}

fn read_levels(path: &RepoPath, node: &YamlNode, settings: &mut Settings, findings: &mut Vec<Finding>) {
    let mut reader = YamlReader::new(path, node.entries());
    for entry in node.entries() {
        if let Some(level) = reader.word(&entry.key, &["allow", "warn", "deny"], Level::parse) {
            settings.levels.insert(entry.key.clone(), level);
        }
    }
    findings.append(&mut reader.findings);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_documented_settings_are_parsed() {
        let (settings, findings) = parse_settings(
            "version: 1\ntitle: Acme Oncall\nurl: https://oncall.acme.example/x\nlanguage: zh\ntimezone: Asia/Shanghai\n\
             visibility: public\npublish: all\nintake: main\npush: false\nservices:\n  billing-api:\n    name: Billing API\n    \
             oncall: [mei]\n    paths: [\"/console/**\"]\n  billing-export: { part_of: billing-api }\npeople:\n  mei: { name: Mei Lin, emails: \
             [mei@acme.example] }\ntargets:\n  urgent: { first_response: 15m, resolution: 4h }\nbusiness_hours: { days: [mon, fri], from: \
             \"09:00\", to: \"18:00\" }\nlevels: { unknown-person: allow }\n",
        );
        assert_eq!(findings, []);
        assert_eq!(settings.url, "https://oncall.acme.example/x/");
        assert_eq!(settings.services[1].part_of.as_deref(), Some("billing-api"));
        assert_eq!(settings.targets[&Priority::Urgent].resolution, Some(14_400));
        assert_eq!(settings.business_hours.as_ref().unwrap().days, [0, 4].into());
        assert_eq!(settings.level_of("unknown-person", Level::Warn), Level::Allow);
        assert_eq!(settings.person_by_email("MEI@acme.example").unwrap().id, "mei");
    }

    #[test]
    fn every_problem_is_reported_and_the_other_settings_apply() {
        let text = "version: 9\ntitel: x\nurl: ftp://x\ntimezone: Mars\nservices:\n  a: { part_of: b }\n  Bad Id: {}\n  c: text\nlevels: \
                    { x: loud }\ntargets: { urgnt: {} }\nbusiness_hours: { days: [noday], from: \"25:00\" }\n";
        let (settings, findings) = parse_settings(text);
        let found: Vec<(&str, &str)> =
            findings.iter().map(|f| (f.code, &text[f.span.clone().unwrap()])).collect();
        for expected in [
            ("newer-format", "9"),
            ("unknown-key", "titel"),
            ("bad-value", "ftp://x"),
            ("bad-value", "Mars"),
            ("bad-value", "b"),
            ("bad-id", "Bad Id"),
            ("bad-value", "text"),
            ("bad-value", "loud"),
            ("unknown-key", "urgnt"),
            ("bad-value", "noday"),
            ("bad-value", "\"25:00\""),
        ] {
            assert!(found.contains(&expected), "{expected:?} is missing in {found:?}");
        }
        assert_eq!(settings.services.len(), 3);
    }
}
