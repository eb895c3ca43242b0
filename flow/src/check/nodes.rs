//! What is wrong with a node by itself: its name, its ports, its configuration, its expressions.

use std::collections::HashSet;

use serde_json::Number;

use super::{Field, Problem, ProblemType};
use crate::condition::{Condition, Finding, KEYWORDS};
use crate::definition::{
    ChatTemplate, Configuration, Definition, Inference, InferenceConfiguration, InlinePrompt, InputCategory,
    KnowledgeBaseConfiguration, Node, NodeType, ObjectService, PromptSource, TemplateConfiguration,
    TemplateType,
};
use crate::expression::Expression;
use crate::extensions::{Answer, Extensions};
use crate::name;
use crate::node::condition::DEFAULT;
use crate::node::{Port, Ports, code, knowledge_base, prompt};
use crate::value::Type;

pub(super) fn check(
    definition: &Definition,
    extensions: &Extensions,
    place: &str,
    problems: &mut Vec<Problem>,
) {
    let mut seen = HashSet::new();
    for node in &definition.nodes {
        let from = problems.len();
        names(node, &mut seen, problems);
        ports(node, extensions, problems);
        expressions(node, problems);
        configuration(node, extensions, problems);
        let extension = extensions.nodes.get(&format!("{place}{}", node.name));
        if let Some(Answer::OneOf(labels)) = extension.and_then(|extension| extension.answer.as_ref()) {
            answer(node, labels, problems);
        }
        if let Some(limit) = extension.and_then(|extension| extension.time_limit) {
            time_limit(node, limit, problems);
        }
        if place.is_empty() && matches!(node.kind, NodeType::LoopInput | NodeType::LoopController) {
            let label = node.kind.describe().label;
            problems.push(Problem::error(
                ProblemType::Unspecified,
                format!("A {label} node belongs inside a loop. Delete it here."),
            ));
        }
        for problem in &mut problems[from..] {
            problem.node.get_or_insert_with(|| node.name.clone());
        }
    }
}

fn names<'a>(node: &'a Node, seen: &mut HashSet<&'a str>, problems: &mut Vec<Problem>) {
    if !seen.insert(&node.name) {
        problems.push(
            Problem::error(
                ProblemType::Unspecified,
                format!("Two nodes are named {}. Rename one.", node.name),
            )
            .in_field(Field::Name),
        );
    }
    if !name::is_node_name(&node.name) {
        problems.push(
            Problem::error(
                ProblemType::Unspecified,
                "A name is a letter, then letters, digits and single underscores between them, at least two in all.",
            )
            .in_field(Field::Name),
        );
    }
    let (mut inputs, mut outputs) = (HashSet::new(), HashSet::new());
    for input in &node.inputs {
        if !inputs.insert(input.name.as_str()) {
            problems.push(
                Problem::error(ProblemType::Unspecified, format!("Two inputs are named {}.", input.name))
                    .in_field(Field::Input(input.name.clone())),
            );
        }
        if node.kind == NodeType::Condition && KEYWORDS.contains(&input.name.as_str()) {
            let message = format!("{} is a word of conditions. Give the input another name.", input.name);
            problems.push(
                Problem::error(ProblemType::Unspecified, message).in_field(Field::Input(input.name.clone())),
            );
        }
    }
    for output in &node.outputs {
        if !outputs.insert(output.name.as_str()) {
            problems.push(
                Problem::error(ProblemType::Unspecified, format!("Two outputs are named {}.", output.name))
                    .in_field(Field::Output(output.name.clone())),
            );
        }
    }
}

fn ports(node: &Node, extensions: &Extensions, problems: &mut Vec<Problem>) {
    let kind = node.kind.describe();
    match kind.inputs {
        Ports::Free => {}
        Ports::Fixed(fixed) => {
            for port in fixed {
                match node.input(port.name) {
                    None if port.required => problems.push(missing_input(port.name)),
                    Some(input) if port.kind.is_some_and(|kind| kind != input.kind) => {
                        problems.push(mismatched_input(port, input.kind));
                    }
                    _ => {}
                }
            }
            for input in node.inputs.iter().filter(|input| !fixed.iter().any(|port| port.name == input.name))
            {
                problems.push(unknown_input(node, &input.name));
            }
        }
        Ports::Variables => {
            if let Some(prompt) = prompt::of(node, extensions) {
                variables(node, prompt, problems);
            }
        }
    }
    match (&node.configuration, kind.outputs) {
        (Some(Configuration::KnowledgeBase(base)), _) => {
            outputs(node, knowledge_base::outputs(base), problems);
        }
        (_, Ports::Fixed(fixed)) => outputs(node, fixed, problems),
        _ => {}
    }
}

