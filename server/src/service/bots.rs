//! Bindings of bots: which intents the alias of a Lex bot stands for, and which model names them.

use std::collections::{BTreeMap, HashSet};

use flow::node::lex::Utterance;
use flow::wire::{Bot, BotList, BotTest, Intent, PutBot, TryBot};
use tracing::warn;

use super::Service;
use crate::clock;
use crate::error::{Error, Result, missing};
use crate::provider::Pieces;
use crate::store::BotRow;

/// AWS's cap on an ARN.
const LONGEST_ARN: usize = 2048;
const LONGEST_LOCALE: usize = 40;
/// AWS's cap on the name of an intent.
const LONGEST_NAME: usize = 100;
const MOST_INTENTS: usize = 100;
/// All messages together, in bytes: a model reads them with every question.
const MOST_TEXT: usize = 64 * 1024;

impl Service {
    /// Lets runs know the stored bindings. To be called at the start and after changes.
    pub async fn load_bots(&self) -> Result<()> {
        // One at a time: whoever reads last has read the newest.
        let _loading = self.found.loading.lock().await;
        self.bots.set(self.bots().await?);
        Ok(())
    }

    /// The bindings, by ARN and locale.
    pub async fn bots(&self) -> Result<BotList> {
        Ok(BotList { bots: self.store.bots().await?.iter().map(on_the_wire).collect() })
    }

    /// Makes or replaces the binding of a bot's alias in a locale; in every other one where that is empty.
    pub async fn put_bot(&self, arn: &str, locale: &str, put: PutBot) -> Result<Bot> {
        check_place(arn, locale)?;
        let row = self.bot_row(arn, locale, put)?;
        self.keep_bot(row.clone(), true).await?;
        Ok(on_the_wire(&row))
    }

    /// Makes bindings that a template brings; those that are there stay as they are.
    pub(super) async fn add_bots(&self, bots: Vec<Bot>) -> Result<()> {
        for Bot { arn, locale, model, intents, fallback } in bots {
            let row = self.bot_row(&arn, &locale, PutBot { model, intents, fallback })?;
            self.keep_bot(row, false).await?;
        }
        Ok(())
    }

    /// Deletes a binding.
    pub async fn delete_bot(&self, arn: &str, locale: &str) -> Result<()> {
        let (service, arn, locale) = (self.clone(), arn.to_owned(), locale.to_owned());
        self.whole_change(async move {
            let deleted = service.store.delete_bot(arn.clone(), locale).await;
            deleted.map_err(missing("binding", &arn))?;
            service.load_bots().await
        })
        .await
    }

    /// Names the intent of a message, as a node would.
    pub async fn test_bot(&self, arn: &str, locale: &str, with: TryBot) -> Result<BotTest> {
        if self.bots.bindings().find(arn, locale).is_none() {
            return Err(Error::NotFound { what: "binding", name: arn.to_owned() });
        }
        let utterance =
            Utterance { bot_alias_arn: arn.to_owned(), locale: locale.to_owned(), text: with.text };
        // Nobody reads the pieces of a try.
        let (pieces, _) = Pieces::channel(1);
        Ok(match self.bots.name(&utterance, &self.models, &pieces).await {
            Ok((name, call)) => {
                let by = call.served_by.map(|by| format!(", by {by}")).unwrap_or_default();
                let message = format!("{name} ({}{by})", call.model);
                BotTest { ok: true, message, intent: Some(name) }
            }
            Err(failure) => BotTest { ok: false, message: failure.message, intent: None },
        })
    }

    fn bot_row(&self, arn: &str, locale: &str, put: PutBot) -> Result<BotRow> {
        let fallback = put.fallback.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let intents = tidied(put.intents, fallback.as_deref())?;
        let model = put.model.trim().to_owned();
        if !model.is_empty()
            && let Err(error) = self.models.resolve(&model)
        {
            return Err(Error::invalid("model", error.to_string()));
        }
        Ok(BotRow {
            arn: arn.to_owned(),
            locale: locale.to_owned(),
            model,
            intents: serde_json::to_string(&intents)?,
            fallback,
        })
    }

    async fn keep_bot(&self, row: BotRow, replace: bool) -> Result<()> {
        let service = self.clone();
        self.whole_change(async move {
            service.store.put_bot(row, replace, clock::now()).await?;
            service.load_bots().await
        })
        .await
    }
}

/// The intents without empty lines and doubled messages.
fn tidied(given: Vec<Intent>, fallback: Option<&str>) -> Result<Vec<Intent>> {
    let wrong = |message: String| Err(Error::invalid("intents", message));
    if given.len() > MOST_INTENTS {
        return wrong(format!("A bot has at most {MOST_INTENTS} intents."));
    }
    if given.len() + usize::from(fallback.is_some()) < 2 {
        return wrong("Give two intents, or one and a fallback: there has to be a choice.".to_owned());
    }
    let (mut names, mut told, mut intents) = (HashSet::new(), BTreeMap::new(), Vec::new());
    if let Some(fallback) = fallback {
        check_name(fallback, "fallback")?;
        names.insert(fallback.to_owned());
    }
    for Intent { name, utterances } in given {
        let name = name.trim().to_owned();
        check_name(&name, "intents")?;
        if !names.insert(name.clone()) {
            return wrong(format!("{name} is there twice."));
        }
        let mut kept: Vec<String> = Vec::new();
        for utterance in utterances {
            let utterance = utterance.trim().to_owned();
            if utterance.is_empty() || kept.contains(&utterance) {
                continue;
            }
            if let Some(other) = told.insert(utterance.to_lowercase(), name.clone())
                && other != name
            {
                return wrong(format!("“{utterance}” cannot mean both {other} and {name}."));
            }
            kept.push(utterance);
        }
        if kept.is_empty() {
            return wrong(format!("Give {name} at least one message that means it."));
        }
        intents.push(Intent { name, utterances: kept });
    }
    let length: usize = intents.iter().flat_map(|intent| &intent.utterances).map(String::len).sum();
    if length > MOST_TEXT {
        return wrong("A bot's messages are at most 64 KiB together. Leave some out.".to_owned());
    }
    Ok(intents)
}

fn check_name(name: &str, field: &'static str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(fits) {
        let message = format!(
            "“{name}” is no name of an intent. It has letters, digits, _ and -, at most {LONGEST_NAME}."
        );
        return Err(Error::invalid(field, message));
    }
    Ok(())
}

/// Anything may stand for a bot in a definition, a variable of a template too.
fn check_place(arn: &str, locale: &str) -> Result<()> {
    let spaced = |text: &str| text.contains(|c: char| c.is_whitespace() || c.is_control());
    if arn.is_empty() || arn.len() > LONGEST_ARN || spaced(arn) {
        let message = "Give the bot alias's ARN as the node has it, without spaces, at most 2048 characters.";
        return Err(Error::invalid("arn", message));
    }
    if locale.len() > LONGEST_LOCALE || spaced(locale) {
        return Err(Error::invalid("locale", "Give a locale such as en_US, or none for every locale."));
    }
    Ok(())
}

fn on_the_wire(row: &BotRow) -> Bot {
    let intents = serde_json::from_str(&row.intents).unwrap_or_else(|error| {
        warn!(bot.arn = row.arn, "its intents cannot be read: {error}");
        Vec::new()
    });
    Bot {
        arn: row.arn.clone(),
        locale: row.locale.clone(),
        model: row.model.clone(),
        intents,
        fallback: row.fallback.clone(),
    }
}
