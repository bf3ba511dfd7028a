//! Permanent ids of tickets and feeds. A feed reader that follows several sites must never mistake an entry of one site
//! for an entry of another.

use super::Site;
use super::model::TicketNo;

impl Site {
    /// Returns the id of a ticket in feeds: its URL. If the site has no address, the id is a hash of what identifies the
    /// ticket everywhere, so that it stays the same when the site or the ticket gets another title.
    pub(super) fn ticket_identity(&self, n: TicketNo) -> String {
        self.absolute(&self.ticket_folder(n)).unwrap_or_else(|| {
            let ticket = &self.model.thread(n).ticket;
            let created = ticket.created.map(|time| time.to_string()).unwrap_or_default();
            let (source, requester) = (ticket.source.as_deref(), ticket.requester.as_deref());
            uuid(&["ticket", &ticket.id, &created, source.unwrap_or_default(), requester.unwrap_or_default()])
        })
    }

    /// Returns the id of the feeds in `folder`: the URL of the page that they belong to. If the site has no address, the id
    /// is a hash of the address of the repository, or else of the site's title.
    pub(super) fn feed_identity(&self, folder: &str) -> String {
        self.absolute(folder).unwrap_or_else(|| {
            let settings = self.model.settings();
            let owner = settings.repository.as_deref().unwrap_or(&settings.title);
            uuid(&["feed", owner, self.view().audience.name(), folder])
        })
    }
}

/// Returns a UUID that is the same for the same parts (version 8 of RFC 9562, which leaves the hash to the program).
fn uuid(parts: &[&str]) -> String {
    let mut hash = blake3::Hasher::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize().as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_parts_have_different_ids_of_the_standard_form() {
        let id = uuid(&["ticket", "a-b"]);
        assert_eq!(id, uuid(&["ticket", "a-b"]));
        let digits: Vec<usize> = id.trim_start_matches("urn:uuid:").split('-').map(str::len).collect();
        assert_eq!(digits, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(id.as_bytes()["urn:uuid:".len() + 14], b'8', "{id}");
        assert_ne!(id, uuid(&["ticket", "a-", "b"]));
        assert_ne!(id, uuid(&["ticketa-b"]));
    }
}
