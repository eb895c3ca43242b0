//! Which token comes next: the likeliest, or one drawn at random.
//!
//! The seed is an argument, so that the same question with the same seed gets the same answer.

use super::Error;
use candle_core::{D, Tensor};
use candle_nn::ops::softmax_last_dim;
use std::cmp::Ordering;

pub struct Sampler {
    temperature: f64,
    top_p: f64,
    state: u64,
    /// What was said so far.
    said: Vec<u32>,
}

/// Tiny models get caught in loops. Scores of what was just said shrink by this, and the loop opens.
const AGAIN: f32 = 1.1;
/// How far back that goes.
const JUST: usize = 64;

/// Tokens this much less likely than the likeliest are never drawn: at this size they are noise, and the rest can be
/// sorted in no time.
const FLOOR: f32 = 1e-4;

impl Sampler {
    pub fn new(temperature: f64, top_p: Option<f64>, seed: u64) -> Self {
        Self { temperature, top_p: top_p.unwrap_or(1.0), state: seed, said: Vec::new() }
    }

    /// The next token, given the scores of all of them.
    pub fn next(&mut self, scores: &Tensor) -> Result<u32, Error> {
        let scores = self.less_of_the_same(scores)?;
        // Not a number counts as greedy too.
        let token = if self.temperature.partial_cmp(&1e-3) == Some(Ordering::Greater) {
            let chances: Vec<f32> = softmax_last_dim(&(scores / self.temperature)?)?.to_vec1()?;
            self.draw(&chances)
        } else {
            scores.argmax(D::Minus1)?.to_scalar()?
        };
        self.said.push(token);
        Ok(token)
    }

    fn less_of_the_same(&self, scores: &Tensor) -> Result<Tensor, Error> {
        let mut all: Vec<f32> = scores.to_vec1()?;
        let mut just = self.said[self.said.len().saturating_sub(JUST)..].to_vec();
        just.sort_unstable();
        just.dedup();
        for token in just {
            if let Some(score) = all.get_mut(token as usize) {
                *score = if *score > 0.0 { *score / AGAIN } else { *score * AGAIN };
            }
        }
        Ok(Tensor::from_vec(all, scores.shape(), scores.device())?)
    }

    fn draw(&mut self, chances: &[f32]) -> u32 {
        let likely = nucleus(chances, self.top_p);
        let mut left = self.uniform() * likely.iter().map(|(_, chance)| f64::from(*chance)).sum::<f64>();
        for (token, chance) in &likely {
            left -= f64::from(*chance);
            if left < 0.0 {
                return *token;
            }
        }
        likely.last().map_or(0, |(token, _)| *token)
    }

    /// SplitMix64: a number from 0 to 1, never 1.
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The fewest tokens that together have at least `top_p` of the chances, likeliest first.
fn nucleus(chances: &[f32], top_p: f64) -> Vec<(u32, f32)> {
    let floor = chances.iter().copied().fold(0.0, f32::max) * FLOOR;
    let mut likely: Vec<(u32, f32)> =
        (0u32..).zip(chances.iter().copied()).filter(|(_, c)| *c >= floor).collect();
    likely.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut sum = 0.0;
    let enough = likely.iter().position(|(_, chance)| {
        sum += f64::from(*chance);
        sum >= top_p
    });
    likely.truncate(enough.map_or(likely.len(), |last| last + 1));
    likely
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    /// First tokens, each by a seed of its own.
    fn tokens(temperature: f64, top_p: Option<f64>, seed: u64) -> Vec<u32> {
        let scores = Tensor::new(&[1.0f32, 3.0, 2.5, -9.0], &Device::Cpu).unwrap();
        let first = |seed| Sampler::new(temperature, top_p, seed).next(&scores).unwrap();
        (seed..seed + 200).map(first).collect()
    }

    #[test]
    fn what_was_just_said_becomes_less_likely() {
        let scores = Tensor::new(&[1.0f32, 3.0, 2.9, -9.0], &Device::Cpu).unwrap();
        let mut greedy = Sampler::new(0.0, None, 0);
        let said: Vec<u32> = (0..4).map(|_| greedy.next(&scores).unwrap()).collect();
        assert_eq!(said, [1, 2, 1, 1]);
    }

    #[test]
    fn without_temperature_the_likeliest_wins() {
        assert!(tokens(0.0, None, 1).iter().all(|token| *token == 1));
        assert!(tokens(f64::NAN, None, 1).iter().all(|token| *token == 1));
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(tokens(1.0, None, 7), tokens(1.0, None, 7));
        assert_ne!(tokens(1.0, None, 7), tokens(1.0, None, 8));
    }

    #[test]
    fn draws_follow_the_chances() {
        let drawn = tokens(1.0, None, 3);
        let share = |token| drawn.iter().filter(|t| **t == token).count();
        assert!((85..=135).contains(&share(1)), "{}", share(1));
        assert!(share(0) > 5 && share(3) == 0);
    }

    #[test]
    fn a_small_nucleus_is_greedy() {
        assert!(tokens(1.0, Some(0.3), 3).iter().all(|token| *token == 1));
        assert_eq!(nucleus(&[0.1, 0.5, 0.4], 0.8), [(1, 0.5), (2, 0.4)]);
    }
}
