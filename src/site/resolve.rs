//! Resolves the names and relative links of a text for the page that shows it.

use percent_encoding::percent_decode_str;

use super::Site;
use super::markdown::{ID_PREFIX, LinkTarget, RelativeLink, Resolve};
use super::model::{NamedPage, TicketNo};
use super::urls;
use crate::store::Role;
use crate::text::{RepoPath, resolve_link};

/// The folders whose files are pages and attachments of the site. A link to a file in them that is not on the site stays
/// text, because the file can be internal.
const OWN_FOLDERS: &[&str] = &["tickets", "knowledge"];

/// The names of files that stand for their folder.
const FOLDER_FILES: &[&str] = &["readme", "index", "_index"];

/// The form of the pages to which the links of a text lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageForm {
    Html,
    /// The pages' Markdown twins, which have no anchors.
    Markdown,
}

/// The resolver of the names and links in one text.
pub(super) struct TextLinks<'a> {
    pub(super) site: &'a Site,
    /// The prefix that leads to the root of the site: `../../`, or the site's address in a feed.
    pub(super) root: &'a str,
    /// The file of the text.
    pub(super) path: Option<&'a RepoPath>,
    /// The ticket whose page shows the text, because a page must not link to itself.
    pub(super) own: Option<TicketNo>,
    pub(super) form: PageForm,
}

impl TextLinks<'_> {
    fn ticket(&self, n: TicketNo, fragment: &str) -> LinkTarget {
        LinkTarget::Page {
            href: self.page_in(&self.site.ticket_folder(n), fragment),
            title: self.site.title_of(n),
        }
    }

    /// Returns the link to the page in `folder`.
    fn page_in(&self, folder: &str, fragment: &str) -> String {
        match self.form {
            PageForm::Html => format!("{}{}{fragment}", self.root, self.site.page_href(folder)),
            PageForm::Markdown => format!("{}{}", self.root, self.site.twin_href(folder)),
        }
    }

    fn page(&self, page: NamedPage, anchor: Option<&str>) -> LinkTarget {
        let fragment = anchor.map(|anchor| format!("#{ID_PREFIX}{anchor}")).unwrap_or_default();
        match page {
            NamedPage::Ticket(n) => self.ticket(n, &fragment),
            NamedPage::Article(n) => LinkTarget::Page {
                href: self.page_in(&self.site.article_folder(n), &fragment),
                title: self.site.article_title(n),
            },
        }
    }

    fn file(&self, path: &RepoPath, anchor: Option<&str>) -> Option<LinkTarget> {
        let model = &self.site.model;
        let (entry, role) = model.file(path)?;
        let path = &entry.path;
        match role {
            Role::Ticket => self.shown(path.stem(), path).map(|n| self.page(NamedPage::Ticket(n), anchor)),
            Role::Reply(ticket) => {
                let n = self.shown(ticket.stem(), ticket)?;
                let replies = &model.thread(n).replies;
                let place = replies.iter().position(|reply| reply.path.as_ref() == Some(path))?;
                Some(match anchor {
                    Some(anchor) => self.ticket(n, &format!("#{ID_PREFIX}{}{anchor}", reply_key(place))),
                    None => self.ticket(n, &format!("#{}", reply_anchor(&replies[place].name))),
                })
            }
            Role::Article => {
                model.find_article(path.stem()).map(|n| self.page(NamedPage::Article(n), anchor))
            }
            Role::Attachment(_) => {
                let href = self.site.attachment_href(path)?;
                let name = path.file_name().to_owned();
                Some(LinkTarget::Attachment {
                    href: format!("{}{href}", self.root),
                    image: urls::is_image(&name),
                    size: self.site.picture_size(path),
                    name,
                })
            }
            _ => None,
        }
    }

    /// Returns the ticket with this id if its file is at `path` and the site shows it.
    fn shown(&self, id: &str, path: &RepoPath) -> Option<TicketNo> {
        let n = self.site.model.find(id)?;
        (self.site.model.thread(n).ticket.path.as_ref() == Some(path)).then_some(n)
    }

    /// Returns the page that a link names, for links from before a file was moved or imported: by the path in the other
    /// repository, else by the path from the place that this text had there, else by the end of the path.
    fn named(&self, link: &RelativeLink<'_>, path: Option<&str>) -> Option<LinkTarget> {
        let model = &self.site.model;
        let page = path
            .and_then(|path| model.find_source(path))
            .or_else(|| self.beside_origin(link.path))
            .or_else(|| ends_of(link.path).find_map(|end| model.find_named(&document_name(&end)?)))?;
        Some(self.page(page, link.anchor.as_deref()))
    }

    /// Returns the page that a link names from the place that this text had before it was imported. So `db.md` leads to
    /// the file of the same folder, although files of other folders have the same name.
    fn beside_origin(&self, link: &str) -> Option<NamedPage> {
        if link.starts_with('/') {
            return None;
        }
        let find = |folder: &str| self.site.model.find_named(&document_name(&resolve_link(folder, link)?)?);
        let places = self.site.model.origins(self.path?);
        // A place is a file without its ending or, for a README, its folder.
        let beside = || places.iter().find_map(|place| find(RepoPath::new(*place).folder()));
        beside().or_else(|| places.iter().find_map(|place| find(place)))
    }

    /// Returns the file at the forge.
    fn at_forge(&self, link: &RelativeLink<'_>, path: &str) -> Option<LinkTarget> {
        let forge = self.site.forge.as_ref()?;
        let is_own = |folder: &str| path == folder || RepoPath::new(path).is_below(folder);
        // In front of a path without an ending, `/` is more often a page of a product than the root of a repository.
        let is_meant = !link.path.starts_with('/') || RepoPath::new(path).file_name().contains('.');
        if path.is_empty() || !is_meant || OWN_FOLDERS.iter().any(|folder| is_own(folder)) {
            return None;
        }
        let encoded = |fragment| urls::encode(&percent_decode_str(fragment).decode_utf8_lossy());
        let fragment = link.fragment.map(|fragment| format!("#{}", encoded(fragment)));
        Some(LinkTarget::Forge {
            href: match link.is_image {
                true => forge.raw(path),
                false => forge.current(path) + &fragment.unwrap_or_default(),
            },
        })
    }
}

