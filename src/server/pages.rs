//! Serves the site's files, which are rendered on request.

use axum::{
    body::Body,
    extract::{Request, State as Extract},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use url::Url;

use super::{Problem, ServerState};
use crate::site::{Site, SiteError};

/// The prefix of all API addresses.
const API: &str = "/api/v1";

/// Returns a file of the site; for a folder, its `index.html`.
pub(super) async fn page(
    Extract(state): Extract<ServerState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if uri.path() == API || uri.path().strip_prefix(API).is_some_and(|rest| rest.starts_with('/')) {
        return Problem::not_found("unknown API address")
            .with_help("see /api/v1/openapi.json for all addresses")
            .into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Problem::method_not_allowed("GET, HEAD").into_response();
    }
    // Rendering takes processor time, so it must not block the threads that handle connections.
    let response = tokio::task::spawn_blocking(move || answer(&state.now().site, &uri, &headers)).await;
    response.unwrap_or_else(|_| {
        Problem::internal("cannot render this page; see the output of the server").into_response()
    })
}

fn answer(site: &Site, uri: &Uri, headers: &HeaderMap) -> Response {
    let Some(path) = file_path(uri.path()) else { return not_found(site, uri.path()) };
    let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
    match site.render(&file) {
        Ok(bytes) => respond(&file, bytes, headers),
        Err(SiteError::NoPage { .. }) if site.has(&format!("{file}/index.html")) => {
            // The redirect is relative, so that it works below any path that a proxy adds.
            let name = uri.path().rsplit('/').next().unwrap_or_default();
            let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            Redirect::temporary(&format!("./{name}/{query}")).into_response()
        }
        Err(SiteError::NoPage { .. }) => not_found(site, &file),
        Err(error) => Problem::internal(error.to_string()).into_response(),
    }
}

/// Returns the path of the site's file for an address. Each part is decoded separately, and `None` is returned if a
/// part contains an encoded slash, because no file has such a name.
fn file_path(address: &str) -> Option<String> {
    let decode = |part| percent_encoding::percent_decode_str(part).decode_utf8().ok();
    let parts: Option<Vec<_>> = address.strip_prefix('/')?.split('/').map(decode).collect();
    parts.filter(|parts| parts.iter().all(|part| !part.contains('/'))).map(|parts| parts.join("/"))
}

fn not_found(site: &Site, address: &str) -> Response {
    match site.not_found(address.trim_start_matches('/')) {
        Ok(bytes) => {
            (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, content_type("404.html"))], bytes).into_response()
        }
        Err(_) => Problem::not_found("page not found").into_response(),
    }
}

fn respond(file: &str, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..32]);
    let mut response = if is_known(&tag, headers) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, content_type(file))], bytes).into_response()
    };
    let has_hash_in_name = file.starts_with("assets/")
        || (file.starts_with("search/") && file != "search/index.json" && !file.ends_with(".html"));
    let caching = if has_hash_in_name { "public, max-age=31536000, immutable" } else { "no-cache" };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = tag.parse() {
        out.insert(header::ETAG, tag);
    }
    if is_attachment(file) {
        // Attachments can be hostile, so browsers download them and do not run them.
        out.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    }
    response
}

/// Returns whether the client already has the content with this `tag`. A weak tag matches too, because proxies that
/// compress a response make its tag weak (RFC 9110, 13.1.2). Casebook's tags contain no commas.
fn is_known(tag: &str, headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn is_attachment(file: &str) -> bool {
    file.starts_with("tickets/") && !file.ends_with("/index.html")
}

fn content_type(file: &str) -> &'static str {
    if is_attachment(file) {
        return match file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            // Pages show these pictures.
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "avif" => "image/avif",
            "bmp" => "image/bmp",
            _ => "application/octet-stream",
        };
    }
    match file.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" if file.ends_with("feed.json") => "application/feed+json",
        "json" => "application/json",
        "xml" if file.ends_with("feed.xml") => "application/atom+xml; charset=utf-8",
        "xml" if file.ends_with("opensearch.xml") => "application/opensearchdescription+xml",
        "xml" => "application/xml; charset=utf-8",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Rejects requests with an unknown host name. Otherwise a page of another site could read an internal site through a
/// host name that points to this server (DNS rebinding). Allowed names are IP addresses, `localhost`
/// and the host of the site's address.
pub(super) async fn only_this_host(
    Extract(state): Extract<ServerState>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let known = name.is_empty()
        || name.parse::<std::net::IpAddr>().is_ok()
        || name.eq_ignore_ascii_case("localhost")
        || is_host_of(&state.now().site.store().settings.url, name);
    if known {
        return next.run(request).await;
    }
    Problem::bad_request(format!("unknown host name `{name}`"))
        .with_help("open the site by its IP address, or set `url` in casebook.yml to the site's address")
        .into_response()
}

/// Returns whether `name` is the host of the address `url`.
fn is_host_of(url: &str, name: &str) -> bool {
    let url = Url::parse(url).ok();
    url.as_ref().and_then(Url::host_str).is_some_and(|host| host.eq_ignore_ascii_case(name))
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

    #[test]
    fn a_tag_matches_in_a_list_and_as_a_weak_tag() {
        let known = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_static("\"zzz\""));
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            is_known("\"abc\"", &headers)
        };
        assert!(known("\"abc\"") && known("\"x\", W/\"abc\"") && known("*"));
        assert!(!known("\"abcd\"") && !known("abc") && !known(""));
    }

    #[test]
    fn the_host_of_the_site_is_recognised() {
        assert!(is_host_of("https://oncall.acme.example:8443/cases/", "Oncall.acme.example"));
        assert!(is_host_of("https://lena@oncall.acme.example/", "oncall.acme.example"));
        assert!(!is_host_of("https://oncall.acme.example/", "evil.example") && !is_host_of("", "x"));
    }
}
