//! The engine as a WebAssembly module of its own: what the widget has inside, with no widget around it.
//!
//! `bench/peers/engine.mjs` hands it an index and times what it does. It is compiled as the widget is
//! (`xtask/src/widget.rs`). Natively this program does nothing.

use std::collections::HashMap;
use std::sync::Arc;

use svar_bench_engine::{KEEP_BYTES, Library};
use svar_index::{FileRef, IndexError, MANIFEST_NAME};
use wasm_bindgen::prelude::*;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {}

/// Files on their way to an [`Engine`].
#[wasm_bindgen]
#[derive(Default)]
pub struct Files(HashMap<String, Arc<[u8]>>);

#[wasm_bindgen]
impl Files {
    /// None yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Files {
        Files::default()
    }

    /// One more.
    pub fn add(&mut self, name: String, bytes: Vec<u8>) {
        self.0.insert(name, bytes.into());
    }
}

/// An index that answers.
#[wasm_bindgen]
pub struct Engine {
    library: Library,
    found: Vec<FileRef>,
}

#[wasm_bindgen]
impl Engine {
    /// The index that the files are. Nothing is attached.
    #[wasm_bindgen(constructor)]
    pub fn new(mut files: Files) -> Result<Engine, JsError> {
        let manifest =
            files.0.remove(MANIFEST_NAME).ok_or_else(|| JsError::new("expected manifest.bin, found none"))?;
        let library = Library::new(manifest, files.0).map_err(told)?;
        Ok(Engine { library, found: Vec::new() })
    }

    /// Opens manifest and core once more; the number of articles.
    pub fn open(&self) -> Result<u32, JsError> {
        self.library.open().map(|index| index.len()).map_err(told)
    }

    /// A number for the file of that name, for `attach`.
    pub fn find(&mut self, name: &str) -> Result<usize, JsError> {
        self.found.push(self.library.file(name).map_err(told)?);
        Ok(self.found.len() - 1)
    }

    /// Attaches a file that was found.
    pub fn attach(&mut self, number: usize) -> Result<(), JsError> {
        let file = self.found.get(number).copied().ok_or_else(|| JsError::new("expected the number of a file"))?;
        self.library.attach(file).map_err(told)
    }

    /// Attaches everything.
    pub fn attach_missing(&mut self) -> Result<(), JsError> {
        self.library.attach_missing().map_err(told)
    }

    /// Attaches what a question needs.
    pub fn attach_for(&mut self, question: &str) -> Result<(), JsError> {
        self.library.attach_for(question).map(drop).map_err(told)
    }

    /// Lets go as the widget does.
    pub fn evict(&mut self) {
        self.library.index.evict(KEEP_BYTES);
    }

    /// Answers; in how many articles the question was met.
    pub fn search(&self, question: &str) -> u32 {
        self.library.search(question).total
    }
}

fn told(error: IndexError) -> JsError {
    JsError::new(&error.to_string())
}
