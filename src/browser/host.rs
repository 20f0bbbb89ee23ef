//! The loader that started the widget: what it hands over and what is handed back.

use crate::config::{Settings, Shared};
use crate::copy::Copy;
use js_sys::{Function, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use svar_outcome::{Device, Event, Mode, Page};
use svar_session::{Config, Session};
use wasm_bindgen::{JsCast, JsValue};

/// The loader's side of the widget.
#[derive(Debug, Clone)]
pub struct Host {
    options: JsValue,
    manifest: Rc<RefCell<Option<Promise>>>,
}

impl PartialEq for Host {
    fn eq(&self, other: &Host) -> bool {
        self.options == other.options
    }
}

impl Host {
    /// No loader: for rendering components outside a page.
    pub fn none() -> Host {
        Host { options: JsValue::UNDEFINED, manifest: Rc::default() }
    }

    /// The response to the manifest's address that was asked for while this module was loading. There is one; later
    /// calls get none.
    pub fn take_manifest(&self) -> Option<Promise> {
        self.manifest.borrow_mut().take()
    }

    /// Hands over the state of an attempt to be delivered. The loader keeps it until the collector has it.
    pub fn deliver(&self, event: &Event) {
        if let Ok(json) = svar_outcome::to_json(event) {
            self.call("deliver", &JsValue::from_str(&event.data.attempt), &JsValue::from_str(&json));
        }
    }

    /// Hands over what goes on with the next page of this tab.
    pub fn keep(&self, text: &str) {
        self.call("keep", &JsValue::from_str(text), &JsValue::UNDEFINED);
    }

    /// Tells the loader that the panel has closed, so that it gives the focus back.
    pub fn closed(&self) {
        self.call("closed", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }

    fn call(&self, name: &str, a: &JsValue, b: &JsValue) {
        let function = Reflect::get(&self.options, &JsValue::from_str(name)).ok();
        if let Some(function) = function.and_then(|f| f.dyn_into::<Function>().ok()) {
            let _ = function.call2(&self.options, a, b);
        }
    }
}

/// How much may leave, by the loader's word for it.
pub fn mode(word: &str) -> Mode {
    match word {
        "off" => Mode::Off,
        "counts" => Mode::Counts,
        "no_text" => Mode::NoText,
        _ => Mode::Full,
    }
}

/// Reads the loader's options: an object with the strings `words`, `ui` (language of the words), `lang` (language wanted
/// for articles), `base`, `index`, `plain` (the page with all articles), `version`, `contact`, `mode`, `route`,
/// `pageLang`, `variant`, the number `dropped`, the booleans `gpc`, `phone`, `automation`, `internal`, the promise `manifest` and
/// the functions `deliver(attempt, json)`, `keep(text)` and `closed()`. What is missing or of another kind takes its default.
pub fn settings(options: JsValue) -> Settings {
    let get = |name: &str| Reflect::get(&options, &JsValue::from_str(name)).unwrap_or_default();
    let text = |name: &str| get(name).as_string().unwrap_or_default();
    let flag = |name: &str| get(name).as_bool().unwrap_or_default();
    let mode = mode(&text("mode"));
    let config = Config {
        keep_bytes: None,
        version: text("version"),
        lang: text("lang"),
        ui: text("ui"),
        contact: text("contact"),
        mode,
        gpc: flag("gpc"),
        page: Page { route: svar_outcome::route(&text("route")), lang: text("pageLang") },
        device: if flag("phone") { Device::Phone } else { Device::Desktop },
        automation: flag("automation"),
        internal: flag("internal"),
        variant: get("variant").as_string(),
        dropped: get("dropped").as_f64().unwrap_or_default() as u32,
    };
    let manifest = get("manifest").dyn_into::<Promise>().ok();
    Settings {
        copy: Copy::parse(&text("words")),
        lang: text("ui").into(),
        base: text("base").into(),
        index: text("index").into(),
        plain: text("plain").into(),
        session: Shared::new(RefCell::new(Session::new(config))),
        host: Host { options, manifest: Rc::new(RefCell::new(manifest)) },
    }
}
