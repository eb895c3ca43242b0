//! Two people changed one flow: a merge of both, from what it was before either.
//!
//! Always holds: what only one side changed is taken from that side; what both changed alike is taken once; where both
//! changed one thing differently, that is told, and stays as a choice says, mine without one. Where things stand on the
//! canvas is never in question: mine goes first. A node that one side removed and the other changed stays.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::definition::Definition;
use crate::diff::{State, label};
use crate::extensions::Extensions;

/// A side of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Mine,
    Theirs,
}

/// One thing that both sides changed differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Names it among the conflicts of a merge.
    pub key: String,
    /// Where it is, in words: `ClassifyTone: text`.
    pub place: String,
    /// What each side has; none where it has nothing there.
    pub mine: Option<Value>,
    pub theirs: Option<Value>,
}

/// Which side wins, by the keys of conflicts.
pub type Choices = BTreeMap<String, Side>;

/// Both sides in one.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    pub definition: Definition,
    pub extensions: Extensions,
    pub conflicts: Vec<Conflict>,
}

/// Merges; none where what comes of it is no flow, which a change of both to one configuration's kind could be.
pub fn merge(base: State, mine: State, theirs: State, choices: &Choices) -> Option<Merged> {
    let mut names = HashMap::new();
    let base = written(base, &mut HashMap::new())?;
    let mine = written(mine, &mut names)?;
    let theirs = written(theirs, &mut names)?;
    let mut merge = Merge { choices, path: Vec::new(), conflicts: Vec::new() };
    let merged = merge.three(Some(&base), Some(&mine), Some(&theirs))?;
    let conflicts = merge.conflicts;
    let Value::Object(mut both) = merged else { return None };
    let mut definition = both.remove("definition")?;
    restore(&mut definition, "", &names);
    let definition: Definition = serde_json::from_value(definition).ok()?;
    let mut extensions: Extensions = serde_json::from_value(both.remove("extensions")?).ok()?;
    extensions.retain(&definition);
    Some(Merged { definition, extensions, conflicts })
}

/// Both documents as one value, in which connections are known by their ends: their names are given by chance, and two
/// people give the same to different ones.
fn written(state: State, names: &mut HashMap<String, Value>) -> Option<Value> {
    let mut definition = serde_json::to_value(state.0).ok()?;
    by_ends(&mut definition, "", names);
    let mut both = Map::new();
    both.insert("definition".to_owned(), definition);
    both.insert("extensions".to_owned(), serde_json::to_value(state.1).ok()?);
    Some(Value::Object(both))
}

/// Names each connection by its ends, and notes what it was called.
fn by_ends(definition: &mut Value, scope: &str, names: &mut HashMap<String, Value>) {
    for connection in list(definition, "connections") {
        let ends = ends(connection);
        if let Some(name) = connection.get("name") {
            names.entry(format!("{scope}{ends}")).or_insert_with(|| name.clone());
        }
        connection["name"] = Value::String(ends);
    }
    each_body(definition, scope, |body, scope| by_ends(body, scope, names));
}

fn ends(connection: &Value) -> String {
    let text = |pointer: &str| connection.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let data = ("/configuration/data/sourceOutput", "/configuration/data/targetInput");
    let branch = text("/configuration/conditional/condition");
    format!("{} {}{branch} {} {}", text("/source"), text(data.0), text("/target"), text(data.1))
}

/// Gives the connections their names back, leaves out those whose ends are gone, and keeps names apart.
fn restore(definition: &mut Value, scope: &str, names: &HashMap<String, Value>) {
    let nodes: Vec<Value> = list(definition, "nodes").filter_map(|node| node.get("name").cloned()).collect();
    let is_there = |name: Option<&Value>| name.is_some_and(|name| nodes.contains(name));
    if let Some(connections) = definition.get_mut("connections").and_then(Value::as_array_mut) {
        connections
            .retain(|connection| is_there(connection.get("source")) && is_there(connection.get("target")));
    }
    let mut taken: Vec<String> = Vec::new();
    for connection in list(definition, "connections") {
        let key = format!("{scope}{}", connection["name"].as_str().unwrap_or_default());
        let wanted = names.get(&key).and_then(Value::as_str).unwrap_or("connection").to_owned();
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let name = std::iter::once(wanted.clone()).chain(numbered).find(|name| !taken.contains(name));
        let name = name.unwrap_or(wanted);
        connection["name"] = Value::String(name.clone());
        taken.push(name);
    }
    each_body(definition, scope, |body, scope| restore(body, scope, names));
}

fn each_body(definition: &mut Value, scope: &str, mut visit: impl FnMut(&mut Value, &str)) {
    for node in list(definition, "nodes") {
        let inner = format!("{scope}{}/", node.get("name").and_then(Value::as_str).unwrap_or_default());
        if let Some(body) = node.pointer_mut("/configuration/loop/definition") {
            visit(body, &inner);
        }
    }
}

