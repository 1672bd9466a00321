//! "Did you mean": the nearest known name to an unknown one.

/// The known name nearest to `wrong`, if it is near enough to be meant.
///
/// Distance counts characters, so that one wrong kanji in a short name is near.
pub(super) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wrong.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| {
            let same = name.to_lowercase() == wrong.to_lowercase();
            (if same { 0 } else { strsim::damerau_levenshtein(wrong, name) }, name)
        })
        .filter(|&(distance, _)| distance <= limit)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}
