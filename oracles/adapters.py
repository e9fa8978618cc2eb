"""LoRA adapters of PEFT over the tiny models of `folders.py` and `tiny_architectures.py`, with logits and greedy tokens of base + adapter.

    oracles/adapters.py [CHECKOUT OF LLAMA.CPP]
    oracles/adapters.py tiny [NAME ...]

Writes, under `model/src/test/resources/dev/freehold/model/adapter/`, for each case a folder NAME as PEFT saves it, and
`NAME.json` with the family, token ids, the tokens that follow greedily and how far apart base and adapted logits are, and
`NAME.logits.bin`: the logits of the last positions as float32, in PyTorch with PEFT.

With a checkout of llama.cpp, `NAME.gguf` is what its `convert_lora_to_gguf.py` makes of the folder, for some.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import peft.utils.transformers_weight_conversion
import torch
import transformers
from peft import LoraConfig, get_peft_model

import tiny_architectures

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ROOT / "model/src/test/resources/dev/freehold/model/folder"
TARGET = ROOT / "model/src/test/resources/dev/freehold/model/adapter"
LENGTH, LAST, GREEDY = 24, 5, 12
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ATTENTION = ALL[:4]

CASES = {
    "llama": ("llama", dict(r=4, lora_alpha=10, target_modules=ALL, rank_pattern={"model.layers.1.self_attn.q_proj": 2, "down_proj": 5}, alpha_pattern={"layers.0.mlp.up_proj": 3})),
    "mistral-rs": ("mistral", dict(r=4, lora_alpha=6, target_modules=ALL, use_rslora=True, rank_pattern={"v_proj": 9})),
    "mixtral-attention": ("mixtral", dict(r=3, lora_alpha=12, target_modules=ATTENTION)),
    "qwen2": ("qwen2", dict(r=2, lora_alpha=3, target_modules=ALL, layers_to_transform=[1])),
    "qwen3": ("qwen3", dict(r=4, lora_alpha=8, target_modules=ALL)),
    "qwen3moe-attention": ("qwen3moe", dict(r=4, lora_alpha=8, target_modules=ATTENTION)),
    "gemma3": ("gemma3", dict(r=3, lora_alpha=6, target_modules=ALL)),
    "mistral-head": ("mistral", dict(r=2, lora_alpha=4, target_modules=["lm_head", "q_proj"])),
}  # fmt: skip
# Over the models of tiny_architectures.py, whose files are the bases here: linear layers wherever PEFT finds one that files have.
MLP = ["gate_proj", "up_proj", "down_proj"]
TINY = {
    "mistral3": ALL,
    "smollm3": ALL,
    "granite": ALL,
    "granitemoe": ATTENTION,
    "phi3": ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"],
    "gemma2": ALL,
    "gemma4": [*ALL, "per_layer_input_gate", "per_layer_projection", "per_layer_model_projection"],
    "qwen2moe": [*ATTENTION, *(f"shared_expert.{name}" for name in MLP)],
    "gpt-oss": ATTENTION,
    "lfm2": ["q_proj", "k_proj", "v_proj", "out_proj", "in_proj", "w1", "w2", "w3"],
    "deepseek-v2-lite": ["q_proj", "kv_a_proj_with_mqa", "o_proj", *MLP],
    "deepseek-v3": ["q_a_proj", "q_b_proj", "kv_a_proj_with_mqa", "o_proj", *MLP],
    "qwen3next": [*ATTENTION, "in_proj_qkvz", "in_proj_ba", "out_proj", *(f"shared_expert.{name}" for name in MLP)],
    "qwen35": [*ALL, "in_proj_qkv", "in_proj_z", "in_proj_a", "in_proj_b", "out_proj"],
}
HALF = {"gemma3": torch.float16, "qwen3": torch.bfloat16}
CONVERTED = ["llama", "mistral-rs", "qwen2", "gemma3"]


def model_of(family):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(FOLDERS / family, folder, dirs_exist_ok=True)
        return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def randomised(model, seed, dtype):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            numbers = torch.randn(parameter.shape, generator=generator) * (0.2 if "lora_A" in name else 0.15)
            parameter.data = numbers.to(dtype).to(torch.float32)


@torch.no_grad()
def compute(name, base, options, number, origin, save, half=torch.float32):
    """Writes the goldens of one adapter and gives the folder that holds it; `origin` says what base it is for."""
    vocabulary = base.config.vocab_size
    tokens = np.random.default_rng(number).integers(3, vocabulary, LENGTH).tolist()
    ids = torch.tensor([tokens])
    run = lambda model, ids: model(ids, use_cache=False).logits[0]
    plain = run(base, ids)
    model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **options)).eval()
    randomised(model, 100 + number, half)
    logits = run(model, ids)
    greedy = list(tokens)
    for _ in range(GREEDY):
        greedy.append(int(run(model, torch.tensor([greedy]))[-1].argmax()))
    scaled = {n: m.scaling["default"] for n, m in model.named_modules() if hasattr(m, "lora_A")}
    for n, m in model.named_modules():
        if n in scaled:
            m.scaling["default"] = 0.5 * scaled[n]
    halved = run(model, ids)
    for n, m in model.named_modules():
        if n in scaled:
            m.scaling["default"] = scaled[n]
    np.concatenate([logits[-LAST:].numpy(), halved[-LAST:].numpy()]).astype("<f4").tofile(TARGET / f"{name}.logits.bin")
    difference = float((logits - plain).abs().max() / (plain.max() - plain.min()))
    golden = origin | dict(tokens=tokens, greedy=greedy[LENGTH:], rows=LAST, vocab=vocabulary, changed=round(difference, 3))
    (TARGET / f"{name}.json").write_text(json.dumps(golden) + "\n")
    print(name, len(scaled), "modules changed the logits by", round(difference, 3), "of their spread", flush=True)
    folder = TARGET / name
    shutil.rmtree(folder, ignore_errors=True)
    if half != torch.float32:
        model = model.to(half)
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "tiny/" + save
    config["target_modules"] = sorted(config["target_modules"])
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n")
    return folder


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:2] == ["tiny"]:
        return tiny(sys.argv[2:] or list(TINY))
    checkout = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for number, (name, (family, options)) in enumerate(CASES.items()):
        folder = compute(name, model_of(family), options, number, dict(family=family), family, HALF.get(name, torch.float32))
        if checkout and name in CONVERTED:
            convert(checkout, family, folder, TARGET / f"{name}.gguf")


def tiny(wanted):
    # Else PEFT takes the networks beside experts for experts of an older file, and adapts those.
    peft.utils.transformers_weight_conversion._MODEL_TO_CONVERSION_PATTERN = {}
    for number, (name, targets) in enumerate(TINY.items(), start=50):
        if name in wanted:
            base = tiny_architectures.kept(name)
            check(name, base)
            options = dict(r=2, lora_alpha=5, target_modules=targets)
            compute(f"tiny-{name}", base, options, number, dict(model=f"tiny-{name}.gguf"), name)


@torch.no_grad()
def check(name, base):
    """That the base made again is the one whose logits are kept."""
    golden = json.loads((tiny_architectures.OUT / f"tiny-{name}.json").read_text())
    kept = np.fromfile(tiny_architectures.OUT / f"tiny-{name}.logits.bin", "<f4").reshape(golden["rows"], -1)
    ids = torch.tensor([golden["prefill"] + golden["decode"]])
    assert np.abs(base(ids, use_cache=False).logits[0].numpy() - kept).max() < 1e-4, name


def convert(checkout, family, folder, target):
    subprocess.run(
        [sys.executable, checkout / "convert_lora_to_gguf.py", folder, "--base", FOLDERS / family, "--outfile", target, "--outtype", "f32"],
        check=True, capture_output=True,
    )  # fmt: skip


main()
