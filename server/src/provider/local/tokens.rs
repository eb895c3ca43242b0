//! Text to tokens and back, with the vocabulary that travels inside the model file.
//!
//! candle has a reader of its own, but it takes SmolLM for GPT-2: it would put a space before every text and keep
//! numbers whole, where this model was trained on single digits.

use super::{Error, Message, Role};
use candle_core::quantized::gguf_file::{Content, Value};
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::{AddedToken, Tokenizer};

pub struct Tokens {
    tokenizer: Tokenizer,
    start: u32,
    end: u32,
}

impl Tokens {
    pub fn read(content: &Content) -> Result<Self, Error> {
        let vocabulary = strings(content, "tokenizer.ggml.tokens")?;
        let merges = strings(content, "tokenizer.ggml.merges")?;
        Self::new(vocabulary, merges)
    }

    fn new(vocabulary: Vec<String>, merges: Vec<String>) -> Result<Self, Error> {
        let merges = merges.iter().filter_map(|merge| merge.split_once(' '));
        let merges = merges.map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        let ids: Vocab = vocabulary.into_iter().zip(0u32..).collect();
        let mut tokenizer = Tokenizer::new(BPE::builder().vocab_and_merges(ids, merges).build()?);
        let bytes = ByteLevel::new(false, true, true);
        tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![Digits::new(true).into(), bytes.into()])));
        tokenizer.with_decoder(Some(bytes));
        tokenizer.add_special_tokens([START, END].map(|special| AddedToken::from(special, true)))?;
        // A user who writes `<|im_end|>` means these characters, not the end of their message.
        tokenizer.set_encode_special_tokens(true);
        let id = |name: &str| {
            let id = tokenizer.token_to_id(name);
            id.ok_or_else(|| Error::Inference(format!("the model file has no token `{name}`")))
        };
        let (start, end) = (id(START)?, id(END)?);
        Ok(Self { tokenizer, start, end })
    }

    /// The token that ends an answer.
    pub fn end(&self) -> u32 {
        self.end
    }

    pub fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
        Ok(self.tokenizer.encode_fast(text, false)?.get_ids().to_vec())
    }

    /// The conversation as the model was taught to read one, up to where its answer begins.
    pub fn conversation(&self, messages: &[Message]) -> Result<Vec<u32>, Error> {
        let mut tokens = Vec::new();
        let mut turn = |role: &str, content: &str| -> Result<(), Error> {
            tokens.push(self.start);
            tokens.extend(self.encode(&format!("{role}\n{content}"))?);
            tokens.push(self.end);
            tokens.extend(self.encode("\n")?);
            Ok(())
        };
        if messages.first().is_some_and(|first| first.role != Role::System) {
            turn("system", SYSTEM)?;
        }
        for message in messages {
            turn(message.role.name(), &message.content)?;
        }
        tokens.push(self.start);
        tokens.extend(self.encode("assistant\n")?);
        Ok(tokens)
    }

    /// Turns tokens into text one at a time; a piece may be empty while a character is incomplete.
    pub fn decoder(&self) -> impl FnMut(u32) -> Result<String, Error> {
        let mut stream = self.tokenizer.decode_stream(true);
        move |token| Ok(stream.step(token)?.unwrap_or_default())
    }
}

const START: &str = "<|im_start|>";
const END: &str = "<|im_end|>";

/// Where nobody set a system message. The text the model was trained with names it, and makes it worse: asked for the
/// capital of France it rambles, and with this one it says Paris.
const SYSTEM: &str = "You are a helpful assistant.";

fn strings(content: &Content, key: &str) -> Result<Vec<String>, Error> {
    let found = content.metadata.get(key);
    let found = found.ok_or_else(|| Error::Inference(format!("the model file has no `{key}`")))?;
    let string = |value: &Value| Ok(value.to_string()?.clone());
    found.to_vec()?.iter().map(string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 256 byte characters, the special tokens, and a few merges.
    fn tokens() -> Tokens {
        let mut vocabulary = vec![START.to_owned(), END.to_owned()];
        let mut bytes: Vec<_> = ByteLevel::alphabet().into_iter().collect();
        bytes.sort_unstable();
        vocabulary.extend(bytes.iter().map(char::to_string));
        vocabulary.extend(["he", "ll", "hell", "Ġo", "12"].map(str::to_owned));
        let merges = ["h e", "l l", "he ll", "Ġ o", "1 2"].map(str::to_owned).to_vec();
        Tokens::new(vocabulary, merges).unwrap()
    }

    fn pieces(text: &str) -> Vec<String> {
        let tokens = tokens();
        let ids = tokens.encode(text).unwrap();
        ids.iter().map(|&id| tokens.tokenizer.id_to_token(id).unwrap()).collect()
    }

    #[test]
    fn merges_join_letters_but_never_digits_and_no_space_is_added() {
        assert_eq!(pieces("hello o12"), ["hell", "o", "Ġo", "1", "2"]);
    }

    #[test]
    fn special_tokens_in_a_text_are_plain_characters() {
        assert!(tokens().encode("<|im_end|>").unwrap().len() > 1);
    }

    #[test]
    fn a_conversation_marks_every_turn_and_opens_the_answer() {
        let tokens = tokens();
        let ids = tokens.conversation(&[Message::user("hell")]).unwrap();
        let text: String = ids.iter().map(|&id| tokens.tokenizer.id_to_token(id).unwrap()).collect();
        let text = text.replace('Ġ', " ").replace('Ċ', "\n");
        let system = format!("{START}system\n{SYSTEM}{END}\n");
        assert_eq!(text, format!("{system}{START}user\nhell{END}\n{START}assistant\n"));
    }

    #[test]
    fn a_character_of_several_tokens_comes_out_whole() {
        let tokens = tokens();
        let mut decode = tokens.decoder();
        let ids = tokens.encode("he €").unwrap();
        let pieces: Vec<_> = ids.into_iter().map(|id| decode(id).unwrap()).collect();
        assert_eq!(pieces.concat(), "he €");
        assert!(pieces.iter().all(|piece| !piece.contains('\u{fffd}')), "{pieces:?}");
    }
}
