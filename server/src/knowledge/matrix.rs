//! Vectors in memory, a byte a number, and those that point the same way as one.
//!
//! Every vector is looked at: a hundred thousand of 384 numbers are 38 MB, which a core reads in some milliseconds, and
//! no neighbour is missed as an index of neighbours would. A byte a number costs the cosine less than one in a hundred
//! (see the tests), and a quarter of the memory and of the time that whole numbers do.
//!
//! Always holds: a passage has one vector; all vectors are of one width.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// The largest number of a byte.
const MOST: f32 = 127.0;

/// Vectors by the numbers of their passages.
#[derive(Debug, Default)]
pub struct Matrix {
    width: usize,
    ids: Vec<i64>,
    /// Of each vector: by what its bytes are multiplied.
    scales: Vec<f32>,
    bytes: Vec<i8>,
    /// Where a passage's vector is.
    places: HashMap<i64, usize>,
}

/// A vector as it is kept: what its numbers are multiplied by, and a byte for each. Its length is made 1.
pub fn pack(vector: &[f32]) -> Vec<u8> {
    let (scale, bytes) = quantised(vector);
    let mut packed = scale.to_le_bytes().to_vec();
    packed.extend(bytes.into_iter().map(i8::cast_unsigned));
    packed
}

impl Matrix {
    /// Takes a vector in as it is kept, in the place of what the passage had. One of another width is left out.
    pub fn put(&mut self, id: i64, packed: &[u8]) {
        let Some((scale, bytes)) = packed.split_first_chunk::<4>() else { return };
        if self.ids.is_empty() {
            self.width = bytes.len();
        }
        if bytes.len() != self.width {
            return;
        }
        self.remove(id);
        self.places.insert(id, self.ids.len());
        self.ids.push(id);
        self.scales.push(f32::from_le_bytes(*scale));
        self.bytes.extend(bytes.iter().copied().map(u8::cast_signed));
    }

    /// Forgets every vector but those of these passages.
    pub fn keep(&mut self, ids: &HashSet<i64>) {
        let gone: Vec<i64> = self.ids.iter().filter(|id| !ids.contains(id)).copied().collect();
        for id in gone {
            self.remove(id);
        }
    }

    /// The last one takes the place of what goes.
    fn remove(&mut self, id: i64) {
        let Some(place) = self.places.remove(&id) else { return };
        let last = self.ids.len() - 1;
        self.ids.swap_remove(place);
        self.scales.swap_remove(place);
        self.bytes.copy_within(last * self.width.., place * self.width);
        self.bytes.truncate(last * self.width);
        if let Some(moved) = self.ids.get(place) {
            self.places.insert(*moved, place);
        }
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// About how much memory it takes.
    pub fn size(&self) -> usize {
        const EACH: usize = 8 + 4 + 32;
        self.bytes.capacity() + self.ids.capacity() * EACH
    }

    /// The passages whose vectors are nearest to this one, nearest first, each with its cosine.
    pub fn nearest(&self, vector: &[f32], most: usize, among: Option<&HashSet<i64>>) -> Vec<(i64, f64)> {
        if vector.len() != self.width || self.width == 0 || most == 0 {
            return Vec::new();
        }
        let (scale, bytes) = quantised(vector);
        let mut best: BinaryHeap<Near> = BinaryHeap::with_capacity(most + 1);
        let mut dots = vec![0; self.ids.len()];
        // Compiled for each kind of processor, and the best that this one can do is taken; what is not part of the
        // closure's own code would not be.
        pulp::Arch::new().dispatch(|| {
            for (row, found) in self.bytes.chunks_exact(self.width).zip(&mut dots) {
                *found = dot(row, &bytes);
            }
        });
        for ((dot, id), own) in dots.into_iter().zip(&self.ids).zip(&self.scales) {
            if among.is_some_and(|among| !among.contains(id)) {
                continue;
            }
            let near = Near { cosine: dot as f32 * own * scale, id: *id };
            if best.len() < most {
                best.push(near);
            } else if let Some(mut worst) = best.peek_mut()
                && near < *worst
            {
                *worst = near;
            }
        }
        best.into_sorted_vec()
            .into_iter()
            .map(|near| (near.id, f64::from(near.cosine).clamp(-1.0, 1.0)))
            .collect()
    }
}

/// The nearest is the least; of two that are as near, the one with the smaller number.
#[derive(PartialEq)]
struct Near {
    cosine: f32,
    id: i64,
}

impl Eq for Near {}

impl Ord for Near {
    fn cmp(&self, other: &Self) -> Ordering {
        other.cosine.total_cmp(&self.cosine).then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// No sum is too large: a vector would need a hundred thousand numbers.
#[inline(always)]
fn dot(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).fold(0, |sum: i32, (a, b)| sum.wrapping_add(i32::from(*a).wrapping_mul(i32::from(*b))))
}

fn quantised(vector: &[f32]) -> (f32, Vec<i8>) {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    let largest = vector.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
    if !length.is_finite() || length == 0.0 {
        return (0.0, vec![0; vector.len()]);
    }
    let bytes = vector.iter().map(|number| (number / largest * MOST).round() as i8).collect();
    (largest / MOST / length, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 384;

    /// Vectors by chance, some near each other.
    fn vectors(count: usize) -> Vec<Vec<f32>> {
        let mut state = 7_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 40) as f32 / (1 << 23) as f32) - 1.0
        };
        let centres: Vec<Vec<f32>> = (0..20).map(|_| (0..WIDTH).map(|_| next()).collect()).collect();
        let mut near = |at: usize| centres[at % 20].iter().map(|centre| centre + 0.8 * next()).collect();
        (0..count).map(&mut near).collect()
    }

