//! Decision diagrams over numbered bits: the machinery under packet sets, which knows no packets.
//!
//! A diagram is a function from bits to yes or no. A node asks one bit and goes on to one of two diagrams; bits are asked
//! in ascending order; a node both of whose ways lead to the same place does not exist, nor do two nodes that ask the same
//! and go the same ways. So **equal functions are equal numbers**, whatever they were built from. An edge may carry a
//! negation, of which only one of two possible spellings is used: negating costs nothing, and every operation is `and`.
//!
//! Work is bounded. An operation that would need more nodes or steps than the limits allow says so and leaves everything
//! that exists as it was.

/// The result would be larger than the limits allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the set of packets is too large to be computed within the limits")
    }
}

impl std::error::Error for TooLarge {}

/// How large diagrams may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nodes that all diagrams of one store may have together (at most 2³¹ − 1). A node takes 30 to 80 bytes with its tables.
    pub nodes: usize,
    /// Steps that one question may take.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 8_000_000, steps: 40_000_000 }
    }
}

/// A diagram: the number of a node, and in the last bit whether it is negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Edge(u32);

impl Edge {
    pub(super) const TRUE: Self = Self(0);
    pub(super) const FALSE: Self = Self(1);
    /// Neither: a stretch of rules does not decide here. Only in diagrams for [`Diagrams::before`].
    pub(super) const OPEN: Self = Self(2);

    fn index(self) -> usize {
        (self.0 >> 1) as usize
    }

    fn is_constant(self) -> bool {
        self.0 < 4
    }
}

impl std::ops::Not for Edge {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// A field: bits that hold one number, the most significant first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) first: u16,
    pub(super) width: u16,
}

impl Field {
    /// The bit behind it.
    pub(super) const fn end(self) -> u16 {
        self.first + self.width
    }

    /// The greatest number that fits.
    pub(super) const fn max(self) -> u128 {
        u128::MAX >> (128 - self.width)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    bit: u16,
    zero: Edge,
    one: Edge,
}

/// The bit of a constant: behind all others.
const LAST: u16 = u16::MAX;
/// No answer: equal ends are never asked about.
const NOTHING: [Edge; 3] = [Edge::FALSE; 3];
/// How many answers are kept; with more, memory is what takes the time.
const MOST_ANSWERS: usize = 1 << 18;
/// No node.
const FREE: u32 = u32::MAX;

/// A store of nodes with their diagrams.
#[derive(Debug)]
pub(super) struct Diagrams {
    nodes: Vec<Node>,
    /// Nodes by what they ask, with bits of their hash: open addressing, at most half full.
    table: Vec<(u32, u32)>,
    /// Answers of `and` that were found lately. Lossy: one answer per place.
    answers: Vec<[Edge; 3]>,
    /// The same of `before`.
    overlays: Vec<[Edge; 3]>,
    limits: Limits,
    steps: usize,
}

/// Spreads numbers over places: both halves of a product, so that every bit counts.
fn mix(a: u64, b: u64) -> usize {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b.wrapping_mul(0xd6e8_feb8_6659_fd93) | 1);
    (product as u64 ^ (product >> 64) as u64) as usize
}

