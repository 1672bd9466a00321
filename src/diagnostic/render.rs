//! Placeholder; replaced by the snippet renderer.
use super::{Diagnostic, Lang};
use crate::source::Sources;
/// placeholder
pub struct RenderOptions { /// lang
 pub lang: Lang, /// color
 pub color: bool, /// width
 pub width: Option<usize> }
/// placeholder
pub fn render(d: &Diagnostic, s: &Sources, o: &RenderOptions) -> String { format!("{}: {} {}\n", d.code.as_str(), d.span().map(|p| s.place(p)).unwrap_or_default(), d.message.get(o.lang)) }
/// placeholder
pub fn render_all(d: &[Diagnostic], s: &Sources, o: &RenderOptions) -> String { d.iter().map(|d| render(d, s, o)).collect() }
