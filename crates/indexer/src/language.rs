//! Language tags as pages write them (BCP 47, RFC 5646), made lower case.

/// `SV`, `pt_BR` and `zh-Hans-CN` to `sv`, `pt-br` and `zh-hans-cn`; `None` for what is no tag.
pub(crate) fn tag(written: &str) -> Option<String> {
    let tag = written.trim().replace('_', "-").to_ascii_lowercase();
    let mut parts = tag.split('-');
    let primary = parts.next()?;
    let good = (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    good.then_some(tag)
}

/// Whether a folder of this name reads as a language: `sv`, `en-gb`, `zh-hans`. Three letters do not (`faq`, `img`).
pub(crate) fn folder(name: &str) -> Option<String> {
    let tag = tag(name)?;
    let mut parts = tag.split('-');
    let good = parts.next().is_some_and(|p| p.len() == 2)
        && parts.next().is_none_or(|p| matches!(p.len(), 2 | 4) && p.bytes().all(|b| b.is_ascii_lowercase()))
        && parts.next().is_none();
    good.then_some(tag)
}

/// Whether the language is written from right to left.
pub(crate) fn right_to_left(tag: &str) -> bool {
    let primary = tag.split('-').next().unwrap_or_default();
    matches!(primary, "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "iw" | "ks" | "ps" | "sd" | "ug" | "ur" | "yi")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_lowered_and_checked() {
        for (written, expected) in [
            ("sv", Some("sv")),
            (" SV-FI ", Some("sv-fi")),
            ("pt_BR", Some("pt-br")),
            ("zh-Hans-CN", Some("zh-hans-cn")),
            ("", None),
            ("svenska", None),
            ("s", None),
            ("{{ lang }}", None),
            ("en-", None),
            ("å", None),
        ] {
            assert_eq!(tag(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn folders_named_by_a_language() {
        for (name, expected) in
            [("sv", true), ("en-GB", true), ("zh-hans", true), ("faq", false), ("img", false), ("en-gb-x", false)]
        {
            assert_eq!(folder(name).is_some(), expected, "{name}");
        }
    }
}
