//! The few colours, the same in every rendering. Colour never carries meaning alone.

use super::parts::Cluster;

/// Ordinary lines and outlines.
pub(super) const INK: &str = "#333333";
/// A forbidden path.
pub(super) const ALARM: &str = "#b00000";
/// A path that may exist.
pub(super) const DOUBT: &str = "#8a5a00";

/// What is new.
pub(super) const NEW: &str = "#00695c";
/// What is gone.
pub(super) const GONE: &str = "#7b1fa2";
/// What is another.
pub(super) const OTHER: &str = "#8a5a00";

/// The colours of a zone.
pub(super) struct Tone {
    /// Behind the things.
    pub(super) fill: &'static str,
    /// The border and the label.
    pub(super) strip: &'static str,
}

/// The colours of a place in the order of trust; also in grey the trusted ones are darker.
pub(super) fn tone(rank: u8) -> Tone {
    const TONES: [(&str, &str); 6] = [
        ("#d6e0ee", "#1b3a63"),
        ("#e0ecdf", "#235232"),
        ("#f4eedb", "#6b500f"),
        ("#f8ebe3", "#7d3a1c"),
        ("#f1eaf3", "#56366a"),
        ("#f4f4f4", "#4a4a4a"),
    ];
    if rank == Cluster::BETWEEN {
        return Tone { fill: "#ffffff", strip: "#5c5c5c" };
    }
    let (fill, strip) = TONES[usize::from(rank).min(TONES.len() - 1)];
    Tone { fill, strip }
}
