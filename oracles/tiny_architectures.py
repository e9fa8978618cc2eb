"""Writes a tiny random model of each architecture beside plain llama, and its logits.

    python oracles/tiny_architectures.py [NAME ...]

transformers computes in float32; the file is written with the names, the order of rows and the
keys of llama.cpp's converter. Formats: see oracles/README.md. Everything is seeded; the same
packages give the same files.
"""

import json
import sys

import gguf
import numpy as np
import torch
import transformers

from tiny_llama import OUT

torch.set_grad_enabled(False)

SIZES = dict(
    vocab_size=53,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=256,
    pad_token_id=0,
    bos_token_id=1,
    eos_token_id=2,
    tie_word_embeddings=False,
)
# Long enough for two blocks of keys and values to lie wholly behind a window.
PREFILL, DECODE = 140, 6
WINDOW = 20


def default_rope(theta=10000.0, **more):
    return dict(rope_type="default", rope_theta=theta, **more)


def permuted(weight, heads):
    """Rows of q or k from transformers' order (halves apart) to pairs side by side."""
    rows = weight.shape[0]
    return (
        weight.reshape(heads, 2, rows // heads // 2, *weight.shape[1:])
        .swapaxes(1, 2)
        .reshape(weight.shape)
    )


def permute_qk(tensors, config):
    for name in list(tensors):
        if ".self_attn.q_proj." in name:
            tensors[name] = permuted(tensors[name], config.num_attention_heads)
        if ".self_attn.k_proj." in name:
            tensors[name] = permuted(tensors[name], config.num_key_value_heads)


def one_more(tensors, config):
    """Gemma's norms multiply by 1 + weight."""
    for name in list(tensors):
        if name.endswith("norm.weight"):
            tensors[name] = tensors[name] + 1


def split_experts(tensors, config):
    for name in list(tensors):
        if name.endswith("experts.gate_up_proj"):
            both = tensors.pop(name)
            half = both.shape[1] // 2
            base = name.removesuffix("gate_up_proj")
            tensors[base + "gate_proj.weight"] = both[:, :half]
            tensors[base + "up_proj.weight"] = both[:, half:]
        elif name.endswith("experts.down_proj"):
            tensors[name + ".weight"] = tensors.pop(name)


def gpt_oss_experts(tensors, config):
    """Gate and up rows take turns, and matrices lie the other way round."""
    for name in list(tensors):
        base = name[: name.rfind(".") + 1]
        if name.endswith("experts.gate_up_proj"):
            both = tensors.pop(name).swapaxes(1, 2)
            tensors[base + "gate_proj.weight"] = both[:, ::2]
            tensors[base + "up_proj.weight"] = both[:, 1::2]
        elif name.endswith("experts.gate_up_proj_bias"):
            both = tensors.pop(name)
            tensors[base + "gate_proj.bias"] = both[:, ::2]
            tensors[base + "up_proj.bias"] = both[:, 1::2]
        elif name.endswith("experts.down_proj"):
            tensors[name + ".weight"] = tensors.pop(name).swapaxes(1, 2)
        elif name.endswith("experts.down_proj_bias"):
            tensors[base + "down_proj.bias"] = tensors.pop(name)
        elif name.endswith(".sinks"):
            tensors[name + ".weight"] = tensors.pop(name)


def renamed(**names):
    def apply(tensors, config):
        for name in list(tensors):
            for old, new in names.items():
                old, new = old.replace("__", "."), new.replace("__", ".")
                if old in name:
                    tensors[name.replace(old, new)] = tensors.pop(name)

    return apply


def squeezed_shared_gate(tensors, config):
    for name in list(tensors):
        if name.endswith("shared_expert_gate.weight"):
            tensors[name] = tensors[name].reshape(-1)


def one_tensor_an_expert(tensors, config):
    """The names of Mixtral files of before 2024; written as they are, not mapped."""
    for name in list(tensors):
        for kind in ("gate", "up", "down"):
            if name.endswith(f"experts.{kind}_proj.weight"):
                layer = name.split(".")[2]
                for expert, weight in enumerate(tensors.pop(name)):
                    tensors[f"!blk.{layer}.ffn_{kind}.{expert}.weight"] = weight


def common_keys(w, c):
    w.add_context_length(c.max_position_embeddings)
    w.add_embedding_length(c.hidden_size)
    w.add_block_count(c.num_hidden_layers)
    w.add_feed_forward_length(getattr(c, "intermediate_size", None) or c.moe_intermediate_size)
    w.add_head_count(c.num_attention_heads)
    kv_heads = c.num_key_value_heads
    if "conv" in (getattr(c, "layer_types", None) or ()):
        kv_heads = [0 if kind == "conv" else kv_heads for kind in c.layer_types]
    if not getattr(c, "kv_lora_rank", None):
        w.add_head_count_kv(kv_heads)
    w.add_layer_norm_rms_eps(getattr(c, "rms_norm_eps", None) or c.norm_eps)
    rope = c.rope_parameters
    rope = rope.get("full_attention", rope)
    w.add_rope_freq_base(rope["rope_theta"])
    size = getattr(c, "head_dim", None) or c.hidden_size // c.num_attention_heads
    if not getattr(c, "kv_lora_rank", None):
        w.add_rope_dimension_count(int(size * rope.get("partial_rotary_factor", 1)))
    if getattr(c, "kv_lora_rank", None):
        pass  # see latent_keys
    elif getattr(c, "head_dim", None):
        w.add_key_length(size)
        w.add_value_length(size)
    if rope["rope_type"] in ("linear", "yarn"):
        w.add_rope_scaling_type(gguf.RopeScalingType(rope["rope_type"]))
        w.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] == "yarn":
        w.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
        for key in ("beta_fast", "beta_slow"):
            if key in rope:
                getattr(w, f"add_rope_scaling_yarn_{key}")(rope[key])


