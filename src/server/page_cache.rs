//! The rendered pages of one state of the repository. Each page is rendered and compressed once.

use std::sync::Arc;

use axum::{body::Bytes, http::HeaderValue};
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};

use super::encoding;

/// The maximum size of all cached pages in bytes.
const MAX_BYTES: u64 = 64 << 20;
/// The number of parts of the cache, each with its own lock. A page that is larger than a part is not cached.
const PARTS: usize = 4;
/// The expected number of pages. A wrong number only wastes time or memory.
const EXPECTED_PAGES: usize = 10_000;
/// The memory that each page needs in addition to its path and its bytes, roughly.
const OVERHEAD: u64 = 256;

/// A rendered page, shared by all its responses.
pub(super) type SharedPage = Arc<RenderedPage>;

/// The bytes of a page, with its tags for caches. The tags differ, because they identify the bytes that are sent.
pub(super) struct RenderedPage {
    pub content_type: &'static str,
    pub plain: TaggedBytes,
    /// The compressed page; `None` if the page is not a text or is too short.
    pub gzip: Option<TaggedBytes>,
}

/// Bytes with their tag.
#[derive(Clone)]
pub(super) struct TaggedBytes {
    pub tag: HeaderValue,
    pub bytes: Bytes,
}

impl RenderedPage {
    pub(super) fn new(content_type: &'static str, bytes: Vec<u8>) -> Self {
        let hash = blake3::hash(&bytes).to_hex();
        let tagged =
            |end: &str, bytes: Vec<u8>| TaggedBytes { tag: tag(&hash[..32], end), bytes: bytes.into() };
        let gzip = encoding::is_text(content_type).then(|| encoding::gzip(&bytes)).flatten();
        Self { content_type, gzip: gzip.map(|bytes| tagged("-gzip", bytes)), plain: tagged("", bytes) }
    }
}

/// Returns the `ETag` of content with this hash. `end` distinguishes encodings of the same content.
pub(super) fn tag(hash: &str, end: &str) -> HeaderValue {
    // Hexadecimal digits are always a valid header.
    HeaderValue::try_from(format!("\"{hash}{end}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// A cache of pages by their files.
pub(super) struct PageCache(Cache<String, SharedPage, PageWeighter>);

/// Weighs pages by their memory.
#[derive(Clone)]
struct PageWeighter;

impl Weighter<String, SharedPage> for PageWeighter {
    fn weight(&self, file: &String, page: &SharedPage) -> u64 {
        let compressed = page.gzip.as_ref().map_or(0, |gzip| gzip.bytes.len());
        (file.len() + page.plain.bytes.len() + compressed) as u64 + OVERHEAD
    }
}

impl PageCache {
    pub(super) fn new() -> Self {
        let options = OptionsBuilder::new()
            .shards(PARTS)
            .estimated_items_capacity(EXPECTED_PAGES)
            .weight_capacity(MAX_BYTES)
            .build();
        let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self(match options {
            Ok(options) => Cache::with_options(options, PageWeighter, hasher, lifecycle),
            // The options are complete, so this does not happen.
            Err(_) => Cache::with_weighter(EXPECTED_PAGES, MAX_BYTES, PageWeighter),
        })
    }

    /// Returns the page of `file` if it was rendered before.
    pub(super) fn get(&self, file: &str) -> Option<SharedPage> {
        self.0.get(file)
    }

    /// Returns the page of `file`, and renders it first if necessary. Requests for the same page wait for one rendering.
    pub(super) async fn get_or_render<E>(
        &self,
        file: &str,
        render: impl Future<Output = Result<SharedPage, E>>,
    ) -> Result<SharedPage, E> {
        self.0.get_or_insert_async(file, render).await
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn page(size: usize) -> SharedPage {
        Arc::new(RenderedPage::new("image/png", vec![7; size]))
    }

    #[tokio::test]
    async fn the_cache_never_exceeds_its_limit_and_returns_each_page_unchanged() {
        let cache = PageCache::new();
        for number in 0..150 {
            let size = 1_000_000 + number;
            let file = format!("tickets/{number}/index.html");
            let shown = cache.get_or_render(&file, async { Ok::<_, Infallible>(page(size)) }).await.unwrap();
            assert_eq!(shown.plain.bytes.len(), size);
            assert!(cache.0.weight() <= MAX_BYTES, "{}", cache.0.weight());
        }
        assert!(cache.0.len() > 20, "{}", cache.0.len());
        // A page that is larger than the cache is returned too.
        let large =
            cache.get_or_render("large", async { Ok::<_, Infallible>(page(70 << 20)) }).await.unwrap();
        assert!(large.plain.bytes.len() == 70 << 20 && cache.get("large").is_none());
    }

    #[tokio::test]
    async fn a_page_is_rendered_once_for_requests_at_the_same_time_and_again_after_an_error() {
        let cache = Arc::new(PageCache::new());
        let failed = cache.get_or_render("a", async { Err::<SharedPage, _>("no") }).await;
        assert!(failed.is_err() && cache.get("a").is_none());
        let renderings = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let requests: Vec<_> = (0..8)
            .map(|_| {
                let (cache, renderings) = (Arc::clone(&cache), Arc::clone(&renderings));
                tokio::spawn(async move {
                    let render = async {
                        renderings.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        tokio::task::yield_now().await;
                        Ok::<_, Infallible>(page(2_000))
                    };
                    cache.get_or_render("a", render).await.unwrap().plain.tag.clone()
                })
            })
            .collect();
        for request in requests {
            assert_eq!(request.await.unwrap(), cache.get("a").unwrap().plain.tag);
        }
        assert_eq!(renderings.load(std::sync::atomic::Ordering::SeqCst), 1);
    }
}
