//! Bindings of functions: which HTTP endpoint a function's ARN leads to.
//!
//! Always holds: a header's secret is sent to the address it was given for alone, and is never shown.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use flow::node::function::{Call, Given};
use flow::value::Type;
use flow::wire::{Function, FunctionHeader, FunctionList, FunctionTest, PutFunction, PutHeader, TryFunction};
use tracing::warn;
use url::Url;

use super::Service;
use super::connections::hint;
use crate::arn::TEST_ALIAS;
use crate::error::{Error, Result, missing};
use crate::node::Origin;
use crate::node::flows::Flows;
use crate::node::function::{Binding, header};
use crate::store::FunctionRow;
use crate::{clock, id};

/// Seconds that a function has to answer where the binding does not say.
const USUAL_TIMEOUT: u32 = 30;
/// The longest, as AWS's own functions have it.
const LONGEST_TIMEOUT: u32 = 900;
/// AWS's cap on an ARN.
const LONGEST_ARN: usize = 2048;
const MOST_HEADERS: usize = 20;
/// A secret that no server takes.
const LONGEST_SECRET: usize = 8192;
/// The flow and the node that a function is told of in a test.
const NO_FLOW: &str = "0000000000";
const TEST_NODE: &str = "Test";

/// Names and secrets.
type Headers = Vec<(String, String)>;
/// The same as it is stored: sealed, and what is shown of it.
type SealedHeaders = (Option<Vec<u8>>, String);

impl Service {
    /// Lets runs know the stored bindings. To be called at the start and after changes.
    pub async fn load_functions(&self) -> Result<()> {
        // One at a time: whoever reads last has read the newest.
        let _loading = self.found.loading.lock().await;
        let mut bindings = BTreeMap::new();
        for row in self.store.functions().await? {
            let Ok(url) = Url::parse(&row.url) else { continue };
            let timeout = Duration::from_secs(row.timeout_seconds.into());
            let headers = self.open_headers(&place(&row.arn), row.sealed_headers.as_deref());
            bindings.insert(row.arn, Binding { url, timeout, headers });
        }
        self.functions.set(bindings);
        Ok(())
    }

    /// The bindings, by ARN.
    pub async fn functions(&self) -> Result<FunctionList> {
        let functions = self.store.functions().await?.iter().map(on_the_wire).collect();
        Ok(FunctionList { functions })
    }

    /// Makes or replaces a binding.
    pub async fn put_function(&self, arn: &str, put: PutFunction) -> Result<Function> {
        check_arn(arn)?;
        let url = address(&put.url)?;
        let timeout_seconds = put.timeout_seconds.unwrap_or(USUAL_TIMEOUT);
        if !(1..=LONGEST_TIMEOUT).contains(&timeout_seconds) {
            let message = format!("A function has between 1 and {LONGEST_TIMEOUT} s to answer.");
            return Err(Error::invalid("timeoutSeconds", message));
        }
        let known = self.store.functions().await?.into_iter().find(|row| row.arn == arn);
        let known = known.filter(|row| row.url == url.as_str());
        let known = known.map(|row| (row.sealed_headers, row.header_hints));
        let (sealed_headers, header_hints) = self.put_headers(&place(arn), put.headers, known)?;
        let row = FunctionRow {
            arn: arn.to_owned(),
            url: url.into(),
            timeout_seconds,
            sealed_headers,
            header_hints,
        };
        let (service, stored) = (self.clone(), row.clone());
        self.whole_change(async move {
            service.store.put_function(stored, clock::now()).await?;
            service.load_functions().await
        })
        .await?;
        Ok(on_the_wire(&row))
    }

    /// Deletes a binding.
    pub async fn delete_function(&self, arn: &str) -> Result<()> {
        let (service, arn) = (self.clone(), arn.to_owned());
        self.whole_change(async move {
            service.store.delete_function(arn.clone()).await.map_err(missing("binding", &arn))?;
            service.load_functions().await
        })
        .await
    }

