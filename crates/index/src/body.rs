//! An article's body as bytes.
//!
//! ```text
//! body    := blocks
//! blocks  := count varint · block*
//! block   := 0 level u8 · anchor str · inlines          heading
//!          | 1 inlines                                  paragraph
//!          | 2 start varint · count varint · blocks*    list; start 0 is bulleted
//!          | 3 count varint · (inlines · blocks)*       definitions
//!          | 4 str                                      code
//!          | 5 inlines · rows varint · row*             table; row := cells varint · (header u8 · inlines)*
//!          | 6 blocks                                   quote
//!          | 7 blocks                                   note
//!          | 8 image                                    image := src str · alt str · width varint · height varint
//!          | 9 inlines · blocks                         details
//!          | 10                                         rule
//! inlines := count varint · inline*
//! inline  := 0 str | 1 inlines | 2 inlines | 3 str | 4 str | 5 href str · inlines | 6 image | 7
//!            text    strong      emphasis    code    key     link                   image     break
//! ```
//!
//! Nesting is at most [`MAX_DEPTH`] deep; deeper content is written as its text.

use crate::article::{Block, Image, Inline, block_text, inline_text};
use crate::bytes::{Reader, Writer};
use crate::error::{IndexError, damaged};

/// Deepest nesting of blocks and inlines together.
pub const MAX_DEPTH: usize = 32;

/// A body to bytes.
pub fn write(body: &[Block]) -> Vec<u8> {
    let mut w = Writer::default();
    write_blocks(body, &mut w, 0);
    w.0
}

/// Bytes to a body.
///
/// # Errors
/// [`IndexError::Damaged`] where the bytes break the grammar.
pub fn read(bytes: &[u8]) -> Result<Vec<Block>, IndexError> {
    let mut r = Reader::new(bytes);
    let body = read_blocks(&mut r, 0)?;
    if r.is_empty() { Ok(body) } else { Err(damaged("bytes after a body")) }
}

fn write_blocks(blocks: &[Block], w: &mut Writer, depth: usize) {
    if depth >= MAX_DEPTH - 4 {
        let mut text = String::new();
        blocks.iter().for_each(|b| block_text(b, &mut text));
        w.varint(1);
        w.u8(4);
        w.str(&text);
        return;
    }
    w.varint(blocks.len() as u64);
    for block in blocks {
        match block {
            Block::Heading { level, anchor, content } => {
                w.u8(0);
                w.u8(*level);
                w.str(anchor);
                write_inlines(content, w, depth + 1);
            }
            Block::Paragraph(content) => {
                w.u8(1);
                write_inlines(content, w, depth + 1);
            }
            Block::List { ordered, start, items } => {
                w.u8(2);
                w.varint(if *ordered { u64::from(*start).max(1) } else { 0 });
                w.varint(items.len() as u64);
                items.iter().for_each(|item| write_blocks(item, w, depth + 1));
            }
            Block::Definitions(pairs) => {
                w.u8(3);
                w.varint(pairs.len() as u64);
                for (term, description) in pairs {
                    write_inlines(term, w, depth + 1);
                    write_blocks(description, w, depth + 1);
                }
            }
            Block::Code(text) => {
                w.u8(4);
                w.str(text);
            }
            Block::Table { caption, rows } => {
                w.u8(5);
                write_inlines(caption, w, depth + 1);
                w.varint(rows.len() as u64);
                for row in rows {
                    w.varint(row.len() as u64);
                    for (header, cell) in row {
                        w.u8(u8::from(*header));
                        write_inlines(cell, w, depth + 1);
                    }
                }
            }
            Block::Quote(blocks) => {
                w.u8(6);
                write_blocks(blocks, w, depth + 1);
            }
            Block::Note(blocks) => {
                w.u8(7);
                write_blocks(blocks, w, depth + 1);
            }
            Block::Image(image) => {
                w.u8(8);
                write_image(image, w);
            }
            Block::Details(summary, blocks) => {
                w.u8(9);
                write_inlines(summary, w, depth + 1);
                write_blocks(blocks, w, depth + 1);
            }
            Block::Rule => w.u8(10),
        }
    }
}

fn write_inlines(content: &[Inline], w: &mut Writer, depth: usize) {
    if depth >= MAX_DEPTH - 1 {
        w.varint(1);
        w.u8(0);
        w.str(&inline_text(content));
        return;
    }
    w.varint(content.len() as u64);
    for inline in content {
        match inline {
            Inline::Text(text) => {
                w.u8(0);
                w.str(text);
            }
            Inline::Strong(content) => {
                w.u8(1);
                write_inlines(content, w, depth + 1);
            }
            Inline::Emphasis(content) => {
                w.u8(2);
                write_inlines(content, w, depth + 1);
            }
            Inline::Code(text) => {
                w.u8(3);
                w.str(text);
            }
            Inline::Key(text) => {
                w.u8(4);
                w.str(text);
            }
            Inline::Link { href, content } => {
                w.u8(5);
                w.str(href);
                write_inlines(content, w, depth + 1);
            }
            Inline::Image(image) => {
                w.u8(6);
                write_image(image, w);
            }
            Inline::Break => w.u8(7),
        }
    }
}

fn write_image(image: &Image, w: &mut Writer) {
    w.str(&image.src);
    w.str(&image.alt);
    w.varint(u64::from(image.width));
    w.varint(u64::from(image.height));
}

