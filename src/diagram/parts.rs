//! What a picture consists of: zones, things and lines, each plain data with a small builder.
//!
//! They name one another by the numbers a [`Picture`](super::Picture) gives out.

use super::kinds::{Arrows, Emphasis, Line, Mark, Shape};
use super::picture::{ClusterId, NodeId};

/// A zone (or a network inside one), drawn as a box with a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The name.
    pub label: String,
    /// A second, smaller name, such as the kind of zone.
    pub sub_label: Option<String>,
    /// Place in the order of trust, 0 first. Zones of equal tone may stand side by side.
    pub tone: u8,
    /// Its colours: like those of the zone of so much trust, or [`BETWEEN`](Self::BETWEEN).
    pub shade: u8,
    /// The zone around it.
    pub parent: Option<ClusterId>,
}

impl Cluster {
    /// The shade of what lies between two zones.
    pub const BETWEEN: u8 = u8::MAX;

    /// A zone with a name and a place in the order of trust (0 is the most trusted).
    pub fn new(label: impl Into<String>, tone: u8) -> Self {
        Self { label: label.into(), sub_label: None, tone, shade: tone, parent: None }
    }

    /// With a second, smaller name.
    #[must_use]
    pub fn sub_label(mut self, text: impl Into<String>) -> Self {
        self.sub_label = Some(text.into());
        self
    }

    /// In other colours than its place in the order of trust has.
    #[must_use]
    pub fn shade(mut self, shade: u8) -> Self {
        self.shade = shade;
        self
    }

    /// Inside another zone.
    #[must_use]
    pub fn within(mut self, parent: ClusterId) -> Self {
        self.parent = Some(parent);
        self
    }
}

/// A thing: a terminal, a server, a mediator, a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub shape: Shape,
    /// Its name, then smaller lines such as an address.
    pub label: Vec<String>,
    /// How many alike it stands for; drawn as `×800`.
    pub count: Option<u64>,
    /// The zone it is in.
    pub cluster: Option<ClusterId>,
    /// Its part in the path.
    pub emphasis: Emphasis,
    /// More text, shown only when the pointer rests on it.
    pub note: Vec<String>,
    /// The nodes of the drawing that it stands for, by name, for a page that points at them.
    pub names: Vec<String>,
}

impl Node {
    /// A thing with a name.
    pub fn new(shape: Shape, name: impl Into<String>) -> Self {
        let (count, cluster, emphasis, note, names) = Default::default();
        Self { shape, label: vec![name.into()], count, cluster, emphasis, note, names }
    }

    /// With a smaller line under the name.
    #[must_use]
    pub fn line(mut self, text: impl Into<String>) -> Self {
        self.label.push(text.into());
        self
    }

    /// Standing for so many alike.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Inside a zone.
    #[must_use]
    pub fn within(mut self, cluster: ClusterId) -> Self {
        self.cluster = Some(cluster);
        self
    }

    /// With a part in the path.
    #[must_use]
    pub fn emphasis(mut self, emphasis: Emphasis) -> Self {
        self.emphasis = emphasis;
        self
    }

    /// With a line of text for the pointer.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note.push(text.into());
        self
    }
}

/// A line between two things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The near end.
    pub from: NodeId,
    /// The far end.
    pub to: NodeId,
    /// What is written on it.
    pub label: Vec<String>,
    /// Its style.
    pub line: Line,
    /// Its arrowheads.
    pub arrows: Arrows,
    /// Whether it is on the path shown.
    pub mark: Mark,
    /// The numbers of its steps on that path.
    pub steps: Vec<u32>,
}

impl Edge {
    /// A line with the arrowheads usual for its style: none on a cable, else forward.
    #[must_use]
    pub fn new(from: NodeId, to: NodeId, line: Line) -> Self {
        let arrows = if line == Line::Cable { Arrows::None } else { Arrows::Forward };
        Self { from, to, label: Vec::new(), line, arrows, mark: Mark::None, steps: Vec::new() }
    }

    /// With a line of text on it.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label.push(text.into());
        self
    }

    /// With other arrowheads.
    #[must_use]
    pub fn arrows(mut self, arrows: Arrows) -> Self {
        self.arrows = arrows;
        self
    }

    /// As step `step` of a forbidden path.
    #[must_use]
    pub fn forbidden(mut self, step: u32) -> Self {
        self.mark = Mark::Forbidden;
        self.steps.push(step);
        self
    }

    /// As step `step` of a path that may exist.
    #[must_use]
    pub fn possible(mut self, step: u32) -> Self {
        self.mark = self.mark.max(Mark::Possible);
        self.steps.push(step);
        self
    }
}
