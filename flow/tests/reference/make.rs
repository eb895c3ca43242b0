//! Flows made by chance: each node takes what nodes before it give, so that there is no circle.

use serde_json::{Value, json};

use crate::support::{collector, condition, input, iterator, node, output, prompt};

pub struct Made {
    pub definition: Value,
    pub extensions: Value,
    pub input: Value,
}

/// Something that a node gives: from where, of what type, and inside which iterations.
#[derive(Clone)]
struct Wire {
    from: String,
    output: String,
    kind: &'static str,
    path: Vec<String>,
}

/// A branch that nothing hangs on yet.
#[derive(Clone)]
struct Branch {
    condition: String,
    name: String,
    path: Vec<String>,
}

struct Maker<'a> {
    choices: std::slice::Iter<'a, u16>,
    nodes: Vec<Value>,
    ways: Vec<Value>,
    wires: Vec<Wire>,
    branches: Vec<Branch>,
    extensions: serde_json::Map<String, Value>,
}

/// A flow from a row of choices.
pub fn flow(choices: &[u16]) -> Made {
    let mut maker = Maker {
        choices: choices.iter(),
        nodes: vec![input("Array")],
        ways: Vec::new(),
        wires: vec![Wire {
            from: "Start".into(),
            output: "document".into(),
            kind: "Array",
            path: Vec::new(),
        }],
        branches: Vec::new(),
        extensions: serde_json::Map::new(),
    };
    let items = maker.choose(4);
    let input: Vec<&str> = (0..items).map(|_| ["a", "b", "c"][maker.choose(3)]).collect();
    for at in 0..3 + maker.choose(9) {
        match maker.choose(9) {
            0..=2 => maker.prompt(at),
            3 => maker.condition(at),
            4 | 5 => maker.iterator(at),
            6 => maker.collector(at),
            7 => maker.repeat(at),
            _ => maker.output(at),
        }
    }
    maker.finish();
    Made {
        definition: json!({"nodes": maker.nodes, "connections": maker.ways}),
        extensions: json!({"nodes": maker.extensions}),
        input: json!(input),
    }
}

