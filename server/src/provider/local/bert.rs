//! all-MiniLM-L6-v2: texts to vectors of 384 numbers, close together where the texts mean the same.
//!
//! A plain BERT encoder, the mean of its outputs, scaled to length one: the dot product of two vectors is their cosine.

use super::Error;
use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::ops::softmax_last_dim;
use candle_nn::{Embedding, LayerNorm, Linear, Module, VarBuilder, embedding, layer_norm, linear};
use std::path::Path;
use tokenizers::{Encoding, PaddingParams, Tokenizer, TruncationParams};

const WIDTH: usize = 384;
const HEADS: usize = 12;
const FEED: usize = 1536;
const LAYERS: usize = 6;
const VOCABULARY: usize = 30522;
const POSITIONS: usize = 512;
const EPSILON: f64 = 1e-12;

/// What the model was made for; the rest of a longer text is not looked at.
const MOST_TOKENS: usize = 256;
/// Texts computed together. More gain nothing on a processor, and padding costs.
const BATCH: usize = 8;

pub struct Bert {
    tokenizer: Tokenizer,
    words: Embedding,
    positions: Embedding,
    kinds: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Bert {
    pub fn open(weights: &Path, vocabulary: &Path) -> std::result::Result<Self, Error> {
        let tensors = candle_core::safetensors::load(weights, &Device::Cpu);
        let tensors = tensors.map_err(|error| Error::damaged(weights, error))?;
        let weight = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let mut tokenizer =
            Tokenizer::from_file(vocabulary).map_err(|error| Error::damaged(vocabulary, error))?;
        tokenizer.with_padding(Some(PaddingParams::default()));
        tokenizer
            .with_truncation(Some(TruncationParams { max_length: MOST_TOKENS, ..Default::default() }))?;
        Self::load(tokenizer, &weight).map_err(|error| Error::damaged(weights, error))
    }

    fn load(tokenizer: Tokenizer, weight: &VarBuilder<'_>) -> Result<Self> {
        let input = weight.pp("embeddings");
        let layer = |index: usize| Layer::load(&weight.pp(format!("encoder.layer.{index}")));
        Ok(Self {
            tokenizer,
            words: embedding(VOCABULARY, WIDTH, input.pp("word_embeddings"))?,
            positions: embedding(POSITIONS, WIDTH, input.pp("position_embeddings"))?,
            kinds: embedding(2, WIDTH, input.pp("token_type_embeddings"))?,
            norm: layer_norm(WIDTH, EPSILON, input.pp("LayerNorm"))?,
            layers: (0..LAYERS).map(layer).collect::<Result<_>>()?,
        })
    }

    /// One vector for each text, in their order.
    pub fn embed(
        &self,
        texts: &[impl AsRef<str>],
        go_on: impl Fn() -> bool,
    ) -> std::result::Result<Vec<Vec<f32>>, Error> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            if !go_on() {
                return Err(Error::Cancelled);
            }
            let batch = batch.iter().map(AsRef::as_ref).collect();
            let encodings = self.tokenizer.encode_batch::<&str>(batch, true)?;
            vectors.extend(self.forward(&encodings)?.to_vec2::<f32>()?);
        }
        Ok(vectors)
    }

    /// How many tokens are read of these texts.
    pub fn count(&self, texts: &[String]) -> std::result::Result<usize, Error> {
        let count = |text: &String| Ok(self.tokenizer.encode(text.as_str(), true)?.len());
        texts.iter().map(count).sum()
    }

    fn forward(&self, texts: &[Encoding]) -> Result<Tensor> {
        let length = texts.first().map_or(0, Encoding::len);
        let stack = |part: fn(&Encoding) -> &[u32]| {
            let rows: Vec<u32> = texts.iter().flat_map(part).copied().collect();
            Tensor::from_vec(rows, (texts.len(), length), &Device::Cpu)
        };
        let tokens = stack(Encoding::get_ids)?;
        let real = stack(Encoding::get_attention_mask)?.to_dtype(DType::F32)?;
        let positions = Tensor::arange(0u32, length as u32, &Device::Cpu)?;
        let words = (self.words.forward(&tokens)? + self.kinds.forward(&tokens.zeros_like()?)?)?;
        let mut x = self.norm.forward(&words.broadcast_add(&self.positions.forward(&positions)?)?)?;
        // Padding is made so unlikely that nothing looks at it.
        let mask = ((&real - 1.0)? * 1e9)?.unsqueeze(1)?.unsqueeze(1)?;
        for layer in &self.layers {
            x = layer.forward(&x, &mask)?;
        }
        let real = real.unsqueeze(D::Minus1)?;
        let sum = x.broadcast_mul(&real)?.sum(1)?;
        let mean = sum.broadcast_div(&real.sum(1)?)?;
        mean.broadcast_div(&mean.sqr()?.sum_keepdim(D::Minus1)?.sqrt()?)
    }
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    attention_norm: LayerNorm,
    feed: Linear,
    back: Linear,
    feed_norm: LayerNorm,
}

impl Layer {
    fn load(weight: &VarBuilder<'_>) -> Result<Self> {
        let attention = weight.pp("attention");
        let inner = attention.pp("self");
        Ok(Self {
            query: linear(WIDTH, WIDTH, inner.pp("query"))?,
            key: linear(WIDTH, WIDTH, inner.pp("key"))?,
            value: linear(WIDTH, WIDTH, inner.pp("value"))?,
            output: linear(WIDTH, WIDTH, attention.pp("output.dense"))?,
            attention_norm: layer_norm(WIDTH, EPSILON, attention.pp("output.LayerNorm"))?,
            feed: linear(WIDTH, FEED, weight.pp("intermediate.dense"))?,
            back: linear(FEED, WIDTH, weight.pp("output.dense"))?,
            feed_norm: layer_norm(WIDTH, EPSILON, weight.pp("output.LayerNorm"))?,
        })
    }

    fn forward(&self, x: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let x = self.attention_norm.forward(&(x + self.attend(x, mask)?)?)?;
        let fed = self.back.forward(&self.feed.forward(&x)?.gelu_erf()?)?;
        self.feed_norm.forward(&(x + fed)?)
    }

    fn attend(&self, x: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let (texts, length, _) = x.dims3()?;
        let heads = |part: &Linear| {
            part.forward(x)?.reshape((texts, length, HEADS, WIDTH / HEADS))?.transpose(1, 2)?.contiguous()
        };
        let (query, key, value) = (heads(&self.query)?, heads(&self.key)?, heads(&self.value)?);
        let scores = (query.matmul(&key.t()?)? / ((WIDTH / HEADS) as f64).sqrt())?;
        let mixed = softmax_last_dim(&scores.broadcast_add(mask)?)?.matmul(&value)?;
        self.output.forward(&mixed.transpose(1, 2)?.reshape((texts, length, WIDTH))?)
    }
}
