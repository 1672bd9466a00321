//! Strongly connected components, with a stack on the heap: the path through ten million nodes fits no thread's stack.
//!
//! Tarjan's algorithm, written as a loop. petgraph's calls itself.

/// Not seen yet.
const NEW: u32 = u32::MAX;

/// The component of each node, and how many there are. What a component reaches has lower numbers.
pub(super) fn components(n: usize, mut successors: impl FnMut(u32, &mut Vec<u32>)) -> (Vec<u32>, u32) {
    let mut seen = vec![NEW; n];
    let mut low = vec![0u32; n];
    let mut part = vec![NEW; n];
    let mut open: Vec<u32> = Vec::new();
    // The path, each node with where its successors begin in `next`.
    let mut path: Vec<(u32, usize)> = Vec::new();
    let mut next: Vec<u32> = Vec::new();
    let (mut clock, mut count) = (0u32, 0u32);
    for root in 0..n as u32 {
        if seen[root as usize] != NEW {
            continue;
        }
        let mut entering = Some(root);
        loop {
            if let Some(node) = entering.take() {
                seen[node as usize] = clock;
                low[node as usize] = clock;
                clock += 1;
                open.push(node);
                path.push((node, next.len()));
                successors(node, &mut next);
            }
            let Some(&(node, from)) = path.last() else { break };
            if next.len() > from {
                let Some(to) = next.pop() else { break };
                if seen[to as usize] == NEW {
                    entering = Some(to);
                } else if part[to as usize] == NEW {
                    low[node as usize] = low[node as usize].min(seen[to as usize]);
                }
                continue;
            }
            path.pop();
            if low[node as usize] == seen[node as usize] {
                while let Some(member) = open.pop() {
                    part[member as usize] = count;
                    if member == node {
                        break;
                    }
                }
                count += 1;
            }
            if let Some(&(before, _)) = path.last() {
                low[before as usize] = low[before as usize].min(low[node as usize]);
            }
        }
    }
    (part, count)
}

/// Rows of a list of `(from, to)`: for each of `n`, where its part of the second list begins.
pub(super) fn rows<T: Copy + Default>(n: usize, list: &[(u32, T)]) -> (Vec<u32>, Vec<T>) {
    let mut starts = vec![0u32; n + 1];
    for (from, _) in list {
        starts[*from as usize + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    let mut at = starts.clone();
    let mut to = vec![T::default(); list.len()];
    for &(from, t) in list {
        to[at[from as usize] as usize] = t;
        at[from as usize] += 1;
    }
    (starts, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_and_two_rings() {
        let n = 300_000u32;
        let (part, count) = components(n as usize, |i, out| out.extend((i + 1 < n).then_some(i + 1)));
        assert_eq!(count, n);
        assert!(part.windows(2).all(|w| w[0] > w[1]), "what is reached has lower numbers");
        // 0 → 1 → 2 → 0 → 3 ⇄ 4
        let edges: [&[u32]; 5] = [&[1, 3], &[2], &[0], &[4], &[3]];
        let (part, count) = components(5, |i, out| out.extend(edges[i as usize]));
        assert_eq!((part, count), (vec![1, 1, 1, 0, 0], 2));
    }

    #[test]
    fn rows_keep_the_order() {
        let (starts, to) = rows(3, &[(2, 7), (0, 5), (2, 6)]);
        assert_eq!((starts, to), (vec![0, 1, 1, 3], vec![5, 7, 6]));
    }
}
