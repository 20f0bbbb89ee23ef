//! Getting files of the index.

use std::sync::Arc;
use svar_session::{Cached, LoadError};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The bytes at `url`, with what a cache may say to it.
///
/// # Errors
/// [`LoadError::Offline`] where no answer came, [`LoadError::Missing`] where the answer was not a file.
pub async fn bytes(url: &str, cached: Cached) -> Result<Arc<[u8]>, LoadError> {
    let init = web_sys::RequestInit::new();
    init.set_cache(match cached {
        Cached::Welcome => web_sys::RequestCache::Default,
        Cached::Checked => web_sys::RequestCache::NoCache,
        Cached::Never => web_sys::RequestCache::Reload,
    });
    let window = web_sys::window().ok_or(LoadError::Offline)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(url, &init)).await.map_err(|_| LoadError::Offline)?;
    read(response).await
}

/// The bytes of a response that the loader asked for ahead of time.
///
/// # Errors
/// As [`bytes`].
pub async fn ahead(response: js_sys::Promise) -> Result<Arc<[u8]>, LoadError> {
    read(JsFuture::from(response).await.map_err(|_| LoadError::Offline)?).await
}

async fn read(response: JsValue) -> Result<Arc<[u8]>, LoadError> {
    let response: web_sys::Response = response.dyn_into().map_err(|_| LoadError::Offline)?;
    if !response.ok() {
        return Err(LoadError::Missing);
    }
    let buffer = response.array_buffer().map_err(|_| LoadError::Offline)?;
    let buffer = JsFuture::from(buffer).await.map_err(|_| LoadError::Offline)?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec().into())
}