def expert_keys(w, c):
    w.add_expert_count(getattr(c, "num_local_experts", None) or c.num_experts)
    w.add_expert_used_count(c.num_experts_per_tok)
    if getattr(c, "moe_intermediate_size", None):
        w.add_expert_feed_forward_length(c.moe_intermediate_size)


def overwrite(w, key, value):
    w.kv_data[0][f"{w.arch}.{key}"].value = value


def window_of(w, length):
    overwrite(w, "context_length", length)


def stretched_base(w, base):
    overwrite(w, "rope.freq_base", base)


def window_key(w, c):
    w.add_sliding_window(c.sliding_window)


MODELS = {}


def model(name, arch, kind, config, keys=(), transforms=(), mapping=None, extra=None):
    MODELS[name] = dict(
        arch=arch,
        kind=kind,
        config=lambda **more: getattr(transformers, kind.replace("ForCausalLM", "Config"))(**(config | more))
        if not callable(config)
        else config(),
        keys=(common_keys, *keys),
        transforms=transforms,
        mapping=mapping or {},
        extra=extra,
    )


def llama3_rope():
    return dict(
        rope_type="llama3",
        rope_theta=10000.0,
        factor=8.0,
        low_freq_factor=1.0,
        high_freq_factor=4.0,
        original_max_position_embeddings=64,
    )


model(
    "mistral-window", "llama", "MistralForCausalLM",
    dict(SIZES, sliding_window=WINDOW, rope_parameters=default_rope()),
    keys=[window_key], transforms=[permute_qk],
)
model(
    "llama-yarn", "llama", "LlamaForCausalLM",
    dict(SIZES, rope_parameters=default_rope() | dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=64)),
    transforms=[permute_qk],
)
# Not written by the converter, but read: frequencies for a text as long as the window (dynamic), and a base that was stretched
# once (alpha, as Hunyuan's files have it).
model(
    "llama-dynamic", "llama", "LlamaForCausalLM",
    dict(
        SIZES | dict(max_position_embeddings=64), num_hidden_layers=1,
        rope_parameters=dict(rope_type="dynamic", rope_theta=10000.0, factor=2.0),
    ),
    keys=[
        lambda w, c: (
            w.add_string("llama.rope.scaling.type", "dynamic"), w.add_rope_scaling_factor(2.0),
            w.add_rope_scaling_orig_ctx_len(c.max_position_embeddings), window_of(w, PREFILL + DECODE),
        )
    ],
    transforms=[permute_qk],
)
model(
    "llama-alpha", "llama", "LlamaForCausalLM",
    dict(SIZES, num_hidden_layers=1, rope_parameters=default_rope(10000.0 * 1000.0 ** (8 / 6))),
    keys=[lambda w, c: (stretched_base(w, 10000.0), w.add_float32("llama.rope.scaling.alpha", 1000.0))],
    transforms=[permute_qk],
)
MIXTRAL = dict(SIZES, num_local_experts=4, num_experts_per_tok=2, sliding_window=None, rope_parameters=default_rope(1e6))
model(
    "mixtral", "llama", "MixtralForCausalLM", MIXTRAL,
    keys=[expert_keys], transforms=[permute_qk, split_experts, renamed(mlp__gate__="block_sparse_moe.gate.")],
)
model(
    "mixtral-split", "llama", "MixtralForCausalLM", dict(MIXTRAL, num_hidden_layers=1),
    keys=[expert_keys],
    transforms=[permute_qk, split_experts, one_tensor_an_expert, renamed(mlp__gate__="block_sparse_moe.gate.")],
)


