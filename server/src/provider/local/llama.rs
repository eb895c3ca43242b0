//! The forward pass of a quantised Llama, as SmolLM2-135M is one: rotary positions, grouped queries, RMSNorm, SwiGLU.
//!
//! The weights are immutable; what a conversation has read so far lives in a [`Memory`]. Every hot loop is inside a
//! candle operation, because a development build compiles this crate without optimisation.
//!
//! Absent on purpose: batches, other devices, other architectures.

use super::Error;
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::{QMatMul, QTensor};
use candle_core::{D, DType, Device, Module, Result, Tensor};
use candle_nn::ops::{rms_norm, silu, softmax_last_dim};
use candle_nn::rotary_emb::rope_i;
use std::io::{Read, Seek};
use std::sync::Arc;

/// The most tokens of prompt and answer together. The model was trained on more, but slows and rambles.
pub const CONTEXT: usize = 2048;

pub struct Llama {
    embedding: Arc<QTensor>,
    layers: Vec<Layer>,
    norm: Tensor,
    head: QMatMul,
    cos: Tensor,
    sin: Tensor,
    shape: Shape,
}

struct Layer {
    attention_norm: Tensor,
    query: QMatMul,
    key: QMatMul,
    value: QMatMul,
    output: QMatMul,
    feed_norm: Tensor,
    gate: QMatMul,
    up: QMatMul,
    down: QMatMul,
}

#[derive(Clone, Copy)]
struct Shape {
    layers: usize,
    heads: usize,
    groups: usize,
    width: usize,
    epsilon: f32,
    base: f32,
}

impl Llama {
    pub fn read(content: &Content, file: &mut (impl Read + Seek)) -> std::result::Result<Self, Error> {
        let shape = Shape::read(content)?;
        let mut tensor = |name: &str| content.tensor(file, name, &Device::Cpu);
        let embedding = Arc::new(tensor("token_embd.weight")?);
        let norm = tensor("output_norm.weight")?.dequantize(&Device::Cpu)?;
        let layers = (0..shape.layers).map(|index| Layer::read(index, &mut tensor)).collect::<Result<_>>()?;
        let (cos, sin) = rotations(shape)?;
        // Tied: the same matrix turns tokens into vectors and vectors into scores.
        let head = QMatMul::from_arc(embedding.clone())?;
        Ok(Self { embedding, layers, norm, head, cos, sin, shape })
    }

    /// An empty memory for this model.
    pub fn memory(&self) -> Memory {
        Memory {
            tokens: Vec::new(),
            keys: vec![None; self.shape.layers],
            values: vec![None; self.shape.layers],
        }
    }

    /// Reads `tokens` after what `memory` holds, and scores each possible next token after the last of them.
    pub fn read_on(&self, tokens: &[u32], memory: &mut Memory) -> Result<Tensor> {
        let hidden = self.hidden(tokens, memory)?;
        let last = hidden.narrow(0, tokens.len() - 1, 1)?.contiguous()?;
        self.head.forward(&last)?.squeeze(0)
    }

    /// Like [`Llama::read_on`], with the scores after every one of `tokens`: one row each.
    pub fn read_all(&self, tokens: &[u32], memory: &mut Memory) -> Result<Tensor> {
        self.head.forward(&self.hidden(tokens, memory)?)
    }

    fn hidden(&self, tokens: &[u32], memory: &mut Memory) -> Result<Tensor> {
        let start = memory.tokens.len();
        let cos = self.cos.narrow(0, start, tokens.len())?;
        let sin = self.sin.narrow(0, start, tokens.len())?;
        let mask = causal_mask(tokens.len(), start)?;
        let mut x = self.embedding.embedding(&Tensor::new(tokens, &Device::Cpu)?)?;
        for (index, layer) in self.layers.iter().enumerate() {
            let seen = Seen { start, key: &mut memory.keys[index], value: &mut memory.values[index] };
            x = layer.forward(&x, seen, (&cos, &sin), mask.as_ref(), self.shape)?;
        }
        memory.tokens.extend_from_slice(tokens);
        rms_norm(&x, &self.norm, self.shape.epsilon)
    }
}