fn variables(node: &Node, prompt: &InlinePrompt, problems: &mut Vec<Problem>) {
    let variables = prompt::variables(prompt);
    for variable in variables.iter().filter(|variable| node.input(variable).is_none()) {
        let message = format!("The prompt's variable {variable} has no input of that name. Add one.");
        problems.push(
            Problem::error(ProblemType::MissingNodeInput, message).in_field(Field::Input(variable.clone())),
        );
    }
    let used: HashSet<&str> = variables.iter().map(String::as_str).collect();
    for input in node.inputs.iter().filter(|input| !used.contains(input.name.as_str())) {
        let message = format!("The prompt does not use the input {}.", input.name);
        problems.push(
            Problem::warning(ProblemType::UnknownNodeInput, message)
                .in_field(Field::Input(input.name.clone())),
        );
    }
}

fn outputs(node: &Node, fixed: &[Port], problems: &mut Vec<Problem>) {
    for port in fixed {
        match node.output(port.name) {
            None if port.required => problems.push(
                Problem::error(
                    ProblemType::MissingNodeOutput,
                    format!("The output {} is missing.", port.name),
                )
                .in_field(Field::Output(port.name.to_owned())),
            ),
            Some(output) => {
                if let Some(expected) = port.kind.filter(|kind| *kind != output.kind) {
                    let message = format!(
                        "The output {} is {}, not {}.",
                        port.name,
                        expected.noun(),
                        output.kind.noun()
                    );
                    problems.push(
                        Problem::error(ProblemType::MismatchedNodeOutputType, message)
                            .in_field(Field::Output(port.name.to_owned())),
                    );
                }
            }
            None => {}
        }
    }
    for output in node.outputs.iter().filter(|output| !fixed.iter().any(|port| port.name == output.name)) {
        let label = node.kind.describe().label;
        problems.push(
            Problem::error(
                ProblemType::UnknownNodeOutput,
                format!("A {label} node has no output {}. Remove it.", output.name),
            )
            .in_field(Field::Output(output.name.clone())),
        );
    }
}

fn missing_input(name: &str) -> Problem {
    Problem::error(ProblemType::MissingNodeInput, format!("The input {name} is missing."))
        .in_field(Field::Input(name.to_owned()))
}

fn mismatched_input(port: &Port, found: Type) -> Problem {
    let expected = port.kind.unwrap_or(Type::String);
    Problem::error(
        ProblemType::MismatchedNodeInputType,
        format!("The input {} is {}, not {}.", port.name, expected.noun(), found.noun()),
    )
    .in_field(Field::Input(port.name.to_owned()))
}

fn unknown_input(node: &Node, name: &str) -> Problem {
    let label = node.kind.describe().label;
    Problem::error(ProblemType::UnknownNodeInput, format!("A {label} node has no input {name}. Remove it."))
        .in_field(Field::Input(name.to_owned()))
}

fn expressions(node: &Node, problems: &mut Vec<Problem>) {
    for input in &node.inputs {
        if let Err(error) = Expression::parse(&input.expression) {
            problems.push(
                Problem::error(ProblemType::MalformedNodeInputExpression, error.message)
                    .in_field(Field::Input(input.name.clone()))
                    .at_span(error.span.0, error.span.1),
            );
        }
    }
}

