"""Tiny models in the form of Hugging Face, with logits, and what llama.cpp's converter makes of them.

    oracles/folders.py [CHECKOUT OF LLAMA.CPP [NAME ...]]

Writes, under `model/src/test/resources/dev/freehold/model/folder/`, for each family a folder NAME with `config.json`,
`model.safetensors` (BF16; for one family several files and an index) and, for two, a `tokenizer.json` made by `tokenizers`,
and beside it `NAME.json` with token ids and `NAME.logits.bin`: what transformers computes in float32 from these weights.

With a checkout of llama.cpp, `NAME.gguf.json` holds what its `convert_hf_to_gguf.py` makes of the folder: the metadata of
the architecture, and for each tensor its shape and the SHA-256 of its weights as float32.
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import gguf
import numpy as np
import safetensors.torch
import torch
import transformers
from gguf.quants import dequantize

from tiny_architectures import default_rope, gemma4_config, randomize

torch.set_grad_enabled(False)
ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "model/src/test/resources/dev/freehold/model/folder"
VOCABULARY = 300
EARLIER = 7
# Norms are stored as their distance from 1.
FROM_ONE = {"gemma2", "gemma3-seeing", "qwen3next", "qwen35", "qwen35moe", "qwen35moe-seeing"}
COMMON = dict(
    vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=512, head_dim=8, rms_norm_eps=1e-5, bos_token_id=0, eos_token_id=1,
    pad_token_id=None,
)  # fmt: skip


def families():
    t = transformers
    llama3 = dict(
        rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=64,
    )  # fmt: skip
    yield "llama", t.LlamaConfig(**COMMON, rope_parameters=llama3, tie_word_embeddings=True), t.LlamaForCausalLM
    yield "mistral", t.MistralConfig(**COMMON, sliding_window=None), t.MistralForCausalLM
    yield "mixtral", t.MixtralConfig(**COMMON, num_local_experts=4, num_experts_per_tok=2), t.MixtralForCausalLM
    yield "qwen2", t.Qwen2Config(**{k: v for k, v in COMMON.items() if k != "head_dim"}, tie_word_embeddings=True), t.Qwen2ForCausalLM
    yield "qwen3", t.Qwen3Config(**{**COMMON, "head_dim": 12}, tie_word_embeddings=True), t.Qwen3ForCausalLM
    yield "qwen3moe", t.Qwen3MoeConfig(**COMMON, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=24, norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[]), t.Qwen3MoeForCausalLM
    yield "gemma3", t.Gemma3TextConfig(**{**COMMON, "num_hidden_layers": 6}, sliding_window=8, query_pre_attn_scalar=8), t.Gemma3ForCausalLM


SMALL = COMMON | dict(vocab_size=96)
NO_HEAD = {k: v for k, v in SMALL.items() if k != "head_dim"}
NEAR, FAR = "sliding_attention", "full_attention"
YARN = dict(rope_type="yarn", rope_theta=1e4, factor=4.0, original_max_position_embeddings=128, beta_fast=8.0, beta_slow=1.0)
LATENT = NO_HEAD | dict(
    num_hidden_layers=2, num_key_value_heads=4, moe_intermediate_size=16, n_routed_experts=8, n_shared_experts=2,
    num_experts_per_tok=3, first_k_dense_replace=1, kv_lora_rank=20, qk_rope_head_dim=8, qk_nope_head_dim=12, v_head_dim=16,
)
DELTA = SMALL | dict(
    num_hidden_layers=4, head_dim=16, linear_conv_kernel_dim=4, linear_key_head_dim=8, linear_value_head_dim=8,
    linear_num_key_heads=2, linear_num_value_heads=6, layer_types=["linear_attention"] * 3 + [FAR],
    rope_parameters=default_rope(1e6, partial_rotary_factor=0.25),
)
GEMMA4 = SMALL | dict(
    head_dim=12, global_head_dim=16, tie_word_embeddings=True, sliding_window=8, final_logit_softcapping=8.0,
    vocab_size_per_layer_input=96,
    rope_parameters={NEAR: default_rope(1e4), FAR: dict(rope_type="proportional", rope_theta=1e6, partial_rotary_factor=0.25)},
)
EXPERTS = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16)
SHARED = EXPERTS | dict(shared_expert_intermediate_size=24)


def later_families():
    """Those that were added later; their weights are spread as in tiny_architectures.py."""
    t = transformers
    yield "phi3", t.Phi3Config(**NO_HEAD, sliding_window=8, rope_parameters=default_rope(partial_rotary_factor=0.5)), t.Phi3ForCausalLM
    longrope = dict(
        rope_type="longrope", rope_theta=1e4, long_factor=[1.0, 1.5, 3.0, 7.5], short_factor=[1.0, 1.1, 1.2, 1.3],
        original_max_position_embeddings=8,
    )
    yield "phi3-longrope", t.Phi3Config(**NO_HEAD, original_max_position_embeddings=8, rope_parameters=longrope), t.Phi3ForCausalLM
    granite = NO_HEAD | dict(attention_multiplier=0.2, embedding_multiplier=3.0, residual_multiplier=0.4, logits_scaling=1.7)
    yield "granite", t.GraniteConfig(**granite, tie_word_embeddings=True), t.GraniteForCausalLM
    yield "granitemoe", t.GraniteMoeConfig(**granite, num_local_experts=4, num_experts_per_tok=2), t.GraniteMoeForCausalLM
    yield "smollm3", t.SmolLM3Config(**NO_HEAD | dict(num_hidden_layers=5), tie_word_embeddings=True), t.SmolLM3ForCausalLM
    ministral = YARN | dict(original_max_position_embeddings=8, mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.4)
    yield "ministral3", t.Ministral3Config(**SMALL | dict(head_dim=12), rope_parameters=ministral), t.Ministral3ForCausalLM
    oss = SMALL | dict(head_dim=12, num_local_experts=4, num_experts_per_tok=2, sliding_window=8, rope_parameters=YARN | dict(truncate=False))
    yield "gpt-oss", t.GptOssConfig(**oss), t.GptOssForCausalLM
    yield "gemma2", t.Gemma2Config(**SMALL | dict(num_hidden_layers=3), sliding_window=8, query_pre_attn_scalar=8, attn_logit_softcapping=5.0, final_logit_softcapping=8.0), t.Gemma2ForCausalLM
    lfm = {k: v for k, v in NO_HEAD.items() if k != "rms_norm_eps"} | dict(num_hidden_layers=3, conv_L_cache=3, layer_types=["conv", FAR, "conv"], norm_eps=1e-5)
    yield "lfm2", t.Lfm2Config(**lfm, block_auto_adjust_ff_dim=True, block_multiple_of=16, block_ffn_dim_multiplier=1.0), t.Lfm2ForCausalLM
    yield "lfm2moe", t.Lfm2MoeConfig(**lfm, **EXPERTS, num_dense_layers=1), t.Lfm2MoeForCausalLM
    yield "deepseek-v2", t.DeepseekV2Config(**LATENT, q_lora_rank=None, topk_method="greedy", norm_topk_prob=False, routed_scaling_factor=1.3, n_group=1, topk_group=1), t.DeepseekV2ForCausalLM
    v3 = dict(q_lora_rank=24, norm_topk_prob=True, routed_scaling_factor=2.5, n_group=4, topk_group=2)
    yield "deepseek-v3", t.DeepseekV3Config(**LATENT, **v3, rope_parameters=YARN | dict(mscale=1.0, mscale_all_dim=1.0)), t.DeepseekV3ForCausalLM
    yield "qwen2moe", t.Qwen2MoeConfig(**NO_HEAD, **SHARED, norm_topk_prob=False, decoder_sparse_step=1), t.Qwen2MoeForCausalLM
    yield "qwen3next", t.Qwen3NextConfig(**DELTA, **SHARED, norm_topk_prob=True), t.Qwen3NextForCausalLM
    yield "qwen35", t.Qwen3_5TextConfig(**DELTA), t.Qwen3_5ForCausalLM
    yield "qwen35moe", t.Qwen3_5MoeTextConfig(**DELTA, **SHARED), t.Qwen3_5MoeForCausalLM
    kinds = [NEAR, FAR, NEAR, FAR]
    yield "gemma4", gemma4_config(**GEMMA4 | dict(num_hidden_layers=4), layer_types=kinds, num_kv_shared_layers=2, use_double_wide_mlp=True, hidden_size_per_layer_input=8), t.Gemma4ForCausalLM
    yield "gemma4-experts", gemma4_config(**GEMMA4 | dict(num_hidden_layers=2), layer_types=[NEAR, FAR], num_global_key_value_heads=1, attention_k_eq_v=True, hidden_size_per_layer_input=0, enable_moe_block=True, num_experts=4, top_k_experts=2, moe_intermediate_size=16), t.Gemma4ForCausalLM
    yield "gpt-oss-mxfp4", t.GptOssConfig(**oss | dict(intermediate_size=64)), t.GptOssForCausalLM
    eyes = dict(model_type="pixtral", hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14)
    text = SMALL | dict(head_dim=12, rope_parameters=ministral, model_type="ministral3")
    yield "mistral3", t.Mistral3Config(text_config=text, vision_config=eyes, tie_word_embeddings=False), t.Mistral3ForConditionalGeneration
    eyes = dict(depth=1, hidden_size=16, num_heads=2, intermediate_size=16, out_hidden_size=32, patch_size=4, num_position_embeddings=16)
    text = DELTA | SHARED | dict(num_hidden_layers=4)
    yield "qwen35moe-seeing", t.Qwen3_5MoeConfig(text_config=text, vision_config=eyes, tie_word_embeddings=True), t.Qwen3_5MoeForConditionalGeneration
    yarn = YARN | dict(factor=40.0, original_max_position_embeddings=8, beta_fast=32.0, mscale=0.707, mscale_all_dim=0.707)
    yield "deepseek-v2-yarn", t.DeepseekV2Config(**LATENT, q_lora_rank=None, topk_method="greedy", norm_topk_prob=False, n_group=1, topk_group=1, rope_parameters=yarn), t.DeepseekV2ForCausalLM
    eyes = dict(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14, vision_use_head=False)
    text = SMALL | dict(head_dim=12, num_hidden_layers=3, sliding_window=8, layer_types=[NEAR, NEAR, FAR], query_pre_attn_scalar=12, pad_token_id=0)
    yield "gemma3-seeing", t.Gemma3Config(text_config=text, vision_config=eyes, mm_tokens_per_image=4), t.Gemma3ForConditionalGeneration
    text = gemma4_config(**GEMMA4 | dict(num_hidden_layers=4, pad_token_id=0), layer_types=kinds, num_kv_shared_layers=2, use_double_wide_mlp=True, hidden_size_per_layer_input=8)
    eyes = dict(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2, head_dim=8, patch_size=4, position_embedding_size=16)
    ears = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, subsampling_conv_channels=[4, 4], output_proj_dims=32)
    yield "gemma4-seeing", t.Gemma4Config(text_config=text, vision_config=eyes, audio_config=ears), t.Gemma4ForConditionalGeneration


def rewritten(folder, change):
    """The folder's weights and configuration as `change` leaves them."""
    tensors = safetensors.torch.load_file(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    change(tensors, config)
    safetensors.torch.save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def in_blocks(tensors, config):
    """Experts as gpt-oss is published: blocks of 32 along the inputs, two neighbours in a byte, and a scale for each."""
    for name in [name for name in tensors if name.endswith(("experts.gate_up_proj", "experts.down_proj"))]:
        rows = tensors.pop(name).float().numpy().swapaxes(1, 2)
        packed = gguf.quants.quantize(np.ascontiguousarray(rows), gguf.GGMLQuantizationType.MXFP4)
        packed = packed.reshape(*rows.shape[:2], -1, 17)
        numbers = np.concatenate([packed[..., 1:] & 15, packed[..., 1:] >> 4], axis=-1)
        tensors[name + "_blocks"] = torch.from_numpy(numbers[..., ::2] | numbers[..., 1::2] << 4)
        tensors[name + "_scales"] = torch.from_numpy(packed[..., 0].copy())
    config["quantization_config"] = {"quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"]}


