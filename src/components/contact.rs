//! The way to a person: in the same place before, during and after.

use super::element::El;
use super::icon::{self, icon};
use crate::copy::Copy;
use svar_session::{ContactView, Msg};
use yew::prelude::*;

/// The way to a person. An e-mail begins with the question and what was read; she sees and edits it before it goes.
pub fn contact(copy: &Copy, contact: &ContactView, send: &Callback<Msg>) -> El {
    let way = El::new("a")
        .class("contact")
        .with("href", address(copy, contact))
        .push(icon(icon::PERSON))
        .text(copy.get("contact"));
    El::new("div").class("foot").el(El::new("span").text(copy.get("contact.lead"))).el(way.sends(send, Msg::Contacted))
}

/// The configured address; a `mailto:` carries subject and text unless the owner has set them.
pub fn address(copy: &Copy, contact: &ContactView) -> String {
    let href = &contact.href;
    if !href.starts_with("mailto:") || href.contains('?') || (contact.question.is_empty() && contact.read.is_empty()) {
        return href.clone();
    }
    let mut text = String::new();
    if !contact.question.is_empty() {
        text.push_str(&copy.with("contact.asked", &contact.question));
        text.push_str("\r\n");
    }
    if !contact.read.is_empty() {
        text.push_str(&copy.get("contact.read"));
        for title in &contact.read {
            text.push_str("\r\n– ");
            text.push_str(title);
        }
        text.push_str("\r\n");
    }
    let subject = if contact.question.is_empty() {
        contact.read.last().cloned().unwrap_or_default()
    } else {
        contact.question.clone()
    };
    [href, "?subject=", &percent(&subject), "&body=", &percent(&text)].concat()
}

/// Percent-encoding of everything but unreserved characters (RFC 3986, 2.3; RFC 6068, 5).
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte as char);
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_e_mail_carries_the_question_and_what_was_read() {
        let copy = Copy::parse("contact.asked = Fråga: {text}\ncontact.read = Läst:");
        let contact = |href: &str, question: &str| ContactView {
            href: href.into(),
            question: question.into(),
            read: vec!["Så & så".into()],
        };
        assert_eq!(
            address(&copy, &contact("mailto:a@b.example", "flyta 100%?")),
            "mailto:a@b.example?subject=flyta%20100%25%3F&body=Fr%C3%A5ga%3A%20flyta%20100%25%3F%0D%0AL%C3%A4st%3A%0D%0A%E2%80%93%20S%C3%A5%20%26%20s%C3%A5%0D%0A"
        );
        assert_eq!(address(&copy, &contact("mailto:a@b.example?subject=x", "q")), "mailto:a@b.example?subject=x");
        assert_eq!(address(&copy, &contact("https://b.example/kontakt", "q")), "https://b.example/kontakt");
    }
}
