//! Both layouts against a fixpoint of ten lines, on random and on generated graphs, with several numbers of threads.

use super::*;
use crate::generate::mesh::{HELD, Mesh, Random, TRANSFERS};
use crate::network::plain::Plain;

/// Everything that follows, the obvious way.
fn naive(plan: &Plan<'_>, starts: &[Start]) -> Vec<u64> {
    let mut links = plan.links.to_vec();
    for s in plan.spans {
        links.extend(s.nodes.clone().map(|n| if s.fan == Fan::In { (n, s.hub, s.class) } else { (s.hub, n, s.class) }));
    }
    let mut states = vec![0u64; plan.nodes as usize];
    for s in starts {
        s.nodes.clone().for_each(|n| states[n as usize] |= s.states);
    }
    loop {
        let before = states.clone();
        for &(from, to, class) in &links {
            for &(a, b) in plan.classes.pairs(class) {
                states[to as usize] |= (states[from as usize] >> a & 1) << b;
            }
        }
        if states == before {
            return states;
        }
    }
}

fn in_threads<T: Send>(n: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads").install(run)
}

fn classes(of: &[&[Pair]]) -> Classes {
    let mut classes = Classes::new();
    of.iter().for_each(|pairs| assert!(classes.intern(pairs).is_some()));
    classes
}

fn spans(mesh: &Mesh) -> Vec<Span> {
    let fan = |out| if out { Fan::Out } else { Fan::In };
    let span = |f: &crate::generate::mesh::Fan| Span {
        fan: fan(f.out),
        nodes: f.nodes.clone(),
        hub: f.hub,
        class: f.transfer,
    };
    mesh.fans.iter().map(span).collect()
}

/// Compares everything on one plan.
fn compare(plan: &Plan<'_>, starts: &[Start], what: &str) {
    let expected = naive(plan, starts);
    let flat = Flat::new(plan.clone()).expect("it fits");
    for threads in [1, 2, 7] {
        assert!(in_threads(threads, || flat.closure(starts)) == expected, "{what}: {threads} threads");
    }
    let again = Flat::new(plan.clone()).expect("it fits").united();
    assert!(again.closure(starts) == expected, "{what}: united");
    assert!(in_threads(2, || again.closure(starts)) == expected, "{what}: united, 2 threads");
    let sources: Vec<Vec<(u32, u64)>> =
        (0..70u32).map(|i| vec![((i * 31 + 1) % plan.nodes, 1 << (i % 3)), (i % plan.nodes, 1)]).collect();
    let condensed = Condensed::new(if plan.nodes.is_multiple_of(2) { &flat } else { &again });
    let reach = in_threads(2, || condensed.reach(&sources));
    let counts = reach.counts();
    let universe = plan.classes.universe();
    for (i, source) in sources.iter().enumerate() {
        let starts: Vec<Start> = source.iter().map(|&(n, states)| Start { nodes: n..n + 1, states }).collect();
        let alone: Vec<u64> = flat.closure(&starts).iter().map(|w| w & universe).collect();
        let many: Vec<u64> = (0..plan.nodes).map(|n| reach.states(i, n)).collect();
        assert!(many == alone, "{what}: source {i}");
        assert_eq!(counts[i], alone.iter().map(|w| u64::from(w.count_ones())).sum::<u64>(), "{what}: source {i}");
    }
}

