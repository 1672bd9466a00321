//! Shapes and line styles as Graphviz knows them. Nothing here comes from a drawing.
//!
//! Graphviz has neither clouds nor dash-dot lines: double outlines and arrowheads stand in.

use crate::diagram::kinds::{Emphasis, Line, Mark, Shape};
use crate::diagram::palette::{ALARM, DOUBT, GONE, INK, NEW, OTHER};
use crate::diagram::parts::Node;

type Attributes = Vec<(&'static str, String)>;

/// Shape, outline and emphasis of a node.
pub(super) fn node(node: &Node) -> Attributes {
    let mut list = shape(node.shape);
    let pattern = match node.emphasis {
        Emphasis::Removed => Some("filled,dashed"),
        Emphasis::Changed => Some("filled,dotted"),
        _ => None,
    };
    if let Some(pattern) = pattern {
        list.retain(|(k, _)| *k != "style");
        list.push(("style", pattern.into()));
    }
    match node.emphasis {
        Emphasis::None => {}
        Emphasis::OnPath => {
            list.push(("penwidth", "3.5".into()));
            list.push(("color", ALARM.into()));
        }
        Emphasis::Added | Emphasis::Removed | Emphasis::Changed => {
            let color = match node.emphasis {
                Emphasis::Added => NEW,
                Emphasis::Removed => GONE,
                _ => OTHER,
            };
            list.push(("penwidth", "3.5".into()));
            list.push(("color", color.into()));
        }
        Emphasis::Source | Emphasis::Target => {
            list.push(("penwidth", "5".into()));
            list.push(("color", ALARM.into()));
        }
    }
    list
}

/// The outline of a shape.
pub(super) fn shape(shape: Shape) -> Attributes {
    let (name, style) = match shape {
        Shape::Terminal => ("box", "filled,rounded"),
        Shape::Server => ("box3d", "filled"),
        Shape::Desktop => ("box", "filled,rounded,dashed"),
        Shape::Store => ("cylinder", "filled"),
        Shape::Printer => ("invhouse", "filled"),
        Shape::Cloud | Shape::Internet | Shape::Router => ("ellipse", "filled"),
        Shape::Firewall => ("octagon", "filled,bold"),
        Shape::Diode => ("rarrow", "filled"),
        Shape::ScreenGateway => ("parallelogram", "filled"),
        Shape::Sanitiser => ("hexagon", "filled"),
        Shape::MailConverter => ("note", "filled"),
        Shape::Proxy => ("trapezium", "filled"),
        Shape::Relay => ("invtrapezium", "filled"),
        Shape::Transfer => ("cds", "filled"),
        Shape::Medium => ("tab", "filled"),
        Shape::Hypervisor => ("component", "filled"),
        Shape::Person => ("egg", "filled"),
        Shape::Network => ("underline", "filled"),
        Shape::Other => ("box", "filled"),
    };
    let mut list = vec![("shape", name.to_owned()), ("style", style.to_owned())];
    match shape {
        Shape::Cloud => list.push(("peripheries", "2".into())),
        Shape::Internet => list.push(("peripheries", "3".into())),
        _ => {}
    }
    list
}

/// Pattern, width and heads of a line.
pub(super) fn line(line: Line, mark: Mark) -> Attributes {
    let (style, width, head) = match line {
        Line::Cable => ("solid", 1.1, "normal"),
        Line::Session => ("solid", 1.5, "normal"),
        Line::Screen => ("dotted", 2.2, "vee"),
        Line::Sanitised => ("dashed", 1.7, "empty"),
        Line::RawFile => ("bold", 3.0, "normal"),
        Line::Text => ("dotted", 1.2, "odot"),
        Line::Control => ("solid", 1.0, "diamond"),
        Line::Media => ("dashed", 1.4, "obox"),
    };
    let (width, color) = match mark {
        Mark::None if line == Line::Control => (width, format!("{INK}:invis:{INK}")),
        Mark::None => (width, INK.to_owned()),
        Mark::Possible => (3.2, DOUBT.to_owned()),
        Mark::Forbidden => (6.0, ALARM.to_owned()),
        Mark::Added => (4.0, NEW.to_owned()),
        Mark::Removed => (2.8, GONE.to_owned()),
        Mark::Changed => (3.2, OTHER.to_owned()),
    };
    let style = match mark {
        Mark::Added => "solid",
        Mark::Removed => "dashed",
        Mark::Changed => "dotted",
        _ => style,
    };
    let told = match mark {
        Mark::Forbidden => ALARM,
        Mark::Added => NEW,
        Mark::Removed => GONE,
        Mark::Changed => OTHER,
        Mark::None | Mark::Possible => DOUBT,
    };
    let mut list = vec![
        ("style", style.to_owned()),
        ("penwidth", format!("{width:.1}")),
        ("color", color),
        ("arrowhead", head.to_owned()),
        ("arrowtail", head.to_owned()),
    ];
    if mark != Mark::None {
        list.push(("fontsize", "14".into()));
        list.push(("fontcolor", told.into()));
        list.push(("weight", "3".into()));
    }
    list
}