fn configuration(node: &Node, extensions: &Extensions, problems: &mut Vec<Problem>) {
    use NodeType::{Collector, Input, Iterator, LoopInput, Output};
    let Some(configuration) = &node.configuration else {
        // AWS itself exports these five without one.
        if !matches!(node.kind, Input | Output | Iterator | Collector | LoopInput) {
            problems.push(missing("This node has no configuration."));
        }
        return;
    };
    if configuration.kind() != node.kind {
        let message = format!(
            "The configuration is one of a {:?} node, and the node is of type {:?}.",
            configuration.kind(),
            node.kind
        );
        problems.push(missing(&message));
        return;
    }
    match configuration {
        Configuration::Condition(_) => conditions(node, problems),
        Configuration::Prompt(configuration) => {
            prompt_source(&configuration.source_configuration, extensions, problems);
            if configuration.guardrail_configuration.is_some() {
                problems.push(
                    Problem::warning(ProblemType::Unspecified, "Guardrails are not applied here yet.")
                        .in_field(Field::Configuration),
                );
            }
        }
        Configuration::KnowledgeBase(base) => knowledge(base, problems),
        Configuration::Lex(lex) => empty(&lex.bot_alias_arn, "a bot alias", problems),
        Configuration::LambdaFunction(function) => empty(&function.lambda_arn, "a function", problems),
        Configuration::Agent(agent) => empty(&agent.agent_alias_arn, "an agent alias", problems),
        Configuration::Storage(object) | Configuration::Retrieval(object) => {
            let ObjectService::S3(bucket) = &object.service_configuration;
            empty(&bucket.bucket_name, "a bucket", problems);
        }
        Configuration::InlineCode(code) => {
            if code.code.trim().is_empty() {
                let message = "Write the code. Its last line, an expression, is the result.";
                problems.push(
                    Problem::error(ProblemType::MissingNodeConfiguration, message).in_field(Field::Code),
                );
            }
            variables_of_code(node, problems);
        }
        Configuration::LoopController(controller) => {
            let expression = controller.continue_condition.expression.as_deref().unwrap_or_default();
            let usable = |name: &str| {
                node.input(name).filter(|i| i.category == Some(InputCategory::LoopCondition)).map(|i| i.kind)
            };
            expression_problem(&controller.continue_condition.name, expression, &usable, problems);
        }
        Configuration::Loop(body) => loop_body(&body.definition, problems),
        _ => {}
    }
}

/// Inputs that code cannot speak of.
fn variables_of_code(node: &Node, problems: &mut Vec<Problem>) {
    for name in node.inputs.iter().map(|input| input.name.as_str()) {
        if !code::is_variable(name) {
            let message = format!("{name} is no variable that Python can have. Give the input another name.");
            problems.push(
                Problem::warning(ProblemType::Unspecified, message).in_field(Field::Input(name.to_owned())),
            );
        }
    }
}

fn time_limit(node: &Node, limit: u16, problems: &mut Vec<Problem>) {
    if node.kind == NodeType::InlineCode && !(1..=code::MOST_LIMIT).contains(&limit) {
        let message = format!("The time limit is from 1 to {} seconds.", code::MOST_LIMIT);
        problems.push(Problem::error(ProblemType::Unspecified, message).in_field(Field::TimeLimit));
    }
}

fn prompt_source(source: &PromptSource, extensions: &Extensions, problems: &mut Vec<Problem>) {
    match source {
        PromptSource::Inline(inline) => inline_prompt(inline, problems),
        PromptSource::Resource(resource) => {
            let from = problems.len();
            stored_prompt(&resource.prompt_arn, extensions, problems);
            for problem in &mut problems[from..] {
                problem.field = Some(Field::StoredPrompt);
            }
        }
    }
}

/// A prompt that is named is what it was resolved to.
fn stored_prompt(arn: &str, extensions: &Extensions, problems: &mut Vec<Problem>) {
    if arn.trim().is_empty() {
        return empty(arn, "a prompt", problems);
    }
    let Some(prompt) = extensions.prompts.get(arn) else {
        let message = format!("There is no prompt {arn} here. Choose one of yours, or write it in the node.");
        return problems.push(Problem::error(ProblemType::Unspecified, message));
    };
    let from = problems.len();
    inline_prompt(prompt, problems);
    for problem in &mut problems[from..] {
        problem.message = format!("In the stored prompt: {}", problem.message);
    }
}