impl Diagrams {
    pub(super) fn new(limits: Limits) -> Self {
        let top = Node { bit: LAST, zero: Edge::TRUE, one: Edge::TRUE };
        let answers = vec![NOTHING; 1 << 10];
        // The second constant is the third value of `before`.
        Self {
            nodes: vec![top, top],
            table: vec![(FREE, 0); 1 << 10],
            overlays: answers.clone(),
            answers,
            limits,
            steps: 0,
        }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// A new question: its steps are counted from here.
    pub(super) fn begin(&mut self) {
        self.steps = 0;
    }

    fn place(node: Node) -> usize {
        mix(u64::from(node.zero.0) << 32 | u64::from(node.one.0), u64::from(node.bit))
    }

    /// The diagram that asks `bit` first.
    pub(super) fn node(&mut self, bit: u16, zero: Edge, one: Edge) -> Result<Edge, TooLarge> {
        if zero == one {
            return Ok(zero);
        }
        // A node's way for 0 is never negated: of a node and its negation only one exists.
        let negated = zero.0 & 1;
        let node = Node { bit, zero: Edge(zero.0 ^ negated), one: Edge(one.0 ^ negated) };
        let mask = self.table.len() - 1;
        let hash = Self::place(node);
        // Places are taken from the low bits, so the high ones tell neighbours apart.
        let tag = (hash >> 32) as u32;
        let mut at = hash & mask;
        while self.table[at].0 != FREE {
            let (index, known) = self.table[at];
            if known == tag && self.nodes[index as usize] == node {
                return Ok(Edge(index << 1 | negated));
            }
            at = (at + 1) & mask;
        }
        if self.nodes.len() >= self.limits.nodes.min(i32::MAX as usize) {
            return Err(TooLarge);
        }
        let index = self.nodes.len() as u32;
        self.nodes.push(node);
        self.table[at] = (index, tag);
        if self.nodes.len() * 2 > self.table.len() {
            self.grow();
        }
        Ok(Edge(index << 1 | negated))
    }

    fn grow(&mut self) {
        let size = self.table.len() * 4;
        self.table = vec![(FREE, 0); size];
        for (index, &node) in self.nodes.iter().enumerate().skip(2) {
            let hash = Self::place(node);
            let mut at = hash & (size - 1);
            while self.table[at].0 != FREE {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = (index as u32, (hash >> 32) as u32);
        }
        let answers = size.min(MOST_ANSWERS);
        for known in [&mut self.answers, &mut self.overlays] {
            known.clear();
            known.resize(answers, NOTHING);
        }
    }

    /// The bit that a diagram asks first.
    pub(super) fn bit(&self, edge: Edge) -> u16 {
        self.nodes[edge.index()].bit
    }

    /// What a diagram becomes where a bit, not behind the first that it asks, is 0 and 1.
    pub(super) fn ways(&self, edge: Edge, bit: u16) -> (Edge, Edge) {
        let node = self.nodes[edge.index()];
        if node.bit != bit {
            return (edge, edge);
        }
        let negated = edge.0 & 1;
        (Edge(node.zero.0 ^ negated), Edge(node.one.0 ^ negated))
    }

    /// Where both are true.
    pub(super) fn and(&mut self, a: Edge, b: Edge) -> Result<Edge, TooLarge> {
        if a == b || b == Edge::TRUE {
            return Ok(a);
        }
        if a == Edge::TRUE {
            return Ok(b);
        }
        if a == Edge::FALSE || b == Edge::FALSE || a == !b {
            return Ok(Edge::FALSE);
        }
        let (a, b) = (a.min(b), a.max(b));
        let at = mix(u64::from(a.0), u64::from(b.0)) & (self.answers.len() - 1);
        let [x, y, known] = self.answers[at];
        if x == a && y == b {
            return Ok(known);
        }
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(TooLarge);
        }
        let bit = self.bit(a).min(self.bit(b));
        let (a0, a1) = self.ways(a, bit);
        let (b0, b1) = self.ways(b, bit);
        let zero = self.and(a0, b0)?;
        let one = self.and(a1, b1)?;
        let both = self.node(bit, zero, one)?;
        // The store may have grown meanwhile, and the place have moved.
        let at = mix(u64::from(a.0), u64::from(b.0)) & (self.answers.len() - 1);
        self.answers[at] = [a, b, both];
        Ok(both)
    }

    /// What the first says; where it is [`Edge::OPEN`], what the second says.
    pub(super) fn before(&mut self, a: Edge, b: Edge) -> Result<Edge, TooLarge> {
        if a == Edge::OPEN {
            return Ok(b);
        }
        if a.is_constant() || b == Edge::OPEN || a == b {
            return Ok(a);
        }
        let at = mix(u64::from(a.0), u64::from(b.0)) & (self.overlays.len() - 1);
        let [x, y, known] = self.overlays[at];
        if x == a && y == b {
            return Ok(known);
        }
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(TooLarge);
        }
        let bit = self.bit(a).min(self.bit(b));
        let (a0, a1) = self.ways(a, bit);
        let (b0, b1) = self.ways(b, bit);
        let zero = self.before(a0, b0)?;
        let one = self.before(a1, b1)?;
        let both = self.node(bit, zero, one)?;
        let at = mix(u64::from(a.0), u64::from(b.0)) & (self.overlays.len() - 1);
        self.overlays[at] = [a, b, both];
        Ok(both)
    }

