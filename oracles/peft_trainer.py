"""An external trainer for Freehold: plain PEFT on whatever device torch finds, by the contract of docs/teaching.md.

    freehold teach ~/handbook --name handbook-1 --trainer "python oracles/peft_trainer.py"

Called with one argument, a folder with request.json, lessons.jsonl and heldout.jsonl. Says each step as a line of JSON, leaves
adapter/ in PEFT's form and evaluation.json, and goes on from checkpoint/ after a kill. The base is a folder of Hugging
Face, or a GGUF file that transformers can read (it is dequantised to float32).
"""

import json
import math
import os
import random
import sys
import time
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CHECKPOINT_SECONDS = 45


def load(base):
    path = Path(base)
    if path.is_dir():
        return AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32), AutoTokenizer.from_pretrained(path)
    # Blobs of the store have no ending, and transformers asks for one.
    link = Path("base.gguf").resolve()
    if not link.exists():
        os.symlink(path, link)
    parts = {"pretrained_model_name_or_path": str(link.parent), "gguf_file": link.name}
    return AutoModelForCausalLM.from_pretrained(**parts, dtype=torch.float32), AutoTokenizer.from_pretrained(**parts)


def tokens(row, tokenizer, longest):
    """Token ids and labels of one lesson; the answer's end is learned, what the template adds behind it is not."""
    if "messages" in row:
        messages = [{"role": m["role"], "content": m.get("content") or ""} for m in row["messages"]]
        if any("tool_calls" in m for m in row["messages"]) or row.get("tools"):
            raise ValueError("lessons with tools are not taught by this trainer")
        ids, labels = [], []
        for index, message in enumerate(row["messages"]):
            if message["role"] != "assistant" or message.get("weight", 1) == 0:
                continue
            head = tokenizer.apply_chat_template(messages[:index], tokenize=False, add_generation_prompt=True)
            whole = tokenizer.apply_chat_template(messages[: index + 1], tokenize=False)
            before = tokenizer(head, add_special_tokens=False)["input_ids"]
            answer = tokenizer(whole[len(head):], add_special_tokens=False)["input_ids"]
            if tokenizer.eos_token_id in answer:
                answer = answer[: answer.index(tokenizer.eos_token_id) + 1]
            ids, labels = before + answer, [-100] * len(before) + answer
    else:
        before = tokenizer(row.get("prompt") or "", add_special_tokens=False)["input_ids"]
        after = tokenizer(row["completion"], add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
        ids, labels = before + after, [-100] * len(before) + after
    return (ids, labels) if ids and len(ids) <= longest else None


def batch(rows, pad):
    width = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [pad] * (width - len(ids)) for ids, _ in rows])
    labels = torch.tensor([labels + [-100] * (width - len(labels)) for _, labels in rows])
    mask = torch.tensor([[1] * len(i) + [0] * (width - len(i)) for i, _ in rows])
    return {"input_ids": ids, "labels": labels, "attention_mask": mask}


def held_out_loss(model, rows, pad, device):
    model.eval()
    with torch.no_grad():
        losses = [model(**{k: v.to(device) for k, v in batch([row], pad).items()}).loss.item() for row in rows[:40]]
    model.train()
    return sum(losses) / len(losses)


def main():
    folder = Path(sys.argv[1])
    os.chdir(folder)
    request = json.loads(Path("request.json").read_text())
    torch.manual_seed(request["seed"])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    base, tokenizer = load(request["base"])
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    read = lambda name: [json.loads(line) for line in Path(name).read_text().splitlines() if line.strip()]
    learned = [t for row in read(request["lessons"]) if (t := tokens(row, tokenizer, request["sequenceLength"]))]
    held = [t for row in read(request["heldOut"]) if (t := tokens(row, tokenizer, request["sequenceLength"]))]
    checkpoint, done = Path("checkpoint"), 0
    targets = request["targets"]
    targets = PROJECTIONS if "all" in targets else PROJECTIONS[:4] if "attention" in targets else targets
    if (checkpoint / "state.pt").exists():
        model = PeftModel.from_pretrained(base, checkpoint, is_trainable=True)
    else:
        config = LoraConfig(r=request["rank"], lora_alpha=request["alpha"], target_modules=targets, task_type="CAUSAL_LM")
        model = get_peft_model(base, config)
    model.to(device).train()
    weights = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=request["learningRate"], weight_decay=0.0)
    if (checkpoint / "state.pt").exists():
        state = torch.load(checkpoint / "state.pt", weights_only=False)
        optimiser.load_state_dict(state["optimiser"])
        done = state["step"]
    size, epochs = request["examplesPerStep"], request["epochs"]
    a_epoch = math.ceil(len(learned) / size)
    steps, began, seen, saved = a_epoch * epochs, time.time(), 0, time.time()
    for step in range(done, steps):
        order = list(range(len(learned)))
        random.Random(request["seed"] + step // a_epoch).shuffle(order)
        at = step % a_epoch * size
        rows = [learned[i] for i in order[at : at + size]]
        warm = max(1, steps // 20)
        share = (step + 1) / warm if step < warm else 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
        for group in optimiser.param_groups:
            group["lr"] = request["learningRate"] * share
        loss = model(**{k: v.to(device) for k, v in batch(rows, pad).items()}).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        seen += sum(len(ids) for ids, _ in rows)
        said = {"step": step + 1, "of": steps, "loss": loss.item(), "learningRate": request["learningRate"] * share}
        passed = time.time() - began
        said |= {"tokensPerSecond": seen / passed, "secondsLeft": int(passed / (step + 1 - done) * (steps - step - 1))}
        if held and ((step + 1) % max(1, a_epoch // 2) == 0 or step + 1 == steps):
            said["heldOutLoss"] = held_out_loss(model, held, pad, device)
        if time.time() - saved > CHECKPOINT_SECONDS:
            model.save_pretrained(checkpoint)
            torch.save({"optimiser": optimiser.state_dict(), "step": step + 1}, checkpoint / "state.new")
            os.replace(checkpoint / "state.new", checkpoint / "state.pt")
            said["checkpointed"], saved = True, time.time()
        print(json.dumps(said), flush=True)
    model.save_pretrained(request["adapter"])
    Path("evaluation.json").write_text(json.dumps({"heldOutLoss": held_out_loss(model, held, pad, device) if held else None}))


if __name__ == "__main__":
    main()
