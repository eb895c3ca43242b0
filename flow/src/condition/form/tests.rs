use proptest::prelude::*;
use serde_json::json;

use super::*;

fn type_of(name: &str) -> Option<Type> {
    match name {
        "tone" | "city" => Some(Type::String),
        "price" | "count" => Some(Type::Number),
        "yes" | "no" => Some(Type::Boolean),
        "list" => Some(Type::Array),
        _ => None,
    }
}

/// An expression without its spans.
fn bare(expr: &Expr) -> String {
    match expr {
        Expr::Or(left, right) => format!("or[{} {}]", bare(left), bare(right)),
        Expr::And(left, right) => format!("and[{} {}]", bare(left), bare(right)),
        Expr::Not(inner) => format!("not[{}]", bare(inner)),
        Expr::Bare(operand) => format!("{:?}", operand.term),
        Expr::Compare(left, operator, right) => format!("{:?} {operator:?} {:?}", left.term, right.term),
    }
}

fn form(text: &str) -> Group {
    Condition::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).form().unwrap()
}

/// What a form says, worked out from the form alone.
fn says(group: &Group, values: &[(String, Value)]) -> bool {
    let mut parts = group.parts.iter().filter(|part| !part.is_empty()).map(|part| match part {
        Part::Group(group) => says(group, values),
        Part::Row(row) => {
            let text = Row { not: false, ..row.clone() };
            let one = Group { not: false, join: Join::All, parts: vec![Part::Row(text)] };
            Condition::parse(&one.text()).unwrap().holds(values) != row.not
        }
    });
    let holds = match group.join {
        Join::All => parts.all(|holds| holds),
        Join::Any => parts.any(|holds| holds),
    };
    holds != group.not
}

#[test]
fn a_form_is_written_as_people_would() {
    for text in [
        "tone == \"angry\"",
        "tone == \"angry\" and price > 10",
        "yes or no",
        "not yes",
        "not (price > 10)",
        "not (yes or price <= 10.5)",
        "tone != \"a \\\"b\\\" \\\\c\" and (yes or (no and price >= -1))",
        "not not yes",
        "10 < price",
    ] {
        assert_eq!(form(text).text(), text);
    }
    for (text, written) in [
        ("yes or no and yes", "yes or (no and yes)"),
        ("((tone==\"a\"))", "tone == \"a\""),
        ("not price > 1", "not (price > 1)"),
        ("yes and (no and yes)", "yes and (no and yes)"),
        ("(yes and no) and yes", "yes and no and yes"),
    ] {
        assert_eq!(form(text).text(), written);
    }
    assert_eq!(Group::empty().text(), "");
}

#[test]
fn what_is_nested_too_deep_is_left_to_the_text() {
    let nested = |depth: usize| {
        let open = ["yes and (", "no or ("].iter().cycle().take(depth).copied().collect::<String>();
        format!("{open}yes and no{}", ")".repeat(depth))
    };
    assert!(Condition::parse(&nested(DEEPEST - 1)).unwrap().form().is_some());
    assert!(Condition::parse(&nested(DEEPEST)).unwrap().form().is_none());
}

#[test]
fn operators_and_values_follow_the_type() {
    let mut row = Row::fresh("price", Some(Type::Number));
    assert_eq!(row.test, Test::Compare(Operator::Equal, Term::Constant(json!(0))));
    row.set_operator(Some(Operator::Less), &type_of);
    row.set_left(Term::Input("tone".into()), &type_of);
    assert_eq!(row.test, Test::Compare(Operator::Equal, Term::Constant(json!(""))));
    row.set_left(Term::Input("yes".into()), &type_of);
    assert_eq!(row.test, Test::Compare(Operator::Equal, Term::Constant(json!(true))));
    row.set_operator(None, &type_of);
    row.set_left(Term::Input("city".into()), &type_of);
    assert_eq!(row.test, Test::Compare(Operator::Equal, Term::Constant(json!(""))));
    row.set_right(Term::Input("tone".into()));
    row.set_left(Term::Input("count".into()), &type_of);
    assert_eq!(row.test, Test::Compare(Operator::Equal, Term::Input("tone".into())), "an input stays");
    assert_eq!(Row::fresh("yes", Some(Type::Boolean)).test, Test::Holds);
}

