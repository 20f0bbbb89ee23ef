//! Times for people: events are in UTC, the report is in the zone of the site.

use super::ReportError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// The zone with an IANA name, `Europe/Stockholm`; UTC for none.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn named(name: Option<&str>) -> Result<Zone, ReportError> {
        let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or("UTC");
        let zone = if name.eq_ignore_ascii_case("utc") { Ok(TimeZone::UTC) } else { TimeZone::get(name) };
        match zone {
            Ok(zone) => Ok(Zone { name: zone.iana_name().unwrap_or(name).to_owned(), zone }),
            Err(_) => Err(ReportError::Zone { found: name.chars().filter(|c| !c.is_control()).take(60).collect() }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `2026-11-23 16:04` in this zone; the time itself in milliseconds where it lies outside the calendar.
    pub fn minute(&self, ms: i64) -> String {
        self.format(ms, "%Y-%m-%d %H:%M")
    }

    /// `2026-11-23` in this zone.
    pub fn date(&self, ms: i64) -> String {
        self.format(ms, "%Y-%m-%d")
    }

    fn format(&self, ms: i64, pattern: &str) -> String {
        match Timestamp::from_millisecond(ms) {
            Ok(time) => time.to_zoned_datetime(self.zone.clone()).strftime(pattern).to_string(),
            Err(_) => format!("{ms} ms"),
        }
    }

    /// The start of a period: a date (its midnight here) or an RFC 3339 time.
    ///
    /// # Errors
    /// When `text` is neither.
    pub fn since(&self, text: &str) -> Result<i64, ReportError> {
        self.bound("since", text, 0)
    }

    /// The end of a period, not included: the midnight after a date, or an RFC 3339 time.
    ///
    /// # Errors
    /// When `text` is neither.
    pub fn until(&self, text: &str) -> Result<i64, ReportError> {
        self.bound("until", text, 1)
    }

    /// The moment before which something lies: a date (its midnight here) or an RFC 3339 time.
    ///
    /// # Errors
    /// When `text` is neither.
    pub fn before(&self, text: &str) -> Result<i64, ReportError> {
        self.bound("before", text, 0)
    }

    fn bound(&self, option: &'static str, text: &str, days: i64) -> Result<i64, ReportError> {
        let error =
            || ReportError::Period { option, found: text.chars().filter(|c| !c.is_control()).take(60).collect() };
        if let Ok(time) = text.parse::<Timestamp>() {
            return Ok(time.as_millisecond());
        }
        let date: Date = if text.len() == 10 { text.parse().map_err(|_| error())? } else { return Err(error()) };
        let date = date.checked_add(days.days()).map_err(|_| error())?;
        Ok(date.to_zoned_datetime(self.zone.clone()).map_err(|_| error())?.timestamp().as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_where_the_site_is() {
        let stockholm = Zone::named(Some("Europe/Stockholm")).unwrap();
        let utc = Zone::named(None).unwrap();
        for (zone, text, since, until) in [
            (&utc, "2026-11-23", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"),
            (&stockholm, "2026-11-23", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"),
            // The clock goes back: a day of 25 hours.
            (&stockholm, "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            (&stockholm, "2026-11-23T12:00:00+01:00", "2026-11-23T11:00:00Z", "2026-11-23T11:00:00Z"),
        ] {
            let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
            assert_eq!(zone.since(text).unwrap(), ms(since), "{text}");
            assert_eq!(zone.until(text).unwrap(), ms(until), "{text}");
        }
        assert_eq!(stockholm.minute(1_795_445_104_999), "2026-11-23 15:45");
        assert_eq!(utc.minute(1_795_445_104_999), "2026-11-23 14:45");
    }

    #[test]
    fn what_is_no_zone_or_date_says_so() {
        let error = Zone::named(Some("Europe/Stokholm")).unwrap_err().to_string();
        assert_eq!(error, "expected a time zone such as Europe/Stockholm or UTC, found `Europe/Stokholm`");
        let utc = Zone::named(Some("")).unwrap();
        for bad in ["yesterday", "2026-13-01", "23/11/2026", "", "2026-11-23 12:00", "99999-01-01"] {
            assert!(utc.since(bad).is_err(), "{bad}");
        }
    }
}
