//! The editor of a flow: loads it, and puts the canvas and what stands round it on the page.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::canvas::clip::ClipDialog;
use crate::canvas::keyboard::{self, Reach};
use crate::canvas::outline::Outline;
use crate::canvas::pane::Canvas;
use crate::canvas::sheet::Sheet;
use crate::canvas::stage::Stage;
use crate::editor::session::Editor;
use crate::node::agent::AgentDialog;
use crate::node::bucket::binding::BucketDialogs;
use crate::node::function::binding::BindingDialogs;
use crate::node::knowledge_base::binding::KnowledgeDialogs;
use crate::node::lex::binding::BotDialogs;
use crate::node::prompt::stored::PromptDialog;
use crate::node::prompt::{Models, stored};
use crate::node::{agent, bucket, function, knowledge_base, lex};
use crate::panel::conflict::Conflict;
use crate::panel::inspector::{Inspected, Inspector};
use crate::panel::palette::Palette;
use crate::panel::runner::Runner;
use crate::panel::saver::{self, Opened, Saver};
use crate::panel::test::{Ask, TestPane};
use crate::panel::top::TopBar;
use crate::ui::browser;
use crate::ui::load::{Failure, Loaded, Loader};

#[component]
pub fn EditorPage() -> impl IntoView {
    let params = use_params_map();
    let flow: Loader<Opened> = Loader::default();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let load = move || {
        let id = id.get();
        flow.clear();
        flow.load(async move { saver::open(&id).await });
    };
    Effect::new(load);
    move || match flow.get() {
        Loaded::Loading => view! { <div class="boot" aria-busy="true"></div> }.into_any(),
        Loaded::Failed(error) => {
            view! { <main class="page"><Failure error retry=Callback::new(move |()| load()) /></main> }
                .into_any()
        }
        Loaded::Ready(opened) => view! { <Shown opened /> }.into_any(),
    }
}

#[component(transparent)]
fn Shown(opened: Opened) -> impl IntoView {
    browser::set_title(&opened.flow.title);
    let flow_id = opened.flow.id.clone();
    let editor = Editor::new(&flow_id);
    provide_context(editor);
    let models = Models::load();
    provide_context(models);
    function::binding::provide();
    lex::binding::provide();
    bucket::provide();
    knowledge_base::provide();
    agent::provide();
    stored::provide();
    let stage = Stage::new(editor, models);
    provide_context(stage);
    let saver = Saver::begin(editor, opened);
    provide_context(saver);
    let runner = Runner::new(editor, saver);
    provide_context(runner);
    let ask = Ask::provide(&flow_id);
    Inspected::provide();
    let reach = Reach {
        run: Callback::new(move |()| ask.send_to(runner, editor)),
        run_part: Callback::new(move |(node, following)| ask.send_part(runner, editor, node, following)),
    };
    stage.reaches(reach);
    keyboard::listen(stage);
    // The canvas has its size once it is on the page.
    Effect::new(move || {
        if stage.root.get().is_some() {
            stage.next_frame(Stage::open_where_left);
        }
    });
    view! {
        <div class="editor" class:closed=move || !runner.open.get()>
            <TopBar />
            <Palette />
            <main class="stage">
                <Canvas />
                <Outline />
            </main>
            <TestPane />
            <Inspector />
            <Sheet />
            <ClipDialog />
            <Conflict />
            <BindingDialogs />
            <BotDialogs />
            <BucketDialogs />
            <KnowledgeDialogs />
            <AgentDialog />
            <PromptDialog />
        </div>
    }
}
