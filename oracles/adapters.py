"""LoRA adapters of PEFT over the tiny models of `folders.py`, with logits and greedy tokens of base + adapter.

    oracles/adapters.py [CHECKOUT OF LLAMA.CPP]

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
import torch
import transformers
from peft import LoraConfig, get_peft_model

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
def main():
    checkout = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    TARGET.mkdir(parents=True, exist_ok=True)
    for number, (name, (family, options)) in enumerate(CASES.items()):
        base = model_of(family)
        tokens = np.random.default_rng(number).integers(3, 300, LENGTH).tolist()
        ids = torch.tensor([tokens])
        plain = base(ids).logits[0]
        model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **options)).eval()
        randomised(model, 100 + number, HALF.get(name, torch.float32))
        logits = model(ids).logits[0]
        greedy = list(tokens)
        for _ in range(GREEDY):
            greedy.append(int(model(torch.tensor([greedy])).logits[0, -1].argmax()))
        half = {n: m.scaling["default"] for n, m in model.named_modules() if hasattr(m, "lora_A")}
        for n, m in model.named_modules():
            if n in half:
                m.scaling["default"] = 0.5 * half[n]
        halved = model(ids).logits[0]
        for n, m in model.named_modules():
            if n in half:
                m.scaling["default"] = half[n]
        np.concatenate([logits[-LAST:].numpy(), halved[-LAST:].numpy()]).astype("<f4").tofile(TARGET / f"{name}.logits.bin")
        spread = float(plain.max() - plain.min())
        difference = float((logits - plain).abs().max()) / spread
        (TARGET / f"{name}.json").write_text(
            json.dumps(dict(family=family, tokens=tokens, greedy=greedy[LENGTH:], rows=LAST, vocab=300, changed=round(difference, 3))) + "\n"
        )
        print(name, "changed the logits by", round(difference, 3), "of their spread")
        folder = TARGET / name
        shutil.rmtree(folder, ignore_errors=True)
        if name in HALF:
            model = model.to(HALF[name])
        model.save_pretrained(folder, save_embedding_layers=False)
        (folder / "README.md").unlink(missing_ok=True)
        config = json.loads((folder / "adapter_config.json").read_text())
        config["base_model_name_or_path"] = f"tiny/{family}"
        config["target_modules"] = sorted(config["target_modules"])
        (folder / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n")
        if checkout and name in CONVERTED:
            convert(checkout, family, folder, TARGET / f"{name}.gguf")


def convert(checkout, family, folder, target):
    subprocess.run(
        [sys.executable, checkout / "convert_lora_to_gguf.py", folder, "--base", FOLDERS / family, "--outfile", target, "--outtype", "f32"],
        check=True, capture_output=True,
    )  # fmt: skip


main()
