//! What the inspector says of a kind beyond its sentence in the palette: what it does, what it needs besides the flow,
//! and an example. The ports are those of [`super::Kind`].

use crate::definition::NodeType;

/// A kind's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Help {
    /// What it does, a paragraph each.
    pub does: &'static [&'static str],
    /// What a binding of the owner's leads it to; none where it needs nothing but the flow.
    pub bound: Option<&'static str>,
    /// A short scene from use.
    pub example: &'static str,
}

impl NodeType {
    /// The documentation of this kind.
    pub fn help(self) -> Help {
        match self {
            Self::Input => Help {
                does: &[
                    "A run begins here, with what the caller sends. A flow has one.",
                    "Choose the type that callers send. A value of another type is refused before anything runs.",
                ],
                bound: None,
                example: "With the type Object, a caller sends {\"customer\": \"Ada\", \"order\": \"A-1\"}, and a node \
                          behind it selects $.data.customer.",
            },
            Self::Output => Help {
                does: &[
                    "What arrives here is the flow's answer. Give each branch an Output of its own: the one that is \
                     reached answers.",
                    "Where several are reached, the caller gets each value with the name of its Output.",
                ],
                bound: None,
                example: "A reply for angry customers ends in one Output, a reply for all others in a second.",
            },
            Self::Prompt => Help {
                does: &[
                    "Fills your text in and asks a model. Every {{name}} in the text becomes an input.",
                    "“Answer must be one of” holds the model to a list of words, which a Condition can then compare.",
                ],
                bound: Some(
                    "A model of a connection, written connection/model. AWS model ids follow the model map on \
                             the Connections page.",
                ),
                example: "“Summarise for {{reader}}: {{text}}” has the inputs reader and text.",
            },
            Self::Agent => Help {
                does: &[
                    "Gives a task to an agent: a model that may use tools, one after the other, until it has an answer.",
                    "An agent may ask back. The run then waits, and goes on at this node with the reply.",
                ],
                bound: Some(
                    "An agent of the Agents page, by its alias ARN: its instructions, its model, its tools and \
                             how many steps it may take.",
                ),
                example: "“Move my appointment to Friday”: the agent looks the calendar up, asks which hour, and \
                          changes the entry.",
            },
            Self::KnowledgeBase => Help {
                does: &[
                    "Searches your documents for what a question is about.",
                    "With a model the node answers from the passages it found. Without one it gives the passages \
                     themselves, the best first.",
                ],
                bound: Some("A knowledge base of this server, by its id."),
                example: "The question “How long is the warranty?” finds the warranty page, and the answer says two \
                          years.",
            },
            Self::Lex => Help {
                does: &[
                    "Tells which of your intents a message means, and gives the name of that intent, which a \
                     Condition can compare.",
                    "Where nothing fits, it gives the fallback intent, if the binding has one.",
                ],
                bound: Some(
                    "Intents, each with messages that mean it, by the ARN of the bot's alias and the locale. A \
                             model chooses among them and can answer nothing else; local/smollm2 goes by the most \
                             similar messages.",
                ),
                example: "“My parcel is late” is an OrderStatus; intent == \"OrderStatus\" opens that branch.",
            },
            Self::Condition => Help {
                does: &[
                    "Compares its inputs and takes one branch: the first condition that holds, else default.",
                    "A branch is a gate. It carries no value, so connect the data to the nodes behind it from where \
                     the data are made.",
                ],
                bound: None,
                example: "tone == \"angry\" and count > 2 leads to a person, default to an automatic reply.",
            },
            Self::Iterator => Help {
                does: &[
                    "Takes an array apart. What follows, up to the Collector, runs once for each item.",
                    "The items go one after the other, or several at the same time where you say so.",
                ],
                bound: None,
                example: "From [\"a\", \"b\"] the Prompt behind it is asked twice: once for a, once for b.",
            },
            Self::Collector => Help {
                does: &[
                    "Puts what the items of an Iterator came to into an array, in the order of the items, whichever \
                     ends first.",
                    "Connect the Iterator's arraySize too. An item whose branch was not taken is left out, and the \
                     trace names it.",
                ],
                bound: None,
                example: "Ten reviews, a Prompt that judges each: the Collector gives ten judgements.",
            },
            Self::Loop => Help {
                does: &[
                    "Runs its body again and again: each round begins with what the round before returned.",
                    "The body lies between its Loop input and its Loop controller, which decides when it ends.",
                ],
                bound: None,
                example: "Write a draft, judge it, and write it again until the judge is content, five times at most.",
            },
            Self::LoopInput => Help {
                does: &[
                    "Where each round of a loop begins. Its outputs have the names of the loop's inputs.",
                    "In the first round they hold what the loop is given, later what the controller returned.",
                ],
                bound: None,
                example: "The output draft is empty in the first round and the last draft in every other.",
            },
            Self::LoopController => Help {
                does: &[
                    "Ends each round. The loop goes on while the condition holds, up to the number of rounds you \
                     allow.",
                    "Each input says what it is for: the next round, the loop's output, or the condition alone.",
                ],
                bound: None,
                example: "verdict != \"good\" with 5 rounds tries again until the verdict is good, five times at most.",
            },
            Self::InlineCode => Help {
                does: &[
                    "Runs a piece of Python on its inputs, which are variables of the code. The value of the last \
                     line is the output.",
                    "It runs apart from everything: no files, no network, little memory and a few seconds.",
                ],
                bound: None,
                example: "With the input prices, the line sum(prices) / len(prices) gives their mean.",
            },
            Self::LambdaFunction => Help {
                does: &[
                    "Calls a function of yours with its inputs, as AWS calls a Lambda function in a flow, and gives \
                     the reply.",
                    "It is called once and never again by itself. A reply of another type than you say here fails \
                     the node.",
                ],
                bound: Some(
                    "An HTTP address, by the function's ARN: a server of yours, or a Lambda container as it \
                             is. Secrets go into headers.",
                ),
                example: "lookup gets an order's number and answers {\"status\": \"shipped\"}; the next node selects \
                          $.data.status.",
            },
            Self::Storage => Help {
                does: &[
                    "Writes its content into a bucket, under the key that arrives. What was there before is \
                     replaced.",
                    "Text is written as it is, anything else as JSON. The output is the object's address.",
                ],
                bound: Some(
                    "A store, by the bucket's name: a folder on this machine, or an S3-compatible service.",
                ),
                example: "The content of a report and the key reports/monday.txt give \
                          s3://reports-bucket/reports/monday.txt.",
            },
            Self::Retrieval => Help {
                does: &[
                    "Reads the object of a key from a bucket. A key that does not exist fails the node.",
                    "As a String the object is the text it holds; with another type it is read as JSON.",
                ],
                bound: Some(
                    "A store, by the bucket's name: a folder on this machine, or an S3-compatible service.",
                ),
                example: "The key prices.json with an output of type Object gives the prices, and the next node \
                          selects $.data.kettle.",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_explained_in_words_of_its_own() {
        let mut seen = std::collections::HashSet::new();
        for kind in NodeType::ALL {
            let help = kind.help();
            let texts = help.does.iter().chain(help.bound.iter()).chain([&help.example]);
            assert!(help.does.len() >= 2, "{kind:?}");
            for text in texts {
                assert!(text.len() > 30 && !text.contains("  "), "{kind:?}: {text}");
                assert!(text.len() < 300, "{kind:?}: {text}");
            }
            assert!(seen.insert(help.does[0]) && seen.insert(help.example), "{kind:?}");
        }
    }
}