impl Maker<'_> {
    fn choose(&mut self, among: usize) -> usize {
        usize::from(*self.choices.next().unwrap_or(&0)) % among.max(1)
    }

    /// Something of this type whose iterations lie along the path so far, which may become longer.
    fn take(&mut self, kind: &str, path: &mut Vec<String>) -> Option<Wire> {
        let along =
            |wire: &&Wire| wire.kind == kind && (wire.path.starts_with(path) || path.starts_with(&wire.path));
        let fits: Vec<Wire> = self.wires.iter().filter(along).cloned().collect();
        if fits.is_empty() {
            return None;
        }
        let wire = fits[self.choose(fits.len())].clone();
        if wire.path.len() > path.len() {
            path.clone_from(&wire.path);
        }
        Some(wire)
    }

    /// Something for an input, of one node or joined of several, with the type that the input has then.
    fn feed(
        &mut self,
        kind: &'static str,
        path: &mut Vec<String>,
        array: bool,
    ) -> Option<(Vec<Wire>, Option<Value>, &'static str)> {
        let first = self.take(kind, path)?;
        if self.choose(3) != 0 {
            return Some((vec![first], None, kind));
        }
        let mut wires = vec![first];
        for _ in 0..1 + self.choose(2) {
            let more = self.take(kind, path)?;
            if !wires.iter().any(|wire| wire.from == more.from && wire.output == more.output) {
                wires.push(more);
            }
        }
        let (join, kind) = match self.choose(if array { 4 } else { 2 }) {
            2 => (json!("all"), "Array"),
            3 if wires.len() > 1 => (json!({"first": 2}), "Array"),
            1 => (json!({"first": 1}), kind),
            _ => (json!("any"), kind),
        };
        Some((wires, Some(join), kind))
    }

    fn connect_all(&mut self, fed: (Vec<Wire>, Option<Value>, &'static str), target: &str, input: &str) {
        for wire in fed.0 {
            self.connect(&wire, target, input);
        }
        if let Some(join) = fed.1 {
            self.join(target, input, join);
        }
    }

    fn join(&mut self, key: &str, input: &str, join: Value) {
        let entry = self.extensions.entry(key).or_insert_with(|| json!({}));
        entry["joins"][input] = join;
    }

    fn parallel(&mut self, name: &str, items: usize) {
        self.extensions.entry(name).or_insert_with(|| json!({}))["parallel"] = json!(items);
    }

    fn connect(&mut self, wire: &Wire, target: &str, input: &str) {
        let name = format!("c{}", self.ways.len());
        self.ways.push(json!({"name": name, "type": "Data", "source": wire.from, "target": target,
            "configuration": {"data": {"sourceOutput": wire.output, "targetInput": input}}}));
    }

    /// Hangs a node on an open branch, sometimes.
    fn gate(&mut self, target: &str, path: &mut Vec<String>) {
        if self.branches.is_empty() || self.choose(2) == 0 {
            return;
        }
        let at = self.choose(self.branches.len());
        let branch = self.branches[at].clone();
        if !(branch.path.starts_with(path) || path.starts_with(&branch.path)) {
            return;
        }
        if branch.path.len() > path.len() {
            path.clone_from(&branch.path);
        }
        self.hang(target, &branch);
        if self.choose(2) == 0 {
            self.branches.remove(at);
        }
    }

    fn hang(&mut self, target: &str, branch: &Branch) {
        let name = format!("c{}", self.ways.len());
        let gate = json!({"name": name, "type": "Conditional", "source": branch.condition, "target": target,
            "configuration": {"conditional": {"condition": branch.name}}});
        let again = |way: &Value| {
            way["source"] == gate["source"]
                && way["target"] == gate["target"]
                && way["configuration"] == gate["configuration"]
        };
        if !self.ways.iter().any(again) {
            self.ways.push(gate);
        }
    }

    fn gives(&mut self, from: &str, output: &str, kind: &'static str, path: Vec<String>) {
        self.wires.push(Wire { from: from.into(), output: output.into(), kind, path });
    }

    fn prompt(&mut self, at: usize) {
        let (name, mut path) = (format!("Prompt{at}"), Vec::new());
        let names = ["one", "two"];
        let mut taken = Vec::new();
        for _ in 0..1 + self.choose(2) {
            taken.extend(self.feed("String", &mut path, true));
        }
        if taken.is_empty() {
            return;
        }
        let mut node = prompt(&name, &names[..taken.len()]);
        for (at, (fed, input)) in taken.into_iter().zip(names).enumerate() {
            node["inputs"][at]["type"] = json!(fed.2);
            self.connect_all(fed, &name, input);
        }
        self.nodes.push(node);
        self.gate(&name, &mut path);
        self.gives(&name, "modelCompletion", "String", path);
    }

    fn condition(&mut self, at: usize) {
        let (name, mut path) = (format!("Route{at}"), Vec::new());
        let Some(fed) = self.feed("String", &mut path, false) else { return };
        let expression = format!("value {} \"{}\"", ["==", "!="][self.choose(2)], ["a", "b"][self.choose(2)]);
        self.nodes.push(condition(&name, "String", &[("first", &expression)]));
        self.connect_all(fed, &name, "value");
        self.gate(&name, &mut path);
        for branch in ["first", "default"] {
            self.branches.push(Branch { condition: name.clone(), name: branch.into(), path: path.clone() });
        }
    }

    fn iterator(&mut self, at: usize) {
        let (name, mut path) = (format!("Each{at}"), Vec::new());
        let from = ["Array", "String"][usize::from(self.choose(4) == 0)];
        let Some(fed) = self.feed(from, &mut path, from == "String") else { return };
        if fed.2 != "Array" {
            return;
        }
        if path.len() >= 2 {
            return;
        }
        self.nodes.push(iterator(&name, "String"));
        self.connect_all(fed, &name, "array");
        self.gate(&name, &mut path);
        if path.len() >= 2 {
            // Three levels of three items each are many.
            let items = 1 + self.choose(2);
            self.parallel(&name, items);
        } else if self.choose(2) == 0 {
            self.parallel(&name, 2);
        }
        path.push(name.clone());
        self.gives(&name, "arrayItem", "String", path);
    }

    fn collector(&mut self, at: usize) {
        let (name, mut path) = (format!("All{at}"), Vec::new());
        let inside: Vec<Wire> = self
            .wires
            .iter()
            .filter(|wire| wire.kind == "String" && !wire.path.is_empty())
            .cloned()
            .collect();
        if inside.is_empty() {
            return;
        }
        let wire = inside[self.choose(inside.len())].clone();
        path.clone_from(&wire.path);
        let Some(iterator) = path.pop() else { return };
        // Others of the same item, or the same for every item.
        let join = self.choose(3);
        let others: Vec<Wire> = self
            .wires
            .iter()
            .filter(|other| {
                other.kind == "String" && wire.path.starts_with(&other.path) && other.from != wire.from
            })
            .cloned()
            .collect();
        let kind = if join == 2 { "Array" } else { "String" };
        self.nodes.push(collector(&name, kind));
        self.connect(&wire, &name, "arrayItem");
        if join > 0 {
            self.join(&name, "arrayItem", json!(["any", "all"][join - 1]));
            if !others.is_empty() {
                let other = others[self.choose(others.len())].clone();
                self.connect(&other, &name, "arrayItem");
            }
        }
        let size = Wire { from: iterator, output: "arraySize".into(), kind: "Number", path: Vec::new() };
        self.connect(&size, &name, "arraySize");
        if kind == "Array" {
            // No Iterator here goes through arrays of arrays.
            let nested =
                Wire { from: name, output: "collectedArray".into(), kind: "Array", path: path.clone() };
            return self.add_output(&format!("Nested{at}"), &nested, &mut path);
        }
        self.gives(&name, "collectedArray", "Array", path);
    }

    /// A loop whose body is a prompt, or a prompt and a condition before its controller's values.
    fn repeat(&mut self, at: usize) {
        let (name, mut path) = (format!("Loop{at}"), Vec::new());
        let (Some(text), Some(fixed)) =
            (self.feed("String", &mut path, false), self.feed("String", &mut path, false))
        else {
            return;
        };
        let expression = ["text != \"x\"", "text == \"x\""][self.choose(2)];
        let mut controller = node(
            "Again",
            "LoopController",
            json!({"loopController": {"continueCondition": {"name": "more", "expression": expression},
                "maxIterations": 1 + self.choose(3)}}),
            &[("text", "String", "$.data"), ("next", "String", "$.data"), ("done", "String", "$.data")],
            &[],
        );
        for (at, category) in ["LoopCondition", "ReturnValueToLoopStart", "ExitLoop"].iter().enumerate() {
            controller["inputs"][at]["category"] = json!(category);
        }
        let mut nodes = vec![
            node(
                "Begin",
                "LoopInput",
                json!({"loopInput": {}}),
                &[],
                &[("next", "String"), ("fixed", "String")],
            ),
            prompt("More", &["text", "fixed"]),
            controller,
        ];
        let mut ways = vec![
            "Begin.next > More.text",
            "Begin.fixed > More.fixed",
            "More.modelCompletion > Again.text",
            "More.modelCompletion > Again.next",
            "More.modelCompletion > Again.done",
        ];
        if self.choose(2) == 0 {
            nodes.push(condition("Inner", "String", &[("first", "value == \"a\"")]));
            nodes.push(prompt("Aside", &["text"]));
            nodes.push(prompt("Other", &["text"]));
            ways.extend([
                "Begin.fixed > Inner.value",
                "Begin.next > Aside.text",
                "Begin.next > Other.text",
                "Inner?first > Aside",
                "Inner?default > Other",
            ]);
            if self.choose(2) == 0 {
                ways.retain(|way| !way.ends_with("Again.next"));
                ways.extend(["Aside.modelCompletion > Again.next", "Other.modelCompletion > Again.next"]);
                self.join(&format!("{name}/Again"), "next", json!("any"));
            }
        }
        let body = json!({"nodes": nodes, "connections": crate::support::connect(&ways)});
        self.nodes.push(node(
            &name,
            "Loop",
            json!({"loop": {"definition": body}}),
            &[("next", "String", "$.data"), ("fixed", "String", "$.data")],
            &[("done", "String"), ("iterationCount", "Number")],
        ));
        self.connect_all(text, &name, "next");
        self.connect_all(fixed, &name, "fixed");
        self.gate(&name, &mut path);
        self.gives(&name, "done", "String", path);
    }

    fn output(&mut self, at: usize) {
        let mut path = Vec::new();
        let kind = ["String", "Array"][self.choose(2)];
        if let Some(fed) = self.feed(kind, &mut path, true) {
            let name = format!("Out{at}");
            self.nodes.push(output(&name, fed.2));
            self.connect_all(fed, &name, "document");
            self.gate(&name, &mut path);
        }
    }

    fn add_output(&mut self, name: &str, wire: &Wire, path: &mut Vec<String>) {
        self.nodes.push(output(name, wire.kind));
        self.connect(wire, name, "document");
        self.gate(name, path);
    }

    /// Every branch has to lead somewhere, and something has to come out.
    fn finish(&mut self) {
        let used: Vec<Branch> = self
            .nodes
            .iter()
            .flat_map(|node| {
                let conditions =
                    node["configuration"]["condition"]["conditions"].as_array().cloned().unwrap_or_default();
                let name = node["name"].as_str().unwrap_or_default().to_owned();
                conditions
                    .into_iter()
                    .map(move |c| (name.clone(), c["name"].as_str().unwrap_or_default().to_owned()))
            })
            .filter_map(|(condition, name)| {
                let leads = self.ways.iter().any(|way| {
                    way["source"] == condition.as_str()
                        && way["configuration"]["conditional"]["condition"] == name.as_str()
                });
                let branch = self.branches.iter().find(|b| b.condition == condition && b.name == name);
                (!leads).then(|| branch.cloned()).flatten()
            })
            .collect();
        let start = self.wires[0].clone();
        for (at, branch) in used.into_iter().enumerate() {
            let name = format!("End{at}");
            self.nodes.push(output(&name, "Array"));
            self.connect(&start, &name, "document");
            self.hang(&name, &branch);
        }
        if let Some(wire) = self.wires.last().cloned() {
            self.nodes.push(output("Last", wire.kind));
            self.connect(&wire, "Last", "document");
        }
    }
}
