//! The site's own files, rendered when they are asked for.

use axum::{
    body::Body,
    extract::{Request, State as Extract},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::{Problem, State};
use crate::site::{Site, SiteError};

/// Any file of the site; a folder is its `index.html`.
pub(super) async fn page(
    Extract(state): Extract<State>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")], "").into_response();
    }
    let path = percent_decode(uri.path().trim_start_matches('/'));
    // Rendering is work for a processor, not for the threads that answer the network.
    let answered = tokio::task::spawn_blocking(move || answer(&state.site(), &path, &headers)).await;
    answered.unwrap_or_else(|_| Problem::internal("this page could not be rendered").into_response())
}

fn answer(site: &Site, path: &str, headers: &HeaderMap) -> Response {
    let file =
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    match site.render(&file) {
        Ok(bytes) => respond(&file, bytes, headers),
        Err(SiteError::NoPage { .. })
            if !file.ends_with(".html") && site.render(&format!("{path}/index.html")).is_ok() =>
        {
            // Relative, so that it holds under any path that a proxy puts before ours.
            let name = path.rsplit('/').next().unwrap_or_default();
            Redirect::permanent(&format!("{}/", percent_encode(name))).into_response()
        }
        Err(SiteError::NoPage { .. }) => match site.render("404.html") {
            Ok(bytes) => (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes)
                .into_response(),
            Err(_) => Problem::not_found("there is no such page").into_response(),
        },
        Err(error) => Problem::internal(error.to_string()).into_response(),
    }
}

fn respond(file: &str, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..32]);
    let unchanged =
        headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) == Some(tag.as_str());
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, content_type(file))], bytes).into_response()
    };
    let named_by_content = file.starts_with("assets/")
        || (file.starts_with("search/") && file != "search/index.json" && !file.ends_with(".html"));
    let caching = if named_by_content { "public, max-age=31536000, immutable" } else { "no-cache" };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(caching));
    if let Ok(tag) = tag.parse() {
        out.insert(header::ETAG, tag);
    }
    if is_attachment(file) {
        // What people attach is hostile until proven otherwise: a download that no browser runs.
        out.insert(header::CONTENT_DISPOSITION, header::HeaderValue::from_static("attachment"));
        out.insert(
            header::CONTENT_SECURITY_POLICY,
            header::HeaderValue::from_static("default-src 'none'; sandbox"),
        );
    }
    response
}

fn is_attachment(file: &str) -> bool {
    file.starts_with("tickets/") && !file.ends_with("/index.html")
}

fn content_type(file: &str) -> &'static str {
    if is_attachment(file) {
        return match file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            // Pictures that pages show; SVG too, since in an <img> it runs nothing and alone the policy holds it.
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "svg" => "image/svg+xml",
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

/// Answers only to the names of this server, so that a page elsewhere cannot read an internal site by way of a name of
/// its own that leads here (DNS rebinding). A name is this server's when it is an address, `localhost`, or the host of
/// the site's address.
pub(super) async fn only_this_host(
    Extract(state): Extract<State>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let given = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match given.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => given.split(':').next().unwrap_or_default(),
    };
    let known = name.parse::<std::net::IpAddr>().is_ok() || name.is_empty() || name == "localhost" || {
        let store = state.store();
        let own = store.settings.url.split("://").nth(1).unwrap_or_default();
        own.split(['/', ':']).next().is_some_and(|own| own == name)
    };
    if known {
        return next.run(request).await;
    }
    Problem::bad_request(format!("this server is not called {name}"))
        .with_help("open it by its address, or set `url` in casebook.yml to the address that people use")
        .into_response()
}

fn percent_decode(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

fn percent_encode(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}