fn inline_prompt(inline: &InlinePrompt, problems: &mut Vec<Problem>) {
    if prompt::texts(inline).iter().all(|text| text.trim().is_empty()) {
        problems.push(
            Problem::error(ProblemType::MissingNodeConfiguration, "Write a prompt.").in_field(Field::Prompt),
        );
    }
    if inline.model_id.is_empty() {
        problems.push(
            Problem::error(ProblemType::MissingNodeConfiguration, "Choose a model.").in_field(Field::Model),
        );
    }
    match (&inline.template_configuration, inline.template_type) {
        (TemplateConfiguration::Text(_), TemplateType::Text) => {}
        (TemplateConfiguration::Chat(chat), TemplateType::Chat) => chat_template(chat, problems),
        _ => problems.push(
            Problem::error(
                ProblemType::MissingNodeConfiguration,
                "The prompt's templateType and its templateConfiguration do not belong together.",
            )
            .in_field(Field::Configuration),
        ),
    }
    if let Some(InferenceConfiguration::Text(settings)) = &inline.inference_configuration {
        inference(settings, problems);
    }
}

fn knowledge(base: &KnowledgeBaseConfiguration, problems: &mut Vec<Problem>) {
    empty(&base.knowledge_base_id, "a knowledge base", problems);
    if base.model_id.as_deref().is_some_and(|model| model.trim().is_empty()) {
        problems.push(
            Problem::error(
                ProblemType::MissingNodeConfiguration,
                "Choose a model, or take the passages as they are.",
            )
            .in_field(Field::Model),
        );
    }
    if knowledge_base::count(base).is_none() {
        problems.push(
            Problem::error(
                ProblemType::Unspecified,
                "The number of results is a whole number from 1 to 100.",
            )
            .in_field(Field::Configuration),
        );
    }
    if let Some(InferenceConfiguration::Text(settings)) = &base.inference_configuration {
        inference(settings, problems);
    }
    let mut warn = |message: &str| {
        problems.push(Problem::warning(ProblemType::Unspecified, message).in_field(Field::Configuration));
    };
    let template = base.prompt_template.as_ref().and_then(|prompt| prompt.text_prompt_template.as_deref());
    if template.is_some_and(|text| !text.trim().is_empty() && !text.contains(knowledge_base::PASSAGES_SIGN)) {
        warn("The prompt has no $search_results$, so the model does not see the passages.");
    }
    if base.guardrail_configuration.is_some() {
        warn("Guardrails are not applied here yet.");
    }
    if base.orchestration_configuration.is_some() {
        warn("The orchestration prompt is not applied here yet. The question is searched as it is.");
    }
}

fn chat_template(chat: &ChatTemplate, problems: &mut Vec<Problem>) {
    if chat.messages.iter().all(|message| message.content.is_empty()) {
        problems.push(
            Problem::error(ProblemType::MissingNodeConfiguration, "A chat prompt needs a message.")
                .in_field(Field::Prompt),
        );
    }
    if chat.tool_configuration.is_some() {
        problems.push(
            Problem::warning(
                ProblemType::Unspecified,
                "The prompt's tools are not offered to the model here yet.",
            )
            .in_field(Field::Configuration),
        );
    }
}

/// What no model takes. AWS's own bounds are narrower for some models and wider for none.
fn inference(settings: &Inference, problems: &mut Vec<Problem>) {
    let mut wrong = |message: &str| {
        problems.push(Problem::error(ProblemType::Unspecified, message).in_field(Field::Configuration));
    };
    let outside = |number: &Option<Number>, most: f64| {
        number.as_ref().is_some_and(|n| n.as_f64().is_none_or(|n| !(0.0..=most).contains(&n)))
    };
    // OpenAI's models go to 2, where AWS's go to 1.
    if outside(&settings.temperature, 2.0) {
        wrong("The temperature is from 0 to 2.");
    }
    if outside(&settings.top_p, 1.0) {
        wrong("Top P is from 0 to 1.");
    }
    if settings.max_tokens.as_ref().is_some_and(|number| prompt::tokens(number).is_none()) {
        wrong("Max tokens is a whole number, 1 or more.");
    }
}

