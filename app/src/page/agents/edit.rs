//! The dialog that makes or changes an agent.

use flow::wire::{Agent, MOST_STEPS, PutAgent, USUAL_STEPS};
use leptos::prelude::*;

use super::Page;
use super::tools::{ToolRows, Tools};
use crate::api;
use crate::node::prompt::Models;
use crate::node::prompt::model::ModelOptions;
use crate::ui::code_field::{CodeField, Language};
use crate::ui::dialog::Dialog;
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::use_toasts;

#[component]
pub fn EditAgent(
    /// The one to change; none to make one.
    #[prop(optional)]
    agent: Option<Agent>,
) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let title = agent.as_ref().map_or_else(|| "New agent".to_owned(), |agent| format!("Edit {}", agent.name));
    let (id, known) = agent.map_or_else(|| (None, blank()), known);
    let id = StoredValue::new(id);
    let name = RwSignal::new(known.name);
    let description = RwSignal::new(known.description);
    let instructions = RwSignal::new(known.instructions);
    let model = RwSignal::new(known.model);
    let steps = RwSignal::new(known.step_limit.to_string());
    let asks_back = RwSignal::new(known.asks_back);
    let tools = Tools::new(known.tools);
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let tools = match tools.put() {
            Ok(tools) => tools,
            Err(why) => return saving.refuse(why),
        };
        let put = PutAgent {
            name: name.get_untracked().trim().to_owned(),
            description: description.get_untracked().trim().to_owned(),
            instructions: instructions.get_untracked(),
            model: model.get_untracked().trim().to_owned(),
            tools,
            step_limit: steps.get_untracked().trim().parse().unwrap_or(USUAL_STEPS),
            asks_back: asks_back.get_untracked(),
        };
        let id = id.get_value();
        let saved = async move {
            match &id {
                Some(id) => api::agents::put(id, &put).await,
                None => api::agents::create(&put).await,
            }
        };
        saving.run(saved, move |agent| {
            toasts.say(format!("Saved {}.", agent.name));
            page.reload();
            page.open.try_set(None);
        });
    };
    view! {
        <Dialog title wide=true on_close=page.close()>
            <form class="form" on:submit=submit>
                <div class="two">
                    <div class="field">
                        <label for="agent-name">"Name"</label>
                        <input
                            id="agent-name"
                            class="input"
                            required
                            autofocus
                            maxlength="100"
                            autocomplete="off"
                            placeholder="Front desk"
                            prop:value=name
                            on:input=move |event| name.set(event_target_value(&event))
                        />
                    </div>
                    <div class="field">
                        <label for="agent-description">"What it is for"</label>
                        <input
                            id="agent-description"
                            class="input"
                            autocomplete="off"
                            placeholder="Answers customers"
                            prop:value=description
                            on:input=move |event| description.set(event_target_value(&event))
                        />
                    </div>
                </div>
                <div class="field">
                    <label for="agent-instructions">"Instructions"</label>
                    <CodeField
                        language=Language::Prompt
                        id="agent-instructions"
                        label=Signal::stored("Instructions".to_owned())
                        value=instructions
                        on_text=Callback::new(move |text| instructions.set(text))
                        placeholder="You are the front desk of a bicycle workshop. Answer in at most three sentences …"
                    />
                </div>
                <Model model />
                <ToolRows tools />
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=asks_back
                        on:change=move |event| asks_back.set(event_target_checked(&event))
                    />
                    "It may ask the person who called the flow, who then answers in the same run"
                </label>
                <div class="field">
                    <label for="agent-steps">"Steps at most"</label>
                    <input
                        id="agent-steps"
                        class="input short"
                        type="number"
                        min="1"
                        max=MOST_STEPS
                        required
                        prop:value=steps
                        on:input=move |event| steps.set(event_target_value(&event))
                    />
                    <span class="hint">"How often the model may be asked for one answer. Without one by then, the node fails."</span>
                </div>
                <SaveRow saving on_close=page.close() />
            </form>
        </Dialog>
    }
}

#[component]
fn Model(model: RwSignal<String>) -> impl IntoView {
    let models: Models = expect_context();
    let is_local = move || model.get().trim().starts_with("local/");
    view! {
        <div class="field">
            <label for="agent-model">"Model"</label>
            <input
                id="agent-model"
                class="input"
                list="agent-models"
                spellcheck="false"
                autocomplete="off"
                placeholder=move || models.list.with(|list| format!("{} (the default)", list.default_model))
                prop:value=model
                on:input=move |event| model.set(event_target_value(&event))
            />
            <ModelOptions id="agent-models" />
            <span class="hint">
                {move || match is_local() {
                    true => "The local model cannot use tools or ask back: it answers at once, by the instructions alone.",
                    false => "Choose one that can call tools. Empty means the default model.",
                }}
            </span>
        </div>
    }
}

fn blank() -> PutAgent {
    PutAgent {
        name: String::new(),
        description: String::new(),
        instructions: String::new(),
        model: String::new(),
        tools: Vec::new(),
        step_limit: USUAL_STEPS,
        asks_back: false,
    }
}

/// The id of an agent, and what it is.
fn known(agent: Agent) -> (Option<String>, PutAgent) {
    let Agent { id, name, description, instructions, model, tools, step_limit, asks_back, .. } = agent;
    (Some(id), PutAgent { name, description, instructions, model, tools, step_limit, asks_back })
}
