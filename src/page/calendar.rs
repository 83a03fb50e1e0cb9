//! Calendars of the months that have notes. In: notes by their days; out: years of months of weeks, for a template.

use super::NoteEntry;
use super::words::Words;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// The months of a year that have notes.
#[derive(Serialize)]
pub(super) struct Year {
    title: String,
    months: Vec<Month>,
}

/// A month, in rows of seven days.
#[derive(Serialize)]
struct Month {
    title: String,
    weeks: Vec<Vec<Day>>,
}

/// A day; one without a number belongs to another month.
#[derive(Clone, Default, Serialize)]
struct Day {
    number: Option<i8>,
    /// Its only note, or its place in the list.
    href: Option<String>,
    /// What the link leads to.
    label: String,
}

/// A day of the week, as the head of a column.
#[derive(Serialize)]
pub(super) struct Weekday<'w> {
    short: &'w str,
    name: &'w str,
}

/// The days of the week in the order of the language's calendars.
pub(super) fn weekdays(words: &Words) -> Vec<Weekday<'_>> {
    words.weekdays().into_iter().map(|(short, name)| Weekday { short, name }).collect()
}

/// The id of a day's place in the list of notes.
pub(super) fn anchor(day: &str) -> String {
    format!("day-{day}")
}

/// The calendars of all months that have notes, the latest year first; days are ISO dates.
pub(super) fn years(days: &BTreeMap<String, Vec<NoteEntry>>, words: &Words) -> Vec<Year> {
    let mut years: Vec<Year> = Vec::new();
    let mut seen: Option<&str> = None;
    for date in days.keys() {
        let (year, month) = (&date[..4], &date[..7]);
        if seen == Some(month) {
            continue;
        }
        if seen.is_none_or(|seen| &seen[..4] != year) {
            years.push(Year { title: words.year(year), months: Vec::new() });
        }
        seen = Some(month);
        if let (Some(year), Some(month)) = (years.last_mut(), self::month(month, days, words)) {
            year.months.push(month);
        }
    }
    years.reverse();
    years
}

fn month(month: &str, days: &BTreeMap<String, Vec<NoteEntry>>, words: &Words) -> Option<Month> {
    let first: Date = format!("{month}-01").parse().ok()?;
    let from_sunday = usize::try_from(first.weekday().to_sunday_zero_offset()).ok()?;
    let empty = (from_sunday + 7 - words.week_start()) % 7;
    let numbered = (1..=first.days_in_month()).map(|number| {
        let date = format!("{month}-{number:02}");
        let (href, label) = match days.get(&date).map(Vec::as_slice) {
            None | Some([]) => (None, String::new()),
            Some([note]) => {
                let label = words.get("calendar_day").replace("{date}", &words.date(&date));
                (Some(note.href.clone()), label.replace("{title}", &note.title))
            }
            Some(notes) => {
                let label = words.get("calendar_days").replace("{date}", &words.date(&date));
                (Some(format!("#{}", anchor(&date))), label.replace("{count}", &notes.len().to_string()))
            }
        };
        Day { number: Some(number), href, label }
    });
    let cells: Vec<Day> = vec![Day::default(); empty].into_iter().chain(numbered).collect();
    let mut weeks: Vec<Vec<Day>> = cells.chunks(7).map(<[Day]>::to_vec).collect();
    weeks.last_mut()?.resize(7, Day::default());
    Some(Month { title: words.month(month), weeks })
}
