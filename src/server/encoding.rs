//! Compresses texts, and reads which encodings a client accepts.

use std::io::Write as _;

use axum::http::{HeaderMap, header};
use flate2::{Compression, write::GzEncoder};

/// The size of the smallest text that is compressed, in bytes. A shorter text needs one packet in either case.
const MIN_BYTES: usize = 1_000;

/// Returns whether content of this type is text. Pictures and the like are compressed already.
pub(super) fn is_text(content_type: &str) -> bool {
    let name = content_type.split(';').next().unwrap_or_default();
    name.starts_with("text/")
        || ["json", "+json", "xml", "+xml"].iter().any(|end| {
            name.strip_suffix(end).is_some_and(|start| end.starts_with('+') || start == "application/")
        })
}

/// Compresses `text`. Returns `None` if the text is short or does not become smaller.
pub(super) fn gzip(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() < MIN_BYTES {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 3), Compression::default());
    encoder.write_all(text).ok()?;
    encoder.finish().ok().filter(|compressed| compressed.len() < text.len())
}

/// Returns whether the client accepts gzip and does not prefer uncompressed content (RFC 9110, 12.5.3).
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let (mut gzip, mut identity, mut any) = (None, None, None);
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    for coding in lists.flat_map(|list| list.split(',')) {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = quality(parameters);
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = Some(quality),
            "identity" => identity = Some(quality),
            "*" => any = Some(quality),
            _ => {}
        }
    }
    let gzip = gzip.or(any).unwrap_or(0.0);
    gzip > 0.0 && gzip >= identity.unwrap_or(0.0)
}

/// Reads the weight in parameters such as `q=0.5`: 1 if there is none, and 0 if it is invalid.
fn quality(parameters: &str) -> f32 {
    let weight = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then_some(value.trim())
    });
    let Some(weight) = weight else { return 1.0 };
    weight.parse().ok().filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn gzip_is_used_if_the_client_accepts_it() {
        let accepts = |list: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(list));
            accepts_gzip(&headers)
        };
        for list in [
            "gzip",
            "deflate, GZIP;q=0.5, br",
            "*",
            "gzip ; q=1.0",
            "x-gzip",
            "identity;q=0.5, gzip;q=0.5",
            "*;q=0.1, br",
        ] {
            assert!(accepts(list), "{list}");
        }
        for list in [
            "",
            "br",
            "gzip;q=0",
            "gzip; q=0.000, *",
            "*;q=0",
            "identity, gzip;q=0.5",
            "gzip;q=2",
            "gzip;q=x",
            "gzipped",
        ] {
            assert!(!accepts(list), "{list}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn texts_are_compressed_and_other_content_is_not() {
        for name in [
            "text/html; charset=utf-8",
            "application/json",
            "application/feed+json",
            "application/xml",
            "image/svg+xml",
        ] {
            assert!(is_text(name), "{name}");
        }
        for name in ["image/png", "application/octet-stream", "application/notjson"] {
            assert!(!is_text(name), "{name}");
        }
        assert!(gzip(b"short").is_none());
        let compressed = gzip(&[b'a'; 5_000]).unwrap();
        assert!(compressed.len() < 100 && compressed.starts_with(&[0x1f, 0x8b]));
    }
}