    fn cosine(a: &[f32], b: &[f32]) -> f64 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        dot(a, b) / (dot(a, a).sqrt() * dot(b, b).sqrt())
    }

    fn matrix(vectors: &[Vec<f32>]) -> Matrix {
        let mut matrix = Matrix::default();
        for (id, vector) in vectors.iter().enumerate() {
            matrix.put(id as i64, &pack(vector));
        }
        matrix
    }

    #[test]
    fn bytes_find_what_whole_numbers_find() {
        let (vectors, question) = (vectors(1_000), &vectors(1_040)[1_021]);
        let mut exact: Vec<(i64, f64)> =
            vectors.iter().enumerate().map(|(id, vector)| (id as i64, cosine(vector, question))).collect();
        exact.sort_by(|a, b| b.1.total_cmp(&a.1));
        let found = matrix(&vectors).nearest(question, 10, None);
        assert!(found.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        for (id, cosine) in &found {
            let (place, (_, expected)) =
                exact.iter().enumerate().find(|(_, (other, _))| other == id).unwrap();
            assert!(place < 12 && (cosine - expected).abs() < 0.01, "{place}: {cosine} {expected}");
        }
        let own = matrix(&vectors).nearest(&vectors[3], 1, None);
        assert!(own[0].0 == 3 && own[0].1 > 0.999, "{own:?}");
    }

    #[test]
    fn vectors_come_and_go() {
        let vectors = vectors(50);
        let mut matrix = matrix(&vectors);
        let first = |matrix: &Matrix, at: usize| matrix.nearest(&vectors[at], 1, None)[0].0;
        matrix.put(7, &pack(&vectors[8].iter().map(|number| number * 9.0).collect::<Vec<_>>()));
        let two = matrix.nearest(&vectors[8], 2, None);
        assert_eq!(
            two.iter().map(|(id, _)| *id).collect::<HashSet<_>>(),
            HashSet::from([7, 8]),
            "lengths do not count"
        );
        assert!(matrix.len() == 50 && (two[0].1 - two[1].1).abs() < 1e-4, "{two:?}");
        matrix.keep(&(0..50).filter(|id| id % 2 == 0).collect());
        assert_eq!(matrix.len(), 25);
        for at in (0..50).step_by(2) {
            assert_eq!(first(&matrix, at), at as i64);
        }
        let among = HashSet::from([4, 10, 11]);
        let found = matrix.nearest(&vectors[0], 9, Some(&among));
        assert_eq!(found.iter().map(|(id, _)| *id).collect::<HashSet<_>>(), HashSet::from([4, 10]));
        matrix.keep(&HashSet::new());
        assert!(matrix.is_empty() && matrix.nearest(&vectors[0], 9, None).is_empty());
    }

    #[test]
    fn odd_vectors_harm_nothing() {
        let mut matrix = Matrix::default();
        matrix.put(1, &[]);
        matrix.put(1, &pack(&[1.0, 0.0]));
        matrix.put(2, &pack(&[0.0, 1.0, 0.0]));
        matrix.put(3, &pack(&[0.0, 0.0]));
        matrix.put(4, &pack(&[f32::NAN, 1.0]));
        assert_eq!(matrix.len(), 3);
        assert_eq!(matrix.nearest(&[1.0, 0.0], 5, None)[0].0, 1);
        assert!(matrix.nearest(&[1.0], 5, None).is_empty());
        assert!(matrix.nearest(&[1.0, 0.0], 0, None).is_empty());
    }
}