def ministral_keys(w, c):
    w.add_rope_scaling_yarn_log_mul(c.rope_parameters["mscale_all_dim"])
    w.add_attn_temperature_scale(c.rope_parameters["llama_4_scaling_beta"])


model(
    "mistral3", "mistral3", "Ministral3ForCausalLM",
    dict(
        SIZES, head_dim=12,
        rope_parameters=dict(
            rope_type="yarn", rope_theta=1e4, factor=4.0, original_max_position_embeddings=32,
            beta_fast=8.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.4,
        ),
    ),
    keys=[ministral_keys], transforms=[permute_qk],
)
model(
    "smollm3", "smollm3", "SmolLM3ForCausalLM",
    dict(SIZES, num_hidden_layers=5, tie_word_embeddings=True, rope_parameters=default_rope(5e4)),
    transforms=[permute_qk],
)
model("qwen2", "qwen2", "Qwen2ForCausalLM", dict(SIZES, rope_parameters=default_rope(1e6)))
QWEN_EXPERTS = dict(
    num_experts=6, num_experts_per_tok=3, moe_intermediate_size=16, decoder_sparse_step=1, rope_parameters=default_rope(1e6)
)


def shared_keys(w, c):
    w.add_expert_shared_feed_forward_length(c.shared_expert_intermediate_size)


model(
    "qwen2moe", "qwen2moe", "Qwen2MoeForCausalLM",
    dict(SIZES, **QWEN_EXPERTS, shared_expert_intermediate_size=24, norm_topk_prob=False),
    keys=[expert_keys, shared_keys], transforms=[split_experts, squeezed_shared_gate],
)
model(
    "qwen3", "qwen3", "Qwen3ForCausalLM",
    dict(SIZES, head_dim=12, tie_word_embeddings=True, rope_parameters=default_rope(1e6)),
)
model(
    "qwen3moe", "qwen3moe", "Qwen3MoeForCausalLM",
    dict(SIZES, **QWEN_EXPERTS, head_dim=12, norm_topk_prob=True),
    keys=[expert_keys], transforms=[split_experts],
)


def caps(w, c):
    w.add_attn_logit_softcapping(c.attn_logit_softcapping)
    w.add_final_logit_softcapping(c.final_logit_softcapping)


GEMMA = dict(SIZES, head_dim=12, tie_word_embeddings=True, sliding_window=WINDOW)
model(
    "gemma2", "gemma2", "Gemma2ForCausalLM",
    dict(
        GEMMA, num_hidden_layers=3, query_pre_attn_scalar=12, attn_logit_softcapping=5.0,
        final_logit_softcapping=8.0, rope_parameters=default_rope(),
    ),
    keys=[caps, window_key], transforms=[one_more],
)


def gemma3_keys(w, c):
    w.add_rope_freq_base_swa(c.rope_parameters["sliding_attention"]["rope_theta"])


model(
    "gemma3", "gemma3", "Gemma3ForCausalLM",
    lambda: transformers.Gemma3TextConfig(
        **dict(
            GEMMA, num_hidden_layers=7, query_pre_attn_scalar=12,
            rope_parameters={
                "full_attention": dict(rope_type="linear", rope_theta=1e6, factor=8.0),
                "sliding_attention": default_rope(1e4),
            },
        )
    ),
    keys=[window_key, gemma3_keys], transforms=[one_more],
)
model(
    "phi3", "phi3", "Phi3ForCausalLM",
    dict(SIZES, sliding_window=WINDOW, rope_parameters=default_rope(partial_rotary_factor=0.5)),
    keys=[window_key],
)
LONG = [1.0, 1.5, 3.0, 7.5]
SHORT = [1.0, 1.1, 1.2, 1.3]


def longrope_keys(w, c):
    scale = c.max_position_embeddings / 64
    w.add_rope_scaling_orig_ctx_len(64)
    w.add_rope_scaling_attn_factors(float(np.sqrt(1 + np.log(scale) / np.log(64))))
    w.add_sliding_window(0)


model(
    "phi3-longrope", "phi3", "Phi3ForCausalLM",
    dict(
        SIZES, sliding_window=None, original_max_position_embeddings=64,
        rope_parameters=dict(
            rope_type="longrope", rope_theta=1e4, long_factor=LONG, short_factor=SHORT, original_max_position_embeddings=64
        ),
    ),
    keys=[longrope_keys],
    extra=lambda: {"rope_factors_long.weight": LONG, "rope_factors_short.weight": SHORT},
)


