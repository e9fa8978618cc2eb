"""Files in the shapes of models that cannot be had, with seeded random weights, and a comparison of logits.

    python oracles/random_shapes.py write FOLDER SHAPE TYPE     # 1b, 7b, mixtral, mixtral-two, qwen3moe, qwen3next; F32, Q4_0, Q8_0, Q4_K
    python oracles/random_shapes.py reference FILE TOKENS OUT   # transformers in float32 on the dequantised weights (1b, 7b, mixtral)
    python oracles/random_shapes.py compare VOCABULARY A B      # two files of float32 logits
    python oracles/random_shapes.py routes VOCABULARY A B       # the same, rows apart by whether OUT.routes of both agree

Widths are the models' own; layers are fewer where memory asks for it. The files are gigabytes and are not kept. Weights
are blocks of random bits whose scales make them spread as trained ones do, so that logits depend on every layer.
"""

import pathlib
import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

from tiny_llama import half, random_k_blocks

# Of Llama-3.2-1B, Llama-2-7B, Mixtral-8x7B (half the width), Qwen3-30B-A3B, Qwen3-Next-80B-A3B.
SHAPES = {
    "1b": dict(arch="llama", layers=16, hidden=2048, heads=32, kv=8, head=64, ff=8192, vocab=128256, theta=500000.0, tied=True),
    "7b": dict(arch="llama", layers=32, hidden=4096, heads=32, kv=32, head=128, ff=11008, vocab=32000, theta=10000.0),
    "mixtral": dict(arch="llama", layers=8, hidden=2048, heads=16, kv=4, head=128, ff=7168, vocab=32000, theta=1e6, experts=8, used=2),
    "qwen3moe": dict(
        arch="qwen3moe", layers=4, hidden=2048, heads=32, kv=4, head=128, ff=6144, vocab=32000, theta=1e6, experts=128, used=8, expert_ff=768
    ),
    "qwen3next": dict(
        arch="qwen3next", layers=4, hidden=2048, heads=16, kv=2, head=256, ff=5120, vocab=32000, theta=1e7, experts=128, used=10,
        expert_ff=512, shared_ff=512, keys=16, values=32, state=128, rope=64,
    ),
}  # fmt: skip


# Small enough for F32, in which the peer rounds no activations either.
SHAPES["mixtral-two"] = SHAPES["mixtral"] | dict(layers=2)


def blocks(kind, rows, columns, std, random):
    if kind == Type.F32:
        return random.standard_normal((rows, columns), dtype=np.float32) * np.float32(std)
    if kind == Type.Q4_K:
        return random_k_blocks(kind, rows, columns, std, random)
    n = rows * columns // 32
    jitter = random.uniform(0.7, 1.3, n)
    if kind == Type.Q8_0:
        return np.concatenate([half(std / 73.6 * jitter), random.integers(0, 256, (n, 32), dtype=np.uint8)], axis=1).reshape(rows, -1)
    assert kind == Type.Q4_0
    # Nibbles stand for -8 to 7: scales of both signs, as the peer's quantiser writes them, keep the mean at zero.
    jitter *= random.choice([-1.0, 1.0], n)
    return np.concatenate([half(std / 4.6 * jitter), random.integers(0, 256, (n, 16), dtype=np.uint8)], axis=1).reshape(rows, -1)


