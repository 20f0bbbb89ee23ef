//! Events to JSON text, in the browser and everywhere else alike.
//!
//! A serializer for what an event is made of: structs, lists, strings, whole numbers, flags, unit variants and options. It is
//! a thirtieth of serde_json's weight in the browser (32 kB there) and writes the same bytes, which a test holds
//! against serde_json. Anything else (maps, tuples, bytes, newtype variants) is an error, because no event has it.

use serde::ser::{Error as _, Impossible, SerializeSeq, SerializeStruct, Serializer};
use serde::{Serialize, ser};
use std::fmt;

/// `value` as JSON.
///
/// # Errors
/// [`NotAnEvent`] where `value` holds something that no event does.
pub fn to_json(value: &impl Serialize) -> Result<String, NotAnEvent> {
    let mut writer = Writer(String::new());
    value.serialize(&mut writer)?;
    Ok(writer.0)
}

/// Something that no event holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnEvent;

impl fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected what an event holds (structs, lists, strings, numbers, flags), found something else")
    }
}

impl std::error::Error for NotAnEvent {}

impl ser::Error for NotAnEvent {
    fn custom<T: fmt::Display>(_: T) -> NotAnEvent {
        NotAnEvent
    }
}

struct Writer(String);

impl Writer {
    #[inline(never)]
    fn string(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\u{8}' => self.0.push_str("\\b"),
                '\t' => self.0.push_str("\\t"),
                '\n' => self.0.push_str("\\n"),
                '\u{c}' => self.0.push_str("\\f"),
                '\r' => self.0.push_str("\\r"),
                '\0'..='\u{1f}' => {
                    self.0.push_str("\\u00");
                    for digit in [c as u32 >> 4, c as u32 & 15] {
                        self.0.push(char::from_digit(digit, 16).unwrap_or('0'));
                    }
                }
                _ => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    #[inline(never)]
    fn number(&mut self, n: u64) {
        self.0.push_str(&n.to_string());
    }

    /// Puts a comma unless `open` was the last thing written.
    #[inline(never)]
    fn next(&mut self, open: char) {
        if !self.0.ends_with(open) {
            self.0.push(',');
        }
    }
}

macro_rules! refuse {
    ($($method:ident: $kind:ty),+ $(,)?) => {
        $(fn $method(self, _: $kind) -> Result<(), NotAnEvent> { Err(NotAnEvent) })+
    };
}

impl Serializer for &mut Writer {
    type Ok = ();
    type Error = NotAnEvent;
    type SerializeSeq = Self;
    type SerializeStruct = Self;
    type SerializeTuple = Impossible<(), NotAnEvent>;
    type SerializeTupleStruct = Impossible<(), NotAnEvent>;
    type SerializeTupleVariant = Impossible<(), NotAnEvent>;
    type SerializeMap = Impossible<(), NotAnEvent>;
    type SerializeStructVariant = Impossible<(), NotAnEvent>;

