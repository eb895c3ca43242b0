use std::collections::BTreeSet;

use flow::wire::Chunking;
use proptest::prelude::*;

use super::*;

const LONGEST: usize = 1_000;

/// The usual cut.
fn cut(text: &str) -> Vec<String> {
    super::cut(text, &Chunking::Headings).into_iter().map(|cut| cut.text).collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn short_texts_are_one_passage() {
    assert_eq!(cut("  One line.  \n"), ["One line."]);
    assert_eq!(
        cut("# Refunds\n\nWithin 30 days.\n\nTo your card."),
        ["# Refunds\nWithin 30 days.\n\nTo your card."]
    );
    assert!(cut(" \n\n ").is_empty());
}

#[test]
fn lines_stay_lines() {
    let line =
        "A line of a list that is longer than the others, so that the paragraph has to be taken apart.";
    let text = format!("# Heading\n- {line}\n- {line} It has two sentences.");
    assert_eq!(cut(&text), [text]);
}

#[test]
fn long_texts_are_cut_between_sentences_and_overlap() {
    let text: String = (0..60).map(|n| format!("Sentence number {n} says something of its own. ")).collect();
    let passages = cut(&text);
    assert!(passages.len() > 2);
    for pair in passages.windows(2) {
        assert!(pair[0].ends_with('.') && pair[0].chars().count() <= LONGEST, "{}", pair[0]);
        let first = pair[1].split_inclusive('.').next().unwrap();
        assert!(pair[0].contains(first.trim()), "{first} begins what was before");
    }
}

#[test]
fn a_paragraph_stays_whole_where_it_fits() {
    let paragraph = |n: usize| format!("{}{n}", "word ".repeat(110));
    let text = format!("{}\n\n{}", paragraph(1), paragraph(2));
    assert_eq!(cut(&text), [paragraph(1), paragraph(2)]);
}

#[test]
fn nothing_is_lost_and_nothing_is_too_long() {
    let letters: Vec<char> = "aé漢。.!? \n\n#\"x".chars().collect();
    let mut state = 7_u64;
    for round in 0..300 {
        let length = 1 + round * 11;
        let text: String = (0..length)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                letters[usize::try_from(state >> 33).unwrap() % letters.len()]
            })
            .collect();
        let passages = cut(&text);
        assert!(passages.iter().all(|passage| passage.chars().count() <= LONGEST), "{round}");
        let all = passages.concat();
        for word in words(&text).iter().filter(|word| word.chars().count() < 20) {
            let first: String = word.chars().take_while(|c| !matches!(c, '。')).collect();
            assert!(all.contains(&first), "{round}: {word}");
        }
    }
    let endless = "x".repeat(2_500);
    assert_eq!(cut(&endless).iter().map(String::len).max(), Some(LONGEST));
}

/// Words, ends of sentences, headings and empty lines, in any order.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zé漢]{1,12} ",
        "[a-z]{1,9}[.!?] ",
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("\n# Heading\n".to_owned()),
        "[x]{1,90}",
    ];
    proptest::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

/// Every strategy that has a limit, with the limit in characters.
fn strategies() -> impl Strategy<Value = (Chunking, usize)> {
    prop_oneof![
        Just((Chunking::Headings, LONGEST)),
        (1_u32..60, 1_u32..100).prop_map(|(max_tokens, overlap_percentage)| {
            (Chunking::Fixed { max_tokens, overlap_percentage }, max_tokens as usize * TOKEN)
        }),
        (1_u32..60, 0_u32..2).prop_map(|(max_tokens, repeated)| {
            (Chunking::Sentences { max_tokens, repeated }, max_tokens as usize * TOKEN)
        }),
        (8_u32..90, 1_u32..8, 1_u32..60).prop_map(|(parent_tokens, child_tokens, overlap_tokens)| {
            let longest = parent_tokens as usize * TOKEN;
            (Chunking::Hierarchical { parent_tokens, child_tokens, overlap_tokens }, longest)
        }),
    ]
}

