//! "Did you mean": the nearest known name to an unknown one.

/// Nobody means a name of this many characters by mistake.
const MAX_LENGTH: usize = 200;

/// Words of other tools, and of Japanese, for what has another name here.
const SYNONYMS: [(&str, &str); 11] = [
    ("allow", "permit"),
    ("accept", "permit"),
    ("pass", "permit"),
    ("drop", "deny"),
    ("block", "deny"),
    ("reject", "deny"),
    ("許可", "permit"),
    ("拒否", "deny"),
    ("禁止", "deny"),
    ("interfaces", "joins"),
    ("nexthop", "next"),
];

/// The known name nearest to `wrong`, if it is near enough to be meant.
///
/// Distance counts characters, so that one wrong kanji in a short name is near.
pub(super) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wrong.chars().count();
    if length > MAX_LENGTH {
        return None;
    }
    let limit = (length / 3).max(1);
    let lower = wrong.to_lowercase();
    let synonym = |name: &str| SYNONYMS.contains(&(lower.as_str(), name));
    known
        .into_iter()
        // A text that is far too long or short cannot be near; comparing it would only take time.
        .filter(|name| synonym(name) || name.chars().take(length + limit + 1).count().abs_diff(length) <= limit)
        .map(|name| {
            let same = synonym(name) || name.to_lowercase() == lower;
            (if same { 0 } else { strsim::damerau_levenshtein(wrong, name) }, name)
        })
        // What shares no character with the wrong name is another name.
        .filter(|&(distance, _)| distance <= limit && distance < length.max(1))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}
