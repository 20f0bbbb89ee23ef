//! What the loader hands over.

use crate::browser::host::Host;
use crate::copy::Copy;
use svar_session::Config;

/// Everything that is fixed while the widget is mounted.
#[derive(Debug, Clone, PartialEq, yew::Properties)]
pub struct Settings {
    /// The words on screen.
    pub copy: Copy,
    /// Tag of the language that the words are in.
    pub lang: yew::AttrValue,
    /// Address of the widget's folder, with a slash at the end.
    pub base: yew::AttrValue,
    /// Address of the index folder, with a slash at the end.
    pub index: yew::AttrValue,
    /// What the session needs to know.
    pub config: Shared<Config>,
    /// The loader: deliveries and closing go there.
    pub host: Host,
}

/// Shared and compared by identity: what it holds never changes.
#[derive(Debug)]
pub struct Shared<T>(std::rc::Rc<T>);

impl<T> Shared<T> {
    /// Shares `value`.
    pub fn new(value: T) -> Shared<T> {
        Shared(std::rc::Rc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(std::rc::Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Shared<T>) -> bool {
        std::rc::Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> std::ops::Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
