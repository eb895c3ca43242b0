//! What retrieval costs with a hundred thousand passages, and how well it finds: words alone against both rankers, on a
//! town's handbook of 211 entries and 76 questions (`town/`), which were written before anything was measured.
//!
//! Vectors are synthetic, except for the handbook's, which the model of this machine reads where its weights are here.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flow::message::Chat;
use flow::wire::{PassageList, Ranking};
use futures_util::future::BoxFuture;
use server::egress::Egress;
use server::knowledge::{Index as _, Question, VectorSet, VectorStore as _, read};
use server::provider::{Answer, Error, Pieces, Provider, Purpose, Registry, Vectors};
use server::service::{Memory, Retriever, Stores};
use server::store::{NewDocument, NewPassage, NewVectorSet, Store};

const DOCUMENTS: usize = 1_000;
const PASSAGES: usize = 100;
/// Words of a passage, and of all.
const LENGTH: usize = 90;
const VOCABULARY: f64 = 30_000.0;
const WIDTH: usize = 384;
const QUESTIONS: usize = 200;

fn main() {
    // `cargo test` starts benches too, to see that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(cost());
    runtime.block_on(quality());
}

/// Numbers by chance, the same each time.
struct Chance(u64);

impl Chance {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A word; the first are far more frequent than the last, as in any language.
    fn word(&mut self) -> String {
        format!("w{}", VOCABULARY.powf(self.next()) as u64)
    }

    fn text(&mut self) -> String {
        (0..LENGTH).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn vector(&mut self) -> Vec<f32> {
        (0..WIDTH).map(|_| (self.next() - 0.5) as f32).collect()
    }
}

/// Gives every text a vector made of its letters, at once.
struct Instant384;

impl Provider for Instant384 {
    fn chat<'a>(&'a self, _: &'a str, _: &'a Chat, _: &'a Pieces) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async { Err(Error::Unfit("it does not chat".to_owned())) })
    }

    fn embed<'a>(
        &'a self,
        _: &'a str,
        texts: Vec<String>,
        _: Option<u32>,
        _: Purpose,
    ) -> BoxFuture<'a, Result<Vectors, Error>> {
        let seed = |text: &String| {
            text.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
        };
        let vector = |text: &String| Chance(seed(text)).vector().into_iter().map(f64::from).collect();
        let vectors = texts.iter().map(vector).collect();
        Box::pin(async move { Ok(Vectors { vectors, tokens: None }) })
    }

    fn rerank<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<f64>, Error>> {
        Box::pin(async { Err(Error::Unfit("it puts nothing in order".to_owned())) })
    }

    fn count<'a>(&'a self, _: &'a str, _: &'a Chat) -> BoxFuture<'a, Result<u64, Error>> {
        Box::pin(async { Ok(0) })
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, Error>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

async fn cost() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path()).await.unwrap();
    store.insert_knowledge_base("BASE".to_owned(), "Base".to_owned(), 1).await.unwrap();
    let mut chance = Chance(1);
    let began = Instant::now();
    for document in 0..DOCUMENTS {
        let passages =
            (0..PASSAGES).map(|_| NewPassage { text: chance.text(), ..NewPassage::default() }).collect();
        insert(&store, "BASE", &format!("D{document}"), &format!("Document {document}"), passages).await;
    }
    let count = DOCUMENTS * PASSAGES;
    told("passages taken in a second, without vectors", count as f64 / began.elapsed().as_secs_f64());

    let vectors = Memory::new(store.clone());
    let set = set(&store).await;
    let began = Instant::now();
    let (mut after, mut put) = (0, 0);
    loop {
        let passages = store.unread_passages("BASE", set.id, after, 1_000).await.unwrap();
        let Some(last) = passages.last() else { break };
        after = last.id;
        put += passages.len();
        vectors
            .put(&set, passages.iter().map(|passage| (passage.id, chance.vector())).collect())
            .await
            .unwrap();
    }
    assert_eq!(put, count);
    store.publish_vectors("BASE".to_owned(), set.id).await.unwrap();
    told("vectors kept in a second", count as f64 / began.elapsed().as_secs_f64());

    let models = Registry::new(Egress::new().unwrap(), Some(Arc::new(Instant384)));
    let retriever = Retriever::new(store.clone(), models, Stores::new(Arc::new(vectors)));
    let before = memory("VmRSS");
    let first = Instant::now();
    ask(&retriever, "w100", Ranking::Semantic).await;
    told("milliseconds of the first question, which reads the vectors", first.elapsed().as_secs_f64() * 1e3);
    told("MB more that the vectors take", memory("VmRSS") - before);

    // Words of one passage, as a question about it has them, without the most frequent.
    let questions: Vec<String> = (0..QUESTIONS)
        .map(|_| {
            let words = std::iter::repeat_with(|| chance.word()).filter(|word| word.len() > 3);
            words.take(5).collect::<Vec<_>>().join(" ")
        })
        .collect();
    time(&retriever, &questions, "").await;
    told("MB of memory in all, at most", memory("VmHWM"));

    // Its words are no longer the base's alone.
    store.insert_knowledge_base("OTHER".to_owned(), "Other".to_owned(), 1).await.unwrap();
    for document in 0..DOCUMENTS / 2 {
        let passages =
            (0..PASSAGES).map(|_| NewPassage { text: chance.text(), ..NewPassage::default() }).collect();
        insert(&store, "OTHER", &format!("O{document}"), &format!("Document {document}"), passages).await;
    }
    time(&retriever, &questions, ", beside another base half as large").await;
}