fn list<T>(r: &mut Reader<'_>, one: impl Fn(&mut Reader<'_>) -> Result<T, IndexError>) -> Result<Vec<T>, IndexError> {
    let mut all = Vec::new();
    for _ in 0..r.count()? {
        all.push(one(r)?);
    }
    Ok(all)
}

fn read_blocks(r: &mut Reader<'_>, depth: usize) -> Result<Vec<Block>, IndexError> {
    if depth > MAX_DEPTH {
        return Err(damaged("a body nested too deep"));
    }
    let d = depth + 1;
    list(r, |r| {
        Ok(match r.u8()? {
            0 => Block::Heading { level: r.u8()?.clamp(2, 6), anchor: r.string()?, content: read_inlines(r, d)? },
            1 => Block::Paragraph(read_inlines(r, d)?),
            2 => {
                let start = r.varint_u32()?;
                Block::List { ordered: start > 0, start: start.max(1), items: list(r, |r| read_blocks(r, d))? }
            }
            3 => Block::Definitions(list(r, |r| Ok((read_inlines(r, d)?, read_blocks(r, d)?)))?),
            4 => Block::Code(r.string()?),
            5 => {
                let caption = read_inlines(r, d)?;
                Block::Table { caption, rows: list(r, |r| list(r, |r| Ok((r.u8()? != 0, read_inlines(r, d)?))))? }
            }
            6 => Block::Quote(read_blocks(r, d)?),
            7 => Block::Note(read_blocks(r, d)?),
            8 => Block::Image(read_image(r)?),
            9 => Block::Details(read_inlines(r, d)?, read_blocks(r, d)?),
            10 => Block::Rule,
            _ => return Err(damaged("an unknown kind of block")),
        })
    })
}

fn read_inlines(r: &mut Reader<'_>, depth: usize) -> Result<Vec<Inline>, IndexError> {
    if depth > MAX_DEPTH {
        return Err(damaged("a body nested too deep"));
    }
    let d = depth + 1;
    list(r, |r| {
        Ok(match r.u8()? {
            0 => Inline::Text(r.string()?),
            1 => Inline::Strong(read_inlines(r, d)?),
            2 => Inline::Emphasis(read_inlines(r, d)?),
            3 => Inline::Code(r.string()?),
            4 => Inline::Key(r.string()?),
            5 => Inline::Link { href: r.string()?, content: read_inlines(r, d)? },
            6 => Inline::Image(read_image(r)?),
            7 => Inline::Break,
            _ => return Err(damaged("an unknown kind of inline")),
        })
    })
}

fn read_image(r: &mut Reader<'_>) -> Result<Image, IndexError> {
    Ok(Image { src: r.string()?, alt: r.string()?, width: r.varint_u32()?, height: r.varint_u32()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inline() -> impl Strategy<Value = Inline> {
        let leaf = prop_oneof![
            ".{0,8}".prop_map(Inline::Text),
            ".{0,8}".prop_map(Inline::Code),
            ".{0,8}".prop_map(Inline::Key),
            (".{0,8}", ".{0,8}", 0u32..9, 0u32..9).prop_map(|(src, alt, width, height)| Inline::Image(Image {
                src,
                alt,
                width,
                height
            })),
            Just(Inline::Break),
        ];
        leaf.prop_recursive(3, 8, 3, |inner| {
            let many = prop::collection::vec(inner, 0..3);
            prop_oneof![
                many.clone().prop_map(Inline::Strong),
                many.clone().prop_map(Inline::Emphasis),
                (".{0,8}", many).prop_map(|(href, content)| Inline::Link { href, content }),
            ]
        })
    }

    fn block() -> impl Strategy<Value = Block> {
        let inlines = || prop::collection::vec(inline(), 0..3);
        let leaf = prop_oneof![
            (2u8..7, ".{0,8}", inlines()).prop_map(|(level, anchor, content)| Block::Heading {
                level,
                anchor,
                content
            }),
            inlines().prop_map(Block::Paragraph),
            ".{0,8}".prop_map(Block::Code),
            (inlines(), prop::collection::vec(prop::collection::vec((any::<bool>(), inlines()), 0..3), 0..3))
                .prop_map(|(caption, rows)| Block::Table { caption, rows }),
            Just(Block::Rule),
        ];
        leaf.prop_recursive(3, 12, 3, move |inner| {
            let many = || prop::collection::vec(inner.clone(), 0..3);
            prop_oneof![
                (any::<bool>(), 1u32..9, prop::collection::vec(many(), 0..3)).prop_map(|(ordered, start, items)| {
                    Block::List { ordered, start: if ordered { start } else { 1 }, items }
                }),
                many().prop_map(Block::Quote),
                many().prop_map(Block::Note),
                (inlines(), many()).prop_map(|(summary, blocks)| Block::Details(summary, blocks)),
                prop::collection::vec((inlines(), many()), 0..3).prop_map(Block::Definitions),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn bodies_read_back(body in prop::collection::vec(block(), 0..4)) {
            prop_assert_eq!(read(&write(&body)).unwrap(), body);
        }
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }

    #[test]
    fn what_is_too_deep_keeps_its_text() {
        let mut body = vec![Block::Paragraph(vec![Inline::Text("innerst".into())])];
        for _ in 0..200 {
            body = vec![Block::Quote(body)];
        }
        let back = read(&write(&body)).unwrap();
        let mut text = String::new();
        back.iter().for_each(|b| block_text(b, &mut text));
        assert_eq!(text, "innerst");
    }
}