model(
    "phi3-longrope-short", "phi3", "Phi3ForCausalLM",
    dict(
        SIZES, num_hidden_layers=1, sliding_window=None, original_max_position_embeddings=256,
        rope_parameters=dict(
            rope_type="longrope", rope_theta=1e4, long_factor=LONG, short_factor=SHORT, original_max_position_embeddings=256
        ),
    ),
    keys=[lambda w, c: (w.add_rope_scaling_orig_ctx_len(256), w.add_sliding_window(0))],
    extra=lambda: {"rope_factors_long.weight": LONG, "rope_factors_short.weight": SHORT},
)


def granite_keys(w, c):
    w.add_attention_scale(c.attention_multiplier)
    w.add_embedding_scale(c.embedding_multiplier)
    w.add_residual_scale(c.residual_multiplier)
    w.add_logit_scale(c.logits_scaling)


GRANITE = dict(
    SIZES, attention_multiplier=0.2, embedding_multiplier=3.0, residual_multiplier=0.4, logits_scaling=1.7,
    rope_parameters=default_rope(),
)
model("granite", "granite", "GraniteForCausalLM", GRANITE, keys=[granite_keys], transforms=[permute_qk])
model(
    "granitemoe", "granitemoe", "GraniteMoeForCausalLM",
    dict(GRANITE, num_local_experts=4, num_experts_per_tok=2),
    keys=[granite_keys, expert_keys],
    transforms=[permute_qk, split_experts, renamed(block_sparse_moe__router="block_sparse_moe.gate", block_sparse_moe__experts="mlp.experts")],
)
model(
    "gpt-oss", "gpt-oss", "GptOssForCausalLM",
    dict(
        SIZES, head_dim=12, num_hidden_layers=3, num_local_experts=4, num_experts_per_tok=2, sliding_window=WINDOW,
        rope_parameters=dict(
            rope_type="yarn", rope_theta=1e4, factor=4.0, original_max_position_embeddings=64,
            beta_fast=8.0, beta_slow=1.0, truncate=False,
        ),
    ),
    keys=[expert_keys, window_key, lambda w, c: w.add_expert_feed_forward_length(c.intermediate_size)],
    transforms=[gpt_oss_experts],
    mapping={"post_attention_layernorm": "post_attention_norm"},
)


# As the model is published: experts in MXFP4, everything else in higher precision. Their columns fill blocks of 32.
MODELS["gpt-oss-mxfp4"] = dict(
    MODELS["gpt-oss"], types={"_exps.weight": gguf.GGMLQuantizationType.MXFP4},
    config=lambda: MODELS["gpt-oss"]["config"](intermediate_size=64),
)


def delta_net(tensors, config):
    """As the converter: decay as a negative number, channels without a middle dimension."""
    for name in list(tensors):
        if name.endswith(".A_log"):
            tensors["!blk.%s.ssm_a" % name.split(".")[2]] = -np.exp(tensors.pop(name))
        elif name.endswith(".dt_bias"):
            tensors["!blk.%s.ssm_dt.bias" % name.split(".")[2]] = tensors.pop(name)
        elif "conv1d" in name or ".conv.conv." in name:
            tensors[name] = tensors[name][:, 0]
        elif name.endswith("norm.weight") and not name.endswith("linear_attn.norm.weight"):
            tensors[name] = tensors[name] + 1
        elif name.endswith("in_proj_qkvz.weight"):
            weight = tensors.pop(name)
            heads, size = config.linear_num_key_heads, config.linear_key_head_dim
            each = config.linear_num_value_heads // heads * config.linear_value_head_dim
            parts = np.split(
                weight.reshape(heads, -1, weight.shape[1]), [size, 2 * size, 2 * size + each], axis=1
            )
            q, k, v, z = (part.reshape(-1, weight.shape[1]) for part in parts)
            at = "!blk.%s." % name.split(".")[2]
            tensors[at + "attn_qkv.weight"] = np.concatenate([q, k, v])
            tensors[at + "attn_gate.weight"] = z


def taking_turns(tensors, config):
    """Value heads of one key head apart instead of side by side."""
    heads = config.linear_num_key_heads
    each = config.linear_num_value_heads // heads
    size = config.linear_value_head_dim
    keys = 2 * heads * config.linear_key_head_dim

    def turned(values, width):
        rows = values.reshape(heads, each, width, *values.shape[1:])
        return rows.swapaxes(0, 1).reshape(values.shape)

    for name in list(tensors):
        values = tensors[name]
        if ".in_proj_qkv." in name or ".conv1d." in name:
            tensors[name] = np.concatenate([values[:keys], turned(values[keys:], size)])
        elif ".in_proj_z." in name:
            tensors[name] = turned(values, size)
        elif any(part in name for part in (".in_proj_a.", ".in_proj_b.", ".A_log", ".dt_bias")):
            tensors[name] = turned(values, 1)
        elif ".linear_attn.out_proj." in name:
            tensors[name] = turned(values.T, size).T


