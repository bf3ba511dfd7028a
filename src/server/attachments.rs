//! Sends attachments from the disk in parts, so that neither their size nor slow clients need memory.

use std::{
    io::{Read as _, Seek as _, SeekFrom},
    sync::Arc,
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use super::{
    Problem, ServerState,
    content_type::attachment_type,
    known::{WantedPart, is_known, wanted_part},
    page_cache::tag,
    shares::{Peer, guarded},
    state::Snapshot,
};
use crate::repo::DiskFile;

/// The size of the parts in which a file is read, in bytes.
const PART: usize = 32 * 1024;

/// Answers a request for the attachment `file` of the site.
pub(super) async fn attachment(
    state: &ServerState,
    now: Arc<Snapshot>,
    file: String,
    request: &Parts,
) -> Response {
    let content_type = attachment_type(&file);
    let headers = &request.headers;
    let Some(opened) = state.render(move || open(&now, &file)).await else {
        return Problem::internal("cannot read this file; see the output of the server").into_response();
    };
    let (opened, tag) = match opened {
        Ok(opened) => opened,
        Err(problem) => return problem.into_response(),
    };
    let is_head = request.method == Method::HEAD;
    let wanted = if is_head { WantedPart::All } else { wanted_part(headers, opened.size, &tag) };
    let mut response = if is_known(&tag, headers) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match wanted {
            WantedPart::Outside => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                insert(response.headers_mut(), header::CONTENT_RANGE, format!("bytes */{}", opened.size));
                response
            }
            WantedPart::All if is_head => with_length(Body::empty(), opened.size),
            wanted => {
                let Some(guard) = state.shares().downloads.take(Peer::of(&request.extensions)) else {
                    return Problem::busy("too many downloads at the same time").into_response();
                };
                let size = opened.size;
                let (range, is_part) = match wanted {
                    WantedPart::Range(range) => (range, true),
                    _ => (0..size, false),
                };
                let mut disk = opened.file;
                if let Err(error) = disk.seek(SeekFrom::Start(range.start)) {
                    return Problem::internal(format!("cannot read this file: {error}")).into_response();
                }
                let mut disk = tokio::fs::File::from_std(disk);
                disk.set_max_buf_size(PART);
                let length = range.end - range.start;
                let body = Body::from_stream(ReaderStream::with_capacity(disk.take(length), PART));
                let mut response = with_length(guarded(body, guard), length);
                if is_part {
                    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                    let range = format!("bytes {}-{}/{size}", range.start, range.end - 1);
                    insert(response.headers_mut(), header::CONTENT_RANGE, range);
                }
                response
            }
        }
    };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    out.insert(header::ETAG, tag);
    // Attachments can be hostile, so browsers download them and do not run them.
    out.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    response
}

fn with_length(body: Body, length: u64) -> Response {
    let mut response = Response::new(body);
    insert(response.headers_mut(), header::CONTENT_LENGTH, length.to_string());
    response
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: String) {
    if let Ok(value) = value.parse() {
        headers.insert(name, value);
    }
}

/// Opens the attachment and returns it with its tag, which is a hash of the content as for pages.
fn open(now: &Snapshot, file: &str) -> Result<(DiskFile, HeaderValue), Problem> {
    let opened = now.site.open_original(file).ok_or_else(|| Problem::not_found("page not found"))?;
    let mut opened = opened.map_err(|error| Problem::internal(error.to_string()))?;
    if let Some(tag) = now.attachment_tags.get(file, opened.stamp) {
        return Ok((opened, tag));
    }
    let failed = |error: std::io::Error| Problem::internal(format!("cannot read this file: {error}"));
    let mut hasher = blake3::Hasher::new();
    let mut part = vec![0; PART];
    let mut content = (&mut opened.file).take(opened.size);
    loop {
        match content.read(&mut part).map_err(failed)? {
            0 => break,
            length => _ = hasher.update(&part[..length]),
        }
    }
    let tag = tag(&hasher.finalize().to_hex()[..32], "");
    now.attachment_tags.insert(file, opened.stamp, tag.clone());
    Ok((opened, tag))
}
