//! Serves the site's files. Pages are rendered on request, once for each state of the repository.

use std::sync::Arc;

use axum::{
    extract::State as Extract,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Problem, ServerState, attachments,
    content_type::content_type,
    encoding,
    known::is_known,
    page_cache::{RenderedPage, SharedPage, TaggedBytes},
    state::Snapshot,
};
use crate::site::SiteError;

/// The prefix of all API addresses.
const API: &str = "/api/v1";

/// The reason why a file has no page.
enum PageError {
    /// There is no such file. `is_folder` is true if the file's path is a folder with a page.
    NotFound {
        is_folder: bool,
    },
    Failed(String),
}

/// Returns a file of the site; for a folder, its `index.html`.
pub(super) async fn page(Extract(state): Extract<ServerState>, request: Parts) -> Response {
    let uri = &request.uri;
    if uri.path() == API || uri.path().strip_prefix(API).is_some_and(|rest| rest.starts_with('/')) {
        return Problem::unknown_address().into_response();
    }
    if request.method != Method::GET && request.method != Method::HEAD {
        return Problem::method_not_allowed("GET, HEAD").into_response();
    }
    let now = state.now();
    let Some(path) = file_path(uri.path()) else {
        return not_found(&state, &now, uri.path(), &request.headers).await;
    };
    let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
    if now.site.is_copy(&file) {
        return attachments::attachment(&state, now, file, &request).await;
    }
    match rendered(&state, &now, &file).await {
        Ok(page) => respond(&file, &page, &request.headers),
        Err(PageError::NotFound { is_folder: true }) => redirect_to_folder(uri),
        Err(PageError::NotFound { is_folder: false }) => {
            not_found(&state, &now, &file, &request.headers).await
        }
        Err(PageError::Failed(problem)) => Problem::internal(problem).into_response(),
    }
}

/// Returns the page of `file`, and renders it first if necessary.
async fn rendered(state: &ServerState, now: &Arc<Snapshot>, file: &str) -> Result<SharedPage, PageError> {
    let of_file = file.to_owned();
    cached(state, now, file, move |now| match now.site.render(&of_file) {
        Ok(bytes) => Ok(RenderedPage::new(content_type(&of_file), bytes)),
        Err(SiteError::NoPage { .. }) => {
            Err(PageError::NotFound { is_folder: now.site.has(&format!("{of_file}/index.html")) })
        }
        Err(error) => Err(PageError::Failed(error.to_string())),
    })
    .await
}

/// Returns the page `key` of the cache, and renders it first if necessary.
async fn cached(
    state: &ServerState,
    now: &Arc<Snapshot>,
    key: &str,
    render: impl FnOnce(&Snapshot) -> Result<RenderedPage, PageError> + Send + 'static,
) -> Result<SharedPage, PageError> {
    if let Some(page) = now.pages.get(key) {
        return Ok(page);
    }
    let failed = || PageError::Failed("cannot render this page; see the output of the server".to_owned());
    let (state, now, key) = (state.clone(), Arc::clone(now), key.to_owned());
    // A separate task finishes the page even if the client disconnects. Otherwise clients that do not wait could make
    // the server render the same page again and again.
    let task = async move {
        let of_now = Arc::clone(&now);
        let page = async move {
            // Rendering takes processor time, so it must not block the threads that handle connections.
            let work = move || render(&of_now).map(Arc::new);
            state.render(work).await.unwrap_or_else(|| Err(failed()))
        };
        now.pages.get_or_render(&key, page).await
    };
    tokio::spawn(task).await.unwrap_or_else(|_| Err(failed()))
}

/// Returns the page for an unknown address. It depends only on the depth of the address, because its links are
/// relative.
async fn not_found(state: &ServerState, now: &Arc<Snapshot>, address: &str, headers: &HeaderMap) -> Response {
    let address = "/".repeat(address.trim_start_matches('/').matches('/').count());
    // No file of the site has this path, because it begins with a blank.
    let key = format!(" 404{address}");
    let page = cached(state, now, &key, move |now| match now.site.not_found(&address) {
        Ok(bytes) => Ok(RenderedPage::new(content_type("404.html"), bytes)),
        Err(error) => Err(PageError::Failed(error.to_string())),
    });
    let Ok(page) = page.await else { return Problem::not_found("page not found").into_response() };
    let (bytes, encoding) = negotiated(&page, headers);
    let mut response = (StatusCode::NOT_FOUND, bytes.bytes.clone()).into_response();
    set_content_headers(&page, encoding, response.headers_mut());
    response
}

fn redirect_to_folder(uri: &Uri) -> Response {
    // The redirect is relative, so that it works below any path that a proxy adds.
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("./{name}/{query}")).into_response()
}

/// Returns the path of the site's file for an address. Each part is decoded separately, and `None` is returned if a
/// part contains an encoded slash, because no file has such a name.
fn file_path(address: &str) -> Option<String> {
    let decode = |part| percent_encoding::percent_decode_str(part).decode_utf8().ok();
    let parts: Option<Vec<_>> = address.strip_prefix('/')?.split('/').map(decode).collect();
    parts.filter(|parts| parts.iter().all(|part| !part.contains('/'))).map(|parts| parts.join("/"))
}

fn respond(file: &str, page: &RenderedPage, headers: &HeaderMap) -> Response {
    let (content, encoding) = negotiated(page, headers);
    let mut response = if is_known(&content.tag, headers) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        set_variation(page, response.headers_mut());
        response
    } else {
        let mut response = content.bytes.clone().into_response();
        set_content_headers(page, encoding, response.headers_mut());
        response
    };
    let has_hash_in_name = file.starts_with("assets/")
        || (file.starts_with("search/") && file != "search/index.json" && !file.ends_with(".html"));
    let caching = if has_hash_in_name { "public, max-age=31536000, immutable" } else { "no-cache" };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    out.insert(header::ETAG, content.tag.clone());
    response
}

/// Returns the form of the page that the client accepts, with its encoding.
fn negotiated<'a>(page: &'a RenderedPage, headers: &HeaderMap) -> (&'a TaggedBytes, Option<&'static str>) {
    match &page.gzip {
        Some(gzip) if encoding::accepts_gzip(headers) => (gzip, Some("gzip")),
        _ => (&page.plain, None),
    }
}

fn set_content_headers(page: &RenderedPage, encoding: Option<&'static str>, headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    set_variation(page, headers);
}

/// Tells caches whether the page has a form for clients that accept other encodings.
fn set_variation(page: &RenderedPage, headers: &mut HeaderMap) {
    if page.gzip.is_some() {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_decoded_part_by_part() {
        assert_eq!(file_path("/tickets/a%20b/%E5%8F%91.log").as_deref(), Some("tickets/a b/发.log"));
        assert_eq!(file_path("/").as_deref(), Some(""));
        assert_eq!(file_path("/tickets%2Fx/"), None);
        assert_eq!(file_path("/%ff"), None);
        assert_eq!(file_path("//tickets/").as_deref(), Some("/tickets/"), "no file has this path");
    }
}
