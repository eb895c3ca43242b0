//! The naive interpreter: asks for a node's outcome, and that asks for those before it. Slow, and plain.
//!
//! It reads the JSON document itself, and knows of expressions and conditions only what the made flows have.

use std::collections::HashMap;

use serde_json::{Value, json};

/// What the interpreter cannot know by itself: when each node ended, by `PLACE/NODE`, and when each Iterator began, by
/// `began PLACE/NODE`.
pub type Arrivals = HashMap<String, usize>;

/// The outputs and the ends of nodes, as texts, in no order.
pub fn run(
    definition: &Value,
    extensions: &Value,
    input: &Value,
    arrivals: &Arrivals,
) -> (Vec<String>, Vec<String>) {
    let mut tell = Tell::default();
    Scope {
        definition,
        extensions,
        arrivals,
        given: vec![("document".into(), input.clone())],
        place: String::new(),
        keys: String::new(),
    }
    .tell(&mut tell);
    (tell.outputs, tell.ends)
}

#[derive(Default)]
struct Tell {
    outputs: Vec<String>,
    ends: Vec<String>,
}

/// A definition with what its first node gives.
struct Scope<'a> {
    definition: &'a Value,
    extensions: &'a Value,
    arrivals: &'a Arrivals,
    given: Vec<(String, Value)>,
    /// The items and rounds around it.
    place: String,
    /// What goes before its nodes' names in the extensions.
    keys: String,
}

/// How a node ended.
#[derive(Clone)]
enum Outcome {
    Skipped,
    /// Its outputs, or the branch that it took.
    Done(Vec<(String, Value)>, Option<String>),
}

type Values = Vec<(String, Value)>;
/// The items that are looked at, by the Iterators that they are of.
type Items = Vec<(String, usize)>;
type Known = HashMap<(String, Items), Outcome>;