def delta_keys(w, c):
    w.add_ssm_conv_kernel(c.linear_conv_kernel_dim)
    w.add_ssm_state_size(c.linear_key_head_dim)
    w.add_ssm_group_count(c.linear_num_key_heads)
    w.add_ssm_time_step_rank(c.linear_num_value_heads)
    w.add_ssm_inner_size(c.linear_value_head_dim * c.linear_num_value_heads)
    w.add_full_attention_interval(4)


DELTA = dict(
    SIZES, num_hidden_layers=4, head_dim=16, linear_conv_kernel_dim=4, linear_key_head_dim=8,
    linear_value_head_dim=8, linear_num_key_heads=2, linear_num_value_heads=6,
    layer_types=["linear_attention"] * 3 + ["full_attention"],
    rope_parameters=default_rope(1e6, partial_rotary_factor=0.25),
)
model(
    "qwen3next", "qwen3next", "Qwen3NextForCausalLM",
    dict(
        DELTA, num_experts=5, num_experts_per_tok=2, moe_intermediate_size=16,
        shared_expert_intermediate_size=24, norm_topk_prob=True,
    ),
    keys=[expert_keys, shared_keys, delta_keys],
    transforms=[delta_net, split_experts, squeezed_shared_gate],
)


def sections(w, c):
    w.add_rope_dimension_sections([11, 11, 10, 0])


model(
    "qwen35", "qwen35", "Qwen3_5ForCausalLM", lambda: transformers.Qwen3_5TextConfig(**DELTA),
    keys=[delta_keys, sections], transforms=[taking_turns, delta_net],
)
model(
    "qwen35moe", "qwen35moe", "Qwen3_5MoeForCausalLM",
    lambda: transformers.Qwen3_5MoeTextConfig(
        **DELTA, num_experts=5, num_experts_per_tok=2, moe_intermediate_size=16, shared_expert_intermediate_size=24
    ),
    keys=[expert_keys, shared_keys, delta_keys, sections],
    transforms=[taking_turns, delta_net, split_experts, squeezed_shared_gate],
)


def lfm2_names(tensors, config):
    for name in list(tensors):
        if name.endswith("conv.conv.weight"):
            tensors[name] = tensors[name][:, 0]
        if name.endswith("expert_bias"):
            tensors["!blk.%s.exp_probs_b.bias" % name.split(".")[2]] = tensors.pop(name)


def lfm2_keys(w, c):
    w.add_shortconv_l_cache(c.conv_L_cache)


LFM2 = dict(
    SIZES, num_hidden_layers=4, conv_L_cache=3, layer_types=["conv", "full_attention", "conv", "full_attention"],
    tie_word_embeddings=True, rope_parameters=default_rope(1e6),
)
model(
    "lfm2", "lfm2", "Lfm2ForCausalLM", dict(LFM2, block_auto_adjust_ff_dim=False),
    keys=[lfm2_keys], transforms=[lfm2_names],
)
model(
    "lfm2moe", "lfm2moe", "Lfm2MoeForCausalLM",
    dict(LFM2, num_dense_layers=1, num_experts=5, num_experts_per_tok=2, moe_intermediate_size=16),
    keys=[
        lfm2_keys, expert_keys,
        lambda w, c: w.add_leading_dense_block_count(c.num_dense_layers),
        lambda w, c: w.add_expert_gating_func(gguf.ExpertGatingFuncType.SIGMOID),
    ],
    transforms=[lfm2_names, split_experts],
)


def latent(tensors, config):
    """Keys and values of each head apart, keys the other way round."""
    heads, plain, value = config.num_attention_heads, config.qk_nope_head_dim, config.v_head_dim
    for name in list(tensors):
        if name.endswith("kv_b_proj.weight"):
            both = tensors.pop(name).reshape(heads, plain + value, -1)
            tensors[name.replace("kv_b_proj", "k_b_proj")] = both[:, :plain].swapaxes(1, 2)
            tensors[name.replace("kv_b_proj", "v_b_proj")] = both[:, plain:]
        elif name.endswith("e_score_correction_bias"):
            tensors["!blk.%s.exp_probs_b.bias" % name.split(".")[2]] = tensors.pop(name)


