//! Ways through others put into the model of a body: as relations between shared facts, and as machines of others that a
//! path can start from.

use std::collections::{BTreeMap, BTreeSet};

use super::frame::Frame;
use super::way::{End, Way};
use crate::diagnostic::Text;
use crate::model::{
    Assumption, Behaviour, Carrier, Check, Declared, Detour, Endpoint, Face, FaceAddress, FaceId, Fact, Guard, GuardId,
    Kind, LabelId, Layer, Lens, Model, Node, NodeId, Question, Relation, Role, Segment,
};
use crate::source::Span;

/// Ways of one body.
pub(crate) struct Through<'a> {
    /// The ways, with names relative to the body.
    pub(crate) ways: &'a [Way],
    /// Those that are added, by position.
    pub(crate) picked: &'a [usize],
    /// The layers in which the body has machines.
    pub(crate) layers: &'a BTreeSet<Layer>,
    /// The body whose names they have here.
    pub(crate) frame: &'a Frame,
    /// Its path.
    pub(crate) path: &'a str,
    /// Where it is written.
    pub(crate) span: Span,
    /// The number of its first way among all ways.
    pub(crate) first: u32,
}

/// A model to which ways are added.
pub(crate) struct Detours<'m> {
    pub(crate) model: &'m mut Model,
    nodes: BTreeMap<String, NodeId>,
    guards: BTreeMap<String, GuardId>,
    labels: BTreeMap<String, LabelId>,
    open: BTreeMap<String, crate::model::AssumptionId>,
    /// The machines of others, by layer.
    others: BTreeMap<Layer, Fact>,
}

impl<'m> Detours<'m> {
    pub(crate) fn new(model: &'m mut Model) -> Self {
        let nodes = model.nodes.iter().map(|(id, n)| (n.name.clone(), id)).collect();
        let guards = model.guards.iter().map(|(id, g)| (g.name.clone(), id)).collect();
        let labels = model.labels.iter().map(|(id, l)| (l.clone(), id)).collect();
        Self { model, nodes, guards, labels, open: BTreeMap::new(), others: BTreeMap::new() }
    }

    /// Adds the ways of a body.
    pub(crate) fn add(&mut self, through: &Through<'_>) {
        // Machines that get nowhere are asked about as well: that they do not is an answer.
        for &layer in through.layers.iter().filter(|l| ASKED.iter().any(|(_, asked, _)| asked == *l)) {
            self.machines(layer, through.span);
        }
        for (i, way) in through.picked.iter().map(|&i| (i, &through.ways[i])) {
            let (Some(from), Some(to)) = (self.fact(&way.from, through), self.fact(&way.to, through)) else { continue };
            let mut guards: Vec<GuardId> =
                way.guards.iter().map(|g| self.guard(&through.frame.absolute_control(g), through.span)).collect();
            guards.sort_unstable();
            let mut labels: Vec<LabelId> = way.labels.iter().map(|l| self.label(&through.frame.absolute(l))).collect();
            labels.sort_unstable();
            let mut bodies = vec![through.path.to_owned()];
            let below = way.below.iter().map(|b| through.frame.absolute(b).trim_end_matches('/').to_owned());
            bodies.extend(below.filter(|b| b != through.path));
            let said = bodies.join(", ");
            let assumption = (!way.sure).then(|| self.assumption(&said, through.span));
            self.model.relations.push(Relation {
                from,
                to,
                guards,
                labels,
                assumption,
                reason: Text::new(format!("団体 `{said}` の中を通る"), format!("leads through body `{said}`")),
                span: through.span,
                detour: Some(Detour { lens: way.lens, eyes: way.eyes, through: bodies, way: through.first + i as u32 }),
            });
        }
    }

    fn fact(&mut self, end: &End, through: &Through<'_>) -> Option<Fact> {
        match end {
            End::Shared(node, face, state) => {
                let id = *self.nodes.get(&through.frame.absolute(node))?;
                let face = *self.model.nodes[id].faces.get(*face)?;
                Some(Fact { face, state: *state })
            }
            End::Machines(layer) => Some(self.machines(*layer, through.span)),
        }
    }

    fn guard(&mut self, name: &str, span: Span) -> GuardId {
        if let Some(&id) = self.guards.get(name) {
            return id;
        }
        let id = self.model.guards.push(Guard { name: name.to_owned(), span: Some(span) });
        self.guards.insert(name.to_owned(), id);
        id
    }

    fn label(&mut self, name: &str) -> LabelId {
        if let Some(&id) = self.labels.get(name) {
            return id;
        }
        let id = self.model.labels.push(name.to_owned());
        self.labels.insert(name.to_owned(), id);
        id
    }

