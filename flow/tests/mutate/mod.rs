//! Changes of a definition's JSON: small faults that a person makes, each with where it has to be found, and blind ones.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};

/// Changes a value somewhere by chance: a text, a number, a list's order or length, a member's name.
pub fn by_chance(mut whole: Value, choices: &[u16]) -> Value {
    for choice in choices.chunks_exact(2) {
        let mut places = Vec::new();
        pointers(&whole, String::new(), &mut places);
        let at = places[usize::from(choice[0]) % places.len()].clone();
        let other = places[usize::from(choice[1]) % places.len()].clone();
        let spare = whole.pointer(&other).cloned().unwrap_or_default();
        let Some(value) = whole.pointer_mut(&at) else { continue };
        change(value, choice[1], spare);
    }
    whole
}

/// Changes a flow as an author might, so that it often still runs: a way less, another order, another condition.
pub fn gently(mut whole: Value, choices: &[u16]) -> Value {
    for choice in choices.chunks_exact(2) {
        let at = usize::from(choice[1]);
        match choice[0] % 6 {
            0 => remove(&mut whole, at, |way| way["type"] == "Conditional"),
            1 => {
                let outputs: Vec<Value> =
                    list(&whole, "nodes").iter().filter(|node| node["type"] == "Output").cloned().collect();
                let Some(output) = outputs.get(at % outputs.len().max(1)) else { continue };
                let name = output["name"].clone();
                whole["nodes"].as_array_mut().unwrap().retain(|node| node["name"] != name);
                whole["connections"].as_array_mut().unwrap().retain(|way| way["target"] != name);
            }
            2 => {
                let ways = whole["connections"].as_array_mut().unwrap();
                let count = ways.len().max(1);
                ways.rotate_left(at % count);
            }
            3 => {
                let nodes = whole["nodes"].as_array_mut().unwrap();
                let count = nodes.len().max(1);
                nodes.rotate_left(at % count);
            }
            4 => {
                let text = whole.to_string();
                let (from, to) = [
                    ("==", "!="),
                    ("!=", "=="),
                    ("\\\"a\\\"", "\\\"c\\\""),
                    ("\"maxIterations\":3", "\"maxIterations\":7"),
                ][at % 4];
                whole = serde_json::from_str(&text.replace(from, to)).unwrap();
            }
            // What is not even a definition is not changed further.
            _ => return by_chance(whole, choice),
        }
    }
    whole
}

/// Removes one of the connections of a kind.
fn remove(whole: &mut Value, at: usize, of: impl Fn(&Value) -> bool) {
    let ways = whole["connections"].as_array_mut().unwrap();
    let places: Vec<usize> = (0..ways.len()).filter(|place| of(&ways[*place])).collect();
    if !places.is_empty() {
        ways.remove(places[at % places.len()]);
    }
}

fn change(value: &mut Value, choice: u16, spare: Value) {
    match value {
        Value::String(text) => match choice % 4 {
            0 => *value = spare,
            1 => text.push('x'),
            2 => drop(text.pop()),
            _ => {
                *text =
                    ["$.data[0]", "default", "String", "$.data.é[1:]", ""][usize::from(choice) % 5].to_owned()
            }
        },
        Value::Array(items) if !items.is_empty() => {
            let at = usize::from(choice) % items.len();
            match choice % 3 {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => items.rotate_left(at),
            }
        }
        Value::Object(members) if !members.is_empty() => {
            let name = members.keys().nth(usize::from(choice) % members.len()).unwrap().clone();
            match choice % 3 {
                0 => drop(members.remove(&name)),
                1 => drop(members.insert(name, spare)),
                _ => {
                    let moved = members.remove(&name).unwrap();
                    members.insert(format!("{name}_2"), moved);
                }
            }
        }
        other => {
            *other = [json!(0), json!(-1), json!(1e300), json!(true), json!(""), spare]
                [usize::from(choice) % 6]
                .clone()
        }
    }
}

