//! The dialog that deletes a flow, after naming what uses it.

use flow::wire::FlowSummary;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::api;
use crate::ui::dialog::Confirm;
use crate::ui::toast::use_toasts;

#[component]
pub fn DeleteFlow(flow: FlowSummary) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    // The server's own list of what uses the flow, once it refused.
    let refused = RwSignal::new(None::<String>);
    let flow = StoredValue::new(flow);
    let delete = Callback::new(move |()| {
        let (id, title) = flow.with_value(|flow| (flow.id.clone(), flow.title.clone()));
        let force = refused.with_untracked(Option::is_some);
        spawn_local(async move {
            match api::flows::delete(&id, force).await {
                Ok(()) => {
                    toasts.say(format!("Deleted “{title}”."));
                    page.open.set(None);
                    page.reload();
                }
                Err(error) if error.is_in_use() && !force => refused.set(Some(error.to_string())),
                Err(error) => {
                    toasts.fail(error);
                    page.open.set(None);
                }
            }
        });
    });
    // One dialog throughout: a second would forget where the focus came from.
    let message = Signal::derive(move || match refused.get() {
        None => flow.with_value(question),
        Some(detail) => detail,
    });
    let action = Signal::derive(move || match refused.get() {
        None => "Delete".to_owned(),
        Some(_) => "Delete anyway".to_owned(),
    });
    let title = flow.with_value(|flow| format!("Delete “{}”?", flow.title));
    view! { <Confirm title message action on_confirm=delete on_close=page.close() /> }
}

fn question(flow: &FlowSummary) -> String {
    let what = match flow.latest_version {
        None => "Its draft goes with it.".to_owned(),
        Some(versions) => {
            format!("Its draft and {} go with it.", crate::ui::format::count(versions, "version"))
        }
    };
    let used: Vec<String> =
        flow.aliases.iter().map(|alias| format!("{} (version {})", alias.name, alias.version)).collect();
    match used.as_slice() {
        [] => format!("{what} This cannot be undone."),
        used => format!(
            "{what} Programs may be calling it as {}; their calls will fail. This cannot be undone.",
            used.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_names_what_uses_the_flow() {
        let flow: FlowSummary = serde_json::from_value(serde_json::json!({
            "id": "A", "name": "a", "title": "A", "description": "", "revision": 1, "latestVersion": 2,
            "draftChanged": false, "updatedAt": 0, "thumbnail": {"nodes": [], "edges": []}, "runs": [],
            "aliases": [{"id": "X", "name": "live", "version": 2, "updatedAt": 0}]
        }))
        .unwrap();
        assert_eq!(
            question(&flow),
            "Its draft and 2 versions go with it. Programs may be calling it as live (version 2); their calls will \
             fail. This cannot be undone."
        );
    }
}
