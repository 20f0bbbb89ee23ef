//! Takes out of a WebAssembly module what the browser does not need: its custom sections.
//!
//! The largest is `name`, every function's name for a debugger: 27 kB of 143 kB after brotli when this was written. Cargo's
//! `strip = true` would take it too, but with it `target_features`, which wasm-bindgen wants to see; so it is done here,
//! after wasm-bindgen. A module is eight bytes of header and then sections: an id byte, a length in LEB128 and as many
//! bytes; a custom section has the id 0 (WebAssembly core specification, 5.5).

use anyhow::{Context, Result, bail};

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;

/// The module without custom sections, everything else as it was.
pub fn without_custom_sections(module: &[u8]) -> Result<Vec<u8>> {
    let Some(mut rest) = module.strip_prefix(HEADER) else {
        bail!("expected a WebAssembly module of version 1, found something else");
    };
    let mut kept = HEADER.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        let (length, after) = leb128(after).context("a section's length is cut short")?;
        let Some((_, next)) = after.split_at_checked(length) else {
            bail!("expected {length} bytes in section {id}, found {}", after.len());
        };
        if id != CUSTOM {
            kept.extend(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    Ok(kept)
}

/// An unsigned number of at most 32 bits and what follows it.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(number).ok()?, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(sections: &[&[u8]]) -> Vec<u8> {
        [HEADER].iter().chain(sections).flat_map(|part| part.iter().copied()).collect()
    }

    #[test]
    fn only_custom_sections_go() {
        let (types, name, code): (&[u8], &[u8], &[u8]) =
            (&[1, 2, 0xAA, 0xBB], &[0, 5, 4, b'n', b'a', b'm', b'e'], &[10, 1, 0]);
        let stripped = without_custom_sections(&module(&[types, name, code, name])).expect("well formed");
        assert_eq!(stripped, module(&[types, code]));
        assert_eq!(without_custom_sections(&stripped).expect("well formed"), stripped);
        let long = [&[10_u8, 0x80, 0x01][..], &[7; 128][..]].concat();
        assert_eq!(without_custom_sections(&module(&[&long])).expect("well formed"), module(&[&long]));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        for broken in [
            &b""[..],
            b"\0asm",
            &module(&[&[1, 3, 0]]),
            &module(&[&[1]]),
            &module(&[&[1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]]),
        ] {
            assert!(without_custom_sections(broken).is_err(), "{broken:?}");
        }
    }
}
