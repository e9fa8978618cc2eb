"""Writes losses and gradients of low-rank adapters over tiny models, computed by PyTorch and PEFT.

    python oracles/lora.py [NAME ...]

The models are those of tiny_llama.py and tiny_architectures.py, as they are kept. transformers
runs them in float32, PEFT adds the pairs, autograd goes back. The first numbers of each pair come
from a formula that the tests know too, so that only results are kept. Formats: see
oracles/README.md.
"""

import json
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
import torch
import transformers
from peft import LoraConfig, get_peft_model

import gguf_llama
import tiny_architectures
from tiny_llama import OUT as MODELS

OUT = Path(__file__).parent.parent / "training/src/test/resources/dev/freehold/training/lora"
ALL = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}
ATTENTION = {name: ALL[name] for name in ("q_proj", "k_proj", "v_proj", "o_proj")}
# Name, rank, projections, whether queries and keys have permuted rows in the file.
CASES = [
    ("tiny-f32", 8, ALL, True),
    ("tiny-f32-wide-heads", 3, ALL, True),
    ("tiny-f32-rope-llama3", 4, ALL, True),
    ("tiny-q4_k", 4, ALL, True),
    ("tiny-q8_0-untied", 4, {"q_proj": "attn_q", "v_proj": "attn_v"}, True),
    ("tiny-mistral-window", 4, ALL, True),
    ("tiny-mixtral", 4, ATTENTION, True),
    ("tiny-qwen2", 4, ALL, False),
    ("tiny-qwen3", 4, ALL, False),
    ("tiny-gemma3", 4, ALL, False),
]
PREFERENCES = ("tiny-f32-rope-llama3", "tiny-qwen2")
ALPHA, BETA, RATE, DECAY, CLIP, STEPS = 16.0, 0.3, 5e-3, 0.05, 1.0, 6


def first(name, count):
    """Numbers between -0.15 and 0.15 that follow from a tensor's name and their places."""
    mask = np.uint64(0xFFFFFFFF)
    x = (np.uint64(zlib.crc32(name.encode())) + np.arange(count, dtype=np.uint64) * np.uint64(2654435761)) & mask
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(0x45D9F3B)) & mask
    x ^= x >> np.uint64(16)
    return ((x.astype(np.float64) / 2**32 - 0.5) * 0.3).astype(np.float32)


def load(name):
    """The model in the file, whichever script made it."""
    short = name.removeprefix("tiny-")
    if short not in tiny_architectures.MODELS:
        return gguf_llama.load(MODELS / f"{name}.gguf")[0]
    spec = tiny_architectures.MODELS[short]
    seed = 100 + list(tiny_architectures.MODELS).index(short)
    config = spec["config"]()
    config._attn_implementation = "eager"
    module = getattr(transformers, spec["kind"])(config).to(torch.float32).eval()
    shifted = tiny_architectures.one_more in spec["transforms"]
    tiny_architectures.randomize(module, np.random.default_rng(seed), shifted)
    with tempfile.TemporaryDirectory() as folder:
        tiny_architectures.OUT = Path(folder)
        written = tiny_architectures.write(short, spec, module, config)
        assert written.read_bytes() == (MODELS / f"{name}.gguf").read_bytes(), name
    return module


def to_file(rows, heads):
    """Rows of q or k from transformers' order to the file's."""
    return tiny_architectures.permuted(rows, heads)


