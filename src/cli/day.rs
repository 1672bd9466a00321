//! The day for which exceptions and dated measures are judged: from the command line, else today.

use std::time::{SystemTime, UNIX_EPOCH};

use sekisho::diagnostic::Lang;
use sekisho::guideline;
use sekisho::model::{Date, Model};

use crate::Outcome;
use crate::args::Args;
use crate::output;

/// `SOURCE_DATE_EPOCH` (reproducible-builds.org): seconds since 1970 that stand for "now".
const NOW: &str = "SOURCE_DATE_EPOCH";

/// The day asked for. Without one: today, if anything in the drawing depends on it, so that a drawing without dates
/// gives the same answer every day.
pub(crate) fn as_of(args: &Args, asked: Option<&str>, model: &Model) -> Result<Option<Date>, Outcome> {
    match asked {
        Some(text) => match Date::parse(text) {
            Some(day) => Ok(Some(day)),
            None => {
                let text = sekisho::report::clean(text);
                output::say(&match args.lang() {
                    Lang::Ja => format!("エラー: `{text}` は日付ではありません。--as-of 2027-04-01 のように書きます"),
                    Lang::En => format!("error: `{text}` is not a date; write it like --as-of 2027-04-01"),
                });
                Err(Outcome::Wrong)
            }
        },
        None => Ok(guideline::depends_on_the_day(model).then(today)),
    }
}

/// As [`as_of`], for drawings that are not there yet; a day changes nothing where nothing has a date.
pub(crate) fn as_of_any(args: &Args, asked: Option<&str>) -> Result<Option<Date>, Outcome> {
    match asked {
        Some(_) => as_of(args, asked, &Model::default()),
        None => Ok(Some(today())),
    }
}

pub(crate) fn today() -> Date {
    let told = std::env::var(NOW).ok().and_then(|s| s.trim().parse::<u64>().ok());
    // A clock before 1970 is no clock; the first day of its count is as good as any.
    let seconds =
        told.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs()));
    Date::from_days((seconds / 86_400) as i64)
}
