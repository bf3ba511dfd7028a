//! Domain names that are reserved for examples and tests, so they do not belong to a real system.

/// Top-level domains without owners (RFC 2606, RFC 6762), and those of private networks.
pub(super) const RESERVED: &[&str] =
    &["example", "invalid", "test", "localhost", "local", "internal", "lan", "home"];

/// Returns true if addresses of `domain` (in lower case) do not reach a person: the domain is reserved for
/// documentation, is a private network, or hides addresses of users of a forge (`users.noreply.…`).
pub(super) fn is_reserved(domain: &str) -> bool {
    let last = domain.rsplit('.').next().unwrap_or(domain);
    RESERVED.contains(&last) || is_example(domain) || domain.split('.').any(|label| label == "noreply")
}

/// Returns true if `domain` (in lower case) is reserved for documentation.
pub(super) fn is_example(domain: &str) -> bool {
    let mut labels = domain.rsplit('.');
    matches!(
        (labels.next(), labels.next()),
        (Some("example" | "invalid"), _) | (Some("com" | "net" | "org"), Some("example"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_for_documentation_are_reserved_and_real_domains_are_not() {
        assert!(is_example("db.acme.example") && is_example("a.example.com") && is_reserved("db.local"));
        assert!(!is_example("db.local") && !is_example("example.io") && !is_reserved("counterexample.com"));
    }
}