#[test]
fn random_graphs() {
    let wide: Vec<Pair> = (0..12).map(|i| (i, (i * i) % 50)).collect();
    let transfers: Vec<&[Pair]> =
        vec![&[(0, 0), (1, 1), (2, 2)], &[(0, 1)], &[(1, 2), (2, 0)], &[(2, 63), (63, 0)], &wide, &[]];
    for seed in 0..120 {
        let mut r = Random::new(seed);
        let nodes = 1 + r.below(60);
        let mut cuts: Vec<u32> = (1..nodes).filter(|_| r.below(6) == 0).collect();
        if r.below(2) == 0 {
            cuts.insert(0, 0);
        } else {
            cuts.clear();
        }
        let link = |r: &mut Random| (r.below(nodes), r.below(nodes), r.below(6) as u16);
        let links: Vec<Link> = (0..r.below(3 * nodes)).map(|_| link(&mut r)).collect();
        let spans: Vec<Span> = (0..r.below(6))
            .map(|_| {
                let first = r.below(nodes);
                let nodes_of = first..first + 1 + r.below(nodes - first);
                let fan = if r.below(2) == 0 { Fan::In } else { Fan::Out };
                Span { fan, nodes: nodes_of, hub: r.below(nodes), class: r.below(6) as u16 }
            })
            .collect();
        // Every second seed has a transfer that keeps every state, every fourth mostly that one: nodes become units.
        let whole: Vec<Pair> = (0..64).map(|i| (i, i)).collect();
        let mut transfers = transfers.clone();
        if seed % 2 == 0 {
            transfers[0] = &whole;
        }
        let often = |l: Link| if seed % 4 == 0 && l.2 < 4 { (l.0, l.1, 0) } else { l };
        let links: Vec<Link> = links.into_iter().map(often).collect();
        let spans = if seed % 4 == 0 { Vec::new() } else { spans };
        let first = r.below(nodes);
        let starts = [Start { nodes: first..nodes, states: 1 }, Start { nodes: 0..1, states: 1 << r.below(3) }];
        let plan = Plan { nodes, cuts: &cuts, classes: classes(&transfers), links: &links, spans: &spans };
        compare(&plan, &starts, &format!("seed {seed}"));
    }
}

#[test]
fn generated_graphs() {
    for mesh in [Mesh::random(9_500, 5), Mesh::regular(9_500, 5)] {
        let spans = spans(&mesh);
        let starts: Vec<Start> = mesh
            .internet
            .iter()
            .take(1)
            .map(|nodes| Start { nodes: nodes.start..nodes.start + 1, states: HELD })
            .collect();
        for cuts in [&mesh.municipalities[..], &[]] {
            let plan =
                Plan { nodes: mesh.nodes, cuts, classes: classes(&TRANSFERS), links: &mesh.links, spans: &spans };
            compare(&plan, &starts, "generated");
        }
    }
}

#[test]
fn large_enough_for_threads_and_as_petgraph_says() {
    let mesh = Mesh::random(120_000, 9);
    let starts: Vec<Start> =
        mesh.internet.iter().step_by(7).map(|n| Start { nodes: n.clone(), states: HELD }).collect();
    let classes = classes(&TRANSFERS);
    let graph = Plain::graph(mesh.nodes, &mesh.links, &classes).closure(&starts);
    assert!(Plain::rows(mesh.nodes, &mesh.links, &classes).closure(&starts) == graph);
    let flat =
        Flat::new(Plan { nodes: mesh.nodes, cuts: &mesh.municipalities, classes, links: &mesh.links, spans: &[] })
            .expect("it fits");
    for threads in [1, 2, 7] {
        assert!(in_threads(threads, || flat.closure(&starts)) == graph, "{threads} threads");
    }
    let said = Need::of(mesh.nodes.into(), mesh.edges(), mesh.municipalities.len() as u64).total();
    let taken = flat.need().total();
    assert!(taken <= said + said / 100 && taken > said / 4, "said {said}, took {taken}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let plan = |nodes, cuts, links| Plan { nodes, cuts, classes: classes(&[&[(0, 0)]]), links, spans: &[] };
    let refused = |plan| Flat::new(plan).err();
    assert_eq!(refused(plan(2, &[], &[(0, 2, 0)])), Some(Unfit::Edge));
    assert_eq!(refused(plan(2, &[], &[(5, 0, 0)])), Some(Unfit::Edge));
    assert_eq!(refused(plan(2, &[], &[(0, 1, 1)])), Some(Unfit::Edge));
    assert_eq!(refused(plan(0, &[], &[(0, 0, 0)])), Some(Unfit::Edge));
    assert_eq!(refused(plan(4, &[0, 2, 2], &[])), Some(Unfit::Cuts));
    assert_eq!(refused(plan(4, &[1], &[])), Some(Unfit::Cuts));
    assert_eq!(refused(plan(70_000, &[0], &[])), Some(Unfit::Cuts));
    assert_eq!(refused(plan(0, &[], &[])), None);
}
