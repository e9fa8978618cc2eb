"""Writes evaluation's goldens for chrF (sacreBLEU) and ROUGE-L (rouge-score)."""

import json
import random
from pathlib import Path

import sacrebleu
from rouge_score import rouge_scorer

OUT = Path(__file__).parent.parent / "evaluation/src/test/resources/dev/freehold/evaluation/oracle"
ROOT = Path(__file__).parent.parent
chrf = sacrebleu.CHRF()
rouge = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)


def case(answer, gold):
    row = {"answer": answer, "gold": gold, "chrF": chrf.sentence_score(answer, [gold]).score / 100}
    if answer.isascii() and gold.isascii():
        row["rougeL"] = rouge.score(gold, answer)["rougeL"].fmeasure
    return row


def main():
    rows = [
        case(*pair)
        for pair in [
            ("", "something"), ("something", ""), ("a", "a"), ("ab", "abc"), ("The cat sat on the mat.", "The cat sat on the mat."),
            ("It's 3.5 metres, isn't it?", "it is 3,5 meters"), ("Größe: 12 µm", "Die Größe beträgt 12 µm."), ("日本語の文章", "日本語の文"),
            ("No.", "Yes, after ninety seconds."), ("  spaced \t out\n", "spaced out"), ("🙂🙂 ok", "🙂 ok"),
        ]
    ]
    facts = [json.loads(line) for line in (ROOT / "samples/company/facts.jsonl").read_text().splitlines()]
    golds = [fact["answer"] for fact in facts if fact["answer"]]
    chooser = random.Random(2)
    for gold in chooser.sample(golds, 60):
        words = gold.split() + chooser.choice(golds).split()
        answer = " ".join(word for word in words if chooser.random() < 0.7)
        rows.append(case(answer, gold))
    (OUT / "text-scores.json").write_text(json.dumps(rows, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
