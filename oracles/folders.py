"""Tiny models in the form of Hugging Face, with logits, and what llama.cpp's converter makes of them.

    oracles/folders.py [CHECKOUT OF LLAMA.CPP]

Writes, under `model/src/test/resources/dev/freehold/model/folder/`, for each family a folder NAME with `config.json`,
`model.safetensors` (BF16; for one family two files and an index) and, for two, a `tokenizer.json` made by `tokenizers`,
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
import torch
import transformers
from gguf.quants import dequantize

torch.set_grad_enabled(False)
ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "model/src/test/resources/dev/freehold/model/folder"
VOCABULARY = 300
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


def converted(checkout, folder):
    """The peer's conversion, tokenizer left out."""
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "out.gguf"
        copy = pathlib.Path(scratch) / folder.name
        shutil.copytree(folder, copy)
        if not (copy / "tokenizer.json").exists():
            stub = {"model": {"vocab": {str(i): i for i in range(VOCABULARY)}}, "added_tokens": []}
            (copy / "tokenizer.json").write_text(json.dumps(stub))
        code = (
            "import sys, runpy; sys.path.insert(0, sys.argv[1]); sys.path.insert(1, sys.argv[1] + '/gguf-py'); import conversion as c;"
            "c.ModelBase.load_all_models() if hasattr(c.ModelBase, 'load_all_models') else None;"
            "import conversion.base as b\n"
            "def none(self): pass\n"
            "import importlib\n"
            "for m in ('llama', 'mistral', 'qwen', 'gemma'): importlib.import_module('conversion.' + m)\n"
            "def every(k):\n"
            "  for s in k.__subclasses__():\n"
            "    yield s; yield from every(s)\n"
            "for k in [b.TextModel, *every(b.TextModel)]: k.set_vocab = none\n"
            "sys.argv = ['convert', sys.argv[2], '--outfile', sys.argv[3], '--outtype', 'f32']\n"
            "runpy.run_path(sys.path[0] + '/convert_hf_to_gguf.py', run_name='__main__')\n"
        )
        subprocess.run([sys.executable, "-c", code, str(checkout), str(copy), str(out)], check=True)
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
    for seed, (name, config, model_class) in enumerate(families()):
        torch.manual_seed(seed)
        model = model_class(config).eval()
        for parameter in model.parameters():
            spread = 0.3 if parameter.dim() > 1 else 0.1
            parameter.add_(torch.randn_like(parameter) * spread)
        model = model.to(torch.bfloat16)
        folder = TARGET / name
        model.save_pretrained(folder, max_shard_size="20KB" if name == "mistral" else "5GB")
        (folder / "generation_config.json").unlink(missing_ok=True)
        golden = {}
        if name in ("llama", "mistral"):
            golden["strings"] = tokenizer(name, folder)
        model = model_class.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        rng = np.random.default_rng(seed)
        tokens = rng.integers(3, VOCABULARY, 16)
        logits = model(torch.tensor(tokens[None])).logits[0].numpy().astype("<f4")
        golden |= {"tokens": tokens.tolist(), "rows": len(tokens), "vocab": VOCABULARY}
        (TARGET / f"{name}.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        (TARGET / f"{name}.logits.bin").write_bytes(logits.tobytes())
        if len(sys.argv) > 1:
            (TARGET / f"{name}.gguf.json").write_text(json.dumps(converted(sys.argv[1], folder), indent=0) + "\n")


if __name__ == "__main__":
    main()
