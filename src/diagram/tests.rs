//! Tests of the renderings. To look at them: `SEKISHO_LOOK=/some/folder cargo test look`.

mod installed;

use std::time::Instant;

use graphviz_rust::dot_structures::{Graph, Id, Stmt};

use super::sample::{ALL_LINES, ALL_SHAPES, NASTY, city, large, nasty};
use super::*;
use crate::diagnostic::Lang;

const SVG: svg::Options =
    svg::Options { flow: Flow::Down, page: Page::A3Landscape, legend: true, heading: true, pointers: false };

/// Names of the nodes a DOT text declares, at any depth.
fn dot_nodes(text: &str) -> Vec<String> {
    fn walk(stmts: &[Stmt], out: &mut Vec<String>) {
        for stmt in stmts {
            match stmt {
                Stmt::Node(node) => match &node.id.0 {
                    Id::Plain(name) => out.push(name.clone()),
                    other => panic!("a node that is not generated: {other}"),
                },
                Stmt::Subgraph(sub) => walk(&sub.stmts, out),
                _ => {}
            }
        }
    }
    let graph = graphviz_rust::parse(text).expect("the DOT text is DOT");
    let (Graph::DiGraph { stmts, .. } | Graph::Graph { stmts, .. }) = graph;
    let mut out = Vec::new();
    walk(&stmts, &mut out);
    out
}

fn is_node(name: &str) -> bool {
    name.strip_prefix('n').is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
}

#[test]
fn hostile_names_stay_text_in_dot() {
    for lang in [Lang::Ja, Lang::En] {
        let picture = nasty(lang);
        let names = dot_nodes(&dot::render(&picture, &dot::Options::default()));
        assert_eq!(names.iter().filter(|n| is_node(n)).count(), picture.node_count());
        let ours = |n: &str| n.starts_with(['n', 'b', 'l', 'm']) && n[1..].parse::<u32>().is_ok();
        assert!(names.iter().all(|n| ours(n)), "{names:?}");
    }
}

#[test]
fn hostile_names_stay_text_in_svg() {
    for picture in [nasty(Lang::Ja), city()] {
        let text = svg::render(&picture, &SVG);
        let xml = roxmltree::Document::parse(&text).expect("the SVG is XML");
        let allowed = ["svg", "title", "g", "rect", "path", "text", "circle"];
        for element in xml.descendants().filter(roxmltree::Node::is_element) {
            assert!(allowed.contains(&element.tag_name().name()), "{:?}", element.tag_name());
            for attribute in element.attributes() {
                assert!(!attribute.name().starts_with("on"), "{attribute:?}");
                assert!(!attribute.name().contains("href"), "{attribute:?}");
            }
        }
        let drawn = |class: &str| xml.descendants().filter(|e| e.attribute("class") == Some(class)).count();
        assert_eq!(drawn("node"), picture.node_count());
        assert_eq!(drawn("edge"), picture.edges.len());
    }
}

#[test]
fn an_svg_refers_to_nothing_outside() {
    let text = svg::render(&city(), &SVG);
    assert!(!text.contains("url(") && !text.contains("href") && !text.contains("<style"));
    assert_eq!(text.matches("http").count(), 1, "only the namespace");
}

#[test]
fn hostile_names_stay_text_in_mermaid() {
    let text = mermaid::render(&nasty(Lang::En));
    for line in text.lines() {
        let line = line.trim();
        let known = ["flowchart", "subgraph c", "end", "n", "style n", "linkStyle"];
        assert!(known.iter().any(|k| line.starts_with(k)), "{line}");
        assert_eq!(line.matches('"').count() % 2, 0, "{line}");
    }
    assert!(!text.contains("<script") && !text.contains("%%{"));
}

#[test]
fn equal_pictures_give_equal_bytes() {
    for make in [city as fn() -> Picture, || nasty(Lang::Ja), || large(40, Lang::En)] {
        assert_eq!(svg::render(&make(), &SVG), svg::render(&make(), &SVG));
        let options = dot::Options::default();
        assert_eq!(dot::render(&make(), &options), dot::render(&make(), &options));
        assert_eq!(mermaid::render(&make()), mermaid::render(&make()));
    }
}

#[test]
fn every_shape_and_line_is_explained_once() {
    let mut p = Picture::new(Lang::Ja, "");
    let nodes: Vec<_> = ALL_SHAPES.iter().map(|s| p.node(Node::new(*s, "名前"))).collect();
    ALL_LINES.iter().for_each(|line| p.edge(Edge::new(nodes[0], nodes[1], *line)));
    for lang in [Lang::Ja, Lang::En] {
        p.lang = lang;
        let mut words: Vec<_> = p.legend().iter().map(|entry| entry.text).collect();
        assert_eq!(words.len(), ALL_SHAPES.len() + ALL_LINES.len());
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ALL_SHAPES.len() + ALL_LINES.len(), "two things, one word");
    }
}

#[test]
fn a_mark_finds_its_lines() {
    let mut p = Picture::new(Lang::En, "");
    let a = p.node(Node::new(Shape::Terminal, "a"));
    let b = p.node(Node::new(Shape::Server, "b"));
    p.edge(Edge::new(a, b, Line::Session));
    p.edge(Edge::new(b, a, Line::RawFile));
    assert!(p.mark((a, b), Some(Line::RawFile), Mark::Forbidden, 1));
    assert!(!p.mark((a, b), Some(Line::Media), Mark::Forbidden, 2));
    assert_eq!((p.edges[0].mark, p.edges[1].mark), (Mark::None, Mark::Forbidden));
    assert!(p.mark((a, b), None, Mark::Possible, 3));
    assert_eq!((p.edges[0].mark, p.edges[1].mark), (Mark::Possible, Mark::Forbidden));
}

