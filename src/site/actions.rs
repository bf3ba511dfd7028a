//! What a reader can do on a page: links to the forge and to the forms.

use super::Site;
use super::context::ForgeLinks;
use super::model::{ArticleNo, TicketNo};
use super::urls::{encode_value, folder_of};
use crate::text::RepoPath;

impl Site {
    pub(super) fn forge_links(&self, path: Option<&RepoPath>) -> Option<ForgeLinks> {
        let path = published_path(path)?;
        let forge = self.forge.as_ref()?;
        Some(ForgeLinks {
            edit: Some(forge.edit(path.as_str())),
            history: Some(forge.history(path.as_str())),
        })
    }

    /// Returns the link, relative to the root, to the form for a reply to ticket `n`.
    pub(super) fn reply_link(&self, n: TicketNo) -> Option<String> {
        let thread = self.model.thread(n);
        let path = published_path(thread.ticket.path.as_ref())?;
        let newest = thread.replies.iter().filter_map(|reply| reply.created).max().max(thread.ticket.created);
        let template = encode_value(&thread.ticket.template);
        let mut link =
            format!("{}?file={}&template={template}", self.page_href("reply/"), encode_value(path.as_str()));
        if let Some(newest) = newest {
            link.push_str(&format!("&after={}", encode_value(&newest.whole_second().to_string())));
        }
        Some(link)
    }

    /// Returns the link, relative to the root, to the form for a ticket that is related to ticket `n`.
    pub(super) fn like_link(&self, n: TicketNo) -> String {
        let thread = self.model.thread(n);
        self.form_link(&thread.ticket.template, thread.id(), thread.state.service.as_deref())
    }

    /// Returns the link, relative to the root, to the form for a ticket about article `n`.
    pub(super) fn flag_link(&self, n: ArticleNo) -> String {
        let article = self.model.article(n);
        let template = self.model.settings().default_template.as_deref().unwrap_or_default();
        self.form_link(template, &article.slug, article.service.as_deref())
    }

    /// Returns the link to the form of `template`, or to the choice of a form if this one is not offered.
    fn form_link(&self, template: &str, related: &str, service: Option<&str>) -> String {
        let folder = format!("new/{}/", folder_of(template));
        let is_offered = !template.is_empty() && self.has(&format!("{folder}index.html"));
        let form = self.page_href(if is_offered { &folder } else { "new/" });
        let mut link = format!("{form}?like={}", encode_value(related));
        if let Some(service) = service {
            link.push_str(&format!("&service={}", encode_value(service)));
        }
        link
    }
}

/// Returns the path of a file if it is a real one: the public view replaces internal names in paths with `…`.
pub(super) fn published_path(path: Option<&RepoPath>) -> Option<&RepoPath> {
    path.filter(|path| !path.as_str().contains('…'))
}
