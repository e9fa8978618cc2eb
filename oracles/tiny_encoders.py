"""Writes a tiny random model of each encoder architecture, and its hidden states.

    python oracles/tiny_encoders.py [NAME ...]

As tiny_architectures.py; the golden holds the last, normalised hidden state of each token of one
text.
"""

import json
import sys

import gguf
import numpy as np
import torch
import transformers

from tiny_architectures import OUT, SIZES, default_rope, gguf_name, randomize

torch.set_grad_enabled(False)

TOKENS = 90
BERT = dict(
    vocab_size=53, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=96, pad_token_id=0,
)


def keys(w, c, rms=False):
    w.add_context_length(c.max_position_embeddings)
    w.add_embedding_length(c.hidden_size)
    w.add_block_count(c.num_hidden_layers)
    w.add_feed_forward_length(c.intermediate_size)
    w.add_head_count(c.num_attention_heads)
    if rms:
        w.add_layer_norm_rms_eps(c.rms_norm_eps)
    else:
        w.add_layer_norm_eps(getattr(c, "layer_norm_eps", None) or c.norm_eps)
        w.add_causal_attention(False)
        w.add_pooling_type(gguf.PoolingType.CLS)


def nomic(w, c):
    keys(w, c)
    w.add_rope_freq_base(c.rope_parameters["rope_theta"])


def modern(w, c):
    keys(w, c)
    w.add_sliding_window(c.local_attention)
    w.add_sliding_window_pattern(3)
    w.add_rope_freq_base(c.rope_parameters["full_attention"]["rope_theta"])
    w.add_rope_freq_base_swa(c.rope_parameters["sliding_attention"]["rope_theta"])
    w.add_rope_scaling_type(gguf.RopeScalingType.NONE)


def embedding_gemma(w, c):
    keys(w, c, rms=True)
    w.add_head_count_kv(c.num_key_value_heads)
    w.add_key_length(c.head_dim)
    w.add_value_length(c.head_dim)
    w.add_rope_freq_base(c.rope_parameters["full_attention"]["rope_theta"])
    w.add_rope_freq_base_swa(c.rope_parameters["sliding_attention"]["rope_theta"])
    w.add_sliding_window(40)
    w.add_pooling_type(gguf.PoolingType.MEAN)


def plain(tensors, module, writer, random):
    for name in list(tensors):
        if "pooler" in name or name.endswith("_ids"):
            tensors.pop(name)


def nomic_names(tensors, module, writer, random):
    """The published names; queries, keys and values lie in one tensor there."""
    layers = {".post_attention_layernorm": "attn_output_norm", ".post_mlp_layernorm": "layer_output_norm",
              ".self_attn.o_proj": "attn_output", ".mlp.gate_proj": "ffn_gate", ".mlp.up_proj": "ffn_up",
              ".mlp.down_proj": "ffn_down"}
    for name in list(tensors):
        if ".self_attn.q_proj" in name:
            qkv = [tensors.pop(name.replace("q_proj", kind + "_proj")) for kind in "qkv"]
            tensors["!blk.%s.attn_qkv.weight" % name.split(".")[1]] = np.concatenate(qkv)
    for name in list(tensors):
        for old, new in layers.items():
            if old in name:
                suffix = name[name.rfind(".") :]
                tensors["!blk.%s.%s%s" % (name.split(".")[1], new, suffix)] = tensors.pop(name)


class Perceptron(torch.nn.Module):
    def __init__(self, width, inner, bias):
        super().__init__()
        self.up, self.down = torch.nn.Linear(width, inner, bias), torch.nn.Linear(inner, width, bias)

    def forward(self, x):
        return self.down(torch.nn.functional.gelu(self.up(x)))


class Experts(torch.nn.Module):
    """Nomic's mixture (nomic-embed-text-v2-moe): the best of a softmax over all, not normalised again; no biases."""

    def __init__(self, width, inner, count, used):
        super().__init__()
        self.router = torch.nn.Linear(width, count, bias=False)
        self.experts = torch.nn.ModuleList(Perceptron(width, inner, False) for _ in range(count))
        self.used = used

    def forward(self, x):
        weights, chosen = torch.softmax(self.router(x), -1).topk(self.used, -1)
        all_results = torch.stack([expert(x) for expert in self.experts], -2)
        picked = torch.gather(all_results, -2, chosen.unsqueeze(-1).expand(*chosen.shape, x.shape[-1]))
        return (weights.unsqueeze(-1) * picked).sum(-2)


def mixed(module):
    """The second of every two layers a mixture, the first a plain network, biases on both projections of attention."""
    c = module.config
    for i, layer in enumerate(module.layers):
        layer.mlp = Experts(c.hidden_size, c.intermediate_size, 4, 2) if i % 2 == 1 else Perceptron(c.hidden_size, c.intermediate_size, True)
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(layer.self_attn, name, torch.nn.Linear(c.hidden_size, c.hidden_size, bias=True))


def nomic_experts(w, c):
    nomic(w, c)
    w.add_moe_every_n_layers(2)
    w.add_expert_count(4)
    w.add_expert_used_count(2)


