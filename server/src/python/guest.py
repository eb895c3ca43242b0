"""Runs inside the sandbox, before and after the code of a node.

The task is JSON on stdin. The answer is JSON too, the last line of file descriptor 1, where nothing else belongs:
what the code prints goes to file descriptor 2. Only built-in modules are imported on the way to the code, since each
import of the standard library costs as much as the start of the interpreter.
"""

import _ast
import _json
import posix
import sys

ONLY_AST = 0x400
# No name that code can spell.
RESULT = " result"
LONGEST_TRACEBACK = 8000
# How much the host takes at once.
PIECE = 0x10000
# Where the standard library was when the interpreter was built.
LIBRARY = "/wlr/build-staging/python/v3.12.0-aio/checkout/Lib/"


def parse(text):
    class Context:
        strict = False
        object_hook = None
        object_pairs_hook = None
        parse_float = float
        parse_int = int
        parse_constant = None
        memo = {}

    return _json.make_scanner(Context)(text, 0)[0]


def to_json(value):
    def unknown(value):
        raise TypeError(f"a value of the type {type(value).__name__}")

    text = _json.encode_basestring
    return "".join(_json.make_encoder({}, unknown, text, None, ":", ",", False, False, False)(value, 0)).encode()


def compiled(name, code):
    """The code, and whether its last statement is an expression, whose value is then kept."""
    tree = compile(code, name, "exec", ONLY_AST, True)
    last = tree.body[-1] if tree.body else None
    ends_well = isinstance(last, _ast.Expr)
    if ends_well:
        place = {at: getattr(last, at) for at in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
        tree.body[-1] = _ast.Assign([_ast.Name(RESULT, _ast.Store(), **place)], last.value, **place)
    return compile(tree, name, "exec", 0, True), ends_well


def check(code):
    """What is wrong with the code, without running it."""
    try:
        _, ends_well = compiled("<code>", code)
    except SyntaxError as error:
        return {"unreadable": {"message": error.msg, "line": error.lineno, "column": error.offset}}
    except (MemoryError, RecursionError, OverflowError, ValueError) as error:
        return {"unreadable": {"message": str(error) or "it is too complex"}}
    return None if ends_well else {"noResult": None}


def run(name, code, inputs):
    place = type(sys)("__main__")
    place.__dict__.update(inputs)
    try:
        code_object, ends_well = compiled(name, code)
        sys.modules["__main__"] = place
        exec(code_object, place.__dict__)
    except BaseException as error:
        return told(name, code, error)
    if not ends_well:
        return {"noResult": None}
    try:
        return to_json(place.__dict__.pop(RESULT))
    except Exception as error:
        return {"unfit": f"{type(error).__name__}: {error}"}


def told(name, code, error):
    """An exception as Python tells it, without the frames of this file."""
    summary = type(error).__name__
    try:
        import linecache
        import traceback

        lines = [line + "\n" for line in code.split("\n")]
        linecache.cache[name] = (len(code), None, lines, name)
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != name:
            trace = trace.tb_next
        own = [at.lineno for at in traceback.extract_tb(trace) if at.filename == name]
        line = error.lineno if isinstance(error, SyntaxError) and error.filename == name else (own or [None])[-1]
        text = "".join(traceback.format_exception(type(error), error, trace)).replace(LIBRARY, "").strip("\n")
        summary = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
        if len(text) > LONGEST_TRACEBACK:
            text = f"{text[:LONGEST_TRACEBACK // 4]}\n…\n{text[-LONGEST_TRACEBACK * 3 // 4:]}"
        return {"error": {"summary": summary[:1000], "line": line, "traceback": text}}
    except BaseException:
        # There is no memory left to say more.
        return {"error": {"summary": summary}}


def main():
    write, leave, flush = posix.write, posix._exit, sys.stderr.flush
    task = parse(sys.stdin.buffer.read().decode())
    sys.stdout = sys.__stdout__ = sys.stderr
    if "check" in task:
        answer = [check(code) for code in task["check"]]
    else:
        answer = run(task["name"], task["code"], task["inputs"])
    if isinstance(answer, bytes):
        line = b'{"value":' + answer + b"}"
    else:
        line = to_json(answer)
    try:
        flush()
    except BaseException:
        # Closed by the code.
        pass
    line = memoryview(b"\n" + line)
    while line:
        line = line[write(1, line[:PIECE]):]
    leave(0)


main()
