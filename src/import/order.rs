//! The order of the statements: operands first, and what stands in one module side by side, so that it is one group.

use std::collections::{BTreeSet, HashMap, HashSet};

/// A statement of the block, or the edge of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A node, by its number.
    Node(usize),
    /// A group begins, with its label.
    Open(String),
    /// The innermost group ends.
    Close,
}

/// A node as the order sees it: the modules that it stands in, and what it needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// The modules, the outermost first; for a leaf those that all of its uses stand in.
    pub scope: Vec<String>,
    /// Whether it is a leaf, which stands with its uses, rather than a gate.
    pub is_leaf: bool,
    /// The nodes that must stand before it, all with smaller numbers.
    pub needs: Vec<usize>,
}

/// The lines of a block with these nodes. A module that cannot stand together, since something between its nodes
/// stands outside it, becomes several groups. A frame around a single node would say nothing, and is left out.
pub(super) fn lines(items: &[Item]) -> Vec<Line> {
    let mut lines = Vec::new();
    arrange(items, &(0..items.len()).collect::<Vec<_>>(), 0, &mut lines);
    lines
}

/// What stands at one level: a node, or the nodes of a module that have not been placed yet.
struct Part {
    module: Option<String>,
    nodes: Vec<usize>,
}

/// Arranges `members`, which share their first `depth` modules.
fn arrange(items: &[Item], members: &[usize], depth: usize, lines: &mut Vec<Line>) {
    let (mut parts, part_of) = parts_of(items, members, depth);
    // How many needs of a part lie in other parts that are not placed.
    let mut waiting = vec![0_usize; parts.len()];
    let mut users: HashMap<usize, Vec<usize>> = HashMap::new();
    for &member in members {
        for need in &items[member].needs {
            if part_of.get(need).is_some_and(|other| *other != part_of[&member]) {
                waiting[part_of[&member]] += 1;
                users.entry(*need).or_default().push(part_of[&member]);
            }
        }
    }
    let mut ready: BTreeSet<usize> = (0..parts.len()).filter(|part| waiting[*part] == 0).collect();
    let mut open: BTreeSet<usize> = (0..parts.len()).collect();
    let mut placed: HashSet<usize> = HashSet::new();
    while let Some(&last) = open.last() {
        // Where every part waits for another, the one that has the first gate of all begins.
        let first_gate = |part: &usize| parts[*part].nodes.iter().copied().find(|node| !items[*node].is_leaf);
        let stuck = || open.iter().copied().min_by_key(|part| first_gate(part).unwrap_or(usize::MAX));
        let part = ready.pop_first().or_else(stuck).unwrap_or(last);
        let nodes = if waiting[part] == 0 {
            std::mem::take(&mut parts[part].nodes)
        } else {
            placeable(items, &mut parts[part].nodes, &part_of, &placed)
        };
        if parts[part].nodes.is_empty() {
            open.remove(&part);
        }
        for node in &nodes {
            placed.insert(*node);
            for user in users.remove(node).into_iter().flatten() {
                waiting[user] -= 1;
                if waiting[user] == 0 && open.contains(&user) {
                    ready.insert(user);
                }
            }
        }
        place(items, &parts[part], &nodes, depth, lines);
    }
}

/// The nodes and modules of a level, in the order of their first nodes, and which of them each node belongs to.
fn parts_of(items: &[Item], members: &[usize], depth: usize) -> (Vec<Part>, HashMap<usize, usize>) {
    let mut parts: Vec<Part> = Vec::new();
    let mut part_of: HashMap<usize, usize> = HashMap::with_capacity(members.len());
    let mut modules: HashMap<&str, usize> = HashMap::new();
    for &member in members {
        let module = items[member].scope.get(depth);
        let part = match module.and_then(|module| modules.get(module.as_str())) {
            Some(&part) => part,
            None => {
                parts.push(Part { module: module.cloned(), nodes: Vec::new() });
                module.into_iter().for_each(|module| {
                    modules.insert(module, parts.len() - 1);
                });
                parts.len() - 1
            }
        };
        parts[part].nodes.push(member);
        part_of.insert(member, part);
    }
    (parts, part_of)
}

