//! The files that `init` writes.

use std::path::Path;

use crate::{
    cli::CliError,
    intake::{IntakeError, TicketDraft, new_id},
    repo::{Identity, Repo},
    template::builtin_files,
    text::{RepoPath, Time},
    ticket::{YamlValue, id_from_email, yaml_scalar},
};

/// Returns the text of `casebook.yml` for the folder `dir`.
pub(crate) fn settings(dir: &Path, person: &Identity, forge: Option<&str>) -> String {
    let name = dir.file_name().and_then(|name| name.to_str()).unwrap_or("Casebook");
    let repository = match forge {
        Some(address) => {
            format!("repository: {}   # for edit, reply and new-ticket links", yaml_scalar(address))
        }
        None => "# repository: https://github.com/acme/tickets   # for edit, reply and new-ticket links"
            .to_owned(),
    };
    include_str!("files/casebook.yml")
        .replace("{title}", &yaml_scalar(name))
        .replace("{repository}", &repository)
        .replace("{me}", &id_from_email(&person.name, &person.email))
        .replace("{name}", &format!("\"{}\"", person.name.replace(['"', '\\'], "")))
        .replace("{email}", &format!("\"{}\"", person.email.replace(['"', '\\'], "")))
}

/// Returns the path and the text of a file of our GitHub actions, which are copied into the repository.
macro_rules! action {
    ($path:literal) => {
        (concat!(".github/actions/", $path), include_str!(concat!("../../../../.github/actions/", $path)))
    };
}

/// Returns all other files of a new repository: templates, git attributes, workflows.
pub(crate) fn scaffolding() -> Vec<(RepoPath, String)> {
    let workflow = |text: &str| {
        text.replace("{repository}", env!("CARGO_PKG_REPOSITORY"))
            .replace("{version}", env!("CARGO_PKG_VERSION"))
    };
    let review = workflow(include_str!("files/github-review.yml"));
    let due = workflow(include_str!("files/github-due.yml"));
    let notify = workflow(include_str!("files/github-notify.yml"));
    let files = [
        (".gitattributes", include_str!("files/gitattributes")),
        (".gitignore", include_str!("files/gitignore")),
        action!("casebook-comment/action.yml"),
        action!("casebook-comment/api.mjs"),
        action!("casebook-comment/archive.mjs"),
        action!("casebook-comment/main.mjs"),
        action!("casebook-comment/markdown.mjs"),
        action!("casebook-comment/review.mjs"),
        action!("casebook-review/action.yml"),
        action!("casebook-review/main.mjs"),
        (".github/workflows/casebook-comment.yml", include_str!("files/github-comment.yml")),
        (".github/workflows/casebook-due.yml", &due),
        (".github/workflows/casebook-notify.yml", &notify),
        (".github/workflows/casebook.yml", &review),
    ];
    let own = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    builtin_files().into_iter().chain(own).map(|(path, text)| (RepoPath::new(path), text)).collect()
}

/// Returns all files except the settings: the scaffolding and, in a repository without history, a first ticket. A folder
/// of a larger repository gets no workflows, because they would never run.
pub(crate) fn all(person: &Identity, now: Time, repo: &Repo) -> Result<Vec<(RepoPath, String)>, CliError> {
    let mut files = scaffolding();
    if !repo.prefix().is_empty() {
        files.retain(|(path, _)| !path.as_str().starts_with(".github/"));
    }
    if repo.head()?.is_none() {
        files.push(first_ticket(person, now)?);
    }
    Ok(files)
}

fn first_ticket(person: &Identity, now: Time) -> Result<(RepoPath, String), IntakeError> {
    let title = "Describe our services and people";
    let id = new_id(title, "request")?;
    let ending = id.rsplit('-').next().unwrap_or_default().to_owned();
    let draft = TicketDraft {
        template: "request".into(),
        title: title.into(),
        requester: id_from_email(&person.name, &person.email),
        keys: vec![("service".into(), YamlValue::Text("casebook".into()))],
        body: include_str!("files/first-ticket.md").replace("{ending}", &ending),
        ..TicketDraft::default()
    };
    Ok((TicketDraft::path(&id, now), draft.compose(now)))
}