def stacked(tensors, config):
    """Experts of a layer in two tensors, as Qwen 3.5 is published, and a layer that predicts ahead, which nobody needs."""
    for name in [name for name in tensors if ".experts.0.gate_proj" in name]:
        at = name[: name.index("0.gate_proj")]
        count = config["text_config"]["num_experts"]
        part = lambda i, kind: tensors.pop(f"{at}{i}.{kind}_proj.weight")
        tensors[at + "gate_up_proj"] = torch.stack([torch.cat([part(i, "gate"), part(i, "up")]) for i in range(count)])
        tensors[at + "down_proj"] = torch.stack([part(i, "down") for i in range(count)])
    tensors["mtp.norm.weight"] = torch.ones(32, dtype=torch.bfloat16)


PUBLISHED = {"gpt-oss-mxfp4": in_blocks, "qwen35moe-seeing": stacked}


def tokenizer(name, folder):
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    text = (ROOT / "samples/public-domain/newton-opticks-queries.txt").read_text()[:20000].split("\n")
    special = ["<s>", "</s>"]
    if name == "llama":
        made = Tokenizer(models.BPE())
        pattern = (
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        )
        made.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
        )
        made.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=VOCABULARY, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
        )
        made.train_from_iterator(text, trainer)
    else:
        first = Tokenizer(models.BPE())
        first.normalizer = normalizers.Replace(" ", "▁")
        trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - 257, special_tokens=special, show_progress=False)
        first.train_from_iterator([" " + line for line in text], trainer)
        state = json.loads(first.to_str())
        pieces = ["<unk>", *special, *[f"<0x{b:02X}>" for b in range(256)]]
        pieces += [p for p in sorted(state["model"]["vocab"], key=state["model"]["vocab"].get) if p not in pieces]
        vocab = {piece: i for i, piece in enumerate(pieces[:VOCABULARY])}
        merges = [m for m in (tuple(m) for m in state["model"]["merges"]) if m[0] in vocab and m[1] in vocab and m[0] + m[1] in vocab]
        made = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
        made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
        made.add_special_tokens([AddedToken("<unk>", special=True), *[AddedToken(s, special=True) for s in special]])
    made.save(str(folder / "tokenizer.json"))
    settings = {"bos_token": "<s>", "eos_token": "</s>", "add_bos_token": True, "chat_template": "{{ messages[0].content }}"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1))
    strings = ["What is light?", " Rays, and 1234 of them", "hard  bodies\nreflect", "é ü 漢字 🙂", "", "it's DON'T"]
    return [{"text": s, "tokens": made.encode(s, add_special_tokens=False).ids} for s in strings]


