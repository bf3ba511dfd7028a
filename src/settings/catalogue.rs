//! The service catalogue: which services there are, which are modules of which, and which paths lead to them.

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};

use super::Settings;

/// A service, or a module of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its name for people; the id when missing.
    pub name: String,
    /// The team that owns it.
    pub owner: Option<String>,
    /// Ids of the people who answer for it.
    pub oncall: Vec<String>,
    /// The service that it is a module of.
    pub part_of: Option<String>,
    /// Patterns of paths that belong to it: of the console, of the code.
    pub paths: Vec<String>,
}

/// Which service a path belongs to, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceMatch<'a> {
    /// The service.
    pub service: &'a Service,
    /// The pattern that matched.
    pub pattern: &'a str,
}

impl Settings {
    /// The service with this id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// The service that `path` belongs to: of several patterns that match, the longest wins, then the first.
    pub fn service_of_path(&self, path: &str) -> Option<ServiceMatch<'_>> {
        let all = self
            .services
            .iter()
            .flat_map(|service| service.paths.iter().map(move |pattern| (service, pattern)));
        all.filter(|(_, pattern)| path_matches(pattern, path))
            .min_by_key(|(_, pattern)| std::cmp::Reverse(pattern.chars().count()))
            .map(|(service, pattern)| ServiceMatch { service, pattern })
    }

    /// Whether `service` is `ancestor` or a module of it, at any depth.
    pub fn is_within(&self, service: &str, ancestor: &str) -> bool {
        let mut current = Some(service);
        // A catalogue that goes in circles is a finding; it must not hang us.
        for _ in 0..=self.services.len() {
            match current {
                Some(id) if id == ancestor => return true,
                Some(id) => current = self.service(id).and_then(|service| service.part_of.as_deref()),
                None => return false,
            }
        }
        false
    }

    /// The modules of `service`, direct ones only.
    pub fn modules_of<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Service> {
        self.services.iter().filter(move |module| module.part_of.as_deref() == Some(service))
    }

    /// The people who answer for `service`: its own, else those of the service it is a module of.
    pub fn oncall_of(&self, service: &str) -> &[String] {
        let mut current = self.service(service);
        for _ in 0..=self.services.len() {
            match current {
                Some(service) if !service.oncall.is_empty() => return &service.oncall,
                Some(service) => current = service.part_of.as_deref().and_then(|id| self.service(id)),
                None => break,
            }
        }
        &[]
    }
}

/// Whether `pattern` matches `path`. `/console/billing/**` matches `/console/billing` too; `*` stays within one part.
fn path_matches(pattern: &str, path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    if pattern
        .strip_suffix("/**")
        .is_some_and(|folder| matcher(folder).is_some_and(|glob| glob.is_match(path)))
    {
        return true;
    }
    matcher(pattern).is_some_and(|glob| glob.is_match(path))
}

/// The compiled pattern; `None` where it is none, which is a finding.
pub(super) fn matcher(pattern: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
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
        assert!(!settings.is_within("export", "other"), "circles end");
    }
}
