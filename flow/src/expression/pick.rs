//! A way into a value, as a person picks it from a tree, and the expression that goes that way.
//!
//! Always holds: an expression written here, where it is no longer than expressions may be, parses and selects what
//! was picked.

use serde_json::Value;

use super::{Step, WHOLE};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    Name(String),
    Index(usize),
    /// Every item of an array.
    All,
}

/// The expression that goes this way from the whole input.
pub fn expression(way: &[Pick]) -> String {
    let mut text = WHOLE.to_owned();
    for pick in way {
        let step = match pick {
            Pick::Name(name) => Step::Name(name.clone()),
            Pick::Index(index) => Step::Index(*index),
            Pick::All => Step::All,
        };
        text.push_str(&step.to_string());
    }
    text
}

/// What a way leads to; past "every item", what the first item that has it holds.
pub fn follow<'a>(value: &'a Value, way: &[Pick]) -> Option<&'a Value> {
    let Some((first, rest)) = way.split_first() else { return Some(value) };
    match first {
        Pick::Name(name) => follow(value.as_object()?.get(name)?, rest),
        Pick::Index(index) => follow(value.as_array()?.get(*index)?, rest),
        Pick::All => value.as_array()?.iter().find_map(|item| follow(item, rest)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::expression::Expression;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "\\PC{0,6}".prop_map(Value::from),
        ];
        let name = prop_oneof!["[a-c]{1,2}", "\\PC{0,5}", "[ .'\"\\\\\\[\\]*$@:,?()\n\u{3000}]{0,4}"];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((name.clone(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Every way into a value, without "every item".
    fn ways(value: &Value, before: &[Pick], found: &mut Vec<Vec<Pick>>) {
        found.push(before.to_vec());
        let mut go = |pick: Pick, inner: &Value| ways(inner, &[before, &[pick]].concat(), found);
        match value {
            Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| go(Pick::Index(at), item)),
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| go(Pick::Name(name.clone()), member));
            }
            _ => {}
        }
    }

    /// What a way with one "every item" in it gathers: the way's end in each item that has it.
    fn gathered(value: &Value, way: &[Pick], at: usize) -> Value {
        let items = follow(value, &way[..at]).and_then(Value::as_array).unwrap();
        items.iter().filter_map(|item| follow(item, &way[at + 1..])).cloned().collect()
    }

    #[test]
    fn names_stand_in_quotes_where_they_must() {
        let way = [Pick::Name("a".into()), Pick::All, Pick::Name("first name".into()), Pick::Index(2)];
        assert_eq!(expression(&way), "$.data.a[*]['first name'][2]");
        assert_eq!(expression(&[Pick::Name("it's".into())]), r"$.data['it\'s']");
        assert_eq!(expression(&[]), "$.data");
        let value = json!({"a": [{"x": 1}, {"first name": [0, 1, 2]}]});
        assert_eq!(follow(&value, &way), Some(&json!(2)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn what_is_picked_is_what_the_expression_selects(value in value()) {
            let mut found = Vec::new();
            ways(&value, &[], &mut found);
            for way in found {
                let text = expression(&way);
                let parsed = Expression::parse(&text)
                    .map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
                let picked = parsed.evaluate(&value).map_err(|why| TestCaseError::fail(format!("{text}: {why}")))?;
                prop_assert_eq!(Some(&picked), follow(&value, &way), "{}", text);
                for at in (0..way.len()).filter(|at| matches!(way[*at], Pick::Index(_))) {
                    let mut all = way.clone();
                    all[at] = Pick::All;
                    let text = expression(&all);
                    let picked = Expression::parse(&text).unwrap().evaluate(&value);
                    prop_assert_eq!(picked, Ok(gathered(&value, &all, at)), "{}", text);
                }
            }
        }
    }
}
