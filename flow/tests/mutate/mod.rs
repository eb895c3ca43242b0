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
