//! Times in the zone and the language of the site.

use super::Site;
use super::context::FormattedTime;
use super::words::TextArgument;
use crate::text::Time;

impl Site {
    pub(super) fn when(&self, time: Time) -> FormattedTime {
        let zoned = time.timestamp().to_zoned(self.model.zone().clone());
        let date = zoned.date().to_string();
        let clock = format!("{:02}:{:02}", zoned.hour(), zoned.minute());
        let day = self.say_date("date.day", zoned.date(), "");
        let minute = self.say_date("date.minute", zoned.date(), &clock);
        let text = match zoned.offset().seconds() {
            0 => format!("{date} {clock} UTC"),
            _ => format!("{date} {clock} {}", zoned.strftime("%:z")),
        };
        FormattedTime { at: time.whole_second().to_string(), date, day, minute, text }
    }

    fn say_date(&self, key: &str, date: jiff::civil::Date, time: &str) -> String {
        let words = self.words();
        let month = words.label("month", MONTHS[usize::from(date.month().unsigned_abs()) - 1]);
        let (day, year) = (date.day().to_string(), date.year().to_string());
        let parts = [("d", day.as_str()), ("month", month), ("y", &year), ("time", time)];
        let said = words.say(key, &parts.map(|(name, text)| (name, TextArgument::Html(text))));
        said.map(super::Html::into_string).unwrap_or_default()
    }
}

/// The keys of the months in the words of the site.
const MONTHS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];