def nomic_expert_names(tensors, module, writer, random):
    for name in list(tensors):
        at = "!blk.%s." % name.split(".")[1]
        if ".experts.0." in name:
            kind = "up" if ".up." in name else "down"
            all_experts = [tensors.pop(name.replace(".experts.0.", f".experts.{i}.")) for i in range(4)]
            tensors[at + f"ffn_{kind}_exps.weight"] = np.stack(all_experts)
        elif ".mlp.router." in name:
            tensors[at + "ffn_gate_inp.weight"] = tensors.pop(name)
        elif ".mlp.up." in name or ".mlp.down." in name:
            tensors[at + "ffn_" + name.split(".mlp.")[1]] = tensors.pop(name)
        elif ".self_attn.q_proj.bias" in name:
            parts = [tensors.pop(name.replace("q_proj", kind + "_proj")) for kind in "qkv"]
            tensors[at + "attn_qkv.bias"] = np.concatenate(parts)
    nomic_names(tensors, module, writer, random)


def one_more(tensors, module, writer, random):
    for name in list(tensors):
        if name.endswith("norm.weight"):
            tensors[name] = tensors[name] + 1
        tensors["model." + name] = tensors.pop(name)


def with_dense(tensors, module, writer, random):
    """The two linear maps of EmbeddingGemma, which the reference applies after pooling."""
    one_more(tensors, module, writer, random)
    two = random.normal(0, 32**-0.5, (64, 32)).astype(np.float32)
    three = random.normal(0, 64**-0.5, (32, 64)).astype(np.float32)
    tensors["!dense_2.weight"], tensors["!dense_3.weight"] = two, three
    writer.add_dense_features_dims("dense_2", 32, 64)
    writer.add_dense_features_dims("dense_3", 64, 32)
    return lambda rows: rows @ two.T @ three.T


GEMMA = lambda: transformers.Gemma3TextConfig(
    **dict(
        SIZES, head_dim=12, num_hidden_layers=7, query_pre_attn_scalar=12, sliding_window=40,
        use_bidirectional_attention=True, tie_word_embeddings=True,
        rope_parameters={
            "full_attention": default_rope(1e6),
            "sliding_attention": default_rope(1e4),
        },
    )
)
MODELS = {
    "bert": ("bert", "BertModel", lambda: transformers.BertConfig(**BERT), keys, plain),
    "nomic-bert": (
        "nomic-bert", "NomicBertModel",
        lambda: transformers.NomicBertConfig(**BERT, rope_parameters=default_rope(1000.0)), nomic, nomic_names,
    ),
    "modern-bert": (
        "modern-bert", "ModernBertModel",
        lambda: transformers.ModernBertConfig(
            **dict(BERT, num_hidden_layers=4), local_attention=20, bos_token_id=1, eos_token_id=2, cls_token_id=1, sep_token_id=2,
            rope_parameters={"full_attention": default_rope(16e4), "sliding_attention": default_rope(1e4)},
        ),
        modern, plain,
    ),
    "gemma-embedding": ("gemma-embedding", "Gemma3TextModel", GEMMA, embedding_gemma, one_more),
    "gemma-embedding-dense": ("gemma-embedding", "Gemma3TextModel", GEMMA, embedding_gemma, with_dense),
    "nomic-bert-moe": (
        "nomic-bert-moe", "NomicBertModel",
        lambda: transformers.NomicBertConfig(**BERT, rope_parameters=default_rope(1000.0)), nomic_experts, nomic_expert_names,
    ),
}


def name_of(tensor, table, config):
    return tensor[1:] if tensor.startswith("!") else gguf_name(tensor, table, {}, config)


def make(seed, name, spec):
    arch, kind, config, write_keys, transform = spec
    random = np.random.default_rng(seed)
    config = config()
    config._attn_implementation = "eager"
    module = getattr(transformers, kind)(config).to(torch.float32).eval()
    if name == "nomic-bert-moe":
        mixed(module)
    randomize(module, random, "Gemma" in kind)
    path = OUT / f"encoder-{name}.gguf"
    writer = gguf.GGUFWriter(path, arch)
    writer.add_name(f"encoder-{name}")
    write_keys(writer, config)
    tensors = {n: p.numpy() for n, p in module.state_dict().items()}
    after = transform(tensors, module, writer, random) or (lambda rows: rows)
    number = next(a for a, n in gguf.MODEL_ARCH_NAMES.items() if n == arch)
    table = gguf.get_tensor_name_map(number, config.num_hidden_layers)
    for tensor, values in tensors.items():
        writer.add_tensor(name_of(tensor, table, config), np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    tokens = [int(token) for token in random.integers(3, config.vocab_size, TOKENS)]
    rows = after(module(torch.tensor([tokens])).last_hidden_state[0].numpy())
    (OUT / f"encoder-{name}.logits.bin").write_bytes(rows.astype("<f4").tobytes())
    golden = {
        "model": path.name,
        "type": "F32",
        "prefill": tokens,
        "decode": [],
        "rows": len(rows),
        "vocab": rows.shape[1],
        "logits": f"encoder-{name}.logits.bin",
    }
    (OUT / f"encoder-{name}.json").write_text(json.dumps(golden) + "\n")
    print(f"{name}: {path.stat().st_size:,} bytes, hidden std {rows.std():.2f}", flush=True)


def main():
    wanted = sys.argv[1:] or list(MODELS)
    for seed, (name, spec) in enumerate(MODELS.items(), start=300):
        if name in wanted:
            make(seed, name, spec)


if __name__ == "__main__":
    main()
