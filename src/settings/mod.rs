//! casebook.yml: settings, the service catalogue, people, levels of rules.

mod baseline;
mod catalogue;
mod edit;
mod hours;
mod people;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use baseline::{BASELINE_PATH, IMPORTS_FOLDER, SecretBaseline, slow_hash};
pub(crate) use catalogue::Service;
pub(crate) use edit::add_services;
pub(crate) use hours::{BusinessHours, Target};
pub(crate) use people::Person;
pub(crate) use read::{SETTINGS_PATH, parse_settings};

use crate::{
    diagnostic::Level,
    ticket::{Priority, Visibility},
};

/// The newest format of a casebook repository that this program understands.
pub(crate) const FORMAT_VERSION: usize = 1;

/// What `casebook.yml` says, with defaults where it says nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The site's title.
    pub title: String,
    /// Where the site will stand, with a trailing slash; empty when it is not known.
    pub url: String,
    /// The repository's page at its forge, without a trailing slash.
    pub repository: Option<String>,
    /// The site's own words: `en` or `zh`.
    pub language: String,
    /// The time zone in which dates are shown and business hours counted.
    pub timezone: String,
    /// Visibility of a ticket or article that says nothing itself.
    pub visibility: Visibility,
    /// Which tickets get a page.
    pub publish: Publish,
    /// Where new tickets go.
    pub intake: Intake,
    /// Whether commands that commit also push.
    pub push: bool,
    /// The template that `new` takes when nobody names one.
    pub default_template: Option<String>,
    /// The service catalogue, in the order of the file.
    pub services: Vec<Service>,
    /// People, in the order of the file.
    pub people: Vec<Person>,
    /// Service levels.
    pub targets: BTreeMap<Priority, Target>,
    /// When oncall works; always, when missing.
    pub business_hours: Option<BusinessHours>,
    /// Levels of rules that differ from the rules' own.
    pub levels: BTreeMap<String, Level>,
}

/// Which tickets get a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Publish {
    /// Those that were ever resolved.
    Answered,
    /// All.
    All,
}

/// Where new tickets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Intake {
    /// To a branch `ticket/<id>` for a pull request.
    Branch,
    /// Straight to the current branch.
    Main,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: "Casebook".into(),
            url: String::new(),
            repository: None,
            language: "en".into(),
            timezone: "UTC".into(),
            visibility: Visibility::Internal,
            publish: Publish::Answered,
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
    /// The level of `rule`, whose own level is `level`.
    pub fn level_of(&self, rule: &str, level: Level) -> Level {
        self.levels.get(rule).copied().unwrap_or(level)
    }
}