def from_file(rows, heads):
    count, width = rows.shape
    return rows.reshape(heads, count // heads // 2, 2, width).swapaxes(1, 2).reshape(count, width)


class Pairs:
    """The pairs of a model by the file's names, in the order of those names."""

    def __init__(self, module, rank, projections, permuted):
        self.config = module.config
        self.permuted = permuted
        settings = LoraConfig(
            r=rank, lora_alpha=ALPHA, target_modules=list(projections), lora_dropout=0.0, bias="none"
        )
        self.model = get_peft_model(module, settings)
        found = {}
        for name, layer in self.model.named_modules():
            part = name.rsplit(".", 1)[-1]
            if hasattr(layer, "lora_A") and part in projections:
                number = name.split(".layers.")[1].split(".")[0]
                found[f"blk.{number}.{projections[part]}.weight"] = layer
        self.layers = dict(sorted(found.items()))
        with torch.no_grad():
            for name, layer in self.layers.items():
                a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
                a.copy_(torch.from_numpy(first(name + ".lora_a", a.numel()).reshape(a.shape)))
                rows = first(name + ".lora_b", b.numel()).reshape(b.shape)
                b.copy_(torch.from_numpy(self.turned(name, rows, from_file).copy()))

    def turned(self, name, rows, turn):
        if not self.permuted or not any(part in name for part in ("attn_q", "attn_k")):
            return rows
        heads = self.config.num_attention_heads if "attn_q" in name else self.config.num_key_value_heads
        return turn(rows, heads)

    def gradients(self):
        parts = []
        for name, layer in self.layers.items():
            parts.append(layer.lora_A["default"].weight.grad.numpy().ravel())
            b = layer.lora_B["default"].weight.grad.numpy()
            parts.append(self.turned(name, b, to_file).ravel())
        return np.concatenate(parts).astype("<f4")

    def trained(self):
        return [p for p in self.model.parameters() if p.requires_grad]


def examples(vocabulary, random):
    made = []
    for length, share in ((37, 1.0), (90, 0.5), (66, 0.3)):
        tokens = [int(t) for t in random.integers(3, vocabulary, length)]
        trained = [bool(x) for x in random.random(length) < share]
        trained[-1] = True
        made.append(dict(tokens=tokens, trained=trained))
    return made


def log_probabilities(model, example):
    tokens = torch.tensor([example["tokens"]])
    rows = model(input_ids=tokens, use_cache=False).logits[0].log_softmax(-1)
    return torch.stack(
        [rows[i - 1, example["tokens"][i]] for i in range(1, len(example["tokens"])) if example["trained"][i]]
    )


def likelihood(model, lessons):
    scores = torch.cat([log_probabilities(model, example) for example in lessons])
    return -scores.mean()


def preference(model, pairs):
    losses = []
    for chosen, rejected in pairs:
        with torch.no_grad(), model.disable_adapter():
            before = log_probabilities(model, chosen).sum() - log_probabilities(model, rejected).sum()
        now = log_probabilities(model, chosen).sum() - log_probabilities(model, rejected).sum()
        losses.append(-torch.nn.functional.logsigmoid(BETA * (now - before)))
    return torch.stack(losses).mean()


def learn(pairs, loss):
    optimiser = torch.optim.AdamW(pairs.trained(), lr=RATE, weight_decay=DECAY)
    losses, norms = [], []
    for _ in range(STEPS):
        optimiser.zero_grad()
        value = loss()
        value.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(pairs.trained(), CLIP)))
        losses.append(value.item())
        optimiser.step()
    return losses, norms


def main():
    torch.set_grad_enabled(True)
    OUT.mkdir(parents=True, exist_ok=True)
    for seed, (name, rank, projections, permuted) in enumerate(CASES, start=500):
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        for recipe in ("likelihood",) + (("preference",) if name in PREFERENCES else ()):
            with torch.no_grad():
                module = load(name)
            lessons = examples(module.config.vocab_size, np.random.default_rng(seed))
            pairs = Pairs(module, rank, projections, permuted)
            if recipe == "likelihood":
                loss = lambda: likelihood(pairs.model, lessons)
            else:
                both = [(lessons[0], lessons[1]), (lessons[2], lessons[0])]
                loss = lambda: preference(pairs.model, both)
            value = loss()
            value.backward()
            gradients = pairs.gradients()
            losses, norms = learn(pairs, loss)
            golden = dict(
                model=f"{name}.gguf", recipe=recipe, rank=rank, alpha=ALPHA, beta=BETA, rate=RATE, decay=DECAY, clip=CLIP,
                targets=list(projections), examples=lessons, pairs=list(pairs.layers), loss=value.item(),
                gradients=f"{name}.{recipe}.bin", numbers=len(gradients), losses=losses, norms=norms,
            )
            (OUT / f"{name}.{recipe}.json").write_text(json.dumps(golden) + "\n")
            (OUT / f"{name}.{recipe}.bin").write_bytes(gradients.tobytes())
            print(f"{name} {recipe}: loss {value.item():.6f}, {len(gradients)} numbers, losses {losses}", flush=True)


if __name__ == "__main__":
    main()
