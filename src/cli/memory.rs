//! `--max-memory`: whether a run fits, before it begins.

use sekisho::diagnostic::Lang;
use sekisho::measure::available;

use crate::Outcome;
use crate::args::Args;
use crate::output;

/// Refuses a run that is likely to need more than is allowed, or than there is.
pub(crate) fn enough(args: &Args, allowed: Option<&str>, need: u64) -> Result<(), Outcome> {
    let limit = match allowed.map(bytes) {
        None => available(),
        Some(Some(limit)) => Some(limit),
        Some(None) => {
            let shown = sekisho::report::clean(allowed.unwrap_or_default());
            output::say(&match args.lang() {
                Lang::Ja => format!("エラー: `{shown}` はメモリの量ではありません。2G、500M のように書きます"),
                Lang::En => format!("error: `{shown}` is no amount of memory; write it like 2G or 500M"),
            });
            return Err(Outcome::Wrong);
        }
    };
    let Some(limit) = limit.filter(|&l| need > l) else { return Ok(()) };
    let (need, limit) = (shown(need), shown(limit));
    output::say(&match (args.lang(), allowed) {
        (Lang::Ja, Some(_)) => format!("エラー: メモリがおよそ {need} まで要ります(上限 {limit})。始めていません"),
        (Lang::En, Some(_)) => format!("error: up to about {need} of memory are needed (limit {limit}); not begun"),
        (Lang::Ja, None) => {
            format!(
                "エラー: メモリがおよそ {need} まで要りますが、空きは {limit} です。始めていません(--max-memory で上限を変えられます)"
            )
        }
        (Lang::En, None) => format!(
            "error: up to about {need} of memory are needed and {limit} are free; not begun (--max-memory sets another limit)"
        ),
    });
    Err(Outcome::Wrong)
}

/// What a run may take: what is allowed, else what is free, else so much.
pub(crate) fn limit(allowed: Option<&str>, otherwise: u64) -> u64 {
    allowed.and_then(bytes).or_else(available).unwrap_or(otherwise)
}

/// `2G`, `500M`, `4GiB` or a number of bytes.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match text[digits..].trim().to_ascii_uppercase().trim_end_matches('B').trim_end_matches('I') {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "T" => 1 << 40,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(factor)
}

fn shown(bytes: u64) -> String {
    if bytes < 1 << 30 {
        format!("{} MiB", bytes.div_ceil(1 << 20))
    } else {
        format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!(bytes("2G"), Some(2 << 30));
        assert_eq!(bytes("500 MiB"), Some(500 << 20));
        assert_eq!(bytes("123"), Some(123));
        assert_eq!((bytes("2X"), bytes(""), bytes("99999999999T")), (None, None, None));
    }
}