    /// Calls a bound function once, with these inputs.
    pub async fn test_function(&self, arn: &str, with: TryFunction) -> Result<FunctionTest> {
        let Some(binding) = self.functions.resolve(arn) else {
            return Err(Error::NotFound { what: "binding", name: arn.to_owned() });
        };
        let inputs = with.inputs.into_iter().map(|input| {
            let kind = Type::of(&input.value).ok_or_else(|| {
                Error::invalid("inputs", format!("{} is null, which no type has.", input.name))
            })?;
            Ok(Given { name: input.name, kind, expression: "$.data".to_owned(), value: input.value })
        });
        let call =
            Call { arn: arn.to_owned(), node: TEST_NODE.to_owned(), inputs: inputs.collect::<Result<_>>()? };
        let origin = Origin {
            execution_id: format!("test-{}", id::by_time(clock::now())?),
            flow_id: NO_FLOW.to_owned(),
            alias_id: TEST_ALIAS.to_owned(),
            flows: Flows::none("A test calls no flows."),
        };
        Ok(match self.functions.call(&call, &[], &origin).await {
            Ok(reply) => FunctionTest {
                ok: true,
                message: format!("It answered {}", binding.quoted(&reply.to_string())),
            },
            Err(failure) => FunctionTest { ok: false, message: failure.message },
        })
    }

    /// Headers that were sealed for this place, opened.
    pub(super) fn open_headers(&self, place: &str, sealed: Option<&[u8]>) -> Headers {
        let Some(text) = self.opened(place, sealed) else { return Headers::new() };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            warn!(sealed.place = place, "these headers are left out: {error}");
            Headers::new()
        })
    }

    /// The headers that a binding shall have: those that are given, else those known for its address.
    pub(super) fn put_headers(
        &self,
        place: &str,
        given: Option<Vec<PutHeader>>,
        known: Option<SealedHeaders>,
    ) -> Result<SealedHeaders> {
        let (sealed, hints) = known.unwrap_or_else(|| (None, "[]".to_owned()));
        let Some(given) = given else { return Ok((sealed, hints)) };
        let stored = self.open_headers(place, sealed.as_deref());
        self.seal_headers(place, &merged(given, &stored)?)
    }

    fn seal_headers(&self, place: &str, headers: &Headers) -> Result<SealedHeaders> {
        if headers.is_empty() {
            return Ok((None, "[]".to_owned()));
        }
        let sealed = self.sealed(place, &serde_json::to_string(headers)?)?;
        let shown =
            |(name, secret): &(String, String)| FunctionHeader { name: name.clone(), hint: hint(secret) };
        let hints: Vec<FunctionHeader> = headers.iter().map(shown).collect();
        Ok((Some(sealed), serde_json::to_string(&hints)?))
    }
}

/// The headers that a binding shall have; those given without a secret keep the stored one.
fn merged(given: Vec<PutHeader>, stored: &Headers) -> Result<Headers> {
    let wrong = |message: String| Err(Error::invalid("headers", message));
    if given.len() > MOST_HEADERS {
        return wrong(format!("A binding has at most {MOST_HEADERS} headers."));
    }
    let mut seen = HashSet::new();
    let mut headers = Headers::new();
    for PutHeader { name, secret } in given {
        let name = name.trim().to_ascii_lowercase();
        let known = || stored.iter().find(|(known, _)| *known == name).map(|(_, secret)| secret.clone());
        let secret = secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty());
        let Some(secret) = secret.or_else(known) else {
            return wrong(format!("The header {name} has no secret for this address. Give it again."));
        };
        if secret.len() > LONGEST_SECRET || header(&name, &secret).is_none() {
            return wrong(format!(
                "{name} is no header that can be set, or its secret has characters that none can carry."
            ));
        }
        if !seen.insert(name.clone()) {
            return wrong(format!("The header {name} is there twice."));
        }
        headers.push((name, secret));
    }
    Ok(headers)
}

fn on_the_wire(row: &FunctionRow) -> Function {
    Function {
        arn: row.arn.clone(),
        url: row.url.clone(),
        timeout_seconds: row.timeout_seconds,
        headers: serde_json::from_str(&row.header_hints).unwrap_or_default(),
    }
}

fn place(arn: &str) -> String {
    format!("functions/{arn}")
}

/// Anything may stand for a function or an agent in a definition, a variable of a template too.
pub(super) fn check_arn(arn: &str) -> Result<()> {
    if arn.is_empty()
        || arn.len() > LONGEST_ARN
        || arn.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        let message = "Give the ARN as the node has it, without spaces, at most 2048 characters.";
        return Err(Error::invalid("arn", message));
    }
    Ok(())
}

pub(super) fn address(text: &str) -> Result<Url> {
    let url = Url::parse(text.trim()).map_err(|_| {
        Error::invalid("url", "Give the whole address, such as http://127.0.0.1:9000/lookup.")
    })?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(Error::invalid("url", "The address begins with http:// or https://."));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        let message = "An address has no user name, password or #. Put a key into a header.";
        return Err(Error::invalid("url", message));
    }
    Ok(url)
}