/// Tells how long questions take by each ranker.
async fn time(retriever: &Retriever, questions: &[String], where_: &str) {
    for (name, ranking) in
        [("by words", Ranking::Lexical), ("by meaning", Ranking::Semantic), ("hybrid", Ranking::Hybrid)]
    {
        let mut times = Vec::with_capacity(questions.len());
        for question in questions {
            let began = Instant::now();
            ask(retriever, question, ranking).await;
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let at = |share: usize| milliseconds(times[times.len() * share / 100]);
        println!("{name}{where_}: p50 {:.1} ms, p95 {:.1} ms", at(50), at(95));
    }
}

async fn insert(store: &Store, base: &str, id: &str, title: &str, passages: Vec<NewPassage>) {
    let text: String = passages.iter().map(|passage| passage.text.as_str()).collect();
    let document = NewDocument {
        id: id.to_owned(),
        base: base.to_owned(),
        title: title.to_owned(),
        digest: id.to_owned(),
        text,
        metadata: None,
        passages,
        at: 1,
    };
    store.insert_document(document, format!("{base}S")).await.unwrap();
}

async fn set(store: &Store) -> VectorSet {
    let new = NewVectorSet { model: "local/minilm".to_owned(), store: None, place: String::new() };
    store.begin_vectors("BASE".to_owned(), new).await.unwrap();
    VectorSet { id: store.vector_sets("BASE").await.unwrap()[0].id, place: String::new() }
}

async fn ask(retriever: &Retriever, text: &str, ranking: Ranking) -> PassageList {
    let question = Question { ranking, ..Question::new(text, 5) };
    let found = retriever.find("BASE", &question).await.unwrap();
    assert_eq!(found.ranking, ranking, "{:?}", found.note);
    found
}

async fn quality() {
    let egress = Egress::new().unwrap();
    let Some(embedded) = server::provider::embedded(None, &egress) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path()).await.unwrap();
    store.insert_knowledge_base("BASE".to_owned(), "Base".to_owned(), 1).await.unwrap();
    for (id, text) in rows("documents.tsv") {
        insert(&store, "BASE", &id, &id, vec![NewPassage { text, ..NewPassage::default() }]).await;
    }
    let provider = Arc::clone(&embedded.provider);
    let (vectors, set) = (Memory::new(store.clone()), set(&store).await);
    let passages = store.unread_passages("BASE", set.id, 0, 1_000).await.unwrap();
    let texts = passages.iter().map(|passage| read(&passage.title, &passage.text)).collect();
    let Ok(found) = provider.embed("minilm", texts, None, Purpose::Passage).await else {
        return println!("the weights of local/minilm are not here, so nothing is said of how well it finds");
    };
    let narrow = |vector: Vec<f64>| vector.into_iter().map(|number| number as f32).collect();
    let found =
        passages.iter().map(|passage| passage.id).zip(found.vectors.into_iter().map(narrow)).collect();
    vectors.put(&set, found).await.unwrap();
    store.publish_vectors("BASE".to_owned(), set.id).await.unwrap();
    let retriever =
        Retriever::new(store, Registry::new(egress, Some(provider)), Stores::new(Arc::new(vectors)));
    let questions = rows("questions.tsv");
    for (name, ranking) in
        [("by words", Ranking::Lexical), ("by meaning", Ranking::Semantic), ("hybrid", Ranking::Hybrid)]
    {
        let (mut recall, mut reciprocal) = (0.0, 0.0);
        for (text, wanted) in &questions {
            let found = ask(&retriever, text, ranking).await.passages;
            if let Some(place) = found.iter().position(|passage| passage.document_id == *wanted) {
                recall += 1.0;
                reciprocal += 1.0 / (place + 1) as f64;
            }
        }
        let count = questions.len() as f64;
        println!("{name}: recall at 5 {:.2}, MRR {:.2}", recall / count, reciprocal / count);
    }
}

/// The two columns of a file.
fn rows(file: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/town").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| line.split_once('\t').map(|(one, other)| (one.to_owned(), other.to_owned()));
    text.lines().filter_map(row).collect()
}

fn told(what: &str, number: f64) {
    println!("{what}: {number:.0}");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A figure of this process, in megabytes.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
