//! Makes a WebAssembly module small without changing what it does: no custom sections, and short names for what it and its
//! glue exchange.
//!
//! wasm-bindgen names each import and export in full and with a hash (`__wbg_addEventListener_0123456789abcdef`), once in
//! the module and once in the glue, and hashes do not compress: 2 kB of the widget after brotli. Sections 2 (imports) and 7
//! (exports) of the module are written anew (WebAssembly core specification, 5.5.5 and 5.5.10), and the glue's identifiers with
//! them. Names that the loader knows (`mount`, `handle_open`, `memory`) stay.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// The module and the glue with short names for what only they know.
pub fn shorten(module: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let mut names = Names(BTreeMap::new());
    let mut out = HEADER.to_vec();
    for (id, payload) in sections(module)? {
        match id {
            IMPORTS => section(&mut out, id, &imports(payload, &mut names).context("in the import section")?),
            EXPORTS => section(&mut out, id, &exports(payload, &mut names).context("in the export section")?),
            _ => section(&mut out, id, payload),
        }
    }
    Ok((out, names.in_text(glue)))
}

/// The module without its custom sections. The largest is `name`, every function's name for a debugger: 27 kB of 143 kB
/// after brotli when this was written. Cargo's `strip = true` would take it too, but with it `target_features`, which
/// wasm-bindgen wants to see; so it is done here, after wasm-bindgen.
pub fn without_custom_sections(module: &[u8]) -> Result<Vec<u8>> {
    let mut out = HEADER.to_vec();
    for (id, payload) in sections(module)? {
        if id != CUSTOM {
            section(&mut out, id, payload);
        }
    }
    Ok(out)
}

/// The sections by id. A module is eight bytes of header and then sections: an id byte, a length in LEB128 and as many
/// bytes (WebAssembly core specification, 5.5).
fn sections(module: &[u8]) -> Result<Vec<(u8, &[u8])>> {
    let Some(rest) = module.strip_prefix(HEADER) else {
        bail!("expected a WebAssembly module of version 1, found something else");
    };
    let (mut reader, mut all) = (Reader(rest), Vec::new());
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let length = reader.number()?;
        all.push((id, reader.take(length).with_context(|| format!("expected {length} bytes in section {id}"))?));
    }
    Ok(all)
}

fn section(out: &mut Vec<u8>, id: u8, payload: &[u8]) {
    out.push(id);
    number(out, payload.len());
    out.extend(payload);
}

struct Names(BTreeMap<String, String>);

impl Names {
    fn short(&mut self, name: &str) -> String {
        if !["__wb", "wasm_bindgen_", "__externref"].iter().any(|start| name.starts_with(start)) {
            return name.to_owned();
        }
        let next = format!("${}", self.0.len());
        self.0.entry(name.to_owned()).or_insert(next).clone()
    }

    /// Whole identifiers only.
    fn in_text(&self, text: &str) -> String {
        let identifier = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(identifier) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c| !identifier(c)).unwrap_or(from.len());
            let (word, after) = from.split_at(end);
            out.push_str(before);
            out.push_str(self.0.get(word).map_or(word, String::as_str));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

fn imports(payload: &[u8], names: &mut Names) -> Result<Vec<u8>> {
    let (mut reader, mut out) = (Reader(payload), Vec::new());
    let count = reader.number()?;
    number(&mut out, count);
    for _ in 0..count {
        let module = reader.name()?;
        let name = names.short(reader.name()?);
        text(&mut out, module);
        text(&mut out, &name);
        let before = reader.0;
        match reader.byte()? {
            0 => drop(reader.number()?),
            1 => {
                reader.byte()?;
                reader.limits()?;
            }
            2 => reader.limits()?,
            3 => drop(reader.take(2)?),
            4 => {
                reader.byte()?;
                reader.number()?;
            }
            kind => bail!("expected a kind of import from 0 to 4, found {kind}"),
        }
        out.extend(&before[..before.len() - reader.0.len()]);
    }
    Ok(out)
}

fn exports(payload: &[u8], names: &mut Names) -> Result<Vec<u8>> {
    let (mut reader, mut out) = (Reader(payload), Vec::new());
    let count = reader.number()?;
    number(&mut out, count);
    for _ in 0..count {
        let name = names.short(reader.name()?);
        text(&mut out, &name);
        out.push(reader.byte()?);
        number(&mut out, reader.number()?);
    }
    Ok(out)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let (&byte, rest) = self.0.split_first().context("the module is cut short")?;
        self.0 = rest;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the module is cut short")?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize> {
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(usize::try_from(value)?);
            }
        }
        bail!("expected a number of at most 32 bits, found a longer one")
    }

    fn name(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.take(length)?)?)
    }

    fn limits(&mut self) -> Result<()> {
        let bounded = self.byte()? & 1 == 1;
        self.number()?;
        if bounded {
            self.number()?;
        }
        Ok(())
    }
}

fn number(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len());
    out.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(parts: &[(u8, &[u8])]) -> Vec<u8> {
        let mut out = HEADER.to_vec();
        parts.iter().for_each(|(id, payload)| section(&mut out, *id, payload));
        out
    }

    #[test]
    fn only_custom_sections_go() {
        let long = [7; 200];
        let whole = module(&[(0, b"\x04name"), (1, b"types"), (0, &long), (10, &long)]);
        let stripped = without_custom_sections(&whole).expect("well formed");
        assert_eq!(stripped, module(&[(1, b"types"), (10, &long)]));
        assert_eq!(without_custom_sections(&stripped).expect("well formed"), stripped);
        assert!(without_custom_sections(&whole[..whole.len() - 1]).is_err());
        assert!(without_custom_sections(b"<html>").is_err());
    }

    #[test]
    fn both_sides_get_the_same_short_name() {
        let mut payload = vec![1];
        text(&mut payload, "m");
        text(&mut payload, "__wbg_log_0123456789abcdef");
        payload.extend([0, 3]);
        let mut out = vec![2];
        text(&mut out, "mount");
        out.extend([0, 1]);
        text(&mut out, "__wbindgen_malloc");
        out.extend([0, 2]);
        let module = module(&[(2, &payload), (7, &out), (10, &[0])]);
        let glue = "({ __wbg_log_0123456789abcdef: f }); wasm.__wbindgen_malloc(); x__wbindgen_malloc; wasm.mount()";
        let (short, glue) = shorten(&module, glue).expect("well formed");
        assert_eq!(glue, "({ $0: f }); wasm.$1(); x__wbindgen_malloc; wasm.mount()");
        let text = String::from_utf8_lossy(&short).into_owned();
        assert!(text.contains("$0") && text.contains("$1") && text.contains("mount") && !text.contains("__wb"));
        assert_eq!(shorten(&short, &glue).expect("well formed"), (short.clone(), glue.clone()));
        assert!(shorten(&module[..module.len() - 1], "").is_err());
        assert!(shorten(b"<html>", "").is_err());
    }
}
