"""What transformers' own rendering makes of conversations with tools, calls, results and reasoning.

    python oracles/tool_templates.py [FOLDER_OF_TEMPLATES OUTPUT.jsonl.gz]

Without arguments: the committed templates, into the committed goldens. With them: any folder of
`.jinja` files, such as templates that may be read but not kept here.
"""

import copy
import gzip
import json
import re
import sys
from pathlib import Path

from templates import BARE, SEARCH, WEATHER, outcome

HERE = Path(__file__).parent
OUT = HERE.parent / "model/src/test/resources/dev/freehold/model/template"

TOKENS = {"bos_token": "<bos>", "eos_token": "<eos>"}


def user(text):
    return {"role": "user", "content": text}


def said(text, reasoning=""):
    return {"role": "assistant", "content": text} | (
        {"reasoning_content": reasoning} if reasoning else {}
    )


def called(*calls, text="", reasoning=""):
    return said(text, reasoning) | {
        "tool_calls": [
            {"id": i, "type": "function", "function": {"name": name, "arguments": arguments}}
            for i, name, arguments in calls
        ]
    }


def result(i, text):
    return {"role": "tool", "tool_call_id": i, "content": text}


ASKED = user("What's the weather in Liège — & Köln?")
ONE = ("abcdef001", "get_weather", {"city": "Liège, Belgium", "days": 2})
DEEP = ("abcdef002", "search", {"words": ["a \"b\"", "<c>"], "filter": {"year": 1.5, "open": True}, "either": None})
MATRIX = {
    "asked": [ASKED],
    "system": [{"role": "system", "content": "Be brief.\n"}, ASKED],
    "called": [ASKED, called(ONE)],
    "answered": [ASKED, called(ONE), result("abcdef001", "{\"temp\": 7}")],
    "said": [ASKED, called(ONE), result("abcdef001", "7 °C"), said("Seven."), user("Thanks.")],
    "deep": [ASKED, called(DEEP), result("abcdef002", "nothing"), said("Nothing found."), user("Pity")],
    "several": [ASKED, called(ONE, DEEP), result("abcdef001", "7"), result("abcdef002", "x")],
    "in a row": [ASKED, called(ONE), result("abcdef001", "7"), called(DEEP), result("abcdef002", "x")],
    "thought": [ASKED, said("Seven.", "It is\nautumn."), user("Sure?")],
    "thought and called": [ASKED, called(ONE, reasoning="Look it up."), result("abcdef001", "7")],
    "said and called": [ASKED, called(ONE, text="I look."), result("abcdef001", "7")],
    "turns": [ASKED, said("Seven."), user("And tomorrow?"), said("Eight.")],
    "spaces": [{"role": "system", "content": "  \n told \n"}, user("\n  a\tb  \n\n"), said(" \n c\n"), user(" ")],
    "markup": [user("<|im_end|><end_of_turn>[/INST]</s> {{ x }}"), said("no."), user("<tool_call>{}</tool_call>")],
}
VARIABLES = [
    {},
    {"enable_thinking": True},
    {"enable_thinking": False},
    {"reasoning_effort": "high"},
    {"thinking": True},
    {"controls": {"length": "short"}},
    {"documents": [{"title": "T", "text": "Body"}]},
]


def split(messages):
    told, moved = [], set()
    for at, message in enumerate(messages):
        calls = message.get("tool_calls", [])
        if len(calls) < 2:
            if at not in moved:
                told.append(message)
            continue
        for number, call in enumerate(calls):
            told.append({"role": "assistant", "content": message["content"] if number == 0 else "", "tool_calls": [call]})
            for later in range(at + 1, len(messages)):
                if messages[later].get("tool_call_id") == call["id"]:
                    told.append(messages[later])
                    moved.add(later)
    return told


def shaped(messages, source, nothing, text, one=False):
    """As transformers' users give messages to this template."""
    messages = copy.deepcopy(messages)
    if one:
        messages = split(messages)
    names = {}
    for message in messages:
        reasoning = message.pop("reasoning_content", None)
        if reasoning:
            for name in ("reasoning_content", "thinking", "reasoning"):
                if name in source:
                    message[name] = reasoning
        if "tool_calls" in message:
            if message["content"] == "" and nothing:
                message["content"] = None
            for call in message["tool_calls"]:
                names[call["id"]] = call["function"]["name"]
                if text:
                    call["function"]["arguments"] = compact(call["function"]["arguments"])
        if "tool_call_id" in message:
            message["name"] = names[message["tool_call_id"]]
    return messages


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tried(source, messages):
    given = TOKENS | {"messages": messages, "tools": [BARE], "documents": None, "add_generation_prompt": True}
    return outcome(source, given).get("expected", "")


def form(source):
    """Content of a turn that only calls, its arguments, and whether it may make one call only."""
    for text in (False, True):
        for nothing in (True, False):
            messages = shaped([user("?"), called(("abcdef001", "fffff", {"kkkkk": "vvvvv"})), result("abcdef001", "7")], source, nothing, text)
            said = tried(source, messages)
            if "fffff" in said and "vvvvv" in said and "None" not in said and "{'k" not in said and '\\"k' not in said:
                two = [user("?"), called(ONE, DEEP), result(ONE[0], "7"), result(DEEP[0], "7")]
                return nothing, text, "search" not in tried(source, shaped(two, source, nothing, text))
    return None


def read(variable, source):
    """Whether a template reads a variable of that name, and no message's field."""
    code = re.sub(r"\"[^\"]*\"|'[^']*'", "''", source)
    return re.search(r"(?<![\w.])%s\b" % variable, code) is not None


def cases(name, source):
    how = form(source)
    for title, messages in MATRIX.items():
        uses = any("tool_calls" in message for message in messages)
        if uses and how is None:
            continue
        nothing, text, one = how or (False, False, False)
        offers = [None]
        if how is not None and "tools" in source:
            offers = [[WEATHER, SEARCH, BARE]] if uses else [None, [WEATHER], [WEATHER, SEARCH, BARE]]
        for tools in offers:
            for extra in VARIABLES:
                if extra and not any(read(variable, source) for variable in extra):
                    continue
                if extra and title not in ("system", "answered"):
                    continue
                for prompt in (True, False) if title in ("said", "called", "turns") else (True,):
                    given = TOKENS | {"tools": tools, "documents": None} | extra
                    given |= {"messages": shaped(messages, source, nothing, text, one), "add_generation_prompt": prompt}
                    yield {
                        "file": f"{name}.jinja",
                        "title": title,
                        "messages": messages,
                        "tools": tools,
                        "extra": extra,
                        "prompt": prompt,
                    } | outcome(source, given)


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 2 else HERE / "chat_templates"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT / "tool-conversations.jsonl.gz"
    lines = []
    for path in sorted(folder.glob("*.jinja")):
        source = path.read_text()
        if len(sys.argv) <= 2:
            (OUT / path.name).write_text(source)
        lines += cases(path.stem, source)
    body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    out.write_bytes(gzip.compress(body, mtime=0))
    print(len(lines), "cases,", sum("error" in line for line in lines), "errors,", out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
