"""A GGUF file of architecture "llama", dequantised and run by transformers in float32.

Nothing here is shared with the engine: the `gguf` package reads and dequantises the file, and
`transformers.LlamaForCausalLM` computes. What they agree on is what the engine is held to.
"""

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from transformers import LlamaConfig, LlamaForCausalLM

torch.set_grad_enabled(False)


def metadata(reader):
    return {name: field.contents() for name, field in reader.fields.items()}


def to_rotate_half(weight, heads):
    """Rows of q or k from GGUF's order (pairs side by side) to transformers' (halves apart)."""
    rows, columns = weight.shape
    return (
        weight.reshape(heads, rows // heads // 2, 2, columns)
        .swapaxes(1, 2)
        .reshape(rows, columns)
    )


LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OUTER = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}


def load(path):
    """Returns (model, metadata) of the file at `path`; every tensor is used or this fails."""
    reader = gguf.GGUFReader(path)
    meta = metadata(reader)
    assert meta["general.architecture"] == "llama"

    def key(name, default=None):
        return meta.get("llama." + name, default)

    heads = key("attention.head_count")
    kv_heads = key("attention.head_count_kv", heads)
    hidden = key("embedding_length")
    head_size = key("attention.key_length", hidden // heads)
    theta = key("rope.freq_base", 10000.0)
    weights = {
        tensor.name: dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        for tensor in reader.tensors
    }

    rope = {"rope_type": "default", "rope_theta": theta}
    if key("rope.scaling.type") == "linear":
        rope = {"rope_type": "linear", "factor": key("rope.scaling.factor"), "rope_theta": theta}
    rope_factors = weights.pop("rope_freqs.weight", None)

    state = {}
    for name, weight in weights.items():
        if name in OUTER:
            state[OUTER[name]] = weight
            continue
        _, layer, kind, suffix = name.split(".")
        assert suffix == "weight", name
        if kind in ("attn_q", "attn_k"):
            weight = to_rotate_half(weight, heads if kind == "attn_q" else kv_heads)
        state[f"model.layers.{layer}.{LAYER[kind]}.weight"] = weight

    tied = "lm_head.weight" not in state
    if tied:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    config = LlamaConfig(
        vocab_size=state["model.embed_tokens.weight"].shape[0],
        hidden_size=hidden,
        intermediate_size=key("feed_forward_length"),
        num_hidden_layers=key("block_count"),
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=head_size,
        max_position_embeddings=key("context_length"),
        rms_norm_eps=key("attention.layer_norm_rms_epsilon"),
        rope_parameters=rope,
        tie_word_embeddings=tied,
        attn_implementation="eager",
    )
    model = LlamaForCausalLM(config).to(torch.float32).eval()
    model.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in state.items()}, strict=True)
    if rope_factors is not None:
        # The file's factors divide the frequencies; that is all that Llama 3's scaling is.
        model.model.rotary_emb.inv_freq.div_(torch.from_numpy(rope_factors.copy()))
    return model, meta


def logits(model, tokens):
    """Logits of every position, float32 [tokens, vocab]."""
    return model(torch.tensor([tokens])).logits[0].numpy()
