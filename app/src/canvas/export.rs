//! The flow as a picture that carries it, and what such a picture brings when it is dropped.

use flow::picture;
use flow::wire::{FLOW_FILE_FORMAT, FlowFile};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, Url};

use super::stage::Stage;
use crate::editor::clipboard::{self, How};
use crate::editor::document::Document;
use crate::editor::picture::{DARK, LIGHT, svg};
use crate::editor::selection::Selection;
use crate::ui::browser;
use crate::ui::format::file_stem;

/// The longest side of a PNG, in pixels: browsers draw no larger ones.
const LARGEST: f64 = 8_000.0;

impl Stage {
    pub(super) fn export_svg(self) {
        let (picture, _) = self.picture();
        browser::download_as(&format!("{}.svg", self.stem()), &JsValue::from_str(&picture), "image/svg+xml");
        self.editor.say("Exported as SVG");
    }

    pub(super) fn export_png(self) {
        let (picture, size) = self.picture();
        let carries = picture::carried(picture.as_bytes()).unwrap_or_default();
        spawn_local(async move {
            let drawn = rasterised(&picture, size).await.ok();
            match drawn.and_then(|png| picture::into_png(&png, &carries)) {
                Some(png) => {
                    let bytes = js_sys::Uint8Array::from(png.as_slice());
                    browser::download_as(&format!("{}.png", self.stem()), &bytes, "image/png");
                    self.editor.say("Exported as PNG");
                }
                None => self.refuse("The browser could not draw the picture. Export it as SVG.".to_owned()),
            }
        });
    }

    /// Takes the nodes of a picture, a flow's file or a clip that is dropped on the canvas, there.
    pub fn take_dropped(self, event: &ev::DragEvent) {
        event.prevent_default();
        event.stop_propagation();
        let files = event.data_transfer().and_then(|transfer| transfer.files());
        let Some(file) = files.and_then(|files| files.get(0)) else { return };
        self.measure();
        let at = self.local((f64::from(event.client_x()), f64::from(event.client_y())));
        let at = self.viewport.get_untracked().to_flow(at);
        spawn_local(async move {
            let text = browser::text_of(&file).await.unwrap_or_default();
            let clip = serde_json::from_str::<FlowFile>(&text).ok().and_then(|flow| {
                let document = Document::settled(flow.definition, flow.extensions);
                let every = document.definition.nodes.iter().map(|node| node.name.clone());
                let every = Selection::nodes(every);
                clipboard::copy(&document, &every)
            });
            if !self.insert(&clip.unwrap_or(text), How { at: Some(at), wired: false }) {
                self.refuse(format!("{} holds no flow. Drop an exported picture or flow.", file.name()));
            }
        });
    }

    fn picture(self) -> (String, (f64, f64)) {
        let dark = browser::document().and_then(|document| document.document_element());
        let dark =
            dark.and_then(|root| root.get_attribute("data-theme")).is_some_and(|theme| theme == "dark");
        let course = self.course.get_untracked();
        self.editor.look(|document| {
            let file = FlowFile {
                format: FLOW_FILE_FORMAT.to_owned(),
                title: self.title(),
                description: String::new(),
                definition: document.definition.clone(),
                extensions: document.extensions.clone(),
            };
            let carries = serde_json::to_string(&file).unwrap_or_default();
            svg(document, (if dark { DARK } else { LIGHT }, course), &carries)
        })
    }

    /// What the flow is called, as the page's own title has it.
    fn title(self) -> String {
        let title = browser::document().map(|document| document.title()).unwrap_or_default();
        title.trim_end_matches(" · Anabranch").to_owned()
    }

    fn stem(self) -> String {
        file_stem(&self.title())
    }
}

/// The picture as the bytes of a PNG, at twice its size where the browser draws one so large.
async fn rasterised(picture: &str, size: (f64, f64)) -> Result<Vec<u8>, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    let blob =
        Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&JsValue::from_str(picture)), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let image = HtmlImageElement::new()?;
    image.set_src(&url);
    let loaded = JsFuture::from(image.decode()).await;
    Url::revoke_object_url(&url)?;
    loaded?;
    let scale = (LARGEST / size.0.max(size.1).max(1.0)).min(2.0);
    let document = browser::document().ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
    canvas.set_width((size.0 * scale) as u32);
    canvas.set_height((size.1 * scale) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.unchecked_into();
    context.draw_image_with_html_image_element_and_dw_and_dh(
        &image,
        0.0,
        0.0,
        size.0 * scale,
        size.1 * scale,
    )?;
    let drawn = js_sys::Promise::new(&mut |resolve, reject| {
        if let Err(refused) = canvas.to_blob(&resolve) {
            let _told = reject.call1(&JsValue::NULL, &refused);
        }
    });
    let blob: Blob = JsFuture::from(drawn).await?.dyn_into()?;
    let bytes = JsFuture::from(blob.array_buffer()).await?;
    Ok(js_sys::Uint8Array::new(&bytes).to_vec())
}
