// How a field looks: the tokens of style/, which reach into the shadow root, in light, dark and forced colours.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The element around it has the border, the height and the font. */
export const look = EditorView.theme({
  "&": { color: "var(--text)", maxHeight: "inherit", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit", overflow: "auto" },
  ".cm-content": {
    padding: "var(--code-padding) 0",
    minHeight: "var(--code-least)",
    boxSizing: "border-box",
    caretColor: "var(--text)",
  },
  ".cm-line": { padding: "0 9px" },
  ".cm-lineWrapping": { overflowWrap: "anywhere" },
  ".cm-placeholder": { color: "var(--faint)" },
  // What scrolls passes below it.
  ".cm-gutters": {
    background: "var(--code-bg)",
    border: "0",
    color: "var(--faint)",
    minHeight: "var(--code-least)",
    boxSizing: "border-box",
  },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 0 0 6px", minWidth: "22px" },
  "&.cm-focused .cm-matchingBracket, &.cm-focused .cm-nonmatchingBracket": {
    background: "color-mix(in srgb, var(--accent) 22%, transparent)",
  },
  ".cm-lintRange": { backgroundImage: "none", paddingBottom: "0" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--wait)", textUnderlineOffset: "3px" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--bad)" },
  ".cm-lintPoint-warning:after": { borderBottomColor: "var(--wait)" },
  ".cm-tooltip": {
    background: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--line)",
    borderRadius: "var(--r-m)",
    boxShadow: "var(--shadow-high)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "200px", padding: "3px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px", borderRadius: "var(--r-s)", lineHeight: "18px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--accent)",
    color: "var(--accent-text)",
    forcedColorAdjust: "none",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--faint)", marginLeft: "12px" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-diagnostic": {
    borderLeft: "0",
    padding: "5px 9px",
    maxWidth: "320px",
    whiteSpace: "normal",
    fontFamily: "var(--font)",
  },
  "@media (forced-colors: active)": {
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "Highlight", color: "HighlightText" },
  },
});

export const colours = HighlightStyle.define([
  {
    tag: tags.special(tags.variableName),
    color: "var(--ai-text)",
    background: "color-mix(in srgb, var(--ai) 14%, transparent)",
    borderRadius: "3px",
  },
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.self], color: "var(--ai-text)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok-text)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--run-text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--faint)" },
  { tag: [tags.propertyName, tags.function(tags.variableName), tags.className], color: "var(--run-text)" },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: "var(--dim)" },
]);
