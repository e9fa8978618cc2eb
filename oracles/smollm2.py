"""Logits, greedy text and perplexity of the default model, computed in float32.

    python oracles/smollm2.py PATH/smollm2-135m-instruct-q4_1.gguf
"""

import hashlib
import json
import math
import sys
from pathlib import Path

import torch

from gguf_llama import load, logits
from gguf_tokenizer import smollm

ROOT = Path(__file__).parent.parent
OUT = ROOT / "model/src/test/resources/dev/freehold/model/oracle"
TEXT = ROOT / "samples/public-domain/newton-opticks-queries.txt"
DIGEST = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
STEPS = 200
# Where the two best tokens are nearer than this, the order of a sum decides, not the model.
CLOSE = 0.002


def chat(*turns, system=SYSTEM):
    roles = ["user", "assistant"] * len(turns)
    text = f"<|im_start|>system\n{system}<|im_end|>\n"
    for role, turn in zip(roles, turns):
        text += f"<|im_start|>{role}\n{turn}<|im_end|>\n"
    return text + "<|im_start|>assistant\n"


PROMPTS = [
    chat("What is the capital of France?"),
    chat("Write a short poem about the sea."),
    chat("Explain in simple words why the sky is blue."),
    chat("Give me three tips for learning a new language."),
    chat("Quelle est la capitale de la Belgique ? Réponds en une phrase."),
    chat("Was ist der Unterschied zwischen Wetter und Klima?"),
    chat("Hello!", "Hello! How can I help you today?", "Tell me a joke about computers."),
    chat("Summarise: The cat sat on the mat. It was tired after a long day of hunting mice."),
    chat("Write a Python function that reverses a string."),
    chat("What is 17 times 23?", system="You are a careful calculator. Show your steps."),
    chat("Translate to Spanish: I would like a cup of coffee, please."),
    chat("List the planets of the solar system.", system="Answer as a JSON array only."),
    "Once upon a time, in a small village at the edge of the forest,",
    "The history of the steam engine begins with",
    "def fibonacci(n):\n    \"\"\"Return the n-th Fibonacci number.\"\"\"\n",
    "public final class Point {\n  private final int x;\n  private final int y;\n\n",
    "Il était une fois, dans un petit village au bord de la mer,",
    "SELECT name, COUNT(*) FROM orders\nWHERE",
    "# Installation\n\nTo install the package, run:\n\n```bash\n",
    "Water boils at 100 degrees Celsius. At high altitude,",
    "1, 2, 3, 5, 8, 13, 21,",
    "Dear Sir or Madam,\n\nI am writing to complain about",
    "The three laws of motion are:\n1.",
    "<html>\n<head>\n<title>My page</title>\n",
    "Q: Who wrote Romeo and Juliet?\nA:",
    "🙂 Emoji are small pictures",
]


def greedy(model, tokens):
    """Returns (200 greedy tokens, the smallest lead of a best token over the second)."""
    made, lead = [], math.inf
    step = model(torch.tensor([tokens]), use_cache=True)
    while True:
        best = step.logits[0, -1].topk(2)
        lead = min(lead, float(best.values[0] - best.values[1]))
        made.append(int(best.indices[0]))
        if len(made) == STEPS:
            return made, lead
        step = model(
            torch.tensor([[made[-1]]]), past_key_values=step.past_key_values, use_cache=True
        )


def write_greedy(model, tokenizer):
    kept = []
    for prompt in PROMPTS:
        tokens = tokenizer.encode(prompt, add_special_tokens=False).ids
        made, lead = greedy(model, tokens)
        print(f"lead {lead:.4f}  {tokenizer.decode(made)[:70]!r}", flush=True)
        if lead >= CLOSE and len(kept) < 20:
            kept.append(
                {
                    "prompt": prompt,
                    "tokens": tokens,
                    "greedy": made,
                    "smallestLead": round(lead, 5),
                    "text": tokenizer.decode(made, skip_special_tokens=False),
                }
            )
    assert len(kept) == 20, len(kept)
    (OUT / "smollm2-greedy.jsonl").write_text(
        "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in kept)
    )


def write_logits(model, tokenizer):
    cases = []
    text = TEXT.read_text()
    # The long one comes first, so that the whole row kept below is of the same case as ever.
    for prompt in (text[3000:9000], PROMPTS[0], PROMPTS[8], PROMPTS[12], PROMPTS[16], text[:2000]):
        tokens = tokenizer.encode(prompt, add_special_tokens=False).ids
        rows = torch.from_numpy(logits(model, tokens))
        top = []
        for position in sorted({0, 1, 63, 64, 511, 512, 1023, 1024, len(tokens) // 3, len(tokens) // 2, len(tokens) - 1}):
            if position >= len(tokens):
                continue
            best = rows[position].topk(50)
            top.append(
                {
                    "position": position,
                    "tokens": best.indices.tolist(),
                    "logits": [round(value, 5) for value in best.values.tolist()],
                    "logSumExp": round(float(rows[position].double().logsumexp(0)), 6),
                }
            )
        cases.append({"tokens": tokens, "top": top})
    (OUT / "smollm2-logits.bin").write_bytes(rows[-1].numpy().astype("<f4").tobytes())
    golden = {
        "model": DIGEST,
        "vocab": rows.shape[1],
        "cases": cases,
        "full": {"case": len(cases) - 1, "position": len(tokens) - 1, "logits": "smollm2-logits.bin"},
    }
    (OUT / "smollm2-logits.json").write_text(json.dumps(golden) + "\n")


def write_perplexity(model, tokenizer):
    """llama.cpp's definition: windows of 512, the second half of each is scored."""
    window = 512
    text = TEXT.read_bytes()
    tokens = tokenizer.encode(text.decode(), add_special_tokens=False).ids
    chunks = []
    for start in range(0, len(tokens) - window + 1, window):
        chunk = tokens[start : start + window]
        rows = torch.from_numpy(logits(model, chunk)[window // 2 : window - 1]).double()
        targets = torch.tensor(chunk[window // 2 + 1 :])
        chunks.append(float(torch.nn.functional.cross_entropy(rows, targets, reduction="sum")))
    scored = len(chunks) * (window - window // 2 - 1)
    mean = sum(chunks) / scored
    golden = {
        "model": DIGEST,
        "file": str(TEXT.relative_to(ROOT)),
        "sha256": hashlib.sha256(text).hexdigest(),
        "context": window,
        "tokens": len(tokens),
        "chunks": len(chunks),
        "scored": scored,
        "meanNegativeLogLikelihood": mean,
        "perplexity": math.exp(mean),
        "chunkNegativeLogLikelihoods": [round(chunk, 4) for chunk in chunks],
    }
    (OUT / "smollm2-perplexity.json").write_text(json.dumps(golden) + "\n")
    print(f"perplexity {math.exp(mean):.4f} over {len(chunks)} chunks", flush=True)
    return tokens


def main():
    path = sys.argv[1]
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == DIGEST
    torch.set_num_threads(2)
    model, _ = load(path)
    tokenizer = smollm(path)
    write_logits(model, tokenizer)
    write_perplexity(model, tokenizer)
    if "--no-greedy" not in sys.argv:  # the slow part
        write_greedy(model, tokenizer)


if __name__ == "__main__":
    main()
