//! Git's configuration, as the `git` program sees it (libgit2 knows nothing of `GIT_CONFIG_GLOBAL` and its kin).

use std::collections::HashMap;
use std::path::Path;

use super::environment::Environment;
use super::program::Git;
use super::repo::Repo;
use crate::repo::error::RepoError;

/// A person, as git knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

/// A snapshot of the settings. Names are `section.Subsection.key`, section and key in lower case.
pub(in crate::repo) struct Config(HashMap<String, String>);

impl Config {
    /// The last value of a setting, which is the one that counts.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => true,
            number => number.parse::<i64>().is_ok_and(|number| number != 0),
        })
    }

    /// The subsections of `section`, such as the names of remotes, sorted.
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
        // A key without `=` is true.
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

    /// Who commits: the environment first, then git's configuration, in the order in which git itself looks for an
    /// author. `None` when nobody said so.
    pub(crate) fn identity(&self) -> Result<Option<Identity>, RepoError> {
        if let Some(identity) = in_environment(&self.environment) {
            return Ok(Some(identity));
        }
        Ok(identity(&self.environment, &self.config()?))
    }
}

/// Who would commit in `folder`, which need not be a casebook repository yet.
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

/// Who commits in this environment, with these settings.
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
    fn the_environment_says_who_commits_before_the_configuration_does() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let identity = |env| Repo::open_in(&sandbox.path("a"), env).unwrap().identity().unwrap();
        let nobody = sandbox.env().with("GIT_AUTHOR_NAME", "").with("GIT_AUTHOR_EMAIL", "");
        let nobody = nobody.with("GIT_COMMITTER_NAME", "").with("GIT_COMMITTER_EMAIL", "");
        assert_eq!(identity(nobody.clone()), None);
        let of_email = identity(nobody.clone().with("EMAIL", "lena@acme.example")).unwrap();
        assert_eq!((of_email.name.as_str(), of_email.email.as_str()), ("lena", "lena@acme.example"));
        sandbox.git("a", "config user.email omar@acme.example").git("a", "config user.name Omar");
        assert_eq!(identity(nobody.clone().with("EMAIL", "lena@acme.example")).unwrap().name, "Omar");
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
