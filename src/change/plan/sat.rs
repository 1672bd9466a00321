//! Orders as a question for a SAT solver: a total order of the units, and clauses "one of these before one of those".
//!
//! The only place that names the solver. It knows neither drawings nor verdicts.

use batsat::{BasicSolver, Lit, SolverInterface, Var, lbool};

/// "`a` comes before `b`", by position.
pub(super) type Before = (usize, usize);

/// A total order of `n` things under clauses that can be switched off.
pub(super) struct Orders {
    solver: BasicSolver,
    n: usize,
    /// For `a < b`: the variable "a comes before b".
    pairs: Vec<Var>,
    /// Per clause: the variable that switches it on.
    switches: Vec<Var>,
}

impl Orders {
    /// Orders of `n` things; where nothing decides, they stay as in `wish`.
    pub(super) fn new(n: usize, wish: &[usize]) -> Self {
        let mut rank = vec![0; n];
        for (i, &thing) in wish.iter().enumerate() {
            rank[thing] = i;
        }
        let mut solver = BasicSolver::default();
        let mut pairs = Vec::new();
        for b in 0..n {
            for a in 0..b {
                pairs.push(solver.new_var(if rank[a] < rank[b] { lbool::TRUE } else { lbool::FALSE }, true));
            }
        }
        let mut orders = Self { solver, n, pairs, switches: Vec::new() };
        for a in 0..n {
            for b in 0..n {
                for c in 0..n {
                    if a != b && b != c && a != c {
                        // a before b and b before c: a before c.
                        let mut clause = vec![!orders.before(a, b), !orders.before(b, c), orders.before(a, c)];
                        orders.solver.add_clause_reuse(&mut clause);
                    }
                }
            }
        }
        orders
    }

    fn before(&self, a: usize, b: usize) -> Lit {
        let (low, high) = (a.min(b), a.max(b));
        Lit::new(self.pairs[high * (high - 1) / 2 + low], a < b)
    }

    /// Adds a clause: one of these has to hold. Returns its number.
    pub(super) fn add(&mut self, any: &[Before]) -> usize {
        let switch = self.solver.new_var(lbool::TRUE, true);
        let mut clause: Vec<Lit> = any.iter().map(|&(a, b)| self.before(a, b)).collect();
        clause.push(Lit::new(switch, false));
        self.solver.add_clause_reuse(&mut clause);
        self.switches.push(switch);
        self.switches.len() - 1
    }

    /// An order under some clauses, or `None`.
    pub(super) fn solve(&mut self, clauses: impl IntoIterator<Item = usize>) -> Option<Vec<usize>> {
        let assumed: Vec<Lit> = clauses.into_iter().map(|c| Lit::new(self.switches[c], true)).collect();
        if self.solver.solve_limited(&assumed) != lbool::TRUE {
            return None;
        }
        let mut order: Vec<usize> = (0..self.n).collect();
        let earlier = |this: &Self, thing: usize| {
            (0..this.n).filter(|&o| o != thing && this.solver.value_lit(this.before(o, thing)) == lbool::TRUE).count()
        };
        order.sort_by_key(|&thing| (earlier(self, thing), thing));
        Some(order)
    }

    /// As few of some clauses as contradict each other already, none of which can be left out. They have to contradict
    /// each other.
    pub(super) fn core(&mut self, clauses: &[usize]) -> Vec<usize> {
        let mut kept = clauses.to_vec();
        let mut at = 0;
        while at < kept.len() {
            let without: Vec<usize> = kept.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, &c)| c).collect();
            if self.solve(without.iter().copied()).is_none() {
                kept = without;
            } else {
                at += 1;
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::Orders;

    #[test]
    fn an_order_keeps_the_wish_where_nothing_decides() {
        assert_eq!(Orders::new(4, &[2, 0, 3, 1]).solve([]), Some(vec![2, 0, 3, 1]));
        assert_eq!(Orders::new(1, &[0]).solve([]), Some(vec![0]));
    }

    #[test]
    fn clauses_are_kept_and_a_core_has_no_more_than_it_needs() {
        let mut orders = Orders::new(3, &[0, 1, 2]);
        let free = orders.add(&[(0, 1), (1, 0)]);
        let a = orders.add(&[(2, 0)]);
        let b = orders.add(&[(0, 1)]);
        let c = orders.add(&[(1, 2)]);
        assert_eq!(orders.solve([a, b]), Some(vec![2, 0, 1]));
        assert_eq!(orders.solve([free, a, b, c]), None);
        assert_eq!(orders.core(&[free, a, b, c]), vec![a, b, c]);
        assert!(orders.solve([b, c]).is_some(), "what was switched on once can be switched off");
    }
}