fn pointers(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(place, item)| pointers(item, format!("{at}/{place}"), places));
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointers(member, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

/// A small fault, and the findings of which one has to be there: its type, and where it stands.
pub struct Fault {
    pub what: String,
    pub definition: Value,
    pub found: Vec<Place>,
}

/// `KIND at NODE or CONNECTION, in FIELD`, as [`place`] writes it of a finding.
pub type Place = String;

/// Every small fault of a definition, those inside its loops among them.
pub fn faults(whole: &Value) -> Vec<Fault> {
    let mut bodies = vec![(String::new(), String::new())];
    let mut faults = Vec::new();
    while let Some((at, keys)) = bodies.pop() {
        let scope = whole.pointer(&at).unwrap();
        for (place, node) in list(scope, "nodes").iter().enumerate() {
            if node["configuration"]["loop"]["definition"].is_object() {
                let name = node["name"].as_str().unwrap();
                bodies.push((
                    format!("{at}/nodes/{place}/configuration/loop/definition"),
                    format!("{keys}{name}/"),
                ));
            }
        }
        let mut own = Scope { whole, at, keys, faults: Vec::new() };
        own.nodes();
        own.connections();
        faults.extend(own.faults);
    }
    faults
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// A definition within the whole one.
struct Scope<'a> {
    whole: &'a Value,
    at: String,
    /// What goes before its nodes' names where they are found.
    keys: String,
    faults: Vec<Fault>,
}

impl Scope<'_> {
    fn scope(&self) -> &Value {
        self.whole.pointer(&self.at).unwrap()
    }

    /// Adds a fault: what is changed, and where it is found, without the way to it.
    fn fault(&mut self, what: &str, found: &[(&str, &str, &str)], change: impl FnOnce(&mut Value)) {
        let mut definition = self.whole.clone();
        change(definition.pointer_mut(&self.at).unwrap());
        let found =
            found.iter().map(|(kind, at, field)| format!("{kind} {}{at} {field}", self.keys)).collect();
        self.faults.push(Fault { what: format!("{what} in /{}", self.keys), definition, found });
    }

    fn nodes(&mut self) {
        for (at, node) in list(&self.scope().clone(), "nodes").iter().enumerate() {
            self.node(at, node);
            self.inputs(at, node);
            self.outputs(at, node);
            self.conditions(at, node);
        }
    }

    fn node(&mut self, at: usize, node: &Value) {
        let (name, kind) = (node["name"].as_str().unwrap(), node["type"].as_str().unwrap());
        let mut found = Vec::new();
        for connection in list(self.scope(), "connections") {
            let own = connection["name"].as_str().unwrap().to_owned();
            for (end, kind) in [("source", "UnknownConnectionSource"), ("target", "UnknownConnectionTarget")]
            {
                if connection[end] == name {
                    found.push((kind, own.clone()));
                }
            }
        }
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|(kind, at)| (*kind, at.as_str(), "")).collect();
        self.fault(&format!("{name} is gone"), &found, |scope| {
            scope["nodes"].as_array_mut().unwrap().remove(at);
        });
        self.fault(&format!("{name} is there twice"), &[("Unspecified", name, "Name")], |scope| {
            let again = scope["nodes"][at].clone();
            scope["nodes"].as_array_mut().unwrap().push(again);
        });
        self.fault(&format!("{name} has a bad name"), &[("Unspecified", "no_", "Name")], |scope| {
            scope["nodes"][at]["name"] = json!("no_");
        });
        if !matches!(kind, "Input" | "Output" | "Iterator" | "Collector" | "LoopInput") {
            self.fault(
                &format!("{name} is not configured"),
                &[("MissingNodeConfiguration", name, "Configuration")],
                |scope| {
                    scope["nodes"][at].as_object_mut().unwrap().remove("configuration");
                },
            );
        }
        for member in [
            "/knowledgeBase/knowledgeBaseId",
            "/lex/botAliasArn",
            "/lambdaFunction/lambdaArn",
            "/agent/agentAliasArn",
            "/storage/serviceConfiguration/s3/bucketName",
            "/retrieval/serviceConfiguration/s3/bucketName",
            "/inlineCode/code",
            "/prompt/sourceConfiguration/inline/modelId",
        ] {
            if node["configuration"].pointer(member).is_some() {
                let field = match member {
                    "/inlineCode/code" => "Code",
                    _ if member.ends_with("modelId") => "Model",
                    _ => "Configuration",
                };
                self.fault(
                    &format!("{name} has no {member}"),
                    &[("MissingNodeConfiguration", name, field)],
                    |scope| {
                        *scope["nodes"][at]["configuration"].pointer_mut(member).unwrap() = json!("");
                    },
                );
            }
        }
    }

    fn inputs(&mut self, at: usize, node: &Value) {
        let name = node["name"].as_str().unwrap();
        for (place, input) in list(node, "inputs").iter().enumerate() {
            let own = input["name"].as_str().unwrap();
            let what = format!("{name}'s input {own}");
            let (old, new) = (format!("Input({own})"), "Input(other)".to_owned());
            let port = move |scope: &mut Value| -> Value { scope["nodes"][at]["inputs"][place].take() };
            let put = move |scope: &mut Value, input: Value| scope["nodes"][at]["inputs"][place] = input;
            let found = [
                ("MissingNodeInput", name, old.as_str()),
                ("UnknownNodeInput", name, new.as_str()),
                ("UnfulfilledNodeInput", name, new.as_str()),
            ];
            self.fault(&format!("{what} is renamed"), &found, |scope| {
                let mut input = port(scope);
                input["name"] = json!("other");
                put(scope, input);
            });
            self.fault(
                &format!("{what} cannot be read"),
                &[("MalformedNodeInputExpression", name, &old)],
                |scope| {
                    let mut input = port(scope);
                    input["expression"] = json!("$.dat[");
                    put(scope, input);
                },
            );
            let whole = input["expression"] == "$.data";
            if whole {
                let found = [
                    ("MismatchedNodeInputType", name, old.as_str()),
                    ("IncompatibleConnectionDataType", name, &old),
                ];
                self.fault(&format!("{what} has another type"), &found, |scope| {
                    let mut input = port(scope);
                    input["type"] = json!(if input["type"] == "Boolean" { "Number" } else { "Boolean" });
                    put(scope, input);
                });
            }
        }
    }

    fn outputs(&mut self, at: usize, node: &Value) {
        let name = node["name"].as_str().unwrap();
        for (place, output) in list(node, "outputs").iter().enumerate() {
            let own = output["name"].as_str().unwrap();
            let (old, new) = (format!("Output({own})"), "Output(other)");
            let leaving: Vec<Value> = list(self.scope(), "connections")
                .iter()
                .filter(|c| c["source"] == name && c["configuration"]["data"]["sourceOutput"] == own)
                .cloned()
                .collect();
            let mut found = vec![
                ("MissingNodeOutput", name.to_owned(), old.clone()),
                ("UnknownNodeOutput", name.to_owned(), new.to_owned()),
            ];
            found.extend(leaving.iter().map(|c| {
                ("UnknownConnectionSourceOutput", c["name"].as_str().unwrap().to_owned(), String::new())
            }));
            let found: Vec<(&str, &str, &str)> =
                found.iter().map(|(a, b, c)| (*a, b.as_str(), c.as_str())).collect();
            self.fault(&format!("{name}'s output {own} is renamed"), &found, |scope| {
                scope["nodes"][at]["outputs"][place]["name"] = json!("other");
            });
        }
    }

    fn conditions(&mut self, at: usize, node: &Value) {
        let name = node["name"].as_str().unwrap();
        let conditions =
            node["configuration"]["condition"]["conditions"].as_array().cloned().unwrap_or_default();
        for (place, condition) in conditions.iter().enumerate() {
            let own = condition["name"].as_str().unwrap();
            let (field, other) = (format!("Condition({own})"), "Condition(other)");
            if own == "default" {
                self.fault(
                    &format!("{name} has no default"),
                    &[("MissingDefaultCondition", name, "")],
                    |scope| {
                        scope["nodes"][at]["configuration"]["condition"]["conditions"]
                            .as_array_mut()
                            .unwrap()
                            .remove(place);
                    },
                );
                continue;
            }
            self.fault(&format!("{name}'s {own} cannot be read"), &[("MalformedConditionExpression", name, &field)], |scope| {
                let text = &mut scope["nodes"][at]["configuration"]["condition"]["conditions"][place]["expression"];
                *text = json!(format!("{} and", text.as_str().unwrap()));
            });
            self.fault(
                &format!("{name}'s {own} speaks of nobody"),
                &[("MalformedConditionExpression", name, &field)],
                |scope| {
                    scope["nodes"][at]["configuration"]["condition"]["conditions"][place]["expression"] =
                        json!("nobody == 1");
                },
            );
            self.fault(&format!("{name}'s {own} is renamed"), &[("Unspecified", name, other)], |scope| {
                scope["nodes"][at]["configuration"]["condition"]["conditions"][place]["name"] =
                    json!("other");
            });
            self.fault(
                &format!("{name} says {own} twice"),
                &[("DuplicateConditionExpression", name, other)],
                |scope| {
                    let conditions = scope["nodes"][at]["configuration"]["condition"]["conditions"]
                        .as_array_mut()
                        .unwrap();
                    let mut again = conditions[place].clone();
                    again["name"] = json!("other");
                    conditions.insert(place + 1, again);
                },
            );
        }
        let controller = &node["configuration"]["loopController"]["continueCondition"];
        if let Some(own) = controller["name"].as_str() {
            let field = format!("Condition({own})");
            self.fault(
                &format!("{name}'s condition cannot be read"),
                &[("MalformedConditionExpression", name, &field)],
                |scope| {
                    scope["nodes"][at]["configuration"]["loopController"]["continueCondition"]["expression"] =
                        json!("(");
                },
            );
        }
    }

    fn connections(&mut self) {
        let scope = self.scope().clone();
        for (at, connection) in list(&scope, "connections").iter().enumerate() {
            let name = connection["name"].as_str().unwrap();
            let (source, target) =
                (connection["source"].as_str().unwrap(), connection["target"].as_str().unwrap());
            let data = &connection["configuration"]["data"];
            let gate = connection["configuration"]["conditional"]["condition"].as_str();
            let same = |other: &&Value| match gate {
                Some(gate) => {
                    other["source"] == source && other["configuration"]["conditional"]["condition"] == gate
                }
                None => {
                    other["target"] == target
                        && other["configuration"]["data"]["targetInput"] == data["targetInput"]
                }
            };
            let only = list(&scope, "connections").iter().filter(same).count() == 1;
            let input = format!("Input({})", data["targetInput"].as_str().unwrap_or_default());
            let branch = format!("Condition({})", gate.unwrap_or_default());
            let found = if gate.is_some() {
                ("Unspecified", source, branch.as_str())
            } else {
                ("UnfulfilledNodeInput", target, input.as_str())
            };
            if only {
                self.fault(&format!("{name} is gone"), &[found], |scope| {
                    scope["connections"].as_array_mut().unwrap().remove(at);
                });
            }
            self.fault(
                &format!("{name} is there twice"),
                &[("DuplicateConnections", "again", "")],
                |scope| {
                    let mut again = scope["connections"][at].clone();
                    again["name"] = json!("again");
                    scope["connections"].as_array_mut().unwrap().push(again);
                },
            );
            self.fault(
                &format!("{name} comes from nobody"),
                &[("UnknownConnectionSource", name, "")],
                |scope| {
                    scope["connections"][at]["source"] = json!("Nobody");
                },
            );
            self.fault(
                &format!("{name} goes to nobody"),
                &[("UnknownConnectionTarget", name, "")],
                |scope| {
                    scope["connections"][at]["target"] = json!("Nobody");
                },
            );
            self.fault(
                &format!("{name} joins nothing"),
                &[("MissingConnectionConfiguration", name, "")],
                |scope| {
                    scope["connections"][at].as_object_mut().unwrap().remove("configuration");
                },
            );
            self.fault(&format!("{name} goes round"), &[("CyclicConnection", name, "")], |scope| {
                let mut back = scope["connections"][at].clone();
                back["name"] = json!("back");
                (back["source"], back["target"]) = (json!(target), json!(source));
                scope["connections"].as_array_mut().unwrap().push(back);
            });
            let (ports, kind) = match gate {
                Some(_) => (&["condition"][..], "UnknownConnectionCondition"),
                None => (&["sourceOutput", "targetInput"][..], ""),
            };
            for port in ports {
                let kind = match *port {
                    "sourceOutput" => "UnknownConnectionSourceOutput",
                    "targetInput" => "UnknownConnectionTargetInput",
                    _ => kind,
                };
                let union = if gate.is_some() { "conditional" } else { "data" };
                self.fault(&format!("{name} has no {port}"), &[(kind, name, "")], |scope| {
                    scope["connections"][at]["configuration"][union][*port] = json!("nothing");
                });
            }
            if gate.is_none() && only {
                self.fault(
                    &format!("{name} is not alone"),
                    &[("MultipleNodeInputConnections", target, &input)],
                    |scope| {
                        let mut other = scope["connections"][at].clone();
                        other["name"] = json!("other");
                        other["configuration"]["data"]["sourceOutput"] = json!("nothing");
                        scope["connections"].as_array_mut().unwrap().push(other);
                    },
                );
            }
        }
    }
}
