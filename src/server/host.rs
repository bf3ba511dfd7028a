//! Rejects requests for another host.

use std::net::IpAddr;

use axum::{
    body::Body,
    extract::{Request, State as Extract},
    http::{HeaderMap, Version, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use url::Url;

use super::{Problem, ServerState};

/// Rejects requests with an unknown host name. Otherwise a page of another site could read an internal site through a
/// host name that points to this server (DNS rebinding). Allowed names are IP addresses, `localhost`
/// and the host of the site's address. The `Host` header must be unambiguous, because a proxy in front of this server
/// could read an ambiguous one differently (RFC 9112, 3.2).
pub(super) async fn only_this_host(
    Extract(state): Extract<ServerState>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let refuse = |problem: String| {
        Problem::bad_request(problem)
            .with_help("open the site by its IP address, or set `url` in casebook.yml to the site's address")
            .into_response()
    };
    let host = match host(request.headers(), request.version()) {
        Ok(host) => host,
        Err(problem) => return refuse(problem),
    };
    // A request can also name the host in its first line (`GET http://host/ HTTP/1.1`).
    let target = request.uri().authority().map(|authority| authority.as_str());
    for host in host.into_iter().chain(target) {
        let Some(name) = name_of(host) else { return refuse(format!("invalid host name `{host}`")) };
        let is_known = name.parse::<IpAddr>().is_ok()
            || name.eq_ignore_ascii_case("localhost")
            || is_host_of(&state.now().site.store().settings.url, name);
        if !is_known {
            return refuse(format!("unknown host name `{name}`"));
        }
    }
    next.run(request).await
}

/// Returns the `Host` header, which HTTP/1.1 requires exactly once.
fn host(headers: &HeaderMap, version: Version) -> Result<Option<&str>, String> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if version < Version::HTTP_11 => Ok(None),
        (None, _) => Err("the request has no `Host` header".to_owned()),
        (Some(host), None) => match host.to_str() {
            Ok(host) => Ok(Some(host)),
            Err(_) => Err("invalid `Host` header".to_owned()),
        },
        (Some(_), Some(_)) => Err("the request has more than one `Host` header".to_owned()),
    }
}

/// Returns the name in `host`, a name or an IP address with an optional port. Returns `None` if `host` has any other
/// form.
fn name_of(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(name, _)| name.contains(':'))?,
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && (port.is_empty() || port.parse::<u16>().is_ok())
    };
    let has_valid_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    (has_valid_port && !name.is_empty()).then_some(name)
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
    fn the_host_of_the_site_is_recognised() {
        assert!(is_host_of("https://oncall.acme.example:8443/cases/", "Oncall.acme.example"));
        assert!(is_host_of("https://lena@oncall.acme.example/", "oncall.acme.example"));
        assert!(!is_host_of("https://oncall.acme.example/", "evil.example") && !is_host_of("", "x"));
    }

    #[test]
    fn only_a_name_with_a_port_is_a_host() {
        let cases = [
            ("localhost", "localhost"),
            ("a.example:4177", "a.example"),
            ("[::1]:80", "::1"),
            ("[::1]", "::1"),
            ("a:", "a"),
            ("[::1]:", "::1"),
        ];
        for (host, name) in cases {
            assert_eq!(name_of(host), Some(name), "{host}");
        }
        let invalid = [
            "",
            ":80",
            "[::1",
            "[::1]x",
            "[]",
            "[a]",
            "::1",
            "localhost:99@evil",
            "localhost:+1",
            "localhost:65536",
            "localhost:1:2",
            "localhost:80 ",
        ];
        for host in invalid {
            assert_eq!(name_of(host), None, "{host}");
        }
    }
}