    fn assumption(&mut self, bodies: &str, span: Span) -> crate::model::AssumptionId {
        if let Some(&id) = self.open.get(bodies) {
            return id;
        }
        let text = Text::new(
            format!(
                "団体 `{bodies}` の図面に決まっていないところがあり、そこを通れるかどうか言い切れない(その団体の報告が名指しする)"
            ),
            format!("the drawing of body `{bodies}` leaves open whether it can be passed (its own report names what)"),
        );
        let id = self.model.assumptions.push(Assumption { text, span: Some(span) });
        self.open.insert(bodies.to_owned(), id);
        id
    }

    /// What stands for the machines of other bodies in segments of a layer: a host that nothing reaches.
    fn machines(&mut self, layer: Layer, span: Span) -> Fact {
        if let Some(&fact) = self.others.get(&layer) {
            return fact;
        }
        let name = others_name(layer);
        let segment = self.model.segments.push(Segment {
            name: name.clone(),
            label: OTHERS.to_owned(),
            layer,
            body: Some("*".to_owned()),
            cloud: false,
            foreign: true,
            span,
        });
        let host = Endpoint {
            behaviour: Behaviour::Host,
            listens: None,
            clients: None,
            outbound: true,
            isolation: None,
            edr: Vec::new(),
        };
        let node = self.model.nodes.push(Node {
            name,
            label: OTHERS.to_owned(),
            kind: Kind::Terminal,
            role: Role::Endpoint(host),
            count: 1,
            faces: Vec::new(),
            part_of: None,
            controls: Vec::new(),
            declared: Declared::default(),
            foreign: true,
            span,
        });
        let face = self.model.faces.push(Face {
            node,
            zone: None,
            segment: Some(segment),
            address: FaceAddress::Unknown,
            gateway: None,
        });
        self.model.nodes[node].faces.push(face);
        let fact = Fact::holds(face, Carrier::Own);
        self.others.insert(layer, fact);
        fact
    }
}

/// What people call machines of other bodies; a drawing has its labels in one language, this one in two.
const OTHERS: &str = "他団体 / other bodies";

/// The name of what stands for other bodies' machines.
pub(crate) fn others_name(layer: Layer) -> String {
    format!("*/{}", layer.as_str())
}

/// What is asked about other bodies: the questions of every model, with one end elsewhere. That the Internet segment must
/// not reach LGWAN is not among them, because a β body lets its own do so by screen, and then every neighbour would fail.
const ASKED: [(Lens, Layer, &[Layer]); 3] = [
    (Lens::Attack, Layer::Internet, &[Layer::MyNumber, Layer::GovCloud]),
    (Lens::Leak, Layer::MyNumber, &[Layer::Internet, Layer::Saas, Layer::Remote]),
    (Lens::Leak, Layer::GovCloud, &[Layer::Internet, Layer::Saas, Layer::Remote]),
];

/// What is asked about other bodies and one segment of the body itself.
pub(crate) struct AboutOthers {
    /// Attack or leak.
    pub(crate) lens: Lens,
    /// From the machines of others in segments of this layer.
    pub(crate) from: Layer,
    /// To this segment.
    pub(crate) segment: String,
    /// Its machines.
    pub(crate) to: Vec<FaceId>,
}

impl AboutOthers {
    /// The name of the check, if the segment were called so.
    pub(crate) fn name(&self, segment: &str) -> String {
        format!("{} {} -> {segment}", self.lens.as_str(), others_name(self.from))
    }
}

/// Everything that is asked about others and a body, whether there are such others or not.
pub(crate) fn asked_about_others(model: &Model, frame: &Frame) -> Vec<AboutOthers> {
    let mut asked = Vec::new();
    for (lens, from, targets) in ASKED {
        for segment in model.segments.values().filter(|s| !s.foreign && frame.is_own(&s.name)) {
            let to = endpoints(model, &|s| s.name == segment.name);
            if targets.contains(&segment.layer) && !to.is_empty() {
                asked.push(AboutOthers { lens, from, segment: segment.name.clone(), to });
            }
        }
    }
    asked
}

/// The checks between the machines of other bodies and the segments of the body itself. Both kinds of others count: those
/// that are drawn and those that are summed up.
pub(crate) fn about_others(model: &Model, frame: &Frame) -> Vec<Check> {
    let mut checks = Vec::new();
    for asked in asked_about_others(model, frame) {
        let from = endpoints(model, &|s| s.foreign && s.layer == asked.from);
        if !from.is_empty() {
            let name = asked.name(&asked.segment);
            let question = Question::Forbid { lens: asked.lens, from, to: asked.to, eyes: false };
            checks.push(Check { name, question, span: None });
        }
    }
    checks
}

fn endpoints(model: &Model, wanted: &dyn Fn(&Segment) -> bool) -> Vec<FaceId> {
    let of = |f: &Face| f.segment.is_some_and(|s| wanted(&model.segments[s]));
    let faces = model.faces.iter().filter(|(_, f)| of(f));
    faces.map(|(id, _)| id).filter(|&id| model.endpoint_of(id).is_some()).collect()
}
