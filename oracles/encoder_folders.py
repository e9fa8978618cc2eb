"""Embedding models and rerankers in the form of Hugging Face, as sentence-transformers saves them, with the vectors it gives for texts.

    oracles/encoder_folders.py [CHECKOUT OF LLAMA.CPP [NAME ...]]

Writes, under `model/src/test/resources/dev/freehold/model/folder/`, a folder NAME with `modules.json` and
`1_Pooling/config.json` beside the weights, and `NAME.json` with texts, how many tokens each has, and their vectors. The
models are those of `encoder_texts.py`, pooled by what most of their kind state, and once by something else, so that a
reader that assumes a kind of pooling fails. With a checkout of llama.cpp, `NAME.gguf.json` is what its converter makes
of the folder, as in `folders.py`. `nomic-bert-moe`, which transformers does not have, is the composition of
`tiny_encoders.py` in its makers' form, with hidden states of some tokens. Of a reranker `NAME.json` holds a question, passages and their relevance.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

from sentence_transformers import CrossEncoder, SentenceTransformer
import numpy as np
import safetensors.torch
import torch
import transformers
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling

from encoder_texts import BERT, DOCUMENTS, EMBEDDERS, QUERY, RERANKERS, TEXTS, byte_pairs, made, modern_config
from folders import TARGET, converted
from tiny_architectures import default_rope, randomize
from tiny_encoders import BERT as TINY, mixed

torch.set_grad_enabled(False)
ROBERTA = dict(cls_token="<s>", pad_token="<pad>", sep_token="</s>", unk_token="<unk>", bos_token="<s>", eos_token="</s>")
roberta_pairs = lambda: byte_pairs("gpt-2", "<s>", "</s>", "$A </s> </s> $B", ROBERTA)


def roberta_config(t, **more):
    sizes = BERT | dict(max_position_embeddings=162, vocab_size=len(t), type_vocab_size=1)
    return transformers.RobertaConfig(**sizes, **more, pad_token_id=1, bos_token_id=0, eos_token_id=2)


EMBEDDERS = EMBEDDERS | {"roberta": (None, roberta_pairs, None, "RobertaModel", roberta_config)}
RERANKERS = RERANKERS | {
    "modern-bert-cls": (
        None, *RERANKERS["modern-bert"][1:4], lambda t: modern_config(t, num_labels=1, classifier_pooling="cls"), None,
    ),
    "roberta": (None, roberta_pairs, None, "RobertaForSequenceClassification", lambda t: roberta_config(t, num_labels=1), None)
}
FOLDERS = {"qwen3-embedding": ("qwen3-embedding", "lasttoken"), "qwen3-embedding-mean": ("qwen3-embedding", "mean"), "bert-embedding": ("bert", "cls"), "bert-embedding-mean": ("bert", "mean")}
FOLDERS |= {"modern-bert-embedding": ("modern-bert", "cls"), "nomic-bert-embedding": ("nomic-bert", "mean"), "gemma-embedding": ("gemma-embedding", "mean")}
FOLDERS |= {"roberta-embedding": ("roberta", "mean")}
RANKERS = {"bert-reranker": "bert", "xlm-roberta-reranker": "xlm-roberta", "modern-bert-reranker": "modern-bert", "roberta-reranker": "roberta", "modern-bert-reranker-cls": "modern-bert-cls"}


def maps(width):
    """EmbeddingGemma's two linear maps behind the pooling."""
    for rows, columns in ((2 * width, width), (width, 2 * width)):
        dense = Dense(columns, rows, bias=False, activation_function=torch.nn.Identity())
        dense.linear.weight.copy_(torch.randn(rows, columns) * columns**-0.5)
        yield dense


