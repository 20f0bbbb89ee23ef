//! Nothing turns a string into HTML and nothing carries a `style` attribute: strict policies on the host's page forbid both.

use anyhow::Result;

use super::source::Source;

const SINKS: [&str; 9] = [
    "innerHTML",
    "outerHTML",
    "set_inner_html",
    "set_outer_html",
    "insertAdjacentHTML",
    "insert_adjacent_html",
    "document.write",
    "from_html_unchecked",
    "createContextualFragment",
];

/// Uses of a sink or a style attribute in what reaches the browser.
pub fn check() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in ["src", "static"] {
        for source in Source::under(folder)? {
            for (number, line) in source.lines() {
                if let Some(sink) = forbidden_in(line) {
                    found.push(format!(
                        "{}:{number}: {sink}; strict policies forbid it: use virtual nodes and widget.css",
                        source.path.display()
                    ));
                }
            }
        }
    }
    Ok(found)
}

fn forbidden_in(line: &str) -> Option<&'static str> {
    let attribute =
        ["\"style\"", "'style'"].iter().any(|name| line.contains(name)) && line.to_lowercase().contains("attribute(");
    SINKS
        .into_iter()
        .find(|sink| line.contains(sink))
        .or((attribute || has_style_attribute(line)).then_some("a style attribute"))
}

/// `style="…"`, `style='…'` or `style={…}` as an attribute: not `let style = …`, not `data-style="…"`.
fn has_style_attribute(line: &str) -> bool {
    line.match_indices("style=").any(|(at, name)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        before.is_none_or(|c| c.is_whitespace() || "\"'<`".contains(c)) && after.is_some_and(|c| "\"'{$\\".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinks_are_found_and_their_likes_are_not() {
        let check = |line: &str, expected: bool| assert_eq!(forbidden_in(line).is_some(), expected, "{line}");
        check("node.innerHTML = text;", true);
        check("element.set_inner_html(&text);", true);
        check("Html::from_html_unchecked(text)", true);
        check("<div class=\"a\" style=\"left: 0\">", true);
        check("html! { <div style={left}> }", true);
        check("  style='x'", true);
        check("e.setAttribute('style', x)", true);
        check("let style = \"x\";", false);
        check("<div data-style=\"x\">", false);
        check("link.rel = 'stylesheet'; sheet.replaceSync(text)", false);
        check("node.textContent = text;", false);
    }

    #[test]
    fn comments_may_name_what_is_forbidden() {
        let source = Source { path: "a.rs".into(), text: "// no innerHTML here\nlet a = 1;\n".into() };
        assert_eq!(source.lines().collect::<Vec<_>>(), [(2, "let a = 1;")]);
    }
}