impl Layer {
    fn read(index: usize, tensor: &mut impl FnMut(&str) -> Result<QTensor>) -> Result<Self> {
        let mut named = |part: &str| tensor(&format!("blk.{index}.{part}.weight"));
        let attention_norm = named("attn_norm")?.dequantize(&Device::Cpu)?;
        let feed_norm = named("ffn_norm")?.dequantize(&Device::Cpu)?;
        let mut matrix = |part: &str| QMatMul::from_qtensor(named(part)?);
        Ok(Self {
            attention_norm,
            query: matrix("attn_q")?,
            key: matrix("attn_k")?,
            value: matrix("attn_v")?,
            output: matrix("attn_output")?,
            feed_norm,
            gate: matrix("ffn_gate")?,
            up: matrix("ffn_up")?,
            down: matrix("ffn_down")?,
        })
    }

    fn forward(
        &self,
        x: &Tensor,
        seen: Seen<'_>,
        rotation: (&Tensor, &Tensor),
        mask: Option<&Tensor>,
        shape: Shape,
    ) -> Result<Tensor> {
        let normed = rms_norm(x, &self.attention_norm, shape.epsilon)?;
        let x = (x + self.attend(&normed, seen, rotation, mask, shape)?)?;
        let normed = rms_norm(&x, &self.feed_norm, shape.epsilon)?;
        let gated = (silu(&apply(&self.gate, &normed)?)? * apply(&self.up, &normed)?)?;
        x + apply(&self.down, &gated)?
    }

    fn attend(
        &self,
        x: &Tensor,
        seen: Seen<'_>,
        (cos, sin): (&Tensor, &Tensor),
        mask: Option<&Tensor>,
        shape: Shape,
    ) -> Result<Tensor> {
        let Shape { heads, groups, width, .. } = shape;
        let count = x.dim(0)?;
        let split = |x: Tensor, heads| x.reshape((1, count, heads, width))?.transpose(1, 2)?.contiguous();
        let query = rope_i(&split(apply(&self.query, x)?, heads)?, cos, sin)?;
        let key = rope_i(&split(apply(&self.key, x)?, groups)?, cos, sin)?.squeeze(0)?;
        let value = split(apply(&self.value, x)?, groups)?.squeeze(0)?;
        let key = remember(seen.key, seen.start, &key)?;
        let value = remember(seen.value, seen.start, &value)?;

        // Heads of one group share keys and values: folding them into rows avoids copying those for each head.
        let rows = heads / groups * count;
        let query = query.reshape((groups, rows, width))?;
        let scores = (query.matmul(&key.t()?)? * (1.0 / (width as f64).sqrt()))?;
        let scores = match mask {
            None => scores,
            Some(mask) => {
                let apart = scores.reshape((heads, count, seen.start + count))?;
                apart.broadcast_add(mask)?.reshape((groups, rows, seen.start + count))?
            }
        };
        let mixed = softmax_last_dim(&scores)?.matmul(&value)?;
        let mixed = mixed.reshape((heads, count, width))?.transpose(0, 1)?.reshape((count, heads * width))?;
        apply(&self.output, &mixed)
    }
}

impl Shape {
    fn read(content: &Content) -> std::result::Result<Self, Error> {
        let value = |key: &str| {
            let found = content.metadata.get(&format!("llama.{key}"));
            found.ok_or_else(|| Error::Inference(format!("the model file has no `llama.{key}`")))
        };
        let number = |key: &str| Ok::<_, Error>(value(key)?.to_u32()? as usize);
        let heads = number("attention.head_count")?;
        Ok(Self {
            layers: number("block_count")?,
            heads,
            groups: number("attention.head_count_kv")?,
            width: number("embedding_length")?.checked_div(heads).unwrap_or_default(),
            epsilon: value("attention.layer_norm_rms_epsilon")?.to_f32()?,
            base: value("rope.freq_base").and_then(|v: &Value| Ok(v.to_f32()?)).unwrap_or(10_000.0),
        })
    }
}

