//! Recursive types: the members of generated types that need a `Box` so that every type has a finite size.
//!
//! A member in a list or a map needs no box. All other members form a graph of types. A member is boxed if its
//! edge lies within a strongly connected component of this graph.

use std::collections::{HashMap, HashSet};

use writ_contract::model::schema::Kind;

use crate::rust::plan::types::{TypeKey, TypePlan};
use writ_contract::model::Direction;

/// Returns the members of declared types that need a `Box`, as pairs of holder and member.
pub fn boxed(plan: &TypePlan<'_>) -> HashSet<(TypeKey, TypeKey)> {
    let index: HashMap<TypeKey, usize> = plan.order.iter().enumerate().map(|(at, key)| (*key, at)).collect();
    let edges: Vec<Vec<usize>> = plan
        .order
        .iter()
        .map(|key| direct_members(plan, *key).iter().filter_map(|held| index.get(held).copied()).collect())
        .collect();
    let component = components(&edges);
    let mut boxed = HashSet::new();
    for (holder, members) in edges.iter().enumerate() {
        for held in members {
            if component[holder] == component[*held] {
                boxed.insert((plan.order[holder], plan.order[*held]));
            }
        }
    }
    boxed
}

/// Returns the declared types that a declared type holds directly, not in a list or map.
fn direct_members(plan: &TypePlan<'_>, key: TypeKey) -> Vec<TypeKey> {
    let directions = match key.only {
        Some(direction) => vec![direction],
        None => vec![Direction::Inbound, Direction::Outbound],
    };
    let mut members = Vec::new();
    for direction in &directions {
        match &plan.contract.schemas.get(key.schema).kind {
            _ if plan.custom_type(key.schema).is_some() => {}
            Kind::Object(_) => {
                let properties = plan.properties(key);
                members.extend(properties.iter().filter_map(|property| plan.direct(property.schema, *direction)));
            }
            Kind::Union(union) => {
                members.extend(union.branches.iter().filter_map(|branch| plan.direct(*branch, *direction)))
            }
            _ => {}
        }
    }
    members
}

/// Returns the strongly connected component of each node in a graph, as the index of one of the component's nodes.
///
/// Uses Tarjan's algorithm without recursion, since contracts may be deep. A node outside of all cycles is a
/// component of its own.
pub fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let count = edges.len();
    let mut order = vec![UNSEEN; count];
    let mut low = vec![0; count];
    let mut component = vec![UNSEEN; count];
    let mut open: Vec<usize> = Vec::new();
    let mut next = 0;
    for start in 0..count {
        if order[start] != UNSEEN {
            continue;
        }
        let mut work: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                open.push(node);
            }
            if let Some(target) = edges[node].get(edge) {
                work.push((node, edge + 1));
                if order[*target] == UNSEEN {
                    work.push((*target, 0));
                } else if component[*target] == UNSEEN {
                    low[node] = low[node].min(order[*target]);
                }
                continue;
            }
            if low[node] == order[node] {
                while let Some(member) = open.pop() {
                    component[member] = node;
                    if member == node {
                        break;
                    }
                }
            }
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn nodes_on_a_cycle_share_a_component_and_other_nodes_do_not() {
        // The edges are 0 -> 1 -> 2 -> 0, 2 -> 3, 3 -> 3 and 4 -> 0.
        let found = components(&[vec![1], vec![2], vec![0, 3], vec![3], vec![0]]);
        assert_eq!(found[0], found[1]);
        assert_eq!(found[1], found[2]);
        assert_ne!(found[2], found[3]);
        assert_ne!(found[4], found[0]);
    }
}
