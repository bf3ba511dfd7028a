//! Sends mails by SMTP.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, SmtpTransport, Transport as _,
    address::Envelope,
    message::{
        Mailbox, MessageBuilder,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};
use url::Url;

use super::SendError;
use crate::text::{Time, one_line};

/// The time limit of one step of the conversation with the server.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A mail.
pub(crate) struct Letter<'a> {
    /// The addresses of the people who get it. Several people do not see each other's addresses.
    pub to: &'a [String],
    /// May contain text from tickets.
    pub subject: &'a str,
    pub text: &'a str,
    /// A text that differs for each mail and is the same if the mail is sent again.
    pub key: &'a str,
    /// A text that all mails about one ticket share.
    pub thread: Option<&'a str>,
    pub time: Time,
}

/// A connection to a mail server.
pub(crate) struct Mailer {
    transport: SmtpTransport,
    server: String,
    from: Mailbox,
}

/// A header by which other programs know that no person wrote the mail, so that none of them answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mailer {
    /// Creates a mailer for the server `url`, such as `smtps://user:password@mail.example.org`, that sends as `from`.
    pub(crate) fn new(url: &str, from: &str) -> Result<Self, SendError> {
        let wrong = |what: &str, hint| SendError::Settings { what: what.to_owned(), hint };
        let invalid = || {
            wrong(
                "the address of the mail server is not valid",
                "use the form `smtps://USER:PASSWORD@HOST`, or `smtp://USER:PASSWORD@HOST:587?tls=required`",
            )
        };
        let parsed = Url::parse(url).map_err(|_| invalid())?;
        let server = parsed.host_str().ok_or_else(invalid)?.to_owned();
        let is_local = matches!(server.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let is_secret =
            parsed.scheme() == "smtps" || parsed.query().is_some_and(|query| query == "tls=required");
        if parsed.password().is_some() && !is_secret && !is_local {
            return Err(wrong(
                "the password of the mail server would be sent without encryption",
                "use `smtps://…`, or `smtp://…?tls=required`",
            ));
        }
        let from = from.parse().map_err(|_| {
            wrong(
                "the sender is not a valid e-mail address",
                "set CASEBOOK_MAIL_FROM to an address such as `Oncall <oncall@example.org>`",
            )
        })?;
        let transport = SmtpTransport::from_url(url).map_err(|_| invalid())?;
        Ok(Self { transport: transport.timeout(Some(TIMEOUT)).build(), server, from })
    }

    /// Sends a mail to all its addresses in one go.
    pub(crate) fn send(&self, letter: &Letter<'_>) -> Result<(), SendError> {
        let refused = |reason: String| SendError::Refused { server: self.server.clone(), reason };
        let addresses = letter.to.iter().map(|address| address.parse::<Address>());
        let addresses: Vec<Address> =
            addresses.collect::<Result<_, _>>().map_err(|_| refused("an address is not valid".to_owned()))?;
        let domain = self.from.email.domain();
        let id = |text: &str| format!("<{}@{domain}>", &blake3::hash(text.as_bytes()).to_hex()[..32]);
        let mut builder: MessageBuilder = lettre::Message::builder()
            .from(self.from.clone())
            .subject(one_line(letter.subject))
            .message_id(Some(id(letter.key)))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .date(system_time(letter.time));
        if let [only] = addresses.as_slice() {
            builder = builder.to(Mailbox::new(None, only.clone()));
        }
        if let Some(thread) = letter.thread {
            builder = builder.references(id(thread));
        }
        let envelope = Envelope::new(Some(self.from.email.clone()), addresses)
            .map_err(|error| refused(error.to_string()))?;
        let message = builder
            .envelope(envelope)
            .body(letter.text.to_owned())
            .map_err(|error| refused(error.to_string()))?;
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) => {
                let reason = one_line(&error_text(&error));
                // A permanent answer is about this mail, unless the server refuses the sender's password (RFC 4954).
                let is_about_sender = error
                    .status()
                    .is_some_and(|code| ["530", "534", "535", "538"].contains(&code.to_string().as_str()));
                match error.is_permanent() && !is_about_sender {
                    true => Err(refused(reason)),
                    false => Err(SendError::Unreachable { server: self.server.clone(), reason }),
                }
            }
        }
    }
}

/// Returns the error with its causes.
fn error_text(error: &lettre::transport::smtp::Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |&cause| cause.source());
    let texts: Vec<String> =
        std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect();
    texts.join(": ")
}

fn system_time(time: Time) -> SystemTime {
    let seconds = u64::try_from(time.seconds()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}