/// The signs of a text without its white space.
fn signs(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Whether passages cover a text: each goes on in it where it repeats what was covered, or right after that. A text that
/// repeats itself leaves several ways, one of which has to come to its end.
fn covers(passages: &[&str], text: &str) -> Result<(), String> {
    let text: Vec<char> = signs(text).chars().collect();
    let mut ways = BTreeSet::from([0]);
    for passage in passages {
        let passage: Vec<char> = signs(passage).chars().collect();
        let further = |covered: &usize| {
            let (covered, passage) = (*covered, &passage);
            let goes_on = |from: &usize| text[*from..].starts_with(passage) && from + passage.len() > covered;
            let from = (covered.saturating_sub(passage.len())..=covered).filter(goes_on);
            from.map(|from| from + passage.len()).collect::<Vec<_>>()
        };
        let next: BTreeSet<usize> = ways.iter().flat_map(further).collect();
        if next.is_empty() {
            return Err(format!("{passage:?} does not go on at any of {ways:?}"));
        }
        ways = next;
    }
    if ways.contains(&text.len()) { Ok(()) } else { Err(format!("{ways:?} of {} are covered", text.len())) }
}

proptest! {
    #[test]
    fn passages_cover_the_text_within_their_limit(text in texts(), (how, longest) in strategies()) {
        let cuts = super::cut(&text, &how);
        for cut in &cuts {
            prop_assert!(cut.text.chars().count() <= longest, "{cut:?} has more than {longest}");
        }
        let searched: Vec<&str> = cuts.iter().filter(|cut| !cut.is_parent).map(|cut| &*cut.text).collect();
        prop_assert_eq!(covers(&searched, &text), Ok(()));
    }

    #[test]
    fn a_fixed_cut_repeats_no_more_than_it_is_told(text in texts(), tokens in 2_u32..60, share in 1_u32..=50) {
        let how = Chunking::Fixed { max_tokens: tokens, overlap_percentage: share };
        let longest = tokens as usize * TOKEN;
        let all: usize = super::cut(&text, &how).iter().map(|cut| signs(&cut.text).chars().count()).sum();
        let count = super::cut(&text, &how).len();
        let most = signs(&text).chars().count() + count.saturating_sub(1) * longest * share as usize / 100;
        prop_assert!(all <= most, "{all} of {most}");
    }

    #[test]
    fn a_part_is_in_its_parent_which_comes_before(text in texts(), large in 8_u32..90, small in 1_u32..8) {
        let how = Chunking::Hierarchical { parent_tokens: large, child_tokens: small, overlap_tokens: 2 };
        let cuts = super::cut(&text, &how);
        for (at, cut) in cuts.iter().enumerate().filter(|(_, cut)| !cut.is_parent) {
            let parent = cut.parent.unwrap();
            prop_assert!(parent < at && cuts[parent].is_parent && cuts[parent].text.contains(&cut.text));
            prop_assert!(cut.text.chars().count() <= small as usize * TOKEN);
        }
        let parents: Vec<&str> = cuts.iter().filter(|cut| cut.is_parent).map(|cut| &*cut.text).collect();
        prop_assert_eq!(covers(&parents, &text), Ok(()));
    }
}

#[test]
fn each_strategy_cuts_where_it_says() {
    let text = "# One\n\nFirst thing here. Second thing here.\n\n# Two\n\nThird thing here.";
    let texts = |how| super::cut(text, &how).into_iter().map(|cut| cut.text).collect::<Vec<_>>();
    let sentences = texts(Chunking::Sentences { max_tokens: 12, repeated: 1 });
    assert_eq!(sentences[0], "# One\nFirst thing here.\u{20}Second thing here.");
    assert_eq!(texts(Chunking::None), [text]);
    let fixed = texts(Chunking::Fixed { max_tokens: 5, overlap_percentage: 20 });
    assert_eq!(fixed[0], "# One\n\nFirst thing");
    let nested =
        super::cut(text, &Chunking::Hierarchical { parent_tokens: 16, child_tokens: 6, overlap_tokens: 1 });
    let parents: Vec<&str> = nested.iter().filter(|cut| cut.is_parent).map(|cut| &*cut.text).collect();
    assert_eq!(parents, ["# One\nFirst thing here. Second thing here.", "# Two\nThird thing here."]);
}