def keys(w, s):
    w.add_context_length(4096)
    w.add_embedding_length(s["hidden"])
    w.add_block_count(s["layers"])
    w.add_feed_forward_length(s["ff"])
    w.add_head_count(s["heads"])
    w.add_head_count_kv(s["kv"])
    w.add_key_length(s["head"])
    w.add_value_length(s["head"])
    w.add_layer_norm_rms_eps(1e-5)
    w.add_rope_freq_base(s["theta"])
    w.add_rope_dimension_count(s.get("rope", s["head"]))
    w.add_vocab_size(s["vocab"])
    if "experts" in s:
        w.add_expert_count(s["experts"])
        w.add_expert_used_count(s["used"])
    if "expert_ff" in s:
        w.add_expert_feed_forward_length(s["expert_ff"])
    if "shared_ff" in s:
        w.add_expert_shared_feed_forward_length(s["shared_ff"])
    if "state" in s:
        w.add_ssm_conv_kernel(4)
        w.add_ssm_state_size(s["state"])
        w.add_ssm_group_count(s["keys"])
        w.add_ssm_time_step_rank(s["values"])
        w.add_ssm_inner_size(s["values"] * s["state"])
        w.add_full_attention_interval(4)
    # A vocabulary that can be read and is never used.
    w.add_tokenizer_model("llama")
    w.add_tokenizer_pre("default")
    w.add_token_list([b"<unk>", b"<s>", b"</s>"] + [f"<{i}>".encode() for i in range(3, s["vocab"])])
    w.add_token_scores([-float(i) for i in range(s["vocab"])])
    w.add_token_types([2, 3, 3] + [1] * (s["vocab"] - 3))
    w.add_bos_token_id(1)
    w.add_eos_token_id(2)
    w.add_unk_token_id(0)


def write(folder, shape, type_name):
    s, kind = SHAPES[shape], Type[type_name]
    random = np.random.default_rng(sum(map(ord, shape)))
    path = pathlib.Path(folder) / f"{shape}-{type_name.lower()}.gguf"
    w = gguf.GGUFWriter(path, s["arch"], use_temp_file=True)
    w.add_name(path.stem)
    keys(w, s)

    def matrix(name, rows, columns, gain=1.0, std=None, stacked=0):
        data = blocks(kind, rows * max(1, stacked), columns, std or gain * columns**-0.5, random)
        w.add_tensor(name, data.reshape(stacked, rows, -1) if stacked else data, raw_dtype=kind)

    def plain(name, *shape, mean=0.0, std=1.0):
        w.add_tensor(name, random.normal(mean, std, shape).astype(np.float32))

    hidden, head = s["hidden"], s["head"]
    matrix("token_embd.weight", s["vocab"], hidden, std=0.05 if s.get("tied") else 1.0)
    plain("output_norm.weight", hidden, mean=1, std=0.1)
    if not s.get("tied"):
        matrix("output.weight", s["vocab"], hidden, 2)
    for layer in range(s["layers"]):
        at = f"blk.{layer}."
        plain(at + "attn_norm.weight", hidden, mean=1, std=0.1)
        recurrent = "state" in s and layer % 4 != 3
        if recurrent:
            inner = s["values"] * s["state"]
            channels = 2 * s["keys"] * s["state"] + inner
            matrix(at + "attn_qkv.weight", channels, hidden)
            matrix(at + "attn_gate.weight", inner, hidden)
            matrix(at + "ssm_ba.weight", 2 * s["values"], hidden)
            plain(at + "ssm_conv1d.weight", channels, 4, std=0.5)
            w.add_tensor(at + "ssm_a", -np.exp(random.normal(-1, 0.7, s["values"])).astype(np.float32))
            plain(at + "ssm_dt.bias", s["values"], std=0.5)
            plain(at + "ssm_norm.weight", s["state"], mean=1, std=0.1)
            matrix(at + "ssm_out.weight", hidden, inner)
        else:
            matrix(at + "attn_q.weight", s["heads"] * head * (2 if "state" in s else 1), hidden, 1.5)
            matrix(at + "attn_k.weight", s["kv"] * head, hidden, 1.5)
            matrix(at + "attn_v.weight", s["kv"] * head, hidden)
            matrix(at + "attn_output.weight", hidden, s["heads"] * head)
            if s["arch"] != "llama":
                plain(at + "attn_q_norm.weight", head, mean=1, std=0.1)
                plain(at + "attn_k_norm.weight", head, mean=1, std=0.1)
        plain(at + ("post_attention_norm.weight" if "state" in s else "ffn_norm.weight"), hidden, mean=1, std=0.1)
        ff, count = s.get("expert_ff", s["ff"]), s.get("experts", 0)
        end = "_exps" if count else ""
        if count:
            plain(at + "ffn_gate_inp.weight", count, hidden, std=hidden**-0.5)
        for name, rows, columns in (("gate", ff, hidden), ("up", ff, hidden), ("down", hidden, ff)):
            matrix(f"{at}ffn_{name}{end}.weight", rows, columns, stacked=count)
        if "shared_ff" in s:
            inner = s["shared_ff"]
            plain(at + "ffn_gate_inp_shexp.weight", hidden, std=hidden**-0.5)
            for name, rows, columns in (("gate", inner, hidden), ("up", inner, hidden), ("down", hidden, inner)):
                matrix(f"{at}ffn_{name}_shexp.weight", rows, columns)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    print(path, f"{path.stat().st_size:,} bytes")


