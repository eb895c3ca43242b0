// What each language of a field brings along: how it is coloured, indented and completed.
import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { indentLess, indentMore, toggleLineComment } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { StreamLanguage, bracketMatching, indentUnit } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The extensions of a language; `source` says what the app would put at the cursor. */
export function language(name, source) {
  const own = autocompletion({ override: [source], icons: false });
  switch (name) {
    case "python":
      return [
        python(),
        EditorState.languageData.of(() => [{ autocomplete: source }]),
        autocompletion({ icons: false }),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        keymap.of([{ key: "Mod-/", run: toggleLineComment }]),
        code,
      ];
    case "json":
      return [json(), own, code];
    case "prompt":
      return [prompt, own, EditorView.lineWrapping];
    case "condition":
      return [condition, own, EditorView.lineWrapping];
    default:
      return [own, EditorView.lineWrapping];
  }
}

const code = [
  lineNumbers(),
  closeBrackets(),
  bracketMatching(),
  keymap.of([...closeBracketsKeymap, { key: "Mod-[", run: indentLess }, { key: "Mod-]", run: indentMore }]),
];

/** Of one line: Enter does nothing, and the lines of what is pasted are joined. */
export const oneLine = [
  keymap.of([{ key: "Enter", run: () => true }]),
  EditorState.transactionFilter.of((transaction) => {
    const { docChanged, newDoc } = transaction;
    const isTyped = transaction.isUserEvent("input") || transaction.isUserEvent("move");
    if (!docChanged || !isTyped || newDoc.lines === 1) return transaction;
    const changes = [];
    for (let line = 2; line <= newDoc.lines; line += 1) {
      const { from } = newDoc.line(line);
      changes.push({ from: from - 1, to: from, insert: " " });
    }
    return [transaction, { changes, sequential: true }];
  }),
  EditorView.contentAttributes.of({ "aria-multiline": "false" }),
];

/** A text with `{{variables}}`, or `$names$` where it is a knowledge base that is asked. */
const prompt = StreamLanguage.define({
  token(stream) {
    if (stream.match(/^\{\{\s*[A-Za-z_][A-Za-z0-9_]*\s*\}\}/) || stream.match(/^\$[a-z_]+\$/)) return "placeholder";
    stream.next();
    stream.match(/^[^{$]+/);
    return null;
  },
  tokenTable: { placeholder: tags.special(tags.variableName) },
});

/** Comparisons of inputs; expressions such as `$.data.name` have the same texts and numbers. */
const condition = StreamLanguage.define({
  token(stream) {
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
    if (stream.match(/^-?\d+(?:\.\d+)?/)) return "number";
    if (stream.match(/^(?:and|or|not)\b/)) return "keyword";
    if (stream.match(/^(?:true|false)\b/)) return "bool";
    if (stream.match(/^[=!<>]=?/)) return "operator";
    if (stream.match(/^[A-Za-z_$]\w*/)) return "name";
    stream.next();
    return null;
  },
  tokenTable: { bool: tags.bool, name: tags.name },
});