impl Scope<'_> {
    fn nodes(&self) -> &Vec<Value> {
        self.definition["nodes"].as_array().unwrap()
    }

    fn node(&self, name: &str) -> &Value {
        self.nodes().iter().find(|node| node["name"] == name).unwrap()
    }

    fn entering<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b Value> {
        self.definition["connections"].as_array().unwrap().iter().filter(move |c| c["target"] == name)
    }

    /// The Iterators that a node is inside of, outermost first.
    fn path(&self, name: &str) -> Vec<String> {
        if self.node(name)["type"] == "Collector" {
            let items = self.into(name, "arrayItem");
            let behind = items.iter().map(|c| self.behind(c["source"].as_str().unwrap()));
            let mut path = behind.max_by_key(Vec::len).unwrap();
            path.pop();
            return path;
        }
        let behind = self.entering(name).map(|c| self.behind(c["source"].as_str().unwrap()));
        behind.max_by_key(Vec::len).unwrap_or_default()
    }

    /// The connections that bring values to an input, in their order.
    fn into<'b>(&'b self, name: &'b str, input: &str) -> Vec<&'b Value> {
        self.entering(name).filter(|c| c["configuration"]["data"]["targetInput"] == input).collect()
    }

    fn behind(&self, name: &str) -> Vec<String> {
        let mut path = self.path(name);
        if self.node(name)["type"] == "Iterator" {
            path.push(name.to_owned());
        }
        path
    }

    fn outcome(&self, name: &str, items: &Items, known: &mut Known) -> Outcome {
        let path = self.path(name);
        let own: Items = items.iter().filter(|(iterator, _)| path.contains(iterator)).cloned().collect();
        if let Some(outcome) = known.get(&(name.to_owned(), own.clone())) {
            return outcome.clone();
        }
        let outcome = self.find(name, &own, known);
        known.insert((name.to_owned(), own), outcome.clone());
        outcome
    }

    fn find(&self, name: &str, items: &Items, known: &mut Known) -> Outcome {
        let node = self.node(name);
        let kind = node["type"].as_str().unwrap();
        if kind == "Input" || kind == "LoopInput" {
            return Outcome::Done(self.given.clone(), None);
        }
        if !self.open(name, items, known) {
            return Outcome::Skipped;
        }
        if kind == "Collector" {
            return self.collect(name, items, known);
        }
        let mut values = Vec::new();
        for input in node["inputs"].as_array().unwrap() {
            let input_name = input["name"].as_str().unwrap();
            if self.into(name, input_name).is_empty() {
                continue;
            }
            match self.input(name, input_name, items, known) {
                Some(value) => values.push((input_name.to_owned(), value)),
                None => return Outcome::Skipped,
            }
        }
        self.act(node, &values, &self.place_of(items))
    }

    /// The value that comes to an input; none where what it waits for is skipped.
    fn input(&self, name: &str, input: &str, items: &Items, known: &mut Known) -> Option<Value> {
        let mut came: Vec<(usize, usize, Value)> = Vec::new();
        let connections = self.into(name, input);
        for (place, connection) in connections.iter().enumerate() {
            let source = connection["source"].as_str().unwrap();
            let output = connection["configuration"]["data"]["sourceOutput"].as_str().unwrap();
            if let Some(value) = self.value(source, output, items, known) {
                came.push((self.arrival(source, items), place, value));
            }
        }
        let join = &self.extensions["nodes"][format!("{}{name}", self.keys)]["joins"][input];
        let in_order = |mut came: Vec<(usize, usize, Value)>| -> Vec<Value> {
            came.sort_by_key(|(_, place, _)| *place);
            came.into_iter().map(|(_, _, value)| value).collect()
        };
        match join {
            Value::Null => came.pop().map(|(_, _, value)| value),
            Value::String(all) if all == "all" => (!came.is_empty()).then(|| Value::Array(in_order(came))),
            _ => {
                let count = join["first"].as_u64().unwrap_or(1) as usize;
                came.sort_by_key(|(arrival, place, _)| (*arrival, *place));
                came.truncate(count);
                let enough = came.len() == count;
                let mut values = in_order(came);
                match count {
                    _ if !enough => None,
                    1 => values.pop(),
                    _ => Some(Value::Array(values)),
                }
            }
        }
    }

    /// When the value of a node was there. Asked only of values that are.
    fn arrival(&self, source: &str, items: &Items) -> usize {
        let path = self.path(source);
        let around: Items = items.iter().filter(|(name, _)| path.contains(name)).cloned().collect();
        let key = format!("{}/{source}", self.place_of(&around));
        let inside = items.iter().any(|(iterator, _)| iterator == source);
        self.arrivals[&if inside { format!("began {key}") } else { key }]
    }

    fn place_of(&self, items: &Items) -> String {
        let mut place = self.place.clone();
        items.iter().for_each(|(iterator, index)| place.push_str(&format!("/{iterator}[{index}]")));
        place
    }

    /// Of each Condition that gates it, one of its branches has to be the one that was taken.
    fn open(&self, name: &str, items: &Items, known: &mut Known) -> bool {
        let mut gates: HashMap<&str, Vec<&str>> = HashMap::new();
        for connection in self.entering(name).filter(|c| c["type"] == "Conditional") {
            let branch = connection["configuration"]["conditional"]["condition"].as_str().unwrap();
            gates.entry(connection["source"].as_str().unwrap()).or_default().push(branch);
        }
        gates.into_iter().all(|(condition, branches)| match self.outcome(condition, items, known) {
            Outcome::Done(_, Some(taken)) => branches.contains(&taken.as_str()),
            _ => false,
        })
    }

    fn value(&self, source: &str, output: &str, items: &Items, known: &mut Known) -> Option<Value> {
        if let Some((_, index)) = items.iter().find(|(iterator, _)| iterator == source) {
            let all = self.items_of(source, items, known)?;
            return Some(if output == "arraySize" { json!(all.len()) } else { all[*index].clone() });
        }
        match self.outcome(source, items, known) {
            Outcome::Skipped => None,
            Outcome::Done(outputs, _) => {
                outputs.into_iter().find(|(name, _)| name == output).map(|(_, value)| value)
            }
        }
    }

    /// The items of an Iterator; none where it is skipped.
    fn items_of(&self, iterator: &str, items: &Items, known: &mut Known) -> Option<Vec<Value>> {
        let around: Items = items.iter().take_while(|(name, _)| name != iterator).cloned().collect();
        match self.outcome(iterator, &around, known) {
            Outcome::Skipped => None,
            Outcome::Done(outputs, _) => outputs
                .into_iter()
                .find(|(name, _)| name == "items")
                .map(|(_, items)| items.as_array().unwrap().clone()),
        }
    }

    fn collect(&self, name: &str, items: &Items, known: &mut Known) -> Outcome {
        let size = self.into(name, "arraySize")[0];
        let iterator = size["source"].as_str().unwrap();
        let Some(all) = self.items_of(iterator, items, known) else { return Outcome::Skipped };
        let mut collected = Vec::new();
        for index in 0..all.len() {
            let mut inside = items.clone();
            inside.push((iterator.to_owned(), index));
            collected.extend(self.input(name, "arrayItem", &inside, known));
        }
        Outcome::Done(vec![("collectedArray".into(), Value::Array(collected))], None)
    }

    fn act(&self, node: &Value, values: &[(String, Value)], place: &str) -> Outcome {
        let name = node["name"].as_str().unwrap();
        let first = || values.first().map(|(_, value)| value.clone()).unwrap_or(Value::Null);
        match node["type"].as_str().unwrap() {
            "Prompt" => {
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let texts: Vec<String> = values.iter().map(|(_, value)| text(value)).collect();
                Outcome::Done(
                    vec![("modelCompletion".into(), json!(format!("{name}: {}", texts.join(" "))))],
                    None,
                )
            }
            "Condition" => {
                let conditions = node["configuration"]["condition"]["conditions"].as_array().unwrap();
                let taken = conditions.iter().find(|c| holds(c["expression"].as_str(), values)).unwrap();
                Outcome::Done(Vec::new(), Some(taken["name"].as_str().unwrap().to_owned()))
            }
            "Iterator" => Outcome::Done(vec![("items".into(), first())], None),
            "Loop" => {
                let rounds = self.rounds(node, values, place);
                Outcome::Done(rounds.last().unwrap().1.clone(), None)
            }
            "Output" | "LoopController" => Outcome::Done(vec![("value".into(), first())], None),
            other => panic!("{other}"),
        }
    }

    /// What each round of a loop begins with, and what the loop would end with after it.
    fn rounds(&self, node: &Value, values: &[(String, Value)], place: &str) -> Vec<(Values, Values)> {
        let body = &node["configuration"]["loop"]["definition"];
        let controller =
            body["nodes"].as_array().unwrap().iter().find(|node| node["type"] == "LoopController").unwrap();
        let configuration = &controller["configuration"]["loopController"];
        let most = configuration["maxIterations"].as_u64().unwrap();
        let mut given = values.to_vec();
        let mut rounds = Vec::new();
        for round in 1..=most {
            let scope = self.inside(
                node,
                given.clone(),
                &format!("{place}/{}[{}]", node["name"].as_str().unwrap(), round - 1),
            );
            let mut known = Known::new();
            let mut at = |category: &str| -> Vec<(String, Value)> {
                let inputs =
                    controller["inputs"].as_array().unwrap().iter().filter(|i| i["category"] == category);
                let names = inputs.map(|input| input["name"].as_str().unwrap());
                let again = controller["name"].as_str().unwrap();
                names
                    .map(|name| (name.to_owned(), scope.input(again, name, &Vec::new(), &mut known).unwrap()))
                    .collect()
            };
            let goes_on =
                holds(configuration["continueCondition"]["expression"].as_str(), &at("LoopCondition"));
            let mut ends = at("ExitLoop");
            ends.push(("iterationCount".into(), json!(round)));
            rounds.push((given.clone(), ends));
            if !goes_on {
                break;
            }
            for (name, value) in at("ReturnValueToLoopStart") {
                given
                    .iter_mut()
                    .filter(|(known, _)| *known == name)
                    .for_each(|(_, old)| *old = value.clone());
            }
        }
        rounds
    }

    /// Tells of every node, in every item and round that it is in.
    fn tell(&self, tell: &mut Tell) {
        let mut known = Known::new();
        for node in self.nodes() {
            let name = node["name"].as_str().unwrap();
            self.tell_node(name, &self.path(name), &mut Vec::new(), &mut known, tell);
        }
    }

    fn tell_node(&self, name: &str, path: &[String], items: &mut Items, known: &mut Known, tell: &mut Tell) {
        let place = self.place_of(items);
        if let Some((iterator, rest)) = path.split_first() {
            match self.items_of(iterator, items, known) {
                None => self.tell_skipped(name, &place, tell),
                Some(all) => {
                    for index in 0..all.len() {
                        items.push((iterator.clone(), index));
                        self.tell_node(name, rest, items, known, tell);
                        items.pop();
                    }
                }
            }
            return;
        }
        match self.outcome(name, items, known) {
            Outcome::Skipped => self.tell_skipped(name, &place, tell),
            Outcome::Done(outputs, _) => {
                tell.ends.push(format!("completed {place}/{name}"));
                let node = self.node(name);
                if node["type"] == "Output" {
                    tell.outputs.push(format!("{place}/{name} = {}", outputs[0].1));
                }
                if node["type"] == "Loop" {
                    let values = self.inputs(name, items, known);
                    for (round, (given, _)) in self.rounds(node, &values, &place).into_iter().enumerate() {
                        self.inside(node, given, &format!("{place}/{name}[{round}]")).tell(tell);
                    }
                }
            }
        }
    }

    fn inputs(&self, name: &str, items: &Items, known: &mut Known) -> Vec<(String, Value)> {
        let inputs = self.node(name)["inputs"].as_array().unwrap().iter();
        let names = inputs.map(|input| input["name"].as_str().unwrap().to_owned());
        names.map(|input| (input.clone(), self.input(name, &input, items, known).unwrap())).collect()
    }

    /// The body of a loop, in a round.
    fn inside<'b>(&'b self, node: &'b Value, given: Values, place: &str) -> Scope<'b> {
        Scope {
            definition: &node["configuration"]["loop"]["definition"],
            extensions: self.extensions,
            arrivals: self.arrivals,
            given,
            place: place.to_owned(),
            keys: format!("{}{}/", self.keys, node["name"].as_str().unwrap()),
        }
    }

    /// A node that is skipped. The body of a loop that is has no rounds, and so no nodes that end.
    fn tell_skipped(&self, name: &str, place: &str, tell: &mut Tell) {
        tell.ends.push(format!("skipped {place}/{name}"));
    }
}

/// `NAME == "TEXT"`, `NAME != "TEXT"`, or nothing, which always holds.
fn holds(expression: Option<&str>, values: &[(String, Value)]) -> bool {
    let Some(expression) = expression else { return true };
    let equal = expression.contains("==");
    let (name, text) = expression.split_once(if equal { " == " } else { " != " }).unwrap();
    let value = &values.iter().find(|(known, _)| known == name).unwrap().1;
    (value == &json!(text.trim_matches('"'))) == equal
}
