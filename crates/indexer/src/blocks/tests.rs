//! Tables of HTML and the blocks it becomes.

use super::*;
use scraper::Html;
use svar_index::article::{Image, sections};

fn content(html: &str) -> Content {
    let html = Html::parse_fragment(html);
    read(&[html.root_element()], Manner { pointed_at: true, slugs: false })
}

/// Blocks in a short notation, so that a table of cases can be read.
fn short(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect::<Vec<_>>().join(" ")
}

fn block(b: &Block) -> String {
    match b {
        Block::Heading { level, anchor, content } if anchor.is_empty() => format!("h{level}({})", inlines(content)),
        Block::Heading { level, anchor, content } => format!("h{level}#{anchor}({})", inlines(content)),
        Block::Paragraph(c) => format!("p({})", inlines(c)),
        Block::List { ordered, start, items } => {
            let items: Vec<_> = items.iter().map(|i| short(i)).collect();
            format!("{}({})", if *ordered { format!("ol{start}") } else { "ul".into() }, items.join(" | "))
        }
        Block::Definitions(pairs) => {
            let pairs: Vec<_> = pairs.iter().map(|(t, d)| format!("{}: {}", inlines(t), short(d))).collect();
            format!("dl({})", pairs.join(" | "))
        }
        Block::Code(t) => format!("code({t})"),
        Block::Table { caption, rows } => {
            let rows: Vec<_> = rows
                .iter()
                .map(|r| {
                    r.iter()
                        .map(|(h, c)| format!("{}{}", if *h { "!" } else { "" }, inlines(c)))
                        .collect::<Vec<_>>()
                        .join(",")
                })
                .collect();
            format!(
                "table({}{})",
                if caption.is_empty() { String::new() } else { inlines(caption) + ": " },
                rows.join(" | ")
            )
        }
        Block::Quote(b) => format!("quote({})", short(b)),
        Block::Note(b) => format!("note({})", short(b)),
        Block::Image(Image { src, alt, width, height }) => format!("img({src},{alt},{width}x{height})"),
        Block::Details(s, b) => format!("details({}: {})", inlines(s), short(b)),
        Block::Rule => "hr".into(),
    }
}

fn inlines(content: &[Inline]) -> String {
    content
        .iter()
        .map(|i| match i {
            Inline::Text(t) => t.clone(),
            Inline::Strong(c) => format!("*{}*", inlines(c)),
            Inline::Emphasis(c) => format!("_{}_", inlines(c)),
            Inline::Code(t) => format!("`{t}`"),
            Inline::Key(t) => format!("[{t}]"),
            Inline::Link { href, content } => format!("<{href} {}>", inlines(content)),
            Inline::Image(i) => format!("img({})", i.src),
            Inline::Break => "/".into(),
        })
        .collect()
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (html, expected) in cases {
        assert_eq!(short(&content(html).blocks), *expected, "{html}");
    }
}

#[test]
fn paragraphs_and_white_space() {
    check(&[
        ("", ""),
        ("  text  straight\nin ", "p(text straight in)"),
        ("<p>a<p>b", "p(a) p(b)"),
        ("<div>a<div>b</div>c</div>", "p(a) p(b) p(c)"),
        ("a<br>b<br><br>c<br>", "p(a/b) p(c)"),
        ("<p>&nbsp;</p><p> </p><p><br></p><p><b></b></p>", ""),
        ("<p>a <b> b </b> c", "p(a *b* c)"),
        ("<p>a<b>b</b> <i>c</i></p>", "p(a*b* _c_)"),
        ("<span>a</span> <span>b</span>", "p(a b)"),
        ("<p>so\u{ad}ft</p>", "p(soft)"),
        ("<hr><p>a</p><hr><hr><p>b</p><hr>", "p(a) hr p(b)"),
        ("<custom-box><p>a</p>b</custom-box>", "p(a) p(b)"),
        ("<p>x <q>y</q></p>", "p(x “y”)"),
    ]);
}

