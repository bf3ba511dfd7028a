//! The settings in casebook.yml: service catalogue, people, service levels, levels of rules.

mod baseline;
mod catalogue;
mod edit;
mod forge;
mod hours;
mod people;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use baseline::{BASELINE_PATH, IMPORTS_FOLDER, SecretBaseline, slow_hash};
pub(crate) use catalogue::{MAX_SERVICE_DEPTH, Service, path_expressions};
pub(crate) use edit::add_services;
pub(crate) use forge::ForgeKind;
pub(crate) use hours::{BusinessHours, ServiceTarget};
pub(crate) use people::Person;
pub(crate) use read::{SETTINGS_PATH, parse_settings};

use crate::{
    diagnostic::Level,
    ticket::{Priority, Visibility},
};

/// The newest repository format that this program supports.
pub(crate) const FORMAT_VERSION: usize = 1;

/// The settings of `casebook.yml`, with defaults for missing keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// The title of the site.
    pub title: String,
    /// The URL of the site with a trailing slash; empty when unknown.
    pub url: String,
    /// The URL of the repository's page at its forge, without a trailing slash.
    pub repository: Option<String>,
    /// The forge of the repository; `None` means that the host of its URL decides.
    pub forge: Option<ForgeKind>,
    /// The main branch in links to the forge; `None` means the main branch of the remote.
    pub branch: Option<String>,
    /// The language of the site's interface: `en` or `zh`.
    pub language: String,
    /// The time zone for dates and business hours.
    pub timezone: String,
    /// The visibility of a ticket or article that does not set one.
    pub visibility: Visibility,
    /// The tickets that get a page.
    pub publish: Publish,
    /// True if each page of the site has a Markdown twin.
    pub twins: bool,
    /// The branch for new tickets.
    pub intake: Intake,
    /// True if commands that commit also push.
    pub push: bool,
    /// The default template for `new`.
    pub default_template: Option<String>,
    /// The service catalogue in file order.
    pub services: Vec<Service>,
    /// People in file order.
    pub people: Vec<Person>,
    /// Service levels by priority.
    pub targets: BTreeMap<Priority, ServiceTarget>,
    /// Business hours; `None` means that all hours count.
    pub business_hours: Option<BusinessHours>,
    /// Levels of rules that differ from the defaults.
    pub levels: BTreeMap<String, Level>,
}

/// The tickets that get a page on the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Publish {
    /// Tickets that were resolved at least once.
    Answered,
    /// All tickets.
    All,
}

/// The branch for new tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Intake {
    /// A branch `ticket/<id>`, for a pull request.
    Branch,
    /// The current branch.
    Main,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: "Casebook".into(),
            url: String::new(),
            repository: None,
            forge: None,
            branch: None,
            language: "en".into(),
            timezone: "UTC".into(),
            visibility: Visibility::Internal,
            publish: Publish::Answered,
            twins: true,
            intake: Intake::Branch,
            push: true,
            default_template: None,
            services: Vec::new(),
            people: Vec::new(),
            targets: BTreeMap::new(),
            business_hours: None,
            levels: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Returns the level of `rule`. `level` is the default level of the rule.
    pub fn level_of(&self, rule: &str, level: Level) -> Level {
        self.levels.get(rule).copied().unwrap_or(level)
    }
}
