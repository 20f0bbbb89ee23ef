//! Time and randomness.

use svar_session::Now;

/// This moment, with 128 fresh random bits.
pub fn now() -> Now {
    let mut bytes = [0; 16];
    // Without a source of randomness identifiers would still differ by time; nothing secret hangs on them.
    let crypto = web_sys::window().and_then(|w| w.crypto().ok());
    let drawn = crypto.is_some_and(|c| c.get_random_values_with_u8_array(&mut bytes).is_ok());
    let ms = js_sys::Date::now() as u64;
    let id =
        if drawn { u128::from_le_bytes(bytes) } else { u128::from(ms) << 64 | (js_sys::Math::random() * 1e18) as u128 };
    Now { ms, id }
}