#[test]
fn inlines_by_the_list() {
    check(&[
        ("<p><strong>a</strong><b>b</b><em>c</em><i>d</i>", "p(*a**b*_c__d_)"),
        ("<p>press <kbd>Ctrl</kbd>+<kbd>C</kbd>", "p(press [Ctrl]+[C])"),
        ("<p><kbd><kbd>Ctrl</kbd>+<kbd>C</kbd></kbd>", "p([Ctrl]+[C])"),
        ("<p><code>a b</code> <samp>c</samp> <tt>d</tt> <var>e</var>", "p(`a b` `c` `d` `e`)"),
        ("<p><a href=' x.html '>go</a> <a>no</a> <a href=y></a>", "p(<x.html go> no)"),
        ("<p><mark>a</mark><small>b</small><sub>c</sub><abbr title=t>d</abbr><font>e</font>", "p(abcde)"),
        ("<p>a <img src=i.png alt=x> b", "p(a img(i.png) b)"),
        ("<p><img src=i.png alt=' x ' width=20 height='10px'></p>", "img(i.png,x,20x10)"),
        ("<p><a href=big.png><img src=small.png></a></p>", "img(small.png,,0x0)"),
        ("<p><a href=page><img src=small.png></a></p>", "p(<page img(small.png)>)"),
        ("<picture><source srcset=a.webp><img src=a.png></picture>", "img(a.png,,0x0)"),
        ("<img src='data:x' data-src=real.png>", "img(real.png,,0x0)"),
        ("<img src=pixel.gif width=1 height=1>", ""),
        ("<p>tap <svg role=img aria-label=Meny></svg> now <svg><title>x</title></svg>", "p(tap Meny now)"),
        ("<a href=card><h3>Titel</h3><p>Text</p></a>", "h3(<card Titel>) p(<card Text>)"),
    ]);
}

#[test]
fn headings_and_their_anchors() {
    check(&[
        ("<h1>T</h1><h2 id=a>A</h2><h1>B</h1><h6>C</h6>", "h2#a(A) h2(B) h6(C)"),
        ("<section id=s><h2>A</h2></section>", "h2#s(A)"),
        ("<section id=s><span id=old></span><h2>A</h2></section>", "h2#s(A)"),
        ("<div id=w><a name=m></a><h2>A</h2></div>", "h2#m(A)"),
        ("<a id=m></a><h2>A</h2>", "h2#m(A)"),
        ("<p><a id=m></a></p><h2>A</h2>", "h2#m(A)"),
        ("<h2><a name=i></a>A</h2>", "h2#i(A)"),
        ("<section id=s><p>text</p><h2>A</h2></section>", "p(text) h2(A)"),
        ("<h2 id=a>A <a class=headerlink href='#a' title=Permalink>¶</a></h2>", "h2#a(A)"),
        ("<h2 id=a>A<a class=hash-link href='#a' aria-label='Direct link'></a></h2>", "h2#a(A)"),
        ("<h2 id=a><a class=anchor href='#a'>A</a></h2>", "h2#a(A)"),
        ("<h2 id=a><a class=anchor aria-hidden=true href='#a'>#</a>A</h2>", "h2#a(A)"),
        ("<h2>A<br>b</h2><h3></h3>", "h2(A b)"),
        ("<div role=heading aria-level=3>A</div>", "h3(A)"),
        ("<h3><button aria-controls=x>Fråga?</button></h3><div id=x hidden>Svar</div>", "h3(Fråga?) p(Svar)"),
    ]);
    let got = content(
        "<h1 id=top>T</h1><p id=intro>x</p><h2 id=a>A</h2><p id=deep>y</p><section id=s><h2>B</h2><table id=t><tr><td>1<td>2</table></section>",
    );
    assert_eq!(got.title.as_deref(), Some("T"));
    let anchors: Vec<_> = got.anchors.iter().map(|(k, v)| format!("{k}>{v}")).collect();
    assert_eq!(anchors, ["a>a", "deep>a", "intro>", "s>s", "t>s", "top>"]);
}

#[test]
fn lists() {
    check(&[
        ("<ul><li>a<li>b</ul>", "ul(p(a) | p(b))"),
        ("<ol start=3><li><p>a</p><p>b</p></li><li>c</li></ol>", "ol3(p(a) p(b) | p(c))"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "ul(p(a) ul(p(b)) | p(c))"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "ul(p(a) ul(p(b)))"),
        ("<ul></ul><ol><li></li></ol>", ""),
        ("<ul>x<div>y</div></ul>", "ul(p(x) | p(y))"),
        ("<ul><li><h3>Q1</h3><p>A1</p></li><li><h3>Q2</h3>A2</li></ul>", "h3(Q1) p(A1) h3(Q2) p(A2)"),
        ("<dl><dt>a<dd>b<dt>c<dt>d<dd>e<dd>f</dl>", "dl(a: p(b) | c/d: p(e) p(f))"),
        ("<dl><div><dt>a</dt><dd><p>b</p></dd></div></dl>", "dl(a: p(b))"),
        ("<li>stray</li>", "p(stray)"),
    ]);
}