    fn serialize_bool(self, v: bool) -> Result<(), NotAnEvent> {
        self.0.push_str(if v { "true" } else { "false" });
        Ok(())
    }
    fn serialize_u8(self, v: u8) -> Result<(), NotAnEvent> {
        self.number(v.into());
        Ok(())
    }
    fn serialize_u32(self, v: u32) -> Result<(), NotAnEvent> {
        self.number(v.into());
        Ok(())
    }
    fn serialize_u64(self, v: u64) -> Result<(), NotAnEvent> {
        self.number(v);
        Ok(())
    }
    /// Probabilities: from 0 to 1, rounded to a millionth. The formatting of any float would weigh 7 kB.
    fn serialize_f64(self, v: f64) -> Result<(), NotAnEvent> {
        if !(0.0..=1.0).contains(&v) {
            return Err(NotAnEvent);
        }
        let millionths = (v * 1e6 + 0.5) as u64;
        self.number(millionths / 1_000_000);
        self.0.push('.');
        let mut digits = (1_000_000 + millionths % 1_000_000).to_string();
        digits.remove(0);
        let digits = digits.trim_end_matches('0');
        self.0.push_str(if digits.is_empty() { "0" } else { digits });
        Ok(())
    }
    fn serialize_str(self, v: &str) -> Result<(), NotAnEvent> {
        self.string(v);
        Ok(())
    }
    fn serialize_none(self) -> Result<(), NotAnEvent> {
        self.0.push_str("null");
        Ok(())
    }
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), NotAnEvent> {
        value.serialize(self)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NotAnEvent> {
        self.string(variant);
        Ok(())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self, NotAnEvent> {
        self.0.push('[');
        Ok(self)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, NotAnEvent> {
        self.0.push('{');
        Ok(self)
    }
    refuse!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u16: u16, serialize_f32: f32, serialize_char: char, serialize_bytes: &[u8]);
    fn serialize_unit(self) -> Result<(), NotAnEvent> {
        Err(NotAnEvent)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NotAnEvent> {
        Err(NotAnEvent)
    }
    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Result<(), NotAnEvent> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), NotAnEvent> {
        Err(NotAnEvent)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, NotAnEvent> {
        Err(NotAnEvent)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, NotAnEvent> {
        Err(NotAnEvent)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NotAnEvent> {
        Err(NotAnEvent)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, NotAnEvent> {
        Err(NotAnEvent::custom(""))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NotAnEvent> {
        Err(NotAnEvent)
    }
}

impl SerializeSeq for &mut Writer {
    type Ok = ();
    type Error = NotAnEvent;
    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NotAnEvent> {
        self.next('[');
        value.serialize(&mut **self)
    }
    fn end(self) -> Result<(), NotAnEvent> {
        self.0.push(']');
        Ok(())
    }
}

impl SerializeStruct for &mut Writer {
    type Ok = ();
    type Error = NotAnEvent;
    fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), NotAnEvent> {
        self.next('{');
        self.string(key);
        self.0.push(':');
        value.serialize(&mut **self)
    }
    fn end(self) -> Result<(), NotAnEvent> {
        self.0.push('}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::*;

    proptest::proptest! {
        #[test]
        fn the_same_bytes_as_serde_json(q in "\\PC{0,20}|[\u{0}-\u{7f}]{0,20}", len: u32, p in 0u32..=1_000_000, offline: bool) {
            let mut attempt = event::tests::blank();
            let p = f64::from(p) / 1e6;
            attempt.searches = vec![Search { q: Some(q.clone()), len, top: vec![q.clone(), String::new()], ..Search::default() }, Search::default()];
            attempt.articles.push(Reading { id: q, rank: Some(len), ..Reading::default() });
            attempt.declared = Some(Declared { reason: Some(Reason::CannotDo), ..Declared::default() });
            attempt.ask = Ask { shown: true, place: Some(Where::Nothing), prompt: 1, p };
            attempt.failures = vec![Failure::IndexDamaged, Failure::Slow];
            attempt.ui.offline = offline;
            let event = Event::new(attempt, 0);
            let ours = to_json(&event).unwrap();
            let theirs: Event = serde_json::from_str(&ours).unwrap();
            // serde_json may write a small probability as 1e-6; everything else is the same bytes.
            proptest::prop_assert_eq!(&theirs, &event);
            if p >= 0.001 || p == 0.0 {
                proptest::prop_assert_eq!(ours, serde_json::to_string(&event).unwrap());
            }
        }
    }

    #[test]
    fn what_no_event_holds_is_refused() {
        assert_eq!(to_json(&std::collections::BTreeMap::from([(1, 2)])), Err(NotAnEvent));
        assert_eq!(to_json(&1.5), Err(NotAnEvent));
        assert_eq!(to_json(&('a', -1)), Err(NotAnEvent));
    }
}