#[test]
fn odd_pictures_are_drawn_too() {
    let empty = Picture::new(Lang::Ja, "");
    let mut lonely = Picture::new(Lang::Ja, "zone without things");
    lonely.cluster(Cluster::new("空", 0));
    let free = lonely.node(Node::new(Shape::Internet, ""));
    lonely.edge(Edge::new(free, free, Line::Control).label("self").arrows(Arrows::Both));
    for count in [0, 1, 2, 7, 23, 201] {
        for flow in [Flow::Down, Flow::Right] {
            for page in [Page::Fit, Page::A4Landscape] {
                let options = svg::Options {
                    flow,
                    page,
                    legend: count % 2 == 0,
                    heading: count % 5 != 0,
                    pointers: count % 3 == 0,
                };
                for picture in [&empty, &lonely, &large(count, Lang::En)] {
                    let text = svg::render(picture, &options);
                    assert!(roxmltree::Document::parse(&text).is_ok());
                    assert!(!text.contains("NaN") && !text.contains("inf "), "{count}");
                }
            }
        }
    }
}

#[test]
fn nothing_stands_on_anything_else() {
    for picture in [city(), large(50, Lang::Ja), large(260, Lang::Ja)] {
        for flow in [Flow::Down, Flow::Right] {
            let clashes = svg::clashes(&picture, &svg::Options { flow, ..SVG });
            assert_eq!(clashes, Vec::<String>::new());
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config {
        cases: 60, failure_persistence: None, ..Default::default()
    })]

    /// Loops, cycles, things outside all zones, zones in zones, lines against the order of trust.
    #[test]
    fn any_picture_is_drawn(
        zones in proptest::collection::vec((0_u8..4, 0_usize..8), 0..8),
        things in proptest::collection::vec((0_usize..20, 0_usize..9), 0..16),
        lines in proptest::collection::vec((0_usize..16, 0_usize..16, 0_usize..8, 0_u32..3), 0..30),
        right in proptest::bool::ANY,
    ) {
        let mut p = Picture::new(Lang::En, "any");
        let mut ids: Vec<ClusterId> = Vec::new();
        for (tone, parent) in zones {
            let zone = Cluster::new("zone", tone);
            let zone = match ids.get(parent) {
                Some(id) => zone.within(*id),
                None => zone,
            };
            ids.push(p.cluster(zone));
        }
        let mut nodes = Vec::new();
        for (shape, zone) in things {
            let node = Node::new(ALL_SHAPES[shape], "thing");
            nodes.push(p.node(match ids.get(zone) {
                Some(id) => node.within(*id),
                None => node,
            }));
        }
        for (from, to, line, step) in lines {
            if let (Some(from), Some(to)) = (nodes.get(from), nodes.get(to)) {
                let edge = Edge::new(*from, *to, ALL_LINES[line]).label("words");
                p.edge(if step > 0 { edge.forbidden(step) } else { edge });
            }
        }
        let flow = if right { Flow::Right } else { Flow::Down };
        let text = svg::render(&p, &svg::Options { flow, ..SVG });
        proptest::prop_assert!(roxmltree::Document::parse(&text).is_ok());
        proptest::prop_assert!(!text.contains("NaN") && !text.contains("inf"));
        proptest::prop_assert_eq!(svg::clashes(&p, &svg::Options { flow, ..SVG }), Vec::<String>::new());
        let declared = dot_nodes(&dot::render(&p, &dot::Options::default()));
        proptest::prop_assert_eq!(declared.iter().filter(|n| is_node(n)).count(), p.node_count());
    }
}

#[test]
fn labels_are_broken_by_display_width() {
    let lines = text::wrap("LGWAN仮想デスクトップ", 20, 4);
    assert_eq!(lines, ["LGWAN仮想", "デスクトップ"]);
    for name in NASTY {
        for limit in [4, 10, 22] {
            let lines = text::wrap(name, limit, 3);
            assert!((1..=3).contains(&lines.len()), "{name:?}");
            assert!(lines.iter().all(|l| text::columns(l) <= limit), "{lines:?}");
        }
    }
}

#[test]
fn look() {
    let Some(folder) = std::env::var_os("SEKISHO_LOOK").map(std::path::PathBuf::from) else {
        return;
    };
    let write = |name: &str, text: &[u8]| std::fs::write(folder.join(name), text).expect(name);
    for (name, picture) in
        [("city", city()), ("nasty", nasty(Lang::Ja)), ("large", large(260, Lang::En)), ("middle", large(60, Lang::En))]
    {
        for flow in [Flow::Down, Flow::Right] {
            let end = if flow == Flow::Down { "" } else { "_lr" };
            let begin = Instant::now();
            let text = svg::render(&picture, &svg::Options { flow, ..SVG });
            println!("{name}{end}: {:?}", begin.elapsed());
            write(&format!("{name}{end}.svg"), text.as_bytes());
            let text = dot::render(&picture, &dot::Options { flow, ..dot::Options::default() });
            write(&format!("{name}{end}.dot"), text.as_bytes());
        }
        write(&format!("{name}.mmd"), mermaid::render(&picture).as_bytes());
    }
}