/// What has been read so far, so that each token is read once.
pub struct Memory {
    tokens: Vec<u32>,
    keys: Vec<Option<Tensor>>,
    values: Vec<Option<Tensor>>,
}

impl Memory {
    /// Keeps the longest beginning of whole blocks that `tokens` shares, short of its last token, whose scores are not
    /// remembered; returns its length.
    pub fn keep_common(&mut self, tokens: &[u32], block: usize) -> usize {
        let same = self.tokens.iter().zip(tokens).take_while(|(a, b)| a == b).count();
        let length = same.min(tokens.len().saturating_sub(1)) / block * block;
        self.truncate(length);
        length
    }

    /// Forgets everything after the first `length` tokens.
    pub fn truncate(&mut self, length: usize) {
        self.tokens.truncate(length);
    }
}

/// One layer's part of a memory.
struct Seen<'a> {
    start: usize,
    key: &'a mut Option<Tensor>,
    value: &'a mut Option<Tensor>,
}

/// Multiplies, in the way that is faster for so many rows: matrices unpacked for the while, or as they are.
fn apply(matrix: &QMatMul, x: &Tensor) -> Result<Tensor> {
    const WORTH_UNPACKING: usize = 16;
    match matrix {
        QMatMul::QTensor(packed) if x.dim(0)? >= WORTH_UNPACKING => {
            x.matmul(&packed.dequantize(&Device::Cpu)?.t()?)
        }
        _ => matrix.forward(x),
    }
}

/// Writes `new` (heads, tokens, width) at `start`, and returns everything up to its end. Room grows in steps, so that a
/// short conversation costs little memory and a long one few copies.
fn remember(store: &mut Option<Tensor>, start: usize, new: &Tensor) -> Result<Tensor> {
    const STEP: usize = 256;
    let (heads, count, width) = new.dims3()?;
    let end = start + count;
    let room = store.as_ref().map_or(Ok(0), |old| old.dim(1))?;
    if room < end {
        let larger = Tensor::zeros((heads, end.next_multiple_of(STEP), width), DType::F32, &Device::Cpu)?;
        if let Some(old) = store.as_ref().filter(|_| start > 0) {
            larger.slice_set(&old.narrow(1, 0, start)?.contiguous()?, 1, 0)?;
        }
        *store = Some(larger);
    }
    let Some(store) = store else { return Ok(new.clone()) };
    store.slice_set(&new.contiguous()?, 1, start)?;
    store.narrow(1, 0, end)
}

/// Forbids each of `count` tokens after `start` to look at later ones; a single token has none.
fn causal_mask(count: usize, start: usize) -> Result<Option<Tensor>> {
    if count == 1 {
        return Ok(None);
    }
    let row = |i: usize| (0..start + count).map(move |j| if j > start + i { f32::NEG_INFINITY } else { 0.0 });
    let mask: Vec<f32> = (0..count).flat_map(row).collect();
    Ok(Some(Tensor::from_vec(mask, (1, count, start + count), &Device::Cpu)?))
}

fn rotations(shape: Shape) -> Result<(Tensor, Tensor)> {
    let frequencies: Vec<f32> =
        (0..shape.width).step_by(2).map(|i| shape.base.powf(-(i as f32) / shape.width as f32)).collect();
    let frequencies = Tensor::new(frequencies, &Device::Cpu)?.unsqueeze(0)?;
    let positions =
        Tensor::arange(0u32, CONTEXT as u32, &Device::Cpu)?.to_dtype(DType::F32)?.unsqueeze(D::Minus1)?;
    let angles = positions.matmul(&frequencies)?;
    Ok((angles.cos()?, angles.sin()?))
}
