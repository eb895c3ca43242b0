// A field for prompts, code, JSON or conditions: CodeMirror in the shadow root of an element of the page. There its
// styles are sheets that the page adopts, so that they need no exception from its security policy.
//
// Always holds: what the app says last is what the field shows, and what a person types is told to the app at once.
// What is offered and what is wrong is the app's to say; this file knows no flow.
import { acceptCompletion, autocompletion } from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { Annotation, EditorSelection, EditorState, Prec, Transaction } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";

import { language, oneLine } from "./languages.mjs";
import { colours, look } from "./theme.mjs";

const fromOutside = Annotation.define();
const [Y, Z] = [89, 90];

/**
 * Puts a field into `host`, in the place of the plain one that is there. `settings` is JSON: the `id` of the plain
 * one, the `text`, its `language`, whether it is of `oneLine`, a `placeholder`, the ids of what describes it
 * (`describedBy`), and `ownHistory` where no document has one. Of the `app`, `tell` hears each text that is typed, `offer`
 * says what could stand at a place of a text, and `step` goes back or forth in the document's history.
 */
export function mount(host, settings, ...app) {
  // The app is gone for a field that is: what the editor still has to do then, it does alone.
  let isGone = false;
  const [tell, offer, step] = app.map((call) => (...given) => (isGone ? undefined : call(...given)));
  const { id, text, describedBy, ownHistory, ...kind } = JSON.parse(settings);
  const said = { tabindex: "0" };
  const state = EditorState.create({
    doc: text,
    extensions: [
      language(kind.language, (context) => offered(context, offer)),
      kind.oneLine ? oneLine : [],
      kind.placeholder ? placeholder(kind.placeholder) : [],
      ownHistory ? [history(), keymap.of(historyKeymap)] : documentHistory(step),
      typedOver,
      // Tab leaves the field, save where something is offered.
      Prec.highest(keymap.of([{ key: "Tab", run: acceptCompletion }])),
      keymap.of(standardKeymap),
      look,
      syntaxHighlighting(colours),
      EditorView.contentAttributes.of(() => said),
      EditorView.updateListener.of((update) => {
        const isTyped = update.transactions.some((it) => it.docChanged && !it.annotation(fromOutside));
        if (isTyped) tell(update.state.doc.toString());
      }),
    ],
  });
  const held = heldByPlain(host);
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
  const view = new EditorView({ state, parent: root, root });
  // As any field has it.
  Object.defineProperty(view.contentDOM, "value", { get: () => view.state.doc.toString() });
  describe(view.contentDOM, host, describedBy);
  const label = host.ownerDocument.querySelector(`label[for="${id}"]`);
  const focus = () => view.focus();
  label?.addEventListener("click", focus);
  if (held) {
    view.focus();
    view.dispatch({ selection: within(view, held) });
  }
  let isMarked = false;
  return {
    /**
     * Shows another text, the cursor where it is in what stays, and underlines what is wrong: JSON of
     * `{ from, to, severity, message }`.
     */
    show(text, found) {
      const changes = difference(view.state.doc.toString(), text.replace(/\r\n?/g, "\n"));
      const annotations = [fromOutside.of(true), Transaction.addToHistory.of(false)];
      if (changes) view.dispatch({ changes, annotations });
      const marks = JSON.parse(found).map((mark) => ({ ...mark, ...clamped(view, mark) }));
      if (marks.length > 0 || isMarked) view.dispatch(setDiagnostics(view.state, marks));
      isMarked = marks.length > 0;
    },
    /** Says what it is called, and whether it is wrong. */
    say(label, invalid) {
      Object.assign(said, { "aria-label": label, "aria-invalid": String(invalid) });
      view.dispatch({});
    },
    destroy() {
      isGone = true;
      label?.removeEventListener("click", focus);
      view.destroy();
    },
  };
}

/** What could stand at the cursor, as the app knows it. */
function offered(context, offer) {
  const found = JSON.parse(offer(context.state.doc.toString(), context.pos, context.explicit) ?? "null");
  if (!found) return null;
  // What is typed already is no offer: Enter and Tab mean there what they always do.
  const typed = context.state.sliceDoc(found.from, context.pos);
  const options = found.options.filter((option) => option.label !== typed);
  // In the app's order, where they fit what is typed alike.
  const ordered = options.map((option, place) => ({ ...option, boost: Math.max(-99, -place) }));
  return options.length > 0 ? { ...found, options: ordered } : null;
}

/** Ctrl Z takes back what was typed here by the document's own history: there are no two that could disagree. */
function documentHistory(step) {
  const go = (back) => {
    step(back);
    return true;
  };
  return EditorView.domEventHandlers({
    keydown(event) {
      if (event.altKey || !(event.ctrlKey || event.metaKey)) return false;
      // By the key's number, which is the Latin letter's on every layout.
      if (event.keyCode === Z) return go(!event.shiftKey);
      return event.keyCode === Y ? go(false) : false;
    },
    // From the browser's own menus.
    beforeinput(event) {
      if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return false;
      return go(event.inputType === "historyUndo");
    },
  });
}

/**
 * What is typed over marked text is put in by CodeMirror: the browser, left to itself, keeps the colours of what is gone
 * as inline styles, which the security policy forbids.
 */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || !event.data || event.isComposing) return false;
    const { from, to } = replaced(view);
    if (from === to) return false;
    const text = event.data.replace(/\r\n?/g, "\n");
    const selection = { anchor: from + text.length };
    const changes = { from, to, insert: text };
    const insert = () => view.state.update({ changes, selection, userEvent: "input.type", scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
    return true;
  },
});

/** What an input replaces. What the page marked a moment ago is news; of a long text it can mark what is seen alone. */
function replaced(view) {
  const { main } = view.state.selection;
  const selection = (view.root.getSelection ? view.root : document).getSelection();
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection ?? {};
  if (!view.contentDOM.contains(anchorNode) || !view.contentDOM.contains(focusNode)) return main;
  const ends = [view.posAtDOM(anchorNode, anchorOffset), view.posAtDOM(focusNode, focusOffset)];
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  return main.from <= from && to <= main.to ? main : { from, to };
}

/** Where the plain field that is replaced has its selection, where it has the focus. */
function heldByPlain(host) {
  const plain = host.querySelector("textarea, input");
  if (!plain || plain !== host.ownerDocument.activeElement) return null;
  return { from: plain.selectionStart, to: plain.selectionEnd };
}

function within(view, range) {
  const { from, to } = clamped(view, range);
  return EditorSelection.single(from, to);
}

function clamped(view, { from, to }) {
  const { length } = view.state.doc;
  return { from: Math.min(from, length), to: Math.min(to, length) };
}

/** An id does not reach out of a shadow root; an element does. */
function describe(content, host, ids) {
  const elements = ids.split(" ").map((id) => host.ownerDocument.getElementById(id));
  content.ariaDescribedByElements = elements.filter(Boolean);
}

/** The one change that makes a text the other; nothing where they are the same. */
function difference(before, after) {
  if (before === after) return null;
  const least = Math.min(before.length, after.length);
  let from = 0;
  while (from < least && before[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < least - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}