    /// Where at least one is true.
    pub(super) fn or(&mut self, a: Edge, b: Edge) -> Result<Edge, TooLarge> {
        Ok(!self.and(!a, !b)?)
    }

    /// Where the first is true and the second is not.
    pub(super) fn minus(&mut self, a: Edge, b: Edge) -> Result<Edge, TooLarge> {
        self.and(a, !b)
    }

    /// `inside` where the number of a field lies in one of the ranges (sorted, apart), `outside` elsewhere.
    ///
    /// Both may only ask bits behind the field.
    pub(super) fn within(
        &mut self,
        field: Field,
        ranges: &[(u128, u128)],
        inside: Edge,
        outside: Edge,
    ) -> Result<Edge, TooLarge> {
        if inside == outside {
            return Ok(inside);
        }
        self.block(field.first, (0, field.max()), ranges, (inside, outside))
    }

    fn block(
        &mut self,
        bit: u16,
        (first, last): (u128, u128),
        ranges: &[(u128, u128)],
        ways: (Edge, Edge),
    ) -> Result<Edge, TooLarge> {
        match ranges {
            [] => return Ok(ways.1),
            [(a, b)] if *a <= first && last <= *b => return Ok(ways.0),
            _ => {}
        }
        let middle = first + (last - first) / 2;
        let low = &ranges[..ranges.partition_point(|r| r.0 <= middle)];
        let high = &ranges[ranges.partition_point(|r| r.1 <= middle)..];
        let zero = self.block(bit + 1, (first, middle), low, ways)?;
        let one = self.block(bit + 1, (middle + 1, last), high, ways)?;
        self.node(bit, zero, one)
    }

    /// What a diagram becomes for each number of a field: ranges in ascending order, neighbours different, false left out.
    ///
    /// The diagram may only ask bits of the field and behind it.
    pub(super) fn pieces(&self, field: Field, edge: Edge) -> Vec<(u128, u128, Edge)> {
        let mut found = Vec::new();
        self.collect(field.end(), 0, field.max(), edge, field.first, &mut found);
        found
    }

    fn collect(&self, end: u16, first: u128, last: u128, edge: Edge, bit: u16, found: &mut Vec<(u128, u128, Edge)>) {
        if edge == Edge::FALSE {
            return;
        }
        if self.bit(edge) >= end {
            match found.last_mut() {
                Some(before) if before.2 == edge && before.1.checked_add(1) == Some(first) => before.1 = last,
                _ => found.push((first, last, edge)),
            }
            return;
        }
        let (zero, one) = self.ways(edge, bit);
        let middle = first + (last - first) / 2;
        self.collect(end, first, middle, zero, bit + 1, found);
        self.collect(end, middle + 1, last, one, bit + 1, found);
    }

    /// What a diagram becomes where a field has this number.
    pub(super) fn at(&self, field: Field, number: u128, edge: Edge) -> Edge {
        let mut edge = edge;
        loop {
            let bit = self.bit(edge);
            if bit >= field.end() {
                return edge;
            }
            let (zero, one) = self.ways(edge, bit);
            edge = if number >> (field.end() - 1 - bit) & 1 == 1 { one } else { zero };
        }
    }
}