def converted(checkout, folder, vocabulary):
    """The peer's conversion, tokenizer left out."""
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "out.gguf"
        copy = pathlib.Path(scratch) / folder.name
        shutil.copytree(folder, copy)
        if not (copy / "tokenizer.json").exists():
            stub = {"model": {"type": "WordPiece", "vocab": {str(i): i for i in range(vocabulary)}}, "added_tokens": []}
            (copy / "tokenizer.json").write_text(json.dumps(stub))
        code = (
            "import sys, runpy; sys.path.insert(0, sys.argv[1]); sys.path.insert(1, sys.argv[1] + '/gguf-py'); import conversion as c;"
            "c.ModelBase.load_all_models() if hasattr(c.ModelBase, 'load_all_models') else None;"
            "import conversion.base as b\n"
            "def none(self): pass\n"
            "import importlib\n"
            "for m in ('llama', 'mistral', 'mistral3', 'qwen', 'gemma', 'phi', 'granite', 'gpt_oss', 'lfm2', 'deepseek', 'bert'): importlib.import_module('conversion.' + m)\n"
            "def every(k):\n"
            "  for s in k.__subclasses__():\n"
            "    yield s; yield from every(s)\n"
            "for k in [b.TextModel, *every(b.TextModel)]: k.set_vocab = none\n"
            "sys.argv = ['convert', sys.argv[2], '--outfile', sys.argv[3], '--outtype', 'f32', *sys.argv[4:]]\n"
            "runpy.run_path(sys.path[0] + '/convert_hf_to_gguf.py', run_name='__main__')\n"
        )
        # Layers that predict further tokens ahead, of which these folders have none, are asked for by default.
        kind = json.loads((copy / "config.json").read_text())["model_type"]
        more = ["--no-mtp"] if kind.startswith(("qwen3_5", "qwen3_next")) else []
        more += ["--sentence-transformers-dense-modules"] if (copy / "2_Dense").exists() else []
        subprocess.run([sys.executable, "-c", code, str(checkout), str(copy), str(out), *more], check=True)
        reader = gguf.GGUFReader(out)
        keys = {}
        architecture = reader.fields["general.architecture"].contents()
        for key, field in reader.fields.items():
            if key.startswith(architecture + ".") or key == "general.architecture":
                keys[key] = field.contents()
        tensors = {}
        for tensor in reader.tensors:
            weights = dequantize(tensor.data, tensor.tensor_type).astype("<f4")
            digest = hashlib.sha256(weights.tobytes()).hexdigest()
            tensors[tensor.name] = {"shape": [int(d) for d in tensor.shape], "sha256": digest}
        return {"metadata": keys, "tensors": tensors}


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    checkout, wanted = (sys.argv[1] if len(sys.argv) > 1 else None), sys.argv[2:]
    for seed, (name, config, model_class) in enumerate([*families(), *later_families()]):
        if wanted and name not in wanted:
            continue
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        model = model_class(config).eval()
        if seed < EARLIER:
            for parameter in model.parameters():
                spread = 0.3 if parameter.dim() > 1 else 0.1
                parameter.add_(torch.randn_like(parameter) * spread)
        else:
            randomize(model, np.random.default_rng(1000 + seed), name in FROM_ONE)
        model = model.to(torch.bfloat16)
        folder = TARGET / name
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder, max_shard_size="20KB" if name == "mistral" else "5GB")
        (folder / "generation_config.json").unlink(missing_ok=True)
        golden = {}
        if name in ("llama", "mistral"):
            golden["strings"] = tokenizer(name, folder)
        if name in PUBLISHED:
            rewritten(folder, PUBLISHED[name])
        more = dict(quantization_config=transformers.Mxfp4Config(dequantize=True)) if name == "gpt-oss-mxfp4" else {}
        model = model_class.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", **more).eval()
        vocabulary = config.get_text_config().vocab_size
        tokens = rng.integers(3, vocabulary, 16)
        logits = model(torch.tensor(tokens[None])).logits[0].numpy().astype("<f4")
        golden |= {"tokens": tokens.tolist(), "rows": len(tokens), "vocab": vocabulary}
        (TARGET / f"{name}.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        (TARGET / f"{name}.logits.bin").write_bytes(logits.tobytes())
        print(f"{name}: logits std {logits.std():.2f}", flush=True)
        if checkout:
            (TARGET / f"{name}.gguf.json").write_text(json.dumps(converted(checkout, folder, vocabulary), indent=0) + "\n")


if __name__ == "__main__":
    main()
