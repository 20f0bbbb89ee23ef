//! Elements, built by calls.
//!
//! `html!` writes the building of every element out in full; with the widget's sixty elements that is 18 kB of code in
//! the browser, a third of it after compression. These few functions are there once. What comes out is the same virtual
//! DOM.

use std::rc::Rc;
use svar_session::Msg;
use yew::prelude::*;
use yew::virtual_dom::{AttributeOrProperty, Attributes, Key, Listener, VList, VNode, VTag, VText};

/// Every attribute that the widget sets. One list for all elements keeps yew's comparison to a walk along it; an
/// attribute that is not here is a mistake, which the markup tests find.
const KEYS: [&str; 38] = [
    "alt",
    "aria-activedescendant",
    "aria-autocomplete",
    "aria-busy",
    "aria-controls",
    "aria-expanded",
    "aria-haspopup",
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "aria-pressed",
    "aria-selected",
    "autocapitalize",
    "autocomplete",
    "class",
    "d",
    "data-anchor",
    "data-ask",
    "data-heading",
    "data-id",
    "data-score",
    "data-scroller",
    "enterkeyhint",
    "height",
    "href",
    "id",
    "lang",
    "loading",
    "placeholder",
    "role",
    "scope",
    "spellcheck",
    "src",
    "start",
    "tabindex",
    "type",
    "viewBox",
    "width",
];
/// An element in the making. Boxed: it is handed from call to call.
pub struct El(Box<Parts>);

struct Parts {
    tag: VTag,
    /// In the order of [`KEYS`]; empty while there are none.
    values: Vec<Option<AttributeOrProperty>>,
}

impl El {
    /// An element without attributes and content.
    #[inline(never)]
    pub fn new(tag: &'static str) -> El {
        El(Box::new(Parts { tag: VTag::new(tag), values: Vec::new() }))
    }

    /// With attributes that never change, as name and value.
    #[inline(never)]
    pub fn attrs(mut self, attributes: &'static [(&'static str, &'static str)]) -> El {
        for (name, value) in attributes {
            self = self.set(name, AttrValue::Static(value));
        }
        self
    }

    /// With an attribute.
    pub fn with(self, name: &'static str, value: impl Into<AttrValue>) -> El {
        self.set(name, value.into())
    }

    /// With a class.
    pub fn class(self, value: &'static str) -> El {
        self.set("class", AttrValue::Static(value))
    }

    /// With an attribute, if there is a value for it.
    pub fn maybe(self, name: &'static str, value: Option<AttrValue>) -> El {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    #[inline(never)]
    fn set(mut self, name: &'static str, value: AttrValue) -> El {
        let at = KEYS.iter().position(|key| *key == name);
        debug_assert!(at.is_some(), "{name} is not in KEYS");
        if self.0.values.is_empty() {
            self.0.values.resize(KEYS.len(), None);
        }
        if let Some(slot) = at.and_then(|at| self.0.values.get_mut(at)) {
            *slot = Some(AttributeOrProperty::Attribute(value));
        }
        self
    }

    /// With the text of a form field.
    #[inline(never)]
    pub fn value(mut self, value: &str) -> El {
        self.0.tag.set_value(Some(AttrValue::from(value.to_owned())));
        self
    }

    /// Found again in a list by this key.
    #[inline(never)]
    pub fn key(mut self, key: &str) -> El {
        self.0.tag.key = Some(Key::from(key.to_owned()));
        self
    }

    /// Known by this reference.
    pub fn reference(mut self, node: &NodeRef) -> El {
        self.0.tag.node_ref = node.clone();
        self
    }

    /// Sends `msg` when pressed.
    pub fn sends(self, send: &Callback<Msg>, msg: Msg) -> El {
        self.pressed(send, msg, false)
    }

    /// Sends `msg` when pressed, instead of what the browser would do.
    pub fn sends_instead(self, send: &Callback<Msg>, msg: Msg) -> El {
        self.pressed(send, msg, true)
    }

    #[inline(never)]
    fn pressed(self, send: &Callback<Msg>, msg: Msg, instead: bool) -> El {
        let send = send.clone();
        let pressed = Callback::from(move |event: MouseEvent| {
            // A new tab was asked for: that is the browser's to do.
            let plain = !(event.ctrl_key() || event.meta_key() || event.shift_key());
            if instead && plain {
                event.prevent_default();
            }
            if plain || !instead {
                send.emit(msg.clone());
            }
        });
        self.listen(Rc::new(yew::html::onclick::Wrapper::new(pressed)))
    }

    /// Listens to an event.
    #[inline(never)]
    pub fn listen(mut self, listener: Rc<dyn Listener>) -> El {
        self.0.tag.add_listener(listener);
        self
    }

    /// Contains text, after what it contains already.
    pub fn text(self, text: impl Into<AttrValue>) -> El {
        self.say(text.into())
    }

    #[inline(never)]
    fn say(self, text: AttrValue) -> El {
        self.push(words(text))
    }

    /// Contains the element if there is one. Its place is kept where there is none: yew tells children apart by their place,
    /// and an element that slips into another's place is made anew and loses the focus.
    pub fn maybe_el(self, child: Option<El>) -> El {
        self.push(child.map_or_else(Html::default, El::html))
    }

    /// Contains `child`, after what it contains already.
    #[inline(never)]
    pub fn push(mut self, child: Html) -> El {
        self.0.tag.add_child(child);
        self
    }

    /// Contains the element, after what it contains already.
    #[inline(never)]
    pub fn el(self, child: El) -> El {
        self.push(child.html())
    }

    /// The finished element.
    #[inline(never)]
    pub fn html(self) -> Html {
        let Parts { mut tag, values } = *self.0;
        if !values.is_empty() {
            tag.set_attributes(Attributes::Dynamic { keys: &KEYS, values: values.into() });
        }
        VNode::from(tag)
    }
}

/// Text on its own.
pub fn words(text: impl Into<AttrValue>) -> Html {
    VNode::from(VText::new(text.into()))
}

/// Several nodes one after another.
#[inline(never)]
pub fn all(nodes: Vec<Html>) -> Html {
    VNode::from(VList::with_children(nodes, None))
}