fn conditions(node: &Node, problems: &mut Vec<Problem>) {
    let (mut names, mut texts) = (HashSet::new(), HashSet::new());
    for condition in node.conditions() {
        if !names.insert(condition.name.as_str()) {
            problems.push(
                Problem::error(
                    ProblemType::Unspecified,
                    format!("Two conditions are named {}.", condition.name),
                )
                .in_field(Field::Condition(condition.name.clone())),
            );
        }
        if condition.name == DEFAULT {
            if condition.expression.is_some() {
                problems.push(
                    Problem::error(
                        ProblemType::MalformedConditionExpression,
                        "default has no expression: it is taken when no other condition holds.",
                    )
                    .in_field(Field::Condition(DEFAULT.to_owned())),
                );
            }
            continue;
        }
        let text = condition.expression.as_deref().unwrap_or_default();
        let type_of = |name: &str| node.input(name).map(|input| input.kind);
        expression_problem(&condition.name, text, &type_of, problems);
        if !text.trim().is_empty() && !texts.insert(text.trim()) {
            let message = format!("Another condition says {text} already, so this branch is never taken.");
            problems.push(
                Problem::error(ProblemType::DuplicateConditionExpression, message)
                    .in_field(Field::Condition(condition.name.clone())),
            );
        }
    }
    if !names.contains(DEFAULT) {
        problems.push(Problem::error(
            ProblemType::MissingDefaultCondition,
            "Add a condition named default: the branch for everything else.",
        ));
    }
}

fn expression_problem(
    condition: &str,
    text: &str,
    type_of: &impl Fn(&str) -> Option<Type>,
    problems: &mut Vec<Problem>,
) {
    let field = Field::Condition(condition.to_owned());
    if text.trim().is_empty() {
        let message = format!("Write when {condition} holds, such as tone == \"angry\".");
        problems.push(Problem::error(ProblemType::MalformedConditionExpression, message).in_field(field));
        return;
    }
    let findings = match Condition::parse(text) {
        Ok(parsed) => parsed.findings(type_of),
        Err(error) => vec![Finding::Error(error)],
    };
    problems.extend(findings.into_iter().map(|finding| {
        let kind = ProblemType::MalformedConditionExpression;
        let (problem, span) = match finding {
            Finding::Error(error) => (Problem::error(kind, error.message), error.span),
            Finding::Warning(error) => (Problem::warning(kind, error.message), error.span),
        };
        problem.in_field(field.clone()).at_span(span.0, span.1)
    }));
}

fn loop_body(body: &Definition, problems: &mut Vec<Problem>) {
    let count = |kind: NodeType| body.nodes.iter().filter(|node| node.kind == kind).count();
    for (kind, none, many) in [
        (NodeType::LoopInput, ProblemType::MissingLoopInputNode, ProblemType::MultipleLoopInputNodes),
        (
            NodeType::LoopController,
            ProblemType::MissingLoopControllerNode,
            ProblemType::MultipleLoopControllerNodes,
        ),
    ] {
        let label = kind.describe().label;
        match count(kind) {
            0 => problems.push(Problem::error(none, format!("The loop's body needs one {label} node."))),
            1 => {}
            _ => problems
                .push(Problem::error(many, format!("The loop's body has more than one {label} node."))),
        }
    }
    for node in &body.nodes {
        if !node.kind.fits_in_loop() {
            let message = format!(
                "{} is of the kind {}, which a loop's body cannot have.",
                node.name,
                node.kind.describe().label
            );
            problems.push(Problem::error(ProblemType::LoopIncompatibleNodeType, message));
        }
    }
}

fn answer(node: &Node, labels: &[String], problems: &mut Vec<Problem>) {
    let distinct: HashSet<&str> =
        labels.iter().map(|label| label.trim()).filter(|label| !label.is_empty()).collect();
    if node.kind == NodeType::Prompt && (distinct.len() < 2 || distinct.len() != labels.len()) {
        problems.push(
            Problem::error(ProblemType::Unspecified, "Give at least two different answers to choose from.")
                .in_field(Field::Answer),
        );
    }
}

fn empty(value: &str, what: &str, problems: &mut Vec<Problem>) {
    if value.trim().is_empty() {
        problems.push(missing(&format!("Choose {what}.")));
    }
}

fn missing(message: &str) -> Problem {
    Problem::error(ProblemType::MissingNodeConfiguration, message).in_field(Field::Configuration)
}
