//! Git's configuration as the `git` program sees it; libgit2 ignores `GIT_CONFIG_GLOBAL` and similar variables.

use std::collections::HashMap;
use std::path::Path;

use super::environment::Environment;
use super::program::Git;
use super::repo::Repo;
use crate::repo::error::RepoError;

/// A person's name and e-mail address, from git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub name: String,
    pub email: String,
}

/// A snapshot of git's settings. Names have the form `section.Subsection.key`, with section and key in lower case.
pub(in crate::repo) struct Config(HashMap<String, String>);

impl Config {
    /// Returns the last value of a setting, which is the effective one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => true,
            number => number.parse::<i64>().is_ok_and(|number| number != 0),
        })
    }

    /// Returns the subsections of `section`, such as the names of remotes, sorted.
    pub(crate) fn subsections(&self, section: &str) -> Vec<&str> {
        let prefix = format!("{section}.");
        let mut names: Vec<_> = self
            .0
            .keys()
            .filter_map(|name| name.strip_prefix(&prefix)?.rsplit_once('.').map(|(subsection, _)| subsection))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn parse(text: &str) -> Self {
        let settings = text.split('\0').filter(|setting| !setting.is_empty());
        // A key without `=` means true.
        Self(
            settings
                .map(|s| s.split_once('\n').unwrap_or((s, "true")))
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
        )
    }
}

impl Repo {
    pub(in crate::repo) fn config(&self) -> Result<Config, RepoError> {
        Ok(Config::parse(&self.run_git().args(["config", "-z", "--list"]).success()?))
    }

    /// Returns the person who commits, found in the order in which git itself looks for an author: first in the
    /// environment, then in git's configuration. `None` when neither names one.
    pub(crate) fn identity(&self) -> Result<Option<Identity>, RepoError> {
        if let Some(identity) = in_environment(&self.environment) {
            return Ok(Some(identity));
        }
        Ok(identity(&self.environment, &self.config()?))
    }
}

/// Returns the person who would commit in `folder`, which need not be a casebook repository yet.
pub(crate) fn identity_at(folder: &Path, environment: &Environment) -> Result<Option<Identity>, RepoError> {
    let config =
        Config::parse(&Git::in_folder(folder, environment).args(["config", "-z", "--list"]).success()?);
    Ok(identity(environment, &config))
}

fn in_environment(environment: &Environment) -> Option<Identity> {
    Some(Identity {
        name: environment.text("GIT_AUTHOR_NAME")?,
        email: environment.text("GIT_AUTHOR_EMAIL")?,
    })
}

/// Returns the person who commits, for this environment and these settings.
pub(in crate::repo) fn identity(environment: &Environment, config: &Config) -> Option<Identity> {
    if let Some(identity) = in_environment(environment) {
        return Some(identity);
    }
    let setting = |names: [&str; 2]| names.into_iter().find_map(|name| config.get(name)).map(str::to_owned);
    let email = environment
        .text("GIT_AUTHOR_EMAIL")
        .or_else(|| setting(["author.email", "user.email"]))
        .or_else(|| environment.text("EMAIL"))
        .or_else(|| environment.text("GIT_COMMITTER_EMAIL"))?;
    let name = environment
        .text("GIT_AUTHOR_NAME")
        .or_else(|| setting(["author.name", "user.name"]))
        .or_else(|| environment.text("GIT_COMMITTER_NAME"))
        .unwrap_or_else(|| email.split('@').next().unwrap_or(&email).to_owned());
    Some(Identity { name, email })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn the_environment_overrides_the_configured_committer() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let identity = |env| Repo::open_in(&sandbox.path("a"), env).unwrap().identity().unwrap();
        let anonymous = sandbox.env().with("GIT_AUTHOR_NAME", "").with("GIT_AUTHOR_EMAIL", "");
        let anonymous = anonymous.with("GIT_COMMITTER_NAME", "").with("GIT_COMMITTER_EMAIL", "");
        assert_eq!(identity(anonymous.clone()), None);
        let of_email = identity(anonymous.clone().with("EMAIL", "lena@acme.example")).unwrap();
        assert_eq!((of_email.name.as_str(), of_email.email.as_str()), ("lena", "lena@acme.example"));
        sandbox.git("a", "config user.email omar@acme.example").git("a", "config user.name Omar");
        assert_eq!(identity(anonymous.clone().with("EMAIL", "lena@acme.example")).unwrap().name, "Omar");
        assert_eq!(identity(sandbox.env()).unwrap().email, "mei@acme.example");
    }

    #[test]
    fn settings_are_read_as_git_reads_them() {
        let config =
            Config::parse("commit.gpgsign\0user.name\nA\nB\0remote.my.fork.url\nx\0a.b\n0\0user.name\nC\0");
        assert!(config.is_true("commit.gpgsign") && !config.is_true("a.b"));
        assert_eq!(config.get("user.name"), Some("C"));
        assert_eq!(config.subsections("remote"), ["my.fork"]);
    }
}