impl Resolve for TextLinks<'_> {
    fn name(&self, name: &str, _: bool) -> Option<LinkTarget> {
        match self.site.model.find(name) {
            Some(n) if Some(n) == self.own => None,
            Some(n) => Some(self.ticket(n, "")),
            None => self.site.model.find_article(name).map(|n| self.page(NamedPage::Article(n), None)),
        }
    }

    fn relative(&self, link: &RelativeLink<'_>) -> Option<LinkTarget> {
        let folder = if link.path.starts_with('/') { "" } else { self.path.map_or("", RepoPath::folder) };
        let path = resolve_link(folder, link.path);
        let at_path =
            path.as_deref().and_then(|path| self.file(&RepoPath::new(path), link.anchor.as_deref()));
        at_path
            .or_else(|| self.named(link, path.as_deref()))
            .or_else(|| self.at_forge(link, path.as_deref()?))
    }
}

/// Returns the ends of a path, the longest first: `a/b`, `b` for `../a/b`.
fn ends_of(path: &str) -> impl Iterator<Item = String> {
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    let parts: Vec<&str> = parts.collect();
    let parts: Vec<String> = parts
        .rsplit(|part| *part == "..")
        .next()
        .unwrap_or_default()
        .iter()
        .map(|part| (*part).to_owned())
        .collect();
    (0..parts.len()).map(move |from| parts[from..].join("/"))
}

/// Returns the name of the document at `path`: the path without `.md`, or the folder for `X/README.md` and `X`. Returns
/// `None` for other files.
fn document_name(path: &str) -> Option<String> {
    let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
    let Some((stem, ending)) = last.rsplit_once('.') else {
        return Some(path.to_owned()).filter(|path| !path.is_empty());
    };
    if !["md", "markdown"].iter().any(|known| ending.eq_ignore_ascii_case(known)) {
        return None;
    }
    match FOLDER_FILES.iter().any(|file| stem.eq_ignore_ascii_case(file)) {
        true => Some(folder.to_owned()).filter(|folder| !folder.is_empty()),
        false => path.get(..path.len() - ending.len() - 1).map(str::to_owned),
    }
}

/// Returns the fragment for a reply on its ticket's page. Its prefix prevents a clash with other ids of the page.
pub(super) fn reply_anchor(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '-' }).collect();
    format!("reply-{plain}")
}

/// Returns the key of the ids in the reply at `place` of its thread.
pub(super) fn reply_key(place: usize) -> String {
    format!("r{}~", place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_by_the_ends_of_its_path() {
        for (link, expected) in [
            ("../a/EIP-1.md", &["a/EIP-1", "EIP-1"][..]),
            ("./b.MARKDOWN", &["b"]),
            ("1234-x/README.md", &["1234-x"]),
            ("../1234-x/", &["1234-x"]),
            ("/docs/./1234-x", &["docs/1234-x", "1234-x"]),
            ("v1.2.md", &["v1.2"]),
            ("README.md", &[]),
            ("../README.md", &[]),
            ("../..", &[]),
            ("run.sh", &[]),
        ] {
            let names: Vec<String> = ends_of(link).filter_map(|end| document_name(&end)).collect();
            assert_eq!(names, expected, "{link}");
        }
    }
}
