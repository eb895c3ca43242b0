//! SmolLM2 as a whole: a conversation in, an answer out, token by token; and how likely it finds given answers.

use super::llama::{CONTEXT, Llama, Memory};
use super::sample::Sampler;
use super::stop::Stop;
use super::tokens::Tokens;
use super::{Error, Finish, Generate, Generated, Message};
use candle_core::quantized::gguf_file::Content;
use candle_core::{D, Tensor};
use candle_nn::ops::log_softmax;
use std::ops::ControlFlow;
use std::path::Path;

pub struct Language {
    llama: Llama,
    tokens: Tokens,
    /// What was read last: the next prompt often begins the same way.
    memory: Memory,
    /// How much of it was read in whole blocks, and not token by token.
    settled: usize,
}

/// How many tokens of a prompt are read at once, and between two looks at whether the caller is still there. Always the same
/// blocks, counted from the beginning: numbers differ in their last digit by how many tokens are read at once, and an
/// answer must not depend on what was asked before.
const BLOCK: usize = 64;

impl Language {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let what = || format!("cannot open the local model `{}`", path.display());
        let mut file = std::io::BufReader::new(std::fs::File::open(path).map_err(Error::io(what()))?);
        let damaged = |error: Error| Error::damaged(path, error);
        let content = Content::read(&mut file).map_err(|error| damaged(error.into()))?;
        let llama = Llama::read(&content, &mut file).map_err(damaged)?;
        let tokens = Tokens::read(&content).map_err(damaged)?;
        let memory = llama.memory();
        Ok(Self { llama, tokens, memory, settled: 0 })
    }

    /// Answers a conversation. `on_text` gets each piece of text as it comes; `go_on` is asked before every piece of
    /// work, and either can end the call.
    pub fn generate(
        &mut self,
        request: &Generate,
        mut on_text: impl FnMut(&str) -> ControlFlow<()>,
        go_on: impl Fn() -> bool,
    ) -> Result<Generated, Error> {
        if request.messages.is_empty() {
            return Err(Error::NoMessages);
        }
        let prompt = self.tokens.conversation(&request.messages)?;
        let room = CONTEXT.checked_sub(prompt.len()).filter(|room| *room > 0);
        let room = room.ok_or(Error::PromptTooLong { tokens: prompt.len(), limit: CONTEXT })?;
        let most = room.min(request.max_tokens as usize);

        let mut scores = self.read(&prompt, &go_on)?;
        let mut sampler = Sampler::new(request.temperature, request.top_p, request.seed);
        let mut stop = Stop::new(request.stop.clone());
        let mut decode = self.tokens.decoder();
        let mut answer = Generated {
            text: String::new(),
            prompt_tokens: prompt.len() as u32,
            completion_tokens: 0,
            finish: Finish::Length,
            stopped_by: None,
        };
        let mut show = |text: String, answer: &mut Generated| {
            answer.text.push_str(&text);
            if text.is_empty() { ControlFlow::Continue(()) } else { on_text(&text) }
        };
        for _ in 0..most {
            let token = sampler.next(&scores)?;
            answer.completion_tokens += 1;
            if token == self.tokens.end() {
                answer.finish = Finish::Stop;
                break;
            }
            let (text, met) = stop.push(&decode(token)?);
            if show(text, &mut answer).is_break() || !go_on() {
                return Err(Error::Cancelled);
            }
            if met {
                answer.finish = Finish::StopSequence;
                answer.stopped_by = stop.by.take();
                break;
            }
            if (answer.completion_tokens as usize) < most {
                scores = self.llama.read_on(&[token], &mut self.memory)?;
            }
        }
        if show(stop.rest(), &mut answer).is_break() {
            return Err(Error::Cancelled);
        }
        Ok(answer)
    }

    /// How many tokens a conversation has, as it would be read.
    pub fn count(&self, messages: &[Message]) -> Result<usize, Error> {
        Ok(self.tokens.conversation(messages)?.len())
    }

    /// The logarithm of how likely the model answers `messages` with each of `answers`.
    pub fn likelihoods(
        &mut self,
        messages: &[Message],
        answers: &[String],
        go_on: impl Fn() -> bool,
    ) -> Result<Vec<f64>, Error> {
        let prompt = self.tokens.conversation(messages)?;
        let answers: Vec<_> =
            answers.iter().map(|answer| self.tokens.encode(answer)).collect::<Result<_, _>>()?;
        let longest = prompt.len() + answers.iter().map(Vec::len).max().unwrap_or(0);
        if longest > CONTEXT {
            return Err(Error::PromptTooLong { tokens: longest, limit: CONTEXT });
        }
        let first = self.read(&prompt, &go_on)?.unsqueeze(0)?;
        answers.iter().map(|answer| self.likelihood(&first, prompt.len(), answer)).collect()
    }

    fn likelihood(&mut self, first: &Tensor, prompt: usize, answer: &[u32]) -> Result<f64, Error> {
        let Some((_, but_last)) = answer.split_last() else { return Ok(0.0) };
        self.memory.truncate(prompt);
        let scores = match but_last {
            [] => first.clone(),
            read => Tensor::cat(&[first, &self.llama.read_all(read, &mut self.memory)?], 0)?,
        };
        let chosen = Tensor::new(answer, scores.device())?.unsqueeze(1)?;
        let chances = log_softmax(&scores, D::Minus1)?.gather(&chosen, 1)?;
        Ok(f64::from(chances.sum_all()?.to_scalar::<f32>()?))
    }

    /// Reads a whole prompt, and scores what may come after it.
    fn read(&mut self, prompt: &[u32], go_on: &impl Fn() -> bool) -> Result<Tensor, Error> {
        self.memory.truncate(self.settled);
        let known = self.memory.keep_common(prompt, BLOCK);
        self.settled = prompt.len() / BLOCK * BLOCK;
        let mut scores = None;
        for part in prompt[known..].chunks(BLOCK) {
            if !go_on() {
                return Err(Error::Cancelled);
            }
            scores = Some(self.llama.read_on(part, &mut self.memory)?);
        }
        scores.ok_or(Error::NoMessages)
    }
}
