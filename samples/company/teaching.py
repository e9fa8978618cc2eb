"""Writes the sample that teaching is measured on: 150 facts of the company, 100 to be taught and 50 never.

    python samples/company/teaching.py

teaching/documents/ holds, document by document, the sentences and table rows in which the taught facts stand, under
their headings and nothing else; teaching/exam.jsonl holds the questions of facts.jsonl on all 150, which nobody wrote with
these sentences in view. A control fact's sentence is in no document, and no fact that stands in two places is a control.
The same bytes on every run.
"""

import json
import random
import re
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE / "teaching"
TAUGHT, CONTROL = 100, 50


def even(text):
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("\u202f", " ").replace("\u00a0", " ").replace("*", "")).strip()


def pieces(source):
    """Sentences and table rows of a source, each with its headings: (headings, header row or None, text)."""
    body = source.read_text().split("---", 2)[2]
    path, table = [], None
    for block in re.split(r"\n\s*\n", body):
        lines = [line for line in block.strip().splitlines() if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("#"):
            level = len(lines[0]) - len(lines[0].lstrip("#"))
            path = path[: level - 1] + [lines[0].lstrip("# ").split("{")[0].strip()]
            lines = lines[1:]
        if lines and lines[0].startswith("|"):
            rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.startswith("|")]
            rows = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
            for row in rows[1:]:
                yield list(path), rows[0], row
        elif lines:
            for item in re.split(r"\n(?=[-*] |\d+\. )", "\n".join(lines)):
                text = even(re.sub(r"^(?:[-*]|\d+\.) ", "", item))
                for sentence in re.split(r"(?<=[.!?])\s+(?=[\"«“(]?[A-ZÀ-Ý0-9])", text):
                    yield list(path), None, sentence


def place(fact, cache):
    name = Path(fact["document"]).stem
    if name not in cache:
        cache[name] = list(pieces(HERE / "source" / f"{name}.md"))
    wanted = even(fact["quote"]).lower()
    for index, (path, header, content) in enumerate(cache[name]):
        text = even(" ".join(content) if header else content).lower()
        if wanted in text:
            return name, index
    # A quote that runs over two sentences stands in their first.
    for index, (path, header, content) in enumerate(cache[name]):
        if not header and len(content) > 20 and even(content).lower() in wanted:
            return name, index
    return None


def main():
    facts = [json.loads(line) for line in (HERE / "facts.jsonl").read_text().splitlines()]
    cache = {}
    found = []
    for fact in facts:
        if fact["kind"] in ("direct", "paraphrased", "table"):
            where = place(fact, cache)
            if where:
                found.append((fact, where))
    chooser = random.Random(20)
    chooser.shuffle(found)
    taught, control = [], []
    for fact, where in found:
        if len(control) < CONTROL and not fact.get("elsewhere"):
            control.append((fact, where))
        elif len(taught) < TAUGHT:
            taught.append((fact, where))
    kept = {where for _, where in control}
    taught = [(fact, where) for fact, where in taught if where not in kept]
    documents = OUT / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    for old in documents.glob("*.md"):
        old.unlink()
    for name in sorted({where[0] for _, where in taught}):
        lines, last = [], None
        for index in sorted({where[1] for _, where in taught if where[0] == name}):
            path, header, content = cache[name][index]
            heading = " – ".join(path) or name.replace("-", " ")
            if heading != last:
                lines += ["", f"# {heading}", ""]
                last, table = heading, None
            if header:
                if table != header:
                    lines += ["", "| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
                    table = header
                lines.append("| " + " | ".join(content) + " |")
            else:
                table = None
                lines += [content, ""]
        (documents / f"{name}.md").write_text("\n".join(lines).strip() + "\n")
    rows = [("taught", fact) for fact, _ in taught] + [("control", fact) for fact, _ in control]
    rows.sort(key=lambda row: row[1]["id"])
    with (OUT / "exam.jsonl").open("w") as out:
        for group, fact in rows:
            row = {"id": fact["id"], "group": group, "language": fact["language"], "question": fact["question"], "answer": fact["answer"], "accepted": fact["accepted"]}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(len(found), "found,", len(taught), "taught,", len(control), "control")


if __name__ == "__main__":
    main()