def latent_keys(w, c):
    w.add_key_length(c.kv_lora_rank + c.qk_rope_head_dim)
    w.add_value_length(c.kv_lora_rank)
    w.add_key_length_mla(c.qk_nope_head_dim + c.qk_rope_head_dim)
    w.add_value_length_mla(c.v_head_dim)
    w.add_kv_lora_rank(c.kv_lora_rank)
    if c.q_lora_rank:
        w.add_q_lora_rank(c.q_lora_rank)
    w.add_head_count_kv(1)
    w.add_rope_dimension_count(c.qk_rope_head_dim)
    w.add_leading_dense_block_count(c.first_k_dense_replace)
    w.add_expert_shared_count(c.n_shared_experts)
    w.add_expert_weights_scale(c.routed_scaling_factor)
    if c.norm_topk_prob:
        w.add_expert_weights_norm(True)
    if "mscale_all_dim" in c.rope_parameters:
        w.add_rope_scaling_yarn_log_mul(0.1 * c.rope_parameters["mscale_all_dim"])


LATENT = dict(
    SIZES, num_hidden_layers=3, num_key_value_heads=4, moe_intermediate_size=16, n_routed_experts=8, n_shared_experts=2,
    num_experts_per_tok=3, first_k_dense_replace=1, kv_lora_rank=20, qk_rope_head_dim=8, qk_nope_head_dim=12,
    v_head_dim=16,
)
model(
    "deepseek-v2-lite", "deepseek2", "DeepseekV2ForCausalLM",
    dict(
        LATENT, q_lora_rank=None, topk_method="greedy", norm_topk_prob=False, routed_scaling_factor=1.3, n_group=1,
        topk_group=1, rope_parameters=default_rope(),
    ),
    keys=[expert_keys, latent_keys], transforms=[latent, split_experts],
)
model(
    "deepseek-v2-yarn", "deepseek2", "DeepseekV2ForCausalLM",
    dict(
        LATENT, q_lora_rank=None, topk_method="greedy", norm_topk_prob=False, routed_scaling_factor=1.0, n_group=1,
        topk_group=1, rope_parameters=dict(
            rope_type="yarn", rope_theta=1e4, factor=40.0, original_max_position_embeddings=64,
            beta_fast=32.0, beta_slow=1.0, mscale=0.707, mscale_all_dim=0.707,
        ),
    ),
    keys=[expert_keys, latent_keys], transforms=[latent, split_experts],
)


def group_keys(w, c):
    w.add_expert_group_count(c.n_group)
    w.add_expert_group_used_count(c.topk_group)
    w.add_expert_gating_func(gguf.ExpertGatingFuncType.SIGMOID)


model(
    "deepseek-v2-groups", "deepseek2", "DeepseekV2ForCausalLM",
    dict(
        LATENT, q_lora_rank=24, topk_method="group_limited_greedy", norm_topk_prob=False, routed_scaling_factor=1.7, n_group=4,
        topk_group=2, rope_parameters=default_rope(),
    ),
    keys=[
        expert_keys, latent_keys,
        lambda w, c: (w.add_expert_group_count(c.n_group), w.add_expert_group_used_count(c.topk_group)),
    ],
    transforms=[latent, split_experts],
)
model(
    "deepseek-v3", "deepseek2", "DeepseekV3ForCausalLM",
    dict(
        LATENT, q_lora_rank=24, norm_topk_prob=True, routed_scaling_factor=2.5, n_group=4, topk_group=2,
        rope_parameters=dict(
            rope_type="yarn", rope_theta=1e4, factor=4.0, original_max_position_embeddings=64,
            beta_fast=8.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0,
        ),
    ),
    keys=[expert_keys, latent_keys, group_keys], transforms=[latent, split_experts],
)


def gemma4_names(tensors, config):
    for name in list(tensors):
        at = "!blk.%s." % name.split(".")[2] if ".layers." in name else ""
        if name.endswith("layer_scalar"):
            tensors[at + "layer_output_scale.weight"] = tensors.pop(name)
        elif name.endswith("router.scale"):
            tensors[at + "ffn_gate_inp.scale"] = tensors.pop(name)
        elif name.endswith("router.proj.weight"):
            tensors[at + "ffn_gate_inp.weight"] = tensors.pop(name)
        elif name.endswith("per_expert_scale"):
            tensors[at + "ffn_down_exps.scale"] = tensors.pop(name)
        elif name.endswith("experts.gate_up_proj"):
            tensors[at + "ffn_gate_up_exps.weight"] = tensors.pop(name)
        elif name.endswith("experts.down_proj"):
            tensors[at + "ffn_down_exps.weight"] = tensors.pop(name)