#[test]
fn a_part_is_removed_with_the_groups_that_held_it_alone() {
    let mut group = form("yes and (no or not (price > 1 and yes))");
    group.remove(&[1, 1, 0]);
    assert_eq!(group.text(), "yes and (no or not yes)");
    group.remove(&[1, 1, 0]);
    assert_eq!(group.text(), "yes and no");
    group.remove(&[1, 0]);
    group.remove(&[7]);
    group.remove(&[0]);
    assert_eq!(group, Group::empty());
}

#[test]
fn problems_are_told_at_their_side_of_their_comparison() {
    let found = |text: &str| -> Vec<(Vec<usize>, Option<Side>)> {
        form(text).problems(&type_of).into_iter().map(|problem| (problem.path, problem.side)).collect()
    };
    assert_eq!(
        found("yes and (who == \"a\" or not (price > tone))"),
        [(vec![1, 0], Some(Side::Left)), (vec![1, 1], Some(Side::Right))]
    );
    assert_eq!(found("tone == 1 or price"), [(vec![0], Some(Side::Right)), (vec![1], Some(Side::Left))]);
    assert_eq!(found("1 == 1"), [(vec![0], Some(Side::Right))], "it compares no input");
    assert_eq!(found("price > 1 and yes"), []);
    assert_eq!(Group::empty().problems(&type_of), []);
}

fn term() -> impl Strategy<Value = Term> {
    prop_oneof![
        proptest::sample::select(vec!["tone", "price", "yes", "no", "list", "who"])
            .prop_map(|name| Term::Input(name.to_owned())),
        "[ -~é\"\\\\]{0,6}".prop_map(|text| Term::Constant(Value::from(text))),
        any::<i64>().prop_map(|number| Term::Constant(Value::from(number))),
        any::<f64>()
            .prop_filter("a number", |number| number.is_finite())
            .prop_map(|number| Term::Constant(Value::from(number))),
        any::<bool>().prop_map(|truth| Term::Constant(Value::from(truth))),
    ]
}

fn row_by_chance() -> impl Strategy<Value = Part> {
    let test =
        prop_oneof![Just(None), (proptest::sample::select(Operator::ALL.to_vec()), term()).prop_map(Some),];
    (any::<bool>(), term(), test).prop_map(|(not, left, test)| {
        let test = test.map_or(Test::Holds, |(operator, right)| Test::Compare(operator, right));
        Part::Row(Row { not, left, test })
    })
}

fn group_by_chance() -> impl Strategy<Value = Group> {
    let join = |any| if any { Join::Any } else { Join::All };
    let part = row_by_chance().prop_recursive(3, 12, 3, move |inner| {
        (any::<bool>(), any::<bool>(), proptest::collection::vec(inner, 0..4))
            .prop_map(move |(not, any, parts)| Part::Group(Group { not, join: join(any), parts }))
    });
    (any::<bool>(), any::<bool>(), proptest::collection::vec(part, 1..4))
        .prop_map(move |(not, any, parts)| Group { not, join: join(any), parts })
        .prop_filter("something to say", |group| !group.is_empty())
}

fn values_by_chance() -> impl Strategy<Value = Vec<(String, Value)>> {
    (any::<bool>(), any::<bool>(), 0..3_i64, "[ab]?").prop_map(|(yes, no, price, tone)| {
        [
            ("yes", json!(yes)),
            ("no", json!(no)),
            ("price", json!(price)),
            ("tone", json!(tone)),
            ("list", json!([1])),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    })
}

/// Texts of the grammar, as people write them, with needless parentheses and spaces.
fn text_by_chance() -> impl Strategy<Value = String> {
    let leaf = (term(), proptest::sample::select(Operator::ALL.to_vec()), term(), any::<bool>()).prop_map(
        |(left, operator, right, alone)| match alone {
            true => left.to_string(),
            false => format!("{left}{}  {right}", operator.symbol()),
        },
    );
    leaf.prop_recursive(5, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|text| format!("not {text}")),
            inner.clone().prop_map(|text| format!("( {text})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} and {right}")),
            (inner.clone(), inner).prop_map(|(left, right)| format!("{left} or {right}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_text_comes_back_as_what_it_was(text in text_by_chance()) {
        let parsed = Condition::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        if let Some(form) = parsed.form() {
            let again = Condition::parse(&form.text()).unwrap();
            prop_assert_eq!(bare(&again.root), bare(&parsed.root), "{} became {}", text, form.text());
            prop_assert_eq!(again.form(), Some(form));
        }
    }

    #[test]
    fn a_text_means_what_the_form_says(group in group_by_chance(), values in values_by_chance()) {
        let text = group.text();
        let parsed = Condition::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(parsed.holds(&values), says(&group, &values), "{}", text);
    }
}
