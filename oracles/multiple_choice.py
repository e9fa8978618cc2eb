"""Writes a multiple-choice task over the sample company's facts and what lm-evaluation-harness makes of it.

    python oracles/multiple_choice.py PATH/smollm2-135m-instruct-q4_1.gguf

The task (company.yaml, company.jsonl) and the goldens (company.json) lie in evaluation's test resources. lm-eval runs the
file's dequantised weights by transformers in float32; the log-likelihood of every option is kept, and acc and acc_norm.
"""

import json
import random
import sys
from pathlib import Path

import lm_eval
import torch
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from transformers import PreTrainedTokenizerFast

from gguf_llama import load
from gguf_tokenizer import smollm

ROOT = Path(__file__).parent.parent
OUT = ROOT / "evaluation/src/test/resources/dev/freehold/evaluation/multiple_choice"
CASES = 60


def write_task():
    facts = [json.loads(line) for line in (ROOT / "samples/company/facts.jsonl").read_text().splitlines()]
    facts = [fact for fact in facts if fact["answer"]]
    chooser = random.Random(17)
    rows = []
    for fact in facts[:CASES]:
        others = sorted({f["answer"] for f in facts if f["language"] == fact["language"] and f["answer"] != fact["answer"]})
        options = chooser.sample(others, 3) + [fact["answer"]]
        chooser.shuffle(options)
        rows.append({"question": fact["question"], "options": options, "answer": options.index(fact["answer"])})
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "company.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (OUT / "company.yaml").write_text(
        "task: company\n"
        "dataset_path: json\n"
        "dataset_kwargs:\n"
        "  data_files: {test: company.jsonl}\n"
        "test_split: test\n"
        "output_type: multiple_choice\n"
        'doc_to_text: "Question: {{question}}\\nAnswer:"\n'
        'doc_to_choice: "{{options}}"\n'
        "doc_to_target: answer\n"
    )
    return rows


def main():
    write_task()
    torch.set_num_threads(2)
    model, _ = load(sys.argv[1])
    inner = smollm(sys.argv[1])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|im_end|>")
    lm = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=8, max_length=2048)
    task = {
        "task": "company",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(OUT / "company.jsonl")}},
        "test_split": "test",
        "output_type": "multiple_choice",
        "doc_to_text": "Question: {{question}}\nAnswer:",
        "doc_to_choice": "{{options}}",
        "doc_to_target": "answer",
        "metric_list": [
            {"metric": name, "aggregation": "mean", "higher_is_better": True} for name in ("acc", "acc_norm")
        ],
    }
    found = lm_eval.simple_evaluate(model=lm, tasks=[task], log_samples=True, bootstrap_iters=0, task_manager=TaskManager())
    results = next(iter(found["results"].values()))
    samples = sorted(next(iter(found["samples"].values())), key=lambda sample: sample["doc_id"])
    golden = {
        "madeWith": f"lm-eval {lm_eval.__version__}",
        "acc": results["acc,none"],
        "acc_norm": results["acc_norm,none"],
        "cases": [
            {
                "logLikelihoods": [float(answer[0]) for answer in sample["filtered_resps"]],
                "greedy": [bool(answer[1]) for answer in sample["filtered_resps"]],
                "acc": sample["acc"],
                "acc_norm": sample["acc_norm"],
            }
            for sample in samples
        ],
    }
    (OUT / "company.json").write_text(json.dumps(golden) + "\n")
    print(golden["acc"], golden["acc_norm"])


if __name__ == "__main__":
    main()