def reference(path, tokens, out):
    from gguf_layers import Layers

    rows, chosen, margins = Layers(path).run([int(token) for token in pathlib.Path(tokens).read_text().split()])
    pathlib.Path(out).write_bytes(rows.astype("<f4").tobytes())
    if len(chosen):
        # Each line is a layer and a token: the experts, then by how much the last was preferred to the next.
        lines = [
            f"{layer} {token} {' '.join(map(str, sorted(chosen[layer, token])))} {margins[layer, token]:.6f}"
            for layer in range(len(chosen))
            for token in range(len(chosen[layer]))
        ]
        pathlib.Path(out + ".routes").write_text("\n".join(lines) + "\n")


def differences(vocabulary, first, second):
    a, b = (np.fromfile(name, "<f4").reshape(-1, int(vocabulary)).astype(np.float64) for name in (first, second))
    return a, b, np.abs(a - b).max(axis=1) / (a.max(axis=1) - a.min(axis=1))


def routes(vocabulary, first, second):
    """`first` is the reference, whose margins count."""
    lines = [[line.split() for line in pathlib.Path(name + ".routes").read_text().splitlines()] for name in (first, second)]
    other = {tuple(line[:2]): line[2:4] for line in lines[1]}
    moved = [line for line in lines[0] if other[tuple(line[:2])] != line[2:4]]
    margins = np.array([float(line[4]) for line in lines[0]])
    _, _, error = differences(vocabulary, first, second)
    changed = np.zeros(len(error), bool)
    changed[sorted({int(line[1]) for line in moved})] = True
    # From the first token that went another way, all that follow see it through attention.
    before = np.arange(len(error)) < (changed.argmax() if changed.any() else len(error))
    print(f"{len(moved)} of {len(margins)} choices differ, their margins at most {max([float(m[4]) for m in moved], default=0):.3f}; median margin {np.median(margins):.3f}")
    for name, rows in (("before any differs", before), ("none of its own differs", ~changed), ("one of its own differs", changed)):
        if rows.any():
            print(f"  {name}: {rows.sum()} rows, largest {error[rows].max():.2e}, median {np.median(error[rows]):.2e}")


def compare(vocabulary, first, second):
    a, b, error = differences(vocabulary, first, second)
    log = lambda x: x - np.log(np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)) - x.max(axis=1, keepdims=True)
    p, q = log(a), log(b)
    divergence = (np.exp(p) * (p - q)).sum(axis=1)
    same = (a.argmax(axis=1) == b.argmax(axis=1)).mean()
    print(
        f"{len(a)} rows: largest difference {error.max():.2e} of a row's spread (median {np.median(error):.2e}), "
        f"root mean square {np.sqrt(((a - b) ** 2).mean()) / a.std():.2e} of the deviation, "
        f"divergence {divergence.mean():.2e} nats (largest {divergence.max():.2e}), same likeliest token {same:.1%}"
    )


if __name__ == "__main__":
    {"write": write, "reference": reference, "compare": compare, "routes": routes}[sys.argv[1]](*sys.argv[2:])
