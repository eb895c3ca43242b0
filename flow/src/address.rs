//! Addresses: what a node or a connection of a flow is known by, those inside loops among them: `Loop/Node`.
//!
//! Always holds: no name has a slash that `check` lets through, so an address is read in one way only.

use crate::definition::{Connection, Definition, Node};

/// The address of what has this name in a loop's body; in the flow itself, where `place` is empty, the name.
pub fn join(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") }
}

/// The loop that it is in, and its name there.
pub fn split(address: &str) -> (&str, &str) {
    address.rsplit_once('/').unwrap_or(("", address))
}

/// The loop that it is in; empty in the flow itself.
pub fn place(address: &str) -> &str {
    split(address).0
}

/// Its name, without the way to it.
pub fn name(address: &str) -> &str {
    split(address).1
}

/// Whether it is in this loop, at any depth; everything is in the flow itself.
pub fn is_inside(address: &str, owner: &str) -> bool {
    owner.is_empty() || address.strip_prefix(owner).is_some_and(|rest| rest.starts_with('/'))
}

/// The same address after a node on the way, or the node itself, moved from one address to another; none where it is
/// not concerned.
pub fn moved(address: &str, from: &str, to: &str) -> Option<String> {
    match address.strip_prefix(from)? {
        "" => Some(to.to_owned()),
        rest if rest.starts_with('/') => Some(format!("{to}{rest}")),
        _ => None,
    }
}

impl Definition {
    /// The body of the loop at this address; the definition itself where it is empty.
    pub fn body_at(&self, place: &str) -> Option<&Self> {
        if place.is_empty() { Some(self) } else { self.at(place)?.body() }
    }

    /// The same, to change it.
    pub fn body_at_mut(&mut self, place: &str) -> Option<&mut Self> {
        if place.is_empty() { Some(self) } else { self.at_mut(place)?.body_mut() }
    }

    /// The node at this address.
    pub fn at(&self, address: &str) -> Option<&Node> {
        let (place, name) = split(address);
        self.body_at(place)?.node(name)
    }

    /// The node at this address, to change it.
    pub fn at_mut(&mut self, address: &str) -> Option<&mut Node> {
        let (place, name) = split(address);
        self.body_at_mut(place)?.node_mut(name)
    }

    /// Every node with its address, those inside loops right behind their loop.
    pub fn every_node(&self) -> Vec<(String, &Node)> {
        let mut every = Vec::new();
        self.gather("", &mut |_, _| {}, &mut |address, node| every.push((address, node)));
        every
    }

    /// Every connection with its address.
    pub fn every_connection(&self) -> Vec<(String, &Connection)> {
        let mut every = Vec::new();
        self.gather("", &mut |address, connection| every.push((address, connection)), &mut |_, _| {});
        every
    }

    fn gather<'a>(
        &'a self,
        place: &str,
        connection: &mut dyn FnMut(String, &'a Connection),
        node: &mut dyn FnMut(String, &'a Node),
    ) {
        for own in &self.connections {
            connection(join(place, &own.name), own);
        }
        for own in &self.nodes {
            let address = join(place, &own.name);
            node(address.clone(), own);
            if let Some(body) = own.body() {
                body.gather(&address, connection, node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_its_node() {
        let definition: Definition = serde_json::from_value(serde_json::json!({"nodes": [
            {"name": "Ask", "type": "Prompt"},
            {"name": "Outer", "type": "Loop", "configuration": {"loop": {"definition": {"nodes": [
                {"name": "Ask", "type": "Prompt"},
                {"name": "Inner", "type": "Loop", "configuration": {"loop": {"definition": {
                    "nodes": [{"name": "Ask", "type": "Prompt"}]}}}}
            ]}}}}
        ]}))
        .unwrap();
        let addresses: Vec<String> =
            definition.every_node().into_iter().map(|(address, _)| address).collect();
        assert_eq!(addresses, ["Ask", "Outer", "Outer/Ask", "Outer/Inner", "Outer/Inner/Ask"]);
        for (address, node) in definition.every_node() {
            assert_eq!(definition.at(&address), Some(node));
        }
        assert_eq!(definition.at("Ask/Ask"), None);
        assert_eq!(definition.at("Outer/"), None);
        assert_eq!(definition.at("/Ask"), definition.node("Ask"));
    }

    #[test]
    fn what_is_inside_moves_along() {
        assert_eq!(moved("Outer/Ask", "Outer", "Again").as_deref(), Some("Again/Ask"));
        assert_eq!(moved("Outer", "Outer", "Again").as_deref(), Some("Again"));
        assert_eq!(moved("Outermost", "Outer", "Again"), None);
        assert!(is_inside("Outer/Inner/Ask", "Outer") && !is_inside("Outer", "Outer"));
        assert!(is_inside("Ask", ""));
    }
}
