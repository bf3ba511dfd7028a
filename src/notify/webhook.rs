//! Posts messages to the incoming webhook of a chat, in the format of Slack, which Mattermost, Rocket.Chat, Zulip and others
//! accept too.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::SendError;

/// The time limit of one request.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The body of a request.
#[derive(Serialize)]
struct Payload<'a> {
    text: &'a str,
}

/// Posts a chat message to the webhook `address`.
pub(crate) fn post(address: &str, text: &str) -> Result<(), SendError> {
    // The path of a webhook is its password.
    let server = server_of(address)?;
    let answer = agent().post(address).send_json(Payload { text });
    let answer = answer.map_err(|error| failure(server.clone(), &error))?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        // A redirect is not followed: the message could go to another host.
        status => Err(SendError::Unreachable { server, reason: format!("HTTP status {}", status.as_u16()) }),
    }
}

/// Returns a client that trusts the certificates that the system trusts, and follows no redirects.
pub(super) fn agent() -> Agent {
    let trusted = rustls_native_certs::load_native_certs().certs;
    let trusted = trusted.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::from(trusted));
    let config = Agent::config_builder()
        .tls_config(tls.build())
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .user_agent(concat!("casebook/", env!("CARGO_PKG_VERSION")));
    config.build().into()
}

/// Returns the host of an address.
pub(super) fn server_of(address: &str) -> Result<String, SendError> {
    let parsed = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.and_then(|url| Some(url.host_str()?.to_owned())).ok_or(SendError::Settings {
        what: "the address of the webhook is not an `https://` URL".to_owned(),
        hint: "copy the address of an incoming webhook from the settings of your chat",
    })
}

/// Converts an error of the client.
pub(super) fn failure(server: String, error: &ureq::Error) -> SendError {
    match error {
        ureq::Error::StatusCode(status @ 400..=499) if !matches!(status, 401 | 403 | 404 | 408 | 429) => {
            SendError::Refused { server, reason: format!("HTTP status {status}") }
        }
        ureq::Error::StatusCode(status) => {
            SendError::Unreachable { server, reason: format!("HTTP status {status}") }
        }
        other => SendError::Unreachable { server, reason: crate::text::one_line(&other.to_string()) },
    }
}
