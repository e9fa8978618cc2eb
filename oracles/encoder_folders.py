"""Embedding models and rerankers in the form of Hugging Face, as sentence-transformers saves them, with the vectors it gives for texts.

    oracles/encoder_folders.py

Writes, under `model/src/test/resources/dev/freehold/model/folder/`, a folder NAME with `modules.json` and
`1_Pooling/config.json` beside the weights, and `NAME.json` with texts, how many tokens each has, and their vectors. The
models are those of `encoder_texts.py`, pooled by what most of their kind state, and once by something else, so that a
reader that assumes a kind of pooling fails. Of a reranker `NAME.json` holds a question, passages and their relevance.
"""

import json
import os
import pathlib
import shutil
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling

from encoder_texts import DOCUMENTS, EMBEDDERS, QUERY, RERANKERS, TEXTS, made
from folders import TARGET

FOLDERS = {"qwen3-embedding": ("qwen3-embedding", "lasttoken"), "qwen3-embedding-mean": ("qwen3-embedding", "mean"), "bert-embedding": ("bert", "cls"), "bert-embedding-mean": ("bert", "mean")}
RANKERS = {"bert-reranker": "bert", "xlm-roberta-reranker": "xlm-roberta"}


def main():
    for seed, (name, (spec, mode)) in enumerate(FOLDERS.items(), start=500):
        _, make_tokenizer, _, kind, make_config, *_ = EMBEDDERS[spec]
        tokenizer = make_tokenizer()
        config = make_config(tokenizer)
        module, _ = made(seed, kind, config)
        folder = TARGET / name
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory() as scratch:
            module.save_pretrained(scratch)
            tokenizer.save_pretrained(scratch)
            transformer = Transformer(scratch, model_kwargs={"attn_implementation": "eager"})
            sentences = SentenceTransformer(modules=[transformer, Pooling(config.hidden_size, pooling_mode=mode), Normalize()], device="cpu").eval()
            sentences.save(str(folder), create_model_card=False)
            vectors = [sentences.encode([text], convert_to_numpy=True)[0] for text in TEXTS]
            tokens = [len(sentences.tokenizer(text)["input_ids"]) for text in TEXTS]
        golden = {"texts": TEXTS, "tokens": tokens, "vectors": [[round(float(v), 8) for v in vector] for vector in vectors]}
        (TARGET / f"{name}.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        print(name, sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*")))
    for seed, (name, spec) in enumerate(RANKERS.items(), start=550):
        _, make_tokenizer, _, kind, make_config, _ = RERANKERS[spec]
        tokenizer = make_tokenizer()
        module, _ = made(seed, kind, make_config(tokenizer))
        folder = TARGET / name
        shutil.rmtree(folder, ignore_errors=True)
        module.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        cross = CrossEncoder(str(folder), device="cpu", max_length=160)
        relevance = [float(cross.predict([(QUERY, document)])[0]) for document in DOCUMENTS]
        tokens = [len(cross.tokenizer(QUERY, document)["input_ids"]) for document in DOCUMENTS]
        golden = {"query": QUERY, "documents": DOCUMENTS, "tokens": tokens, "relevance": relevance}
        (TARGET / f"{name}.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        print(name, relevance)


if __name__ == "__main__":
    main()