/// A list of a definition; nothing where it has none of this name.
fn list<'a>(definition: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> + use<'a> {
    definition.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

struct Merge<'a> {
    choices: &'a Choices,
    path: Vec<String>,
    conflicts: Vec<Conflict>,
}

impl Merge<'_> {
    /// What becomes of one thing; none where it is gone.
    fn three(&mut self, base: Option<&Value>, mine: Option<&Value>, theirs: Option<&Value>) -> Option<Value> {
        if mine == theirs || base == theirs {
            return mine.cloned();
        }
        if base == mine {
            return theirs.cloned();
        }
        // Half of each place would be neither's.
        if self.path.last().is_some_and(|last| last == "position") {
            return mine.or(theirs).cloned();
        }
        match (mine, theirs) {
            (Some(Value::Object(mine)), Some(Value::Object(theirs))) => {
                let none = Map::new();
                let base = base.and_then(Value::as_object).unwrap_or(&none);
                Some(Value::Object(self.members(base, mine, theirs)))
            }
            (Some(Value::Array(mine)), Some(Value::Array(theirs))) => {
                let none = Vec::new();
                let base = base.and_then(Value::as_array).unwrap_or(&none);
                self.items(base, mine, theirs)
            }
            _ => self.conflict(mine, theirs),
        }
    }

    fn members(
        &mut self,
        base: &Map<String, Value>,
        mine: &Map<String, Value>,
        theirs: &Map<String, Value>,
    ) -> Map<String, Value> {
        let new = theirs.keys().filter(|key| !mine.contains_key(*key));
        let mut merged = Map::new();
        for key in mine.keys().chain(new) {
            self.path.push(key.clone());
            if let Some(value) = self.three(base.get(key), mine.get(key), theirs.get(key)) {
                merged.insert(key.clone(), value);
            }
            self.path.pop();
        }
        merged
    }

    fn items(&mut self, base: &[Value], mine: &[Value], theirs: &[Value]) -> Option<Value> {
        if let (Some(base), Some(mine), Some(theirs)) = (named(base), named(mine), named(theirs)) {
            return Some(Value::Array(
                self.members(&base, &mine, &theirs).into_iter().map(|(_, item)| item).collect(),
            ));
        }
        // Notes have no names: each is there or not.
        if self.path.last().is_some_and(|last| last == "notes") {
            let stays = |item: &&Value| !base.contains(item) || theirs.contains(item);
            let new = theirs.iter().filter(|item| !base.contains(item) && !mine.contains(item));
            return Some(Value::Array(mine.iter().filter(stays).chain(new).cloned().collect()));
        }
        self.conflict(Some(&Value::Array(mine.to_vec())), Some(&Value::Array(theirs.to_vec())))
    }

    fn conflict(&mut self, mine: Option<&Value>, theirs: Option<&Value>) -> Option<Value> {
        let key = self.path.join("/");
        let side = self.choices.get(&key).copied();
        self.conflicts.push(Conflict {
            place: place(&self.path),
            mine: mine.cloned(),
            theirs: theirs.cloned(),
            key,
        });
        match side {
            Some(Side::Mine) => mine.cloned(),
            Some(Side::Theirs) => theirs.cloned(),
            // What one side removed and the other changed is not lost.
            None => mine.or(theirs).cloned(),
        }
    }
}

/// Items by their names, where each has one of its own.
fn named(items: &[Value]) -> Option<Map<String, Value>> {
    let mut map = Map::new();
    for item in items {
        let name = item.as_object()?.get("name")?.as_str()?;
        if map.insert(name.to_owned(), item.clone()).is_some() {
            return None;
        }
    }
    Some(map)
}

/// Where something is, in words: the node, and its field as differences call it.
fn place(path: &[String]) -> String {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["definition", "connections", name, ..] => format!("the connection {name}"),
        // A loop's body is a definition of its own.
        ["definition", "nodes", name, "configuration", "loop", "definition", ..] => {
            format!("{name} › {}", place(&path[5..]))
        }
        ["definition", "nodes", name, "configuration", rest @ ..] if !rest.is_empty() => {
            format!("{name}: {}", label(&path[4..]))
        }
        ["definition", "nodes", name, "inputs", input, ..] => format!("{name}: Input {input}"),
        ["definition", "nodes", name, "outputs", output, ..] => format!("{name}: Output {output}"),
        ["extensions", "nodes", name, field, ..] => format!("{name}: {}", of_extension(field)),
        [_, "nodes", name, .., field] => format!("{name}: {field}"),
        [_, "nodes", name] => (*name).to_owned(),
        [.., last] => (*last).to_owned(),
        [] => String::new(),
    }
}

/// What the inspector calls a member of a node's extensions.
fn of_extension(member: &str) -> &str {
    match member {
        "position" => "Place on the canvas",
        "answer" => "Answer must be one of",
        "parallel" => "Items at the same time",
        "timeLimit" => "Time limit in seconds",
        "note" => "Note",
        "disabled" => "Disabled",
        "joins" => "Joins",
        other => other,
    }
}

#[cfg(test)]
mod tests;
