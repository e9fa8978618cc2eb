"""Embedding models and rerankers in the form of Hugging Face, as sentence-transformers saves them, with the vectors it gives for texts.

    oracles/encoder_folders.py [NAME ...]

Writes, under `model/src/test/resources/dev/freehold/model/folder/`, a folder NAME with `modules.json` and
`1_Pooling/config.json` beside the weights, and `NAME.json` with texts, how many tokens each has, and their vectors. The
models are those of `encoder_texts.py`, pooled by what most of their kind state, and once by something else, so that a
reader that assumes a kind of pooling fails. Of a reranker `NAME.json` holds a question, passages and their relevance.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

from sentence_transformers import CrossEncoder, SentenceTransformer
import torch
import transformers
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling

from encoder_texts import BERT, DOCUMENTS, EMBEDDERS, QUERY, RERANKERS, TEXTS, byte_pairs, made
from folders import TARGET

torch.set_grad_enabled(False)
ROBERTA = dict(cls_token="<s>", pad_token="<pad>", sep_token="</s>", unk_token="<unk>", bos_token="<s>", eos_token="</s>")
roberta_pairs = lambda: byte_pairs("gpt-2", "<s>", "</s>", "$A </s> </s> $B", ROBERTA)


def roberta_config(t, **more):
    sizes = BERT | dict(max_position_embeddings=162, vocab_size=len(t), type_vocab_size=1)
    return transformers.RobertaConfig(**sizes, **more, pad_token_id=1, bos_token_id=0, eos_token_id=2)


EMBEDDERS = EMBEDDERS | {"roberta": (None, roberta_pairs, None, "RobertaModel", roberta_config)}
RERANKERS = RERANKERS | {
    "roberta": (None, roberta_pairs, None, "RobertaForSequenceClassification", lambda t: roberta_config(t, num_labels=1), None)
}
FOLDERS = {"qwen3-embedding": ("qwen3-embedding", "lasttoken"), "qwen3-embedding-mean": ("qwen3-embedding", "mean"), "bert-embedding": ("bert", "cls"), "bert-embedding-mean": ("bert", "mean")}
FOLDERS |= {"modern-bert-embedding": ("modern-bert", "cls"), "nomic-bert-embedding": ("nomic-bert", "mean"), "gemma-embedding": ("gemma-embedding", "mean")}
FOLDERS |= {"roberta-embedding": ("roberta", "mean")}
RANKERS = {"bert-reranker": "bert", "xlm-roberta-reranker": "xlm-roberta", "modern-bert-reranker": "modern-bert", "roberta-reranker": "roberta"}


def maps(width):
    """EmbeddingGemma's two linear maps behind the pooling."""
    for rows, columns in ((2 * width, width), (width, 2 * width)):
        dense = Dense(columns, rows, bias=False, activation_function=torch.nn.Identity())
        dense.linear.weight.copy_(torch.randn(rows, columns) * columns**-0.5)
        yield dense


def main():
    wanted = sys.argv[1:]
    for seed, (name, (spec, mode)) in enumerate(FOLDERS.items(), start=500):
        if wanted and name not in wanted:
            continue
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
            torch.manual_seed(seed)
            after = maps(config.hidden_size) if spec == "gemma-embedding" else ()
            modules = [transformer, Pooling(config.hidden_size, pooling_mode=mode), *after, Normalize()]
            SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
            # What is in the folder counts: Gemma's window is halved each time its configuration is read.
            sentences = SentenceTransformer(str(folder), device="cpu", model_kwargs={"attn_implementation": "eager"}).eval()
            vectors = [sentences.encode([text], convert_to_numpy=True)[0] for text in TEXTS]
            tokens = [len(sentences.tokenizer(text)["input_ids"]) for text in TEXTS]
        golden = {"texts": TEXTS, "tokens": tokens, "vectors": [[round(float(v), 8) for v in vector] for vector in vectors]}
        (TARGET / f"{name}.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        print(name, sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*")))
    for seed, (name, spec) in enumerate(RANKERS.items(), start=550):
        if wanted and name not in wanted:
            continue
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
