//! Comments on pull requests, through the API of GitHub, Gitea or Forgejo. In a job of their workflows, the environment
//! has the address, the repository and a token that is valid only for this job.

use serde::{Deserialize, Serialize};
use ureq::Agent;

use super::{SendError, webhook};

/// The API of a repository at its forge.
pub(crate) struct ForgeApi {
    agent: Agent,
    /// The address of the repository in the API.
    base: String,
    server: String,
    token: String,
}

/// A pull request, as far as it matters here.
#[derive(Deserialize)]
struct PullRequest {
    number: u64,
}

/// GitHub answers with a list of pull requests; Gitea and Forgejo with one.
#[derive(Deserialize)]
#[serde(untagged)]
enum PullRequests {
    List(Vec<PullRequest>),
    One(PullRequest),
}

#[derive(Serialize)]
struct Comment<'a> {
    body: &'a str,
}

impl ForgeApi {
    /// Creates a client for the repository `repository` (`acme/oncall`) in the API at `address`.
    pub(crate) fn new(address: &str, repository: &str, token: &str) -> Result<Self, SendError> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if !repository.contains('/') || !repository.chars().all(is_name) {
            return Err(SendError::Settings {
                what: "GITHUB_REPOSITORY is not the name of a repository".to_owned(),
                hint: "set it to OWNER/NAME; in a workflow it is set",
            });
        }
        Ok(Self {
            agent: webhook::agent(),
            base: format!("{}/repos/{repository}", address.trim_end_matches('/')),
            server: webhook::server_of(address)?,
            token: token.to_owned(),
        })
    }

    /// Returns the number of the pull request that brought `commit` to the main branch; `None` if there is none.
    pub(crate) fn pull_request_of(&self, commit: &str) -> Result<Option<u64>, SendError> {
        for end in ["pulls", "pull"] {
            let request = self.agent.get(format!("{}/commits/{commit}/{end}", self.base));
            let answer = request.header("Authorization", format!("Bearer {}", self.token)).call();
            match answer {
                Ok(mut answer) => {
                    let pulls: PullRequests =
                        answer.body_mut().read_json().map_err(|error| self.failure(&error))?;
                    return Ok(match pulls {
                        PullRequests::List(list) => list.first().map(|pull| pull.number),
                        PullRequests::One(pull) => Some(pull.number),
                    });
                }
                // Each forge knows only one of the two addresses; a commit that came without a pull request is not found.
                Err(ureq::Error::StatusCode(404 | 422)) => {}
                Err(error) => return Err(self.failure(&error)),
            }
        }
        Ok(None)
    }

    /// Adds a comment to a pull request.
    pub(crate) fn comment(&self, number: u64, text: &str) -> Result<(), SendError> {
        let request = self.agent.post(format!("{}/issues/{number}/comments", self.base));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        request.send_json(Comment { body: text }).map(drop).map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &ureq::Error) -> SendError {
        webhook::failure(self.server.clone(), error)
    }
}
