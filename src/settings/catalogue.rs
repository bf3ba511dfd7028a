//! The service catalogue: services, their modules and the paths that belong to them.

use globset::{Glob, GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};

use super::Settings;

/// The maximum number of services inside each other.
pub(crate) const MAX_SERVICE_DEPTH: usize = 10;

/// A service or a module of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub id: String,
    /// The display name; the default is the id.
    pub name: String,
    /// The team that owns the service.
    pub owner: Option<String>,
    /// Ids of the people who are on call for it.
    pub oncall: Vec<String>,
    /// The id of the service that contains this module.
    pub part_of: Option<String>,
    /// Patterns of the paths that belong to it: paths in the console or in the code.
    pub paths: Vec<String>,
}

/// A service and the pattern that a path matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceMatch<'a> {
    pub service: &'a Service,
    pub pattern: &'a str,
}

impl Settings {
    /// Returns the service with this id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// Returns the service that `path` belongs to. The longest matching pattern wins, then the first one.
    pub fn service_of_path(&self, path: &str) -> Option<ServiceMatch<'_>> {
        let all = self
            .services
            .iter()
            .flat_map(|service| service.paths.iter().map(move |pattern| (service, pattern)));
        all.filter(|(_, pattern)| path_matches(pattern, path))
            .min_by_key(|(_, pattern)| std::cmp::Reverse(pattern.chars().count()))
            .map(|(service, pattern)| ServiceMatch { service, pattern })
    }

    /// Returns true if `service` is `ancestor` or a module of it at any depth.
    pub fn is_within(&self, service: &str, ancestor: &str) -> bool {
        let mut current = Some(service);
        // A cycle in the catalogue is a finding. The limit makes sure that the loop ends.
        for _ in 0..MAX_SERVICE_DEPTH {
            match current {
                Some(id) if id == ancestor => return true,
                Some(id) => current = self.service(id).and_then(|service| service.part_of.as_deref()),
                None => return false,
            }
        }
        false
    }

    /// Returns the direct modules of `service`.
    pub fn modules_of<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Service> {
        self.services.iter().filter(move |module| module.part_of.as_deref() == Some(service))
    }

    /// Returns the ids of the people on call for `service`; if it has none, those of the service that contains it.
    pub fn oncall_of(&self, service: &str) -> &[String] {
        let mut current = self.service(service);
        for _ in 0..MAX_SERVICE_DEPTH {
            match current {
                Some(service) if !service.oncall.is_empty() => return &service.oncall,
                Some(service) => current = service.part_of.as_deref().and_then(|id| self.service(id)),
                None => break,
            }
        }
        &[]
    }
}

/// Returns true if `pattern` matches `path`. `/console/billing/**` matches `/console/billing` too; `*` does not
/// match `/`.
fn path_matches(pattern: &str, path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let path = without_host(path);
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    if pattern
        .strip_suffix("/**")
        .is_some_and(|folder| matcher(folder).is_some_and(|glob| glob.is_match(path)))
    {
        return true;
    }
    matcher(pattern).is_some_and(|glob| glob.is_match(path))
}

/// Returns the path of a page's address, because people copy the whole address from the browser.
fn without_host(address: &str) -> &str {
    let Some((scheme, rest)) = address.split_once("://") else { return address };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.find('/').map_or("/", |start| &rest[start..]),
        _ => address,
    }
}

/// Returns the regular expressions of which one matches each path that `pattern` matches, by the rules of bytes. Forms in the
/// browser match paths with them.
pub(crate) fn path_expressions(pattern: &str) -> Vec<String> {
    let folder = pattern.strip_suffix("/**");
    let globs = [Some(pattern), folder].into_iter().flatten().filter_map(parse);
    globs.map(|glob| glob.regex().trim_start_matches("(?-u)").to_owned()).collect()
}

/// The maximum length of a pattern, in bytes.
const MAX_PATTERN_LENGTH: usize = 500;

/// Returns true if `pattern` is valid and not too long. Does not compile it, because every command reads the settings
/// and few match paths.
pub(super) fn is_path_pattern(pattern: &str) -> bool {
    parse(pattern).is_some()
}

/// Compiles the pattern. Returns `None` if it is invalid, which is a finding.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    parse(pattern).map(|glob| glob.compile_matcher())
}

fn parse(pattern: &str) -> Option<Glob> {
    let short = Some(pattern).filter(|pattern| pattern.len() <= MAX_PATTERN_LENGTH)?;
    GlobBuilder::new(short).literal_separator(true).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let service = |id: &str, part_of: Option<&str>, paths: &[&str]| Service {
            id: id.into(),
            part_of: part_of.map(Into::into),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            oncall: if part_of.is_none() { vec!["mei".into()] } else { Vec::new() },
            ..Service::default()
        };
        Settings {
            services: vec![
                service("billing", None, &["/console/billing/**", "services/billing/**"]),
                service("export", Some("billing"), &["/console/billing/exports/**"]),
            ],
            ..Settings::default()
        }
    }

    #[test]
    fn the_longest_pattern_wins_and_a_folder_matches_itself() {
        let settings = settings();
        let found = |path: &str| settings.service_of_path(path).map(|found| found.service.id.as_str());
        assert_eq!(found("/console/billing"), Some("billing"));
        assert_eq!(found("/console/billing/"), Some("billing"));
        assert_eq!(found("/console/billing/exports/7?x=1"), Some("export"));
        assert_eq!(found("/console/billings"), None);
        assert_eq!(found("services/billing/src/main.rs"), Some("billing"));
    }

    #[test]
    fn a_module_belongs_to_its_service() {
        let mut settings = settings();
        assert!(settings.is_within("export", "billing") && !settings.is_within("billing", "export"));
        assert_eq!(settings.oncall_of("export"), ["mei"]);
        settings.services[0].part_of = Some("export".into());
        assert!(!settings.is_within("export", "other"), "a cycle is not followed forever");
    }
}