#[test]
fn tables() {
    check(&[
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", "table(!a,!b | 1,2)"),
        ("<table><caption>C</caption><thead><tr><td>a</thead><tbody><tr><td>1</table>", "table(C: !a | 1)"),
        ("<table><tr><td><p>only</p></table>", "p(only)"),
        ("<table role=presentation><tr><td>a<td>b</table>", "p(a) p(b)"),
        ("<table><tr><td><h2>A</h2>x<td>menu</table>", "h2(A) p(x) p(menu)"),
        ("<table><tr><td>a<td><p>1</p><ul><li>2<li>3</ul></table>", "table(a,1/• 2/• 3)"),
        ("<table><tr><td><td></table>", ""),
        ("<table><tr><td class=gutter><pre>1</pre><td><pre>code</pre></table>", "code(code)"),
    ]);
}

#[test]
fn what_is_set_apart() {
    check(&[
        ("<div class=note><p>a</p></div>", "note(p(a))"),
        ("<div class='admonition tip'><p class=admonition-title>Tips</p><p>a</p></div>", "note(p(*Tips*) p(a))"),
        ("<aside class=tip>a</aside><aside>b</aside>", "note(p(a))"),
        ("<p class=warning>a</p>", "note(p(a))"),
        ("<div class=note>a<div class=tip>b</div></div>", "note(p(a) p(b))"),
        ("<div class=info><h2>A</h2>a<h2>B</h2>b</div>", "h2(A) p(a) h2(B) p(b)"),
        ("<blockquote>a</blockquote>", "quote(p(a))"),
        ("<blockquote><p><b>Obs!</b> a</blockquote>", "note(p(*Obs!* a))"),
        ("<blockquote><p><b>Tips</b>: a</blockquote>", "note(p(*Tips*: a))"),
        ("<blockquote><p><b>Kim</b> a</blockquote>", "quote(p(*Kim* a))"),
        ("<figure><img src=a alt=b><figcaption>c</figcaption></figure>", "img(a,b,0x0) p(c)"),
        ("<details><summary>Q</summary><p>A</p></details>", "details(Q: p(A))"),
        ("<details><summary><h3>Q</h3></summary>A</details>", "details(Q: p(A))"),
        ("<details>A</details>", "p(A)"),
        ("<pre>\n  a\n  b\n</pre>", "code(  a\n  b)"),
        ("<pre><code><span>a</span>\n<b>b</b></code></pre>", "code(a\nb)"),
        ("<pre> </pre>", ""),
    ]);
}

#[test]
fn what_is_left_out() {
    check(&[
        ("<p>a<nav>n</nav><script>s</script><style>t</style><template>u</template><noscript>v</noscript>", "p(a)"),
        ("<p data-svar-ignore>x</p><p hidden>x</p><p aria-hidden=true>x</p><p style='display: none'>x</p>y", "p(y)"),
        ("<div role=dialog>x</div><dialog open>x</dialog><div role=navigation>x</div>y", "p(y)"),
        ("<form><p>Was this helpful?<button>Yes</button></form>y", "p(y)"),
        ("<select><option>a</select><textarea>b</textarea><input value=c><button>d</button>y", "p(y)"),
        ("<article><header><h2>A</h2></header><p>x</p><footer>f</footer></article>", "h2(A) p(x) p(f)"),
        ("<button aria-controls=p>+</button><div id=p hidden>panel</div>", "p(panel)"),
    ]);
    let got = content("a<iframe src=x></iframe><video src=y>v</video><iframe></iframe><object>o</object>");
    assert_eq!(short(&got.blocks), "p(a)");
    let left: Vec<_> = got.left_out.into_iter().collect();
    assert_eq!(left, [("embedded object", 1), ("iframe", 2), ("video", 1)]);
    let html = Html::parse_fragment("<header>h</header><article><header>a</header></article><footer>f</footer>");
    assert_eq!(short(&read(&[html.root_element()], Manner::default()).blocks), "p(a)");
}

#[test]
fn depth_costs_no_stack() {
    let deep = |open: &str, close: &str, n: usize| format!("{}<p>in<p>side{}", open.repeat(n), close.repeat(n));
    assert_eq!(short(&content(&deep("<div>", "</div>", 10_000)).blocks), "p(in) p(side)");
    for open in [
        "<blockquote>",
        "<ul><li>",
        "<table><tr><td>",
        "<dl><dd>",
        "<details><summary>s</summary>",
        "<b>",
        "<span>",
        "<a href=x>",
        "<div class=note>",
        "<section><h2>a",
        "<ol>",
        "<dl><dt>",
        "<figure>",
        "<code>",
    ] {
        let got = content(&deep(open, "", 1_000));
        assert!(sections(&got.blocks).iter().any(|s| s.text.contains("in") || s.heading.contains("in")), "{open}");
        let debug = short(&got.blocks);
        assert!(
            debug.matches("quote(").count() <= MOST_NESTED && debug.matches("ul(").count() <= MOST_NESTED,
            "{open}"
        );
    }
}