def gemma4_keys(w, c):
    near = [kind == "sliding_attention" for kind in c.layer_types]
    full = c.per_layer_config[near.index(False)]
    overwrite(w, "attention.key_length", full.head_dim)
    overwrite(w, "attention.value_length", full.head_dim)
    overwrite(w, "rope.dimension_count", full.head_dim)
    w.add_key_length_swa(c.head_dim)
    w.add_value_length_swa(c.head_dim)
    w.add_rope_dimension_count_swa(c.head_dim)
    w.add_rope_freq_base_swa(c.rope_parameters["sliding_attention"]["rope_theta"])
    w.add_sliding_window_pattern(near)
    w.add_shared_kv_layers(c.num_kv_shared_layers)
    w.add_embedding_length_per_layer_input(c.hidden_size_per_layer_input)
    w.add_final_logit_softcapping(c.final_logit_softcapping)
    if c.use_double_wide_mlp:
        own = c.num_hidden_layers - c.num_kv_shared_layers
        width = c.intermediate_size
        rewrite(w, "feed_forward_length", [width if i < own else 2 * width for i in range(c.num_hidden_layers)])
    if full.num_key_value_heads != c.num_key_value_heads:
        heads = [c.num_key_value_heads if seen else full.num_key_value_heads for seen in near]
        rewrite(w, "attention.head_count_kv", heads)
    if c.enable_moe_block:
        w.add_expert_count(c.num_experts)
        w.add_expert_used_count(c.top_k_experts)
        w.add_expert_feed_forward_length(c.moe_intermediate_size)


def rewrite(w, key, values):
    w.kv_data[0].pop(f"{w.arch}.{key}")
    w.add_array(f"{w.arch}.{key}", values)