def mixture(name, seed):
    """Nomic's mixture, in the names and the configuration of its makers."""
    random = np.random.default_rng(seed)
    config = transformers.NomicBertConfig(**TINY, rope_parameters=default_rope(1000.0))
    config._attn_implementation = "eager"
    module = transformers.NomicBertModel(config)
    mixed(module)
    module = module.eval()
    randomize(module, random, False)
    for parameter in module.parameters():
        parameter.copy_(parameter.to(torch.bfloat16).float())
    names = {
        ".self_attn.o_proj": "attn.out_proj", ".post_attention_layernorm": "norm1", ".post_mlp_layernorm": "norm2",
        ".mlp.router": "mlp.router.layer", ".mlp.up": "mlp.fc1", ".mlp.down": "mlp.fc2",
    }  # fmt: skip
    tensors = {}
    for key, values in module.named_parameters():
        at, ending = "encoder.layers." + key.split(".")[1] + ".", key[key.rfind(".") :]
        known = [new for old, new in names.items() if old + "." in key]
        if ".self_attn.q_proj" in key:
            tensors[at + "attn.Wqkv" + ending] = torch.cat([module.get_parameter(key.replace("q_proj", k + "_proj")) for k in "qkv"])
        elif ".experts.0." in key:
            every = [module.get_parameter(key.replace(".experts.0.", f".experts.{i}.")) for i in range(4)]
            up = ".up." in key
            tensors[at + ("mlp.experts.mlp.w1" if up else "mlp.experts.mlp.w2")] = torch.cat(every if up else [w.T for w in every])
            tensors[at + "mlp.experts.bias"] = torch.zeros(config.hidden_size)
        elif "embeddings.LayerNorm" in key:
            tensors["emb_ln" + ending] = values
        elif known:
            tensors[at + known[0] + ending] = values
        elif key.startswith("embeddings."):
            tensors[key] = values
    described = dict(
        model_type="nomic_bert", architectures=["NomicBertModel"], vocab_size=config.vocab_size, n_embd=config.hidden_size,
        n_inner=config.intermediate_size, n_layer=config.num_hidden_layers, n_head=config.num_attention_heads, n_positions=2048,
        activation_function="gelu", layer_norm_epsilon=config.layer_norm_eps, prenorm=False, causal=False, qkv_proj_bias=True,
        mlp_fc1_bias=True, mlp_fc2_bias=True, rotary_emb_base=1000, rotary_emb_fraction=1.0, rotary_emb_interleaved=False,
        rotary_emb_scale_base=None, type_vocab_size=2, moe_every_n_layers=2, num_experts=4, moe_top_k=2,
        moe_normalize_expert_weights=False, num_shared_experts=0, expert_choice_router=False,
    )  # fmt: skip
    folder = TARGET / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    kept = {name: values.to(torch.bfloat16).contiguous() for name, values in tensors.items()}
    safetensors.torch.save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(described, indent=1) + "\n")
    tokens = [int(token) for token in random.integers(3, config.vocab_size, 24)]
    rows = module(torch.tensor([tokens])).last_hidden_state[0].numpy()
    (TARGET / f"{name}.logits.bin").write_bytes(rows.astype("<f4").tobytes())
    (TARGET / f"{name}.json").write_text(json.dumps({"tokens": tokens, "rows": len(rows), "vocab": rows.shape[1]}) + "\n")
    print(name, "hidden std %.2f" % rows.std())


def main():
    checkout, wanted = (sys.argv[1] if len(sys.argv) > 1 else None), sys.argv[2:]
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
    if not wanted or "nomic-bert-moe" in wanted:
        mixture("nomic-bert-moe", 580)
    for name in [*FOLDERS, *RANKERS] if checkout else ():
        # It does not read NomicBERT's sizes where transformers knows the family, and leaves BERT's pooler out.
        if name not in ("nomic-bert-embedding", "bert-reranker") and (not wanted or name in wanted):
            (TARGET / f"{name}.gguf.json").write_text(json.dumps(converted(checkout, TARGET / name, TINY["vocab_size"]), indent=0) + "\n")


if __name__ == "__main__":
    main()
