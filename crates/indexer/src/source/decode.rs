//! Bytes to text, as browsers do it: byte order mark, then what the page declares, then UTF-8.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A declaration further in than this is not looked for (the HTML standard asks for 1,024; generators are late).
const DECLARED_WITHIN_BYTES: usize = 4096;

/// The text, and what had to be put right.
pub(crate) fn decode(bytes: &[u8], markup: bool) -> (String, Option<String>) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or_default();
        let (text, broken) = encoding.decode_without_bom_handling(rest);
        return (text.into_owned(), broken.then(|| replaced(encoding)));
    }
    let declared = if markup { declared(bytes) } else { None };
    match declared {
        Some(encoding) if encoding != UTF_8 => {
            let (text, broken) = encoding.decode_without_bom_handling(bytes);
            (text.into_owned(), broken.then(|| replaced(encoding)))
        }
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(_) if declared.is_some() => (String::from_utf8_lossy(bytes).into_owned(), Some(replaced(UTF_8))),
            Err(e) => {
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
                let reason =
                    format!("not UTF-8 (byte {}) and no charset declared: read as windows-1252", e.valid_up_to());
                (text.into_owned(), Some(reason))
            }
        },
    }
}

fn replaced(encoding: &'static Encoding) -> String {
    format!("some bytes are not {}: they show as \u{fffd}", encoding.name())
}

/// `<meta charset=…>`, `<meta http-equiv=… content="…; charset=…">` or `<?xml … encoding="…"?>`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head: Vec<u8> = bytes.iter().take(DECLARED_WITHIN_BYTES).map(u8::to_ascii_lowercase).collect();
    let head = String::from_utf8_lossy(&head);
    let label = |marker: &str| {
        let value = head.split_once(marker)?.1.trim_start();
        let value = value.strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| matches!(c, '"' | '\'' | ';' | '>' | '/' | '?') || c.is_whitespace());
        Encoding::for_label(value.get(..end.unwrap_or(value.len()))?.as_bytes())
    };
    let xml = if head.trim_start().starts_with("<?xml") { label("encoding") } else { None };
    let found = label("charset").or(xml)?;
    // A page whose declaration could be read as ASCII is not UTF-16, whatever it says (HTML standard, 13.2.3.3).
    Some(if found == UTF_16LE || found == UTF_16BE { UTF_8 } else { found })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str, mended: bool) {
        let (got, note) = decode(bytes, true);
        assert!(got.contains(text), "{got}");
        assert_eq!(note.is_some(), mended, "{note:?}");
    }

    #[test]
    fn charsets() {
        check("åäö".as_bytes(), "åäö", false);
        check(b"\xef\xbb\xbfhej", "hej", false);
        check(b"\xff\xfeh\0\xe5\0", "hå", false);
        check(b"<meta charset=iso-8859-1>r\xe4kning", "räkning", false);
        check(
            b"<meta http-equiv='Content-Type' content='text/html; charset=windows-1252'>\x93r\xe4kning\x94",
            "“räkning”",
            false,
        );
        check(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><p>\xf6</p>", "ö", false);
        check(b"<meta charset=utf-16>hej", "hej", false);
        check(b"<meta charset=utf-8>r\xe4kning", "r\u{fffd}kning", true);
        check(b"r\xe4kning", "räkning", true);
        check(b"<meta charset=nonsense>r\xe4kning", "räkning", true);
        check(b"", "", false);
    }
}
