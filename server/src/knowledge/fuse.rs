//! One order out of two: reciprocal rank fusion. Scores of different rankers cannot be compared, but places can.
//!
//! A place by words counts as much as the passage has of the question's words, squared. Somebody who asks in other words
//! than the document's finds passages that share a chance word; these would else stand beside what was meant. Whoever
//! asks with the document's own words, a name or a number, has them counted in full.

use std::collections::HashMap;

use flow::node::knowledge_base::Scores;

/// How much the first places count more than later ones. The method is known by 60, for lists of a thousand; these have
/// fifty.
const K: f64 = 20.0;

/// A passage by its number, with what the rankers say of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    pub id: i64,
    /// From 0 to 1.
    pub score: f64,
    pub scores: Scores,
}

/// What words found and what meaning found, each best first, in one order. A score of words is the part of the
/// question's words that a passage has. Where one of the rankers was not asked, the other's own scores stay.
pub fn fuse(lexical: Option<Vec<(i64, f64)>>, semantic: Option<Vec<(i64, f64)>>) -> Vec<Ranked> {
    let both = lexical.is_some() && semantic.is_some();
    let mut found: HashMap<i64, Ranked> = HashMap::new();
    let mut take = |list: Option<Vec<(i64, f64)>>, is_lexical: bool| {
        for (place, (id, score)) in list.into_iter().flatten().enumerate() {
            let scores = Scores::default();
            let ranked = found.entry(id).or_insert(Ranked { id, score: 0.0, scores });
            *(if is_lexical { &mut ranked.scores.lexical } else { &mut ranked.scores.semantic }) =
                Some(score);
            let weight = if is_lexical { score.powi(2) } else { 1.0 };
            // The most is 1: the first place of both.
            ranked.score += if both {
                weight * (K + 1.0) / (K + 1.0 + place as f64) / 2.0
            } else {
                score.clamp(0.0, 1.0)
            };
        }
    };
    take(lexical, true);
    take(semantic, false);
    let mut found: Vec<Ranked> = found.into_values().collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(found: &[Ranked]) -> Vec<i64> {
        found.iter().map(|ranked| ranked.id).collect()
    }

    #[test]
    fn what_both_find_comes_first() {
        let found = fuse(Some(vec![(1, 1.0), (2, 1.0), (3, 0.8)]), Some(vec![(4, 0.8), (2, 0.7), (1, 0.1)]));
        // 1: places 1 and 3; 2: twice 2; 4 and 3: one place each.
        assert_eq!(ids(&found), [1, 2, 4, 3]);
        let expected = [(1.0 + 21.0 / 23.0) / 2.0, 21.0 / 22.0, 0.5, 0.64 * 21.0 / 23.0 / 2.0];
        for (ranked, expected) in found.iter().zip(expected) {
            assert!((ranked.score - expected).abs() < 1e-12, "{ranked:?}");
        }
        assert_eq!(found[0].scores, Scores { lexical: Some(1.0), semantic: Some(0.1), rerank: None });
        assert_eq!(found[2].scores.lexical, None);
        assert_eq!(fuse(Some(vec![(7, 1.0)]), Some(vec![(7, 0.2)]))[0].score, 1.0);
    }

    #[test]
    fn chance_words_stand_behind_what_was_meant() {
        let meant = Some((10..20).map(|id| (id, 0.5)).collect());
        let found = fuse(Some(vec![(1, 0.3), (2, 0.3)]), meant.clone());
        assert_eq!(ids(&found), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 1, 2]);
        let found = fuse(Some(vec![(1, 1.0), (2, 0.3)]), meant);
        assert_eq!(ids(&found)[..3], [1, 10, 11], "all words are as good as the nearest meaning");
    }

    #[test]
    fn one_ranker_alone_keeps_its_scores() {
        let found = fuse(None, Some(vec![(1, 0.75), (2, -0.5)]));
        assert_eq!(found.iter().map(|ranked| ranked.score).collect::<Vec<_>>(), [0.75, 0.0]);
        assert_eq!(ids(&fuse(Some(vec![(1, 0.2), (3, 0.1)]), None)), [1, 3]);
        // A ranker that was asked and found nothing counts as asked.
        assert_eq!(fuse(Some(Vec::new()), Some(vec![(5, 0.9)]))[0].score, 0.5);
        assert!(fuse(None, None).is_empty());
    }
}