def proportional(config):
    """Divisors that keep the last pairs of a head from turning."""
    full = config.per_layer_config[list(config.layer_types).index("full_attention")].head_dim
    turned = int(full * config.rope_parameters["full_attention"]["partial_rotary_factor"] / 2)
    return [1.0] * turned + [1e30] * (full // 2 - turned)


GEMMA4 = dict(
    SIZES, head_dim=12, global_head_dim=16, tie_word_embeddings=True, sliding_window=WINDOW, final_logit_softcapping=8.0,
    vocab_size_per_layer_input=53,
    rope_parameters={
        "sliding_attention": default_rope(1e4),
        "full_attention": dict(rope_type="proportional", rope_theta=1e6, partial_rotary_factor=0.25),
    },
)


def gemma4_config(**settings):
    config = transformers.Gemma4TextConfig(**settings)
    config.allow_global_per_layer_attribute_access = True
    return config


NEAR, FAR = "sliding_attention", "full_attention"
model(
    "gemma4", "gemma4", "Gemma4ForCausalLM",
    lambda: gemma4_config(
        **GEMMA4 | dict(num_hidden_layers=6), layer_types=[NEAR, FAR, NEAR, FAR, NEAR, FAR], num_kv_shared_layers=2,
        use_double_wide_mlp=True, hidden_size_per_layer_input=8,
    ),
    keys=[window_key, gemma4_keys], transforms=[gemma4_names], extra=proportional,
)
model(
    "gemma4-experts", "gemma4", "Gemma4ForCausalLM",
    lambda: gemma4_config(
        **GEMMA4 | dict(num_hidden_layers=3), layer_types=[NEAR, NEAR, FAR], num_global_key_value_heads=1, attention_k_eq_v=True,
        hidden_size_per_layer_input=0, enable_moe_block=True, num_experts=5, top_k_experts=2, moe_intermediate_size=16,
    ),
    keys=[window_key, gemma4_keys], transforms=[gemma4_names], extra=proportional,
)


def randomize(module, random, shifted):
    """Weights large enough that attention prefers some positions and every part shows."""
    for name, parameter in module.named_parameters():
        shape = tuple(parameter.shape)
        if "norm" in name.lower() and name.endswith("weight"):
            plain = not shifted or name.endswith("linear_attn.norm.weight")
            values = random.normal(1 if plain else 0, 0.2, shape)
        elif name.endswith("A_log"):
            values = random.normal(-1, 0.7, shape)
        elif name.endswith("scale"):
            values = random.normal(1, 0.2, shape)
        elif name.endswith(("bias", "sinks")):
            values = random.normal(0, 0.5, shape)
        elif "embed_tokens" in name:
            values = random.normal(0, 1, shape)
        else:
            inputs = shape[-2] if len(shape) == 3 and "GptOss" in type(module).__name__ else shape[-1]
            gain = 1.6 if any(part in name for part in ("q_proj", "k_proj", "qkv", "router", "mlp.gate.")) else 1
            values = random.normal(0, gain * inputs**-0.5, shape)
        parameter.copy_(torch.from_numpy(values.astype(np.float32)))
    for name, buffer in module.named_buffers():
        if name.endswith("layer_scalar"):
            buffer.copy_(torch.from_numpy(random.uniform(0.7, 1.2, tuple(buffer.shape)).astype(np.float32)))
        if name.endswith("e_score_correction_bias"):
            buffer.copy_(torch.from_numpy(random.normal(0, 0.3, tuple(buffer.shape)).astype(np.float32)))


def gguf_name(name, table, mapping, config):
    if name.startswith("!"):
        return name[1:]
    for suffix in (".weight", ".bias"):
        if name.endswith(suffix):
            stem = name.removesuffix(suffix)
            for part, new in mapping.items():
                if stem.endswith(part):
                    return f"blk.{stem.split('.')[2]}.{new}{suffix}"
            mapped = table.get_name(stem)
            assert mapped, name
            return mapped + suffix
    raise AssertionError(name)


def extras(spec, config):
    if spec["extra"] is proportional:
        return {"rope_freqs.weight": proportional(config)}
    return spec["extra"]() if spec["extra"] else {}


def rounded(module, spec):
    """The weights as their type has them: what the file holds is what the reference computes with."""
    for name, parameter in module.named_parameters():
        if spec.get("types") and name.endswith(("experts.gate_up_proj", "experts.down_proj")):
            kind = gguf.GGMLQuantizationType.MXFP4
            # Matrices lie the other way round, and gate and up rows take turns: a block is one of the file's rows.
            rows = np.ascontiguousarray(parameter.numpy().swapaxes(1, 2))
            values = gguf.quants.dequantize(gguf.quants.quantize(rows, kind), kind).reshape(rows.shape)
            parameter.copy_(torch.from_numpy(values.swapaxes(1, 2).copy()))


def write(name, spec, module, config):
    path = OUT / f"tiny-{name}.gguf"
    writer = gguf.GGUFWriter(path, spec["arch"])
    writer.add_name(f"tiny-{name}")
    for keys in spec["keys"]:
        keys(writer, config)
    tensors = {n: p.numpy() for n, p in module.state_dict().items()}
    if config.tie_word_embeddings:
        tensors.pop("lm_head.weight", None)
    for transform in spec["transforms"]:
        transform(tensors, config)
    arch = next(a for a, n in gguf.MODEL_ARCH_NAMES.items() if n == spec["arch"])
    table = gguf.get_tensor_name_map(arch, config.num_hidden_layers)
    for tensor, values in tensors.items():
        name = gguf_name(tensor, table, spec["mapping"], config)
        values = np.ascontiguousarray(values)
        for end, kind in spec.get("types", {}).items():
            if name.endswith(end):
                values = gguf.quants.quantize(values, kind)
                writer.add_tensor(name, values, raw_dtype=kind)
                break
        else:
            writer.add_tensor(name, values)
    for tensor, values in extras(spec, config).items():
        writer.add_tensor(tensor, np.asarray(values, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def logits(module, tokens):
    return module(torch.tensor([tokens]), use_cache=False).logits[0].numpy()


def built(random, spec):
    config = spec["config"]()
    config._attn_implementation = "eager"
    module = getattr(transformers, spec["kind"])(config).to(torch.float32).eval()
    randomize(module, random, one_more in spec["transforms"] or delta_net in spec["transforms"])
    rounded(module, spec)
    return module, config


def make(seed, name, spec):
    random = np.random.default_rng(seed)
    module, config = built(random, spec)
    path = write(name, spec, module, config)
    tokens = [int(token) for token in random.integers(3, SIZES["vocab_size"], PREFILL)]
    decoded = []
    for _ in range(DECODE):
        decoded.append(int(logits(module, tokens + decoded)[-1].argmax()))
    rows = logits(module, tokens + decoded)
    (OUT / f"tiny-{name}.logits.bin").write_bytes(rows.astype("<f4").tobytes())
    golden = {
        "model": path.name,
        "type": "MXFP4" if spec.get("types") else "F32",
        "prefill": tokens,
        "decode": decoded,
        "rows": len(rows),
        "vocab": rows.shape[1],
        "logits": f"tiny-{name}.logits.bin",
    }
    (OUT / f"tiny-{name}.json").write_text(json.dumps(golden) + "\n")
    print(f"{name}: {path.stat().st_size:,} bytes, logits std {rows.std():.2f}", flush=True)


# Models that were added later come last, so that the others keep their seeds.
NEWER = [
    "deepseek-v2-groups", "llama-dynamic", "llama-alpha", "phi3-longrope-short", "gpt-oss-mxfp4", "gemma4", "gemma4-experts",
    "deepseek-v2-yarn",
]


def seeds():
    older = [name for name in MODELS if name not in NEWER]
    return {name: seed for seed, name in enumerate([*older, *NEWER], start=100)}


def kept(name):
    """The model in `tiny-NAME.gguf`, made again."""
    return built(np.random.default_rng(seeds()[name]), MODELS[name])[0]


def main():
    wanted = sys.argv[1:] or list(MODELS)
    for name, spec in MODELS.items():
        if name in wanted:
            make(seeds()[name], name, spec)


if __name__ == "__main__":
    main()
