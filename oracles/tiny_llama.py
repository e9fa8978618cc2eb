"""Writes tiny random llama models, one a tensor type, and their logits.

    python oracles/tiny_llama.py [NAME ...]

Formats: see oracles/README.md. Everything is seeded; the same packages give the same files.
"""

import json
import sys
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.quants import dequantize, quantize

from gguf_llama import load, logits

OUT = (
    Path(__file__).parent.parent
    / "model/src/test/resources/dev/freehold/model/oracle"
)
PREFILL, DECODE = 40, 6


def shape(hidden, heads, kv_heads, ff, vocab, layers=2, head_size=None, tied=True, theta=10000.0):
    return dict(locals(), head_size=head_size or hidden // heads)


ODD = shape(hidden=72, heads=3, kv_heads=1, ff=200, vocab=293, tied=False)
BLOCK32 = shape(hidden=96, heads=3, kv_heads=1, ff=160, vocab=291)
BLOCK32_UNTIED = shape(hidden=160, heads=5, kv_heads=5, ff=96, vocab=299, tied=False)
BLOCK256 = shape(hidden=256, heads=4, kv_heads=2, ff=256, vocab=300)
BLOCK256_ONE = dict(BLOCK256, layers=1)
SMALL = shape(hidden=48, heads=3, kv_heads=1, ff=104, vocab=293, tied=False)
WIDE_HEADS = shape(hidden=64, heads=4, kv_heads=2, ff=168, vocab=293, head_size=26, theta=500000.0)

# Each matrix in another type: embedding, then queries, keys, values, output, gate, up and down of three layers.
EVERY_TYPE = [
    Type.Q6_K,
    Type.IQ1_S, Type.F16, Type.Q4_0, Type.IQ1_M, Type.IQ2_XXS, Type.IQ2_XS, Type.IQ2_S,
    Type.Q2_K, Type.Q4_1, Type.BF16, Type.TQ1_0, Type.TQ2_0, Type.IQ3_XXS, Type.IQ3_S,
    Type.Q3_K, Type.Q5_0, Type.Q8_0, Type.IQ4_NL, Type.IQ4_XS, Type.MXFP4, Type.NVFP4,
]  # fmt: skip
EVERY_SHAPE = shape(hidden=256, heads=4, kv_heads=1, ff=256, vocab=300, layers=3)

MODELS = [
    ("tiny-f32", Type.F32, ODD, {}),
    ("tiny-f32-wide-heads", Type.F32, WIDE_HEADS, {}),
    ("tiny-f32-rope-llama3", Type.F32, SMALL, {"llama3": True}),
    ("tiny-f32-rope-linear", Type.F32, SMALL, {"linear": 4.0}),
    ("tiny-f16", Type.F16, ODD, {}),
    ("tiny-bf16", Type.BF16, ODD, {}),
    ("tiny-q8_0", Type.Q8_0, BLOCK32, {}),
    ("tiny-q8_0-untied", Type.Q8_0, BLOCK32_UNTIED, {}),
    ("tiny-q4_0", Type.Q4_0, BLOCK32, {}),
    ("tiny-q4_1", Type.Q4_1, BLOCK32, {}),
    ("tiny-q5_0", Type.Q5_0, BLOCK32, {}),
    ("tiny-q5_1", Type.Q5_1, BLOCK32, {}),
    ("tiny-q4_k", Type.Q4_K, BLOCK256, {}),
    ("tiny-q5_k", Type.Q5_K, BLOCK256_ONE, {}),
    ("tiny-q6_k", Type.Q6_K, BLOCK256_ONE, {}),
    ("tiny-every-type", Type.Q6_K, EVERY_SHAPE, {"types": EVERY_TYPE}),
]


def half(values):
    return np.asarray(values, dtype=np.float16).view(np.uint8).reshape(*np.shape(values), 2)


def random_k_blocks(kind, rows, columns, std, random):
    """Random valid super-blocks of 256 weights: every scale, minimum and quant bit occurs."""
    n = rows * columns // 256

    def octets(count):
        return random.integers(0, 256, (n, count), dtype=np.uint8)

    jitter = random.uniform(0.7, 1.3, n)
    if kind == Type.Q6_K:  # 128 low nibbles, 64 high bits, 16 int8 scales, d
        parts = [octets(128), octets(64), octets(16), half(std / 1366 * jitter)]
    else:  # d, dmin, 12 bytes of 6-bit scales and minima, (32 high bits,) 128 nibbles
        middle = 7.5 if kind == Type.Q4_K else 15.5
        d = std / (31 * middle) * jitter
        parts = [half(d), half(d * middle), octets(12)]
        if kind == Type.Q5_K:
            parts.append(octets(32))
        parts.append(octets(128))
    return np.concatenate(parts, axis=1).reshape(rows, -1)


# Where the types without an own quantiser keep their half-precision scale.
SCALE_AT = {
    Type.Q2_K: 80, Type.Q3_K: 108, Type.IQ2_XXS: 0, Type.IQ2_XS: 0, Type.IQ2_S: 0, Type.IQ3_XXS: 0, Type.IQ3_S: 0,
    Type.IQ1_S: 0, Type.IQ4_NL: 0, Type.IQ4_XS: 0, Type.TQ1_0: 52, Type.TQ2_0: 64,
}  # fmt: skip


def spread_of(blocks, kind):
    return dequantize(blocks, kind).reshape(len(blocks), -1).std(axis=1)


def put_scale(blocks, kind, scale):
    bits = np.asarray(scale, dtype=np.float16).view(np.uint16)
    if kind == Type.IQ1_M:  # four bits at the top of each of four 16-bit numbers
        for part in range(4):
            high = blocks[:, 49 + 2 * part] & 0x0F
            blocks[:, 49 + 2 * part] = high | ((bits >> (4 * part)) & 0xF).astype(np.uint8) << 4
        return
    at = SCALE_AT[kind]
    blocks[:, at : at + 2] = bits.view(np.uint8).reshape(-1, 2)
    if kind == Type.Q2_K:  # the minimum's scale; 1.5 scales are the middle of a weight
        blocks[:, at + 2 : at + 4] = (np.asarray(scale) * 1.5).astype(np.float16).view(np.uint8).reshape(-1, 2)


def random_blocks(kind, rows, columns, std, random):
    """Random bits, so that every code and scale occurs, with the block's own scale such that the weights spread by `std`."""
    size, length = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (rows * columns // size, length), dtype=np.uint8)
    if kind in (Type.MXFP4, Type.NVFP4):
        scales = 1 if kind == Type.MXFP4 else 4
        blocks[:, :scales] = 0
        codes = np.repeat(blocks[:1], 127, axis=0)
        codes[:, :scales] = np.arange(127, dtype=np.uint8)[:, None]
        spreads = spread_of(codes, kind)
        near = np.flatnonzero((spreads > std / 2) & (spreads < std * 2))
        blocks[:, :scales] = random.choice(near, (len(blocks), scales))
    else:
        put_scale(blocks, kind, np.ones(len(blocks)))
        put_scale(blocks, kind, std / spread_of(blocks, kind) * random.uniform(0.7, 1.3, len(blocks)))
    return blocks.reshape(rows, -1)


def write_model(path, kind, s, extra, random):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(path.stem)
    writer.add_context_length(128)
    writer.add_embedding_length(s["hidden"])
    writer.add_block_count(s["layers"])
    writer.add_feed_forward_length(s["ff"])
    writer.add_head_count(s["heads"])
    writer.add_head_count_kv(s["kv_heads"])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(s["theta"])
    writer.add_rope_dimension_count(s["head_size"])
    writer.add_vocab_size(s["vocab"])
    if s["head_size"] * s["heads"] != s["hidden"]:
        writer.add_key_length(s["head_size"])
        writer.add_value_length(s["head_size"])
    if "linear" in extra:
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(extra["linear"])
    add_vocabulary(writer, s["vocab"])
    types = list(extra.get("types", [kind] * 99))

    def matrix(name, rows, columns, std):
        kind = types.pop(0)
        if kind in SCALE_AT or kind in (Type.IQ1_M, Type.MXFP4, Type.NVFP4):
            blocks = random_blocks(kind, rows, columns, std, random)
        elif kind in (Type.Q4_K, Type.Q5_K, Type.Q6_K):
            blocks = random_k_blocks(kind, rows, columns, std, random)
        else:
            values = random.normal(0, std, (rows, columns)).astype(np.float32)
            blocks = quantize(values, kind)
        writer.add_tensor(name, blocks, raw_dtype=kind)

    def norm(name):
        values = random.normal(1, 0.2, s["hidden"]).astype(np.float32)
        writer.add_tensor(name, values)

    hidden, ff = s["hidden"], s["ff"]
    q, kv = s["heads"] * s["head_size"], s["kv_heads"] * s["head_size"]
    matrix("token_embd.weight", s["vocab"], hidden, 0.3 if s["tied"] else 1.0)
    for layer in range(s["layers"]):
        at = f"blk.{layer}."
        norm(at + "attn_norm.weight")
        # Large enough that attention prefers some positions and an error in one shows.
        matrix(at + "attn_q.weight", q, hidden, 1.5 * hidden**-0.5)
        matrix(at + "attn_k.weight", kv, hidden, 1.5 * hidden**-0.5)
        matrix(at + "attn_v.weight", kv, hidden, hidden**-0.5)
        matrix(at + "attn_output.weight", hidden, q, q**-0.5)
        norm(at + "ffn_norm.weight")
        matrix(at + "ffn_gate.weight", ff, hidden, hidden**-0.5)
        matrix(at + "ffn_up.weight", ff, hidden, hidden**-0.5)
        matrix(at + "ffn_down.weight", hidden, ff, ff**-0.5)
    norm("output_norm.weight")
    if not s["tied"]:
        matrix("output.weight", s["vocab"], hidden, 2 * hidden**-0.5)
    if "llama3" in extra:
        writer.add_tensor("rope_freqs.weight", llama3_factors(s["head_size"], s["theta"]))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama3_factors(head_size, theta):
    """Llama 3's divisors of the frequencies, from transformers' own rope initialisation."""
    from transformers import LlamaConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    rope = {
        "rope_type": "llama3",
        "rope_theta": theta,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    }
    config = LlamaConfig(head_dim=head_size, rope_parameters=rope, max_position_embeddings=128)
    scaled, _ = ROPE_INIT_FUNCTIONS["llama3"](config, device="cpu")
    plain = theta ** -(np.arange(0, head_size, 2, dtype=np.float32) / head_size)
    return (plain / scaled.numpy()).astype(np.float32)


def add_vocabulary(writer, size):
    """SentencePiece with byte fallback and single letters: enough to speak to the model."""
    tokens = [b"<unk>", b"<s>", b"</s>"]
    types = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    tokens += [f"<0x{octet:02X}>".encode() for octet in range(256)]
    types += [gguf.TokenType.BYTE] * 256
    pieces = ["\u2581"] + [chr(c) for c in range(ord("a"), ord("z") + 1)]
    pieces += ["th", "he", "in", "er", "an", "re", "on", "at", "en", "nd", "ti", "es", "or", "te"]
    pieces = pieces[: size - len(tokens)]
    tokens += [piece.encode() for piece in pieces]
    types += [gguf.TokenType.NORMAL] * len(pieces)
    assert len(tokens) == size, len(tokens)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * 259 + [-float(i) for i in range(len(pieces))])
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for seed, (name, kind, s, extra) in enumerate(MODELS, start=1):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        random = np.random.default_rng(seed)
        path = OUT / f"{name}.gguf"
        write_model(path, kind, s, extra, random)
        model, _ = load(path)
        tokens = [1] + random.integers(3, s["vocab"], PREFILL - 1).tolist()
        decoded = []
        for _ in range(DECODE):
            decoded.append(int(logits(model, tokens + decoded)[-1].argmax()))
        rows = logits(model, tokens + decoded)
        (OUT / f"{name}.logits.bin").write_bytes(rows.astype("<f4").tobytes())
        golden = {
            "model": path.name,
            "type": kind.name,
            "prefill": tokens,
            "decode": decoded,
            "rows": len(rows),
            "vocab": s["vocab"],
            "logits": f"{name}.logits.bin",
        }
        (OUT / f"{name}.json").write_text(json.dumps(golden) + "\n")
        print(f"{name}: {path.stat().st_size:,} bytes, logits std {rows.std():.2f}", flush=True)


if __name__ == "__main__":
    main()
