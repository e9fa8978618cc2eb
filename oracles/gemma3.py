"""Logits, greedy text and perplexity of Gemma 3 270M (base, Q4_K_M), computed in float32.

    python oracles/gemma3.py PATH/gemma3-270m-q4_k_m.gguf

The file is read and dequantised by the gguf package; transformers computes.
"""

import hashlib
import json
import math
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

from gguf_llama import logits, metadata
from gguf_tokenizer import sentencepiece

ROOT = Path(__file__).parent.parent
OUT = ROOT / "model/src/test/resources/dev/freehold/model/oracle"
TEXT = ROOT / "samples/public-domain/newton-opticks-queries.txt"
DIGEST = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
STEPS = 100
CLOSE = 0.002
BOS = 2

PROMPTS = [
    "The capital of France is",
    "Once upon a time, in a small village at the edge of the forest,",
    "The history of the steam engine begins with",
    'def fibonacci(n):\n    """Return the n-th Fibonacci number."""\n',
    "Il était une fois, dans un petit village au bord de la mer,",
    "Water boils at 100 degrees Celsius. At high altitude,",
    "Dear Sir or Madam,\n\nI am writing to complain about",
    "Der Unterschied zwischen Wetter und Klima ist",
    "Q: Who wrote Romeo and Juliet?\nA:",
    "The three laws of motion are:\n1.",
]
NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "post_ffw_norm": "post_feedforward_layernorm",
}
OUTER = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}


def load(path):
    reader = gguf.GGUFReader(path)
    meta = metadata(reader)

    def key(name, default=None):
        return meta.get("gemma3." + name, default)

    state = {}
    for tensor in reader.tensors:
        weight = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        stem = tensor.name.removesuffix(".weight")
        if stem in OUTER:
            name = OUTER[stem]
        else:
            _, layer, kind = stem.split(".")
            name = f"model.layers.{layer}.{NAMES[kind]}"
        if stem.endswith("norm"):
            weight = weight - 1  # the reference multiplies by 1 + weight
        state[name + ".weight"] = torch.from_numpy(weight.copy())
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    config = Gemma3TextConfig(
        vocab_size=state["model.embed_tokens.weight"].shape[0],
        hidden_size=key("embedding_length"),
        intermediate_size=key("feed_forward_length"),
        num_hidden_layers=key("block_count"),
        num_attention_heads=key("attention.head_count"),
        num_key_value_heads=key("attention.head_count_kv"),
        head_dim=key("attention.key_length"),
        query_pre_attn_scalar=key("attention.key_length"),
        max_position_embeddings=key("context_length"),
        rms_norm_eps=key("attention.layer_norm_rms_epsilon"),
        sliding_window=key("attention.sliding_window"),
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": key("rope.freq_base")},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        },
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    model = Gemma3ForCausalLM(config).to(torch.float32).eval()
    model.load_state_dict(state, strict=True)
    return model


def greedy(model, tokens):
    made, lead = [], math.inf
    step = model(torch.tensor([tokens]), use_cache=True)
    while True:
        best = step.logits[0, -1].topk(2)
        lead = min(lead, float(best.values[0] - best.values[1]))
        made.append(int(best.indices[0]))
        if len(made) == STEPS:
            return made, lead
        step = model(torch.tensor([[made[-1]]]), past_key_values=step.past_key_values, use_cache=True)


def write_greedy(model, tokenizer):
    kept = []
    for prompt in PROMPTS:
        tokens = [BOS] + tokenizer.encode(prompt)
        made, lead = greedy(model, tokens)
        print(f"lead {lead:.4f}  {tokenizer.decode(made)[:70]!r}", flush=True)
        if lead >= CLOSE:
            kept.append(
                {
                    "prompt": prompt,
                    "tokens": tokens,
                    "greedy": made,
                    "smallestLead": round(lead, 5),
                    "text": tokenizer.decode(made),
                }
            )
    (OUT / "gemma3-greedy.jsonl").write_text(
        "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in kept)
    )


def write_logits(model, tokenizer):
    """One text longer than the window, one short."""
    text = TEXT.read_text()
    cases = []
    for prompt in (text[3000:6600], PROMPTS[3]):
        tokens = [BOS] + tokenizer.encode(prompt)
        rows = torch.from_numpy(logits(model, tokens))
        top = []
        for position in sorted({0, 1, 63, 64, 511, 512, 513, len(tokens) // 2, len(tokens) - 1}):
            if position < len(tokens):
                best = rows[position].topk(50)
                top.append(
                    {
                        "position": position,
                        "tokens": best.indices.tolist(),
                        "logits": [round(value, 5) for value in best.values.tolist()],
                        "logSumExp": round(float(rows[position].double().logsumexp(0)), 6),
                    }
                )
        print(len(tokens), "tokens, logits from", float(rows.min()), "to", float(rows.max()))
        cases.append({"tokens": tokens, "top": top})
    golden = {"model": DIGEST, "vocab": rows.shape[1], "cases": cases}
    (OUT / "gemma3-logits.json").write_text(json.dumps(golden) + "\n")


def write_perplexity(model, tokenizer, windows):
    """llama.cpp's definition: windows of 512 that begin with BOS, the second half is scored."""
    window = 512
    tokens = [BOS] + tokenizer.encode(TEXT.read_text())
    chunks = []
    for index in range(min(windows, len(tokens) // window)):
        chunk = [BOS] + tokens[index * window + 1 : (index + 1) * window]
        rows = torch.from_numpy(logits(model, chunk)[window // 2 : window - 1]).double()
        targets = torch.tensor(chunk[window // 2 + 1 :])
        chunks.append(float(torch.nn.functional.cross_entropy(rows, targets, reduction="sum")))
        print(index, chunks[-1], flush=True)
    mean = sum(chunks) / len(chunks) / (window - window // 2 - 1)
    golden = {
        "model": DIGEST,
        "file": str(TEXT.relative_to(ROOT)),
        "context": window,
        "tokens": len(tokens),
        "chunks": len(chunks),
        "perplexity": math.exp(mean),
        "chunkNegativeLogLikelihoods": [round(chunk, 4) for chunk in chunks],
    }
    (OUT / "gemma3-perplexity.json").write_text(json.dumps(golden) + "\n")
    print(f"perplexity {math.exp(mean):.6f} over {len(chunks)} windows of {len(tokens)} tokens", flush=True)


def main():
    path = sys.argv[1]
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == DIGEST
    torch.set_num_threads(2)
    torch.set_grad_enabled(False)
    model = load(path)
    tokenizer = sentencepiece(path)
    write_logits(model, tokenizer)
    write_greedy(model, tokenizer)
    write_perplexity(model, tokenizer, windows=1000)


if __name__ == "__main__":
    main()