/// Takes from the nodes of a module those that need nothing outside it that is not placed yet, directly or through others
/// of them, and the leaves for them. Since every need has a smaller number, of the module with the first gate there is at
/// least that one.
fn placeable(
    items: &[Item],
    nodes: &mut Vec<usize>,
    part_of: &HashMap<usize, usize>,
    placed: &HashSet<usize>,
) -> Vec<usize> {
    let mut taken: HashSet<usize> = HashSet::new();
    for &node in nodes.iter() {
        let fits = |need: &usize| !part_of.contains_key(need) || placed.contains(need) || taken.contains(need);
        if items[node].needs.iter().all(fits) {
            taken.insert(node);
        }
    }
    let needed: HashSet<usize> = taken.iter().flat_map(|node| items[*node].needs.iter().copied()).collect();
    taken.retain(|node| !items[*node].is_leaf || needed.contains(node));
    let (taken, left) = nodes.iter().partition(|node| taken.contains(node));
    *nodes = left;
    taken
}

/// Writes the nodes of a part, in a group if they are those of a module.
fn place(items: &[Item], part: &Part, nodes: &[usize], depth: usize, lines: &mut Vec<Line>) {
    let Some(module) = &part.module else { return lines.extend(nodes.iter().map(|node| Line::Node(*node))) };
    if let [node] = nodes {
        return lines.push(Line::Node(*node));
    }
    let start = lines.len();
    arrange(items, nodes, depth + 1, lines);
    // A module that holds nothing but another is one frame with it.
    let is_whole = matches!(lines.get(start), Some(Line::Open(_))) && closes_at_end(&lines[start..]);
    match lines.get_mut(start) {
        Some(Line::Open(inner)) if is_whole && inner.starts_with(&format!("{module}.")) => {}
        Some(Line::Open(inner)) if is_whole => *inner = format!("{module}.{inner}"),
        _ => {
            // The number of a module says nothing without what it counts.
            let around = depth.checked_sub(1).map(|around| items[nodes[0]].scope[around].as_str());
            let is_number = module.chars().all(|c| c.is_ascii_digit());
            let label = match around.filter(|_| is_number) {
                Some(around) => format!("{around}.{module}"),
                None => module.clone(),
            };
            lines.insert(start, Line::Open(label));
            lines.push(Line::Close);
        }
    }
}

/// Whether the group that the first line opens ends with the last.
fn closes_at_end(lines: &[Line]) -> bool {
    let mut depth = 0;
    for (place, line) in lines.iter().enumerate() {
        match line {
            Line::Open(_) => depth += 1,
            Line::Close => depth -= 1,
            Line::Node(_) => {}
        }
        if depth == 0 {
            return place + 1 == lines.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes as `scope:needs`, and the lines with the nodes' numbers.
    #[track_caller]
    fn check(nodes: &str, expected: &str) {
        let items: Vec<Item> = nodes
            .split(' ')
            .map(|node| {
                let (scope, needs) = node.split_once(':').expect("a colon");
                Item {
                    is_leaf: needs == "leaf",
                    scope: scope.split('/').filter(|module| !module.is_empty()).map(str::to_owned).collect(),
                    needs: needs.split(',').filter_map(|need| need.parse().ok()).collect(),
                }
            })
            .collect();
        let shown: Vec<String> = lines(&items)
            .into_iter()
            .map(|line| match line {
                Line::Node(node) => node.to_string(),
                Line::Open(label) => format!("{label}{{"),
                Line::Close => "}".to_owned(),
            })
            .collect();
        assert_eq!(shown.join(" "), expected, "{nodes}");
    }

    #[test]
    fn modules_stand_together_where_they_can() {
        check(": a:0 b:1 a:0 b:2", "0 a{ 1 3 } b{ 2 4 }");
        // What lies between the nodes of `a` is made of one and feeds the other.
        check("a: a:0 :1 a:2 a:3", "a{ 0 1 } 2 a{ 3 4 }");
        // Two modules that feed each other.
        check("a: b:0 a:1 b:2 b:3", "0 1 2 b{ 3 4 }");
        check("a/b: a/b:0 a/c:1 a/c:2", "a{ b{ 0 1 } c{ 2 3 } }");
        check("a/b: a/b:0 :1", "a.b{ 0 1 } 2");
        check("a: b: :0,1", "0 1 2");
        check("a/0: a/0:0 a/1:1 a/1:2", "a{ a.0{ 0 1 } a.1{ 2 3 } }");
        check("a/0: a/0:0 :1", "a.0{ 0 1 } 2");
        // The leaf 3 waits for the gate that needs it.
        check("a: a:0 :1 a:leaf a:2,3", "a{ 0 1 } 2 a{ 3 4 }");
    }
}
