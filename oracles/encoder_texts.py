"""Vectors and relevance from text: what sentence-transformers gives for tiny encoders.

    pip install sentence-transformers
    python oracles/encoder_texts.py [NAME ...]

For each family a random model and a small tokenizer with the family's own procedure are saved as
Hugging Face keeps them and run by sentence-transformers (`SentenceTransformer` with the family's
pooling, `CrossEncoder`), which puts [CLS], [SEP] and their like around texts. The same goes into a
GGUF file with the names and keys of llama.cpp's converter, and the results into a JSON file:
`text-NAME` holds texts and their vectors, `rank-NAME` pairs and their relevance.

Qwen3's reranker has no head of its own in transformers: its relevance is computed as its makers
publish it, from the logits of "yes" and "no" after their prompt.
"""

import json
import os
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import gguf
import numpy as np
import torch
import transformers
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors, trainers
from tokenizers.implementations import BertWordPieceTokenizer

from tiny_architectures import OUT, SIZES, common_keys, default_rope, gguf_name, one_more as gemma_norms, randomize
from tiny_encoders import embedding_gemma, keys, modern, nomic, nomic_names
from tokenizer_families import FAMILIES, OUT as TOKENIZERS, described

torch.set_grad_enabled(False)

TEXTS = [
    "light",
    "Do not Bodies act upon Light at a distance?",
    "The RAYS of light are bent, reflected & inflected by bodies: 1704, Query 4.",
    "Ein Körper wirkt auf das Licht, und das Licht auf den Körper.",
    "a b c",
    "Are not the rays of light, in passing by the edges and sides of bodies, bent several times backwards and forwards, "
    "with a motion like that of an eel? And do not the three fringes of coloured light arise from three such bendings?",
]
QUERY = "what bends the rays of light"
DOCUMENTS = [TEXTS[0], TEXTS[2], "Gold dissolves in aqua regia, silver in aqua fortis.", TEXTS[5]]
YES_NO = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. "
    'Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n'
    "<Instruct>: Given a web search query, retrieve relevant passages that answer the query\n"
    "<Query>: {query}\n<Document>: {document}<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
)
SIZE = dict(
    hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=160,
)


def special(tokenizer, *texts):
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in texts])


def word_pieces():
    made = BertWordPieceTokenizer(lowercase=True)
    made.train_from_iterator(TEXTS + DOCUMENTS, vocab_size=300, min_frequency=1, show_progress=False)
    tokenizer = Tokenizer.from_str(made.to_str())
    ends = [(text, tokenizer.token_to_id(text)) for text in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=ends
    )
    names = dict(unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", mask_token="[MASK]")
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **names, model_input_names=["input_ids", "token_type_ids", "attention_mask"]
    )


def byte_pairs(family, before, after, pair, names, words=()):
    """`before` and `after` are put around a text; they and `words` are single tokens."""
    stages, composed, _ = FAMILIES[family]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    trainer = trainers.BpeTrainer(
        vocab_size=360, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=list(dict.fromkeys([*names.values(), *words])),
    )
    tokenizer.train_from_iterator(TEXTS + DOCUMENTS + ["yes no"] * 50, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    added = json.loads(tokenizer.to_str())["added_tokens"]
    tokenizer = Tokenizer.from_str(json.dumps(described(model, stages, composed, added)))
    ends = [(text, tokenizer.token_to_id(text)) for text in dict.fromkeys([before, after]) if text]
    wrap = lambda text: " ".join(part for part in (before, text, after) if part)
    tokenizer.post_processor = processors.TemplateProcessing(single=wrap("$A"), pair=wrap(pair) if pair else None, special_tokens=ends)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def unigrams():
    """XLM-RoBERTa's kind: two separators between texts."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    names = dict(bos_token="<s>", cls_token="<s>", pad_token="<pad>", eos_token="</s>", sep_token="</s>", unk_token="<unk>")
    trainer = trainers.UnigramTrainer(
        vocab_size=200, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS + DOCUMENTS, trainer)
    ends = [("<s>", 0), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def gemma_pairs():
    """The pieces of `sentencepiece-gemma.gguf`, as transformers has Gemma's tokenizer."""
    fields = gguf.GGUFReader(TOKENIZERS / "sentencepiece-gemma.gguf").fields
    tokens, scores = (fields["tokenizer.ggml." + key].contents() for key in ("tokens", "scores"))
    vocab = {token.replace(" ", "\u2581") if token.isspace() else token: i for i, token in enumerate(tokens)}
    merges = []
    for token, score in zip(tokens, scores):
        local = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in vocab and token[i:] in vocab]
        merges += [(left, right, score) for left, right in sorted(local, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))]
    merges.sort(key=lambda merge: merge[2], reverse=True)
    description = {
        "version": "1.0", "added_tokens": [], "post_processor": None, "decoder": None, "pre_tokenizer": None,
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
        "model": {
            "type": "BPE", "vocab": vocab, "merges": [[left, right] for left, right, _ in merges], "byte_fallback": True,
            "fuse_unk": True, "unk_token": "<unk>",
        },
    }
    tokenizer = Tokenizer.from_str(json.dumps(description))
    special(tokenizer, "<unk>", "<s>", "</s>")
    ends = [("<s>", 1), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair=None, special_tokens=ends)
    names = dict(bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="</s>")
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


# What the converter writes of each tokenizer. gguf's SpecialVocab reads the flags off the
# post-processor: a separator that also ends a text counts as its end.


def listed(tokenizer, spell=lambda token: token):
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    marked = {token["id"]: token["special"] for token in state["added_tokens"]}
    tokens = [tokenizer.convert_ids_to_tokens(i) for i in range(len(tokenizer))]
    kinds = [gguf.TokenType.CONTROL if marked.get(i) else gguf.TokenType.NORMAL for i in range(len(tokens))]
    return [token if marked.get(i) else spell(token) for i, token in enumerate(tokens)], kinds, state


def flags(w, bos, eos, sep):
    w.add_add_bos_token(bos)
    w.add_add_eos_token(eos)
    w.add_add_sep_token(sep)


def write_word_pieces(w, tokenizer):
    phantom = lambda token: token[2:] if token.startswith("##") else "\u2581" + token
    tokens, kinds, _ = listed(tokenizer, phantom)
    w.add_tokenizer_model("bert")
    w.add_token_list(tokens)
    w.add_token_types(kinds)
    w.add_bos_token_id(tokenizer.cls_token_id)
    w.add_eos_token_id(tokenizer.sep_token_id)
    w.add_sep_token_id(tokenizer.sep_token_id)
    w.add_unk_token_id(tokenizer.unk_token_id)
    flags(w, True, True, False)


def write_byte_pairs(pre, bos, eos):
    def write(w, tokenizer):
        tokens, kinds, state = listed(tokenizer)
        w.add_tokenizer_model("gpt2")
        w.add_tokenizer_pre(pre)
        w.add_token_list(tokens)
        w.add_token_types(kinds)
        w.add_token_merges([" ".join(merge) for merge in state["model"]["merges"]])
        if bos:
            w.add_bos_token_id(tokenizer.convert_tokens_to_ids(bos))
        w.add_eos_token_id(tokenizer.convert_tokens_to_ids(eos))
        flags(w, bool(bos), True, False)

    return write


def write_unigrams(w, tokenizer):
    tokens, kinds, state = listed(tokenizer)
    kinds[3] = gguf.TokenType.UNKNOWN
    w.add_tokenizer_model("t5")
    w.add_token_list(tokens)
    w.add_token_types(kinds)
    w.add_token_scores([score for _, score in state["model"]["vocab"]])
    w.add_add_space_prefix(True)
    w.add_remove_extra_whitespaces(True)
    w.add_bos_token_id(0)
    w.add_eos_token_id(2)
    w.add_sep_token_id(2)
    w.add_unk_token_id(3)
    flags(w, True, True, True)


def write_gemma(w, tokenizer):
    for key, field in gguf.GGUFReader(TOKENIZERS / "sentencepiece-gemma.gguf").fields.items():
        if key.startswith("tokenizer.") and not key.endswith("add_eos_token"):
            kind = field.types[0]
            w.add_key_value(key, field.contents(), kind, field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None)
    w.add_add_eos_token(True)


MODERN = dict(cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]")
QWEN = dict(eos_token="<|endoftext|>", pad_token="<|endoftext|>")
modern_pairs = lambda: byte_pairs("modern-bert", "[CLS]", "[SEP]", "$A [SEP] $B", MODERN)
qwen_pairs = lambda *words: byte_pairs("qwen2", "", "<|endoftext|>", None, QWEN, words)


def modern_config(tokenizer, **more):
    ids = {name + "_token_id": tokenizer.convert_tokens_to_ids("[%s]" % name.upper()) for name in ("cls", "sep", "pad")}
    return transformers.ModernBertConfig(
        **SIZE, **ids, **more, vocab_size=len(tokenizer), local_attention=20, global_attn_every_n_layers=2,
        bos_token_id=ids["cls_token_id"], eos_token_id=ids["sep_token_id"],
        rope_parameters={"full_attention": default_rope(16e4), "sliding_attention": default_rope(1e4)},
    )


def modern_keys(w, c):
    keys(w, c)
    w.add_sliding_window(c.local_attention)
    w.add_sliding_window_pattern(2)
    w.add_rope_freq_base(c.rope_parameters["full_attention"]["rope_theta"])
    w.add_rope_freq_base_swa(c.rope_parameters["sliding_attention"]["rope_theta"])
    w.add_rope_scaling_type(gguf.RopeScalingType.NONE)


def decoder_config(kind, tokenizer, **more):
    ids = dict(bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id)
    sizes = SIZES | SIZE | ids | dict(vocab_size=len(tokenizer), head_dim=12, tie_word_embeddings=True)
    return kind(**(sizes | more))


def gemma_config(tokenizer):
    return decoder_config(
        transformers.Gemma3TextConfig, tokenizer, query_pre_attn_scalar=12, sliding_window=40,
        use_bidirectional_attention=True, layer_types=["sliding_attention", "full_attention"],
        rope_parameters={"full_attention": default_rope(1e6), "sliding_attention": default_rope(1e4)},
    )


def gemma_keys(w, c):
    embedding_gemma(w, c)
    w.add_sliding_window_pattern([True, False])


def qwen_config(tokenizer):
    return decoder_config(transformers.Qwen3Config, tokenizer, max_position_embeddings=600, rope_parameters=default_rope(1e6))


def qwen_keys(pooling):
    def write(w, c):
        common_keys(w, c)
        w.add_pooling_type(pooling)

    return write


def pooled(pooling):
    def write(write_keys):
        def both(w, c):
            write_keys(w, c)
            name = c_key(w, "pooling_type")
            w.kv_data[0].pop(name, None)
            w.add_pooling_type(pooling)

        return both

    return write


def c_key(w, key):
    return "%s.%s" % (w.arch, key)


MEAN, CLS, LAST, RANK = (getattr(gguf.PoolingType, name) for name in ("MEAN", "CLS", "LAST", "RANK"))
BERT = dict(SIZE, layer_norm_eps=1e-6)
EMBEDDERS = {
    "bert": (
        "bert", word_pieces, write_word_pieces, "BertModel",
        lambda t: transformers.BertConfig(**BERT, vocab_size=len(t), pad_token_id=t.pad_token_id), keys, CLS,
    ),
    "nomic-bert": (
        "nomic-bert", word_pieces, write_word_pieces, "NomicBertModel",
        lambda t: transformers.NomicBertConfig(**BERT, vocab_size=len(t), pad_token_id=t.pad_token_id, rope_parameters=default_rope(1000.0)),
        pooled(MEAN)(nomic), MEAN,
    ),
    "modern-bert": (
        "modern-bert", modern_pairs, write_byte_pairs("modern-bert", "[CLS]", "[SEP]"), "ModernBertModel", modern_config, modern_keys, CLS,
    ),
    "qwen3-embedding": (
        "qwen3", qwen_pairs, write_byte_pairs("qwen2", None, "<|endoftext|>"), "Qwen3Model", qwen_config, qwen_keys(LAST), LAST,
    ),
    "gemma-embedding": ("gemma-embedding", gemma_pairs, write_gemma, "Gemma3TextModel", gemma_config, gemma_keys, MEAN),
}  # fmt: skip
RERANKERS = {
    "bert": (
        "bert", word_pieces, write_word_pieces, "BertForSequenceClassification",
        lambda t: transformers.BertConfig(**BERT, vocab_size=len(t), pad_token_id=t.pad_token_id, num_labels=1), keys,
    ),
    "xlm-roberta": (
        "bert", unigrams, write_unigrams, "XLMRobertaForSequenceClassification",
        lambda t: transformers.XLMRobertaConfig(
            **BERT | dict(max_position_embeddings=162), vocab_size=len(t), pad_token_id=1, bos_token_id=0, eos_token_id=2,
            type_vocab_size=1, num_labels=1,
        ),
        keys,
    ),
    "modern-bert": (
        "modern-bert", modern_pairs, write_byte_pairs("modern-bert", "[CLS]", "[SEP]"), "ModernBertForSequenceClassification",
        lambda t: modern_config(t, num_labels=1, classifier_pooling="mean"), modern_keys,
    ),
    "qwen3": (
        "qwen3", lambda: qwen_pairs("<|im_start|>", "<|im_end|>"), write_byte_pairs("qwen2", None, "<|endoftext|>"), "Qwen3ForCausalLM",
        qwen_config, qwen_keys(RANK),
    ),
}  # fmt: skip


def without(tensors, *parts):
    return {name: values for name, values in tensors.items() if not any(part in name for part in parts)}


def named(tensors, arch, config):
    """The names and rows that the converter writes."""
    if arch == "nomic-bert":
        nomic_names(tensors, None, None, None)
    if arch == "gemma-embedding":
        gemma_norms(tensors, config)
    if arch in ("qwen3", "gemma-embedding"):
        tensors = {name if name.startswith(("model.", "!")) else "model." + name: v for name, v in tensors.items()}
    number = next(a for a, n in gguf.MODEL_ARCH_NAMES.items() if n == arch)
    table = gguf.get_tensor_name_map(number, config.num_hidden_layers)
    names = {}
    for name, values in tensors.items():
        plain = name.removeprefix("bert.").removeprefix("roberta.")
        if plain.startswith("model.") and arch == "modern-bert":
            plain = plain.removeprefix("model.")
        if plain == "embeddings.position_embeddings.weight" and config.model_type == "xlm-roberta":
            values = values[2:]
        plain = {
            "pooler.dense.weight": "!cls.weight", "pooler.dense.bias": "!cls.bias",
            "classifier.weight": "!cls.output.weight", "classifier.bias": "!cls.output.bias",
        }.get(plain, plain)  # fmt: skip
        names[plain[1:] if plain.startswith("!") else gguf_name(plain, table, {}, config)] = values
    return names


def write(name, arch, config, write_keys, write_tokenizer, tokenizer, tensors, extra=()):
    path = OUT / f"{name}.gguf"
    writer = gguf.GGUFWriter(path, arch)
    writer.add_name(name)
    if config.model_type == "xlm-roberta":
        config.max_position_embeddings -= 2
    write_keys(writer, config)
    write_tokenizer(writer, tokenizer)
    for key, value in extra:
        writer.add_string(key, value)
    for tensor, values in tensors.items():
        writer.add_tensor(tensor, np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def made(seed, kind, config):
    random = np.random.default_rng(seed)
    config._attn_implementation = "eager"
    module = getattr(transformers, kind)(config).to(torch.float32).eval()
    randomize(module, random, "Gemma" in kind)
    return module, random


def golden(name, path, **fields):
    (OUT / f"{name}.json").write_text(json.dumps({"model": path.name} | fields, ensure_ascii=False) + "\n")
    print(name, f"{path.stat().st_size:,} bytes", flush=True)


def embedder(seed, name, spec):
    arch, make_tokenizer, write_tokenizer, kind, make_config, write_keys, pooling = spec
    tokenizer = make_tokenizer()
    config = make_config(tokenizer)
    module, random = made(seed, kind, config)
    tensors = {n: p.numpy() for n, p in module.state_dict().items()}
    tensors = named(without(tensors, "pooler", "_ids"), arch, config)
    extra = []
    with tempfile.TemporaryDirectory() as folder:
        module.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        mode = {MEAN: "mean", CLS: "cls", LAST: "lasttoken"}[pooling]
        modules = [Transformer(folder, model_kwargs={"attn_implementation": "eager"}), Pooling(config.hidden_size, pooling_mode=mode)]
        if arch == "gemma-embedding":
            for number, (rows, columns) in ((2, (64, 32)), (3, (32, 64))):
                weight = random.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)
                dense = Dense(columns, rows, bias=False, activation_function=torch.nn.Identity())
                dense.linear.weight.copy_(torch.from_numpy(weight))
                modules.append(dense)
                tensors[f"dense_{number}.weight"] = weight
            plain_keys = write_keys

            def write_keys(w, c):
                plain_keys(w, c)
                w.add_dense_features_dims("dense_2", 32, 64)
                w.add_dense_features_dims("dense_3", 64, 32)

        sentences = SentenceTransformer(modules=[*modules, Normalize()], device="cpu").eval()
        vectors = [sentences.encode([text], convert_to_numpy=True)[0] for text in TEXTS]
        tokens = [len(sentences.tokenizer(text)["input_ids"]) for text in TEXTS]
    path = write("text-" + name, arch, config, write_keys, write_tokenizer, tokenizer, tensors, extra)
    golden(
        "text-" + name, path, texts=TEXTS, tokens=tokens, vectors=[[round(float(v), 8) for v in vector] for vector in vectors]
    )


def reranker(seed, name, spec):
    arch, make_tokenizer, write_tokenizer, kind, make_config, write_keys = spec
    tokenizer = make_tokenizer()
    config = make_config(tokenizer)
    module, _ = made(seed, kind, config)
    tensors = {n: p.numpy() for n, p in module.state_dict().items()}
    extra = []
    if name == "qwen3":
        head = tensors.pop("lm_head.weight")
        yes, no = (tokenizer.encode(word, add_special_tokens=False) for word in ("yes", "no"))
        assert len(yes) == len(no) == 1
        tensors = named(tensors, arch, config)
        tensors["cls.output.weight"] = head[[yes[0], no[0]]]
        extra = [("tokenizer.chat_template.rerank", YES_NO)]
        relevance, tokens = [], []
        for document in DOCUMENTS:
            prompt = YES_NO.replace("{query}", QUERY).replace("{document}", document)
            ids = tokenizer.encode(prompt, add_special_tokens=False)
            logits = module(torch.tensor([ids])).logits[0, -1, [yes[0], no[0]]]
            relevance.append(float(torch.softmax(logits, 0)[0]))
            tokens.append(len(ids))
    else:
        tensors = named(without(tensors, "_ids"), arch, config)
        with tempfile.TemporaryDirectory() as folder:
            module.save_pretrained(folder)
            tokenizer.save_pretrained(folder)
            cross = CrossEncoder(folder, device="cpu", max_length=160)
            relevance = [float(cross.predict([(QUERY, document)])[0]) for document in DOCUMENTS]
            tokens = [len(cross.tokenizer(QUERY, document)["input_ids"]) for document in DOCUMENTS]

    def all_keys(w, c):
        write_keys(w, c)
        w.add_classifier_output_labels(["yes", "no"] if name == "qwen3" else ["LABEL_0"])

    path = write("rank-" + name, arch, config, all_keys, write_tokenizer, tokenizer, tensors, extra)
    golden("rank-" + name, path, query=QUERY, documents=DOCUMENTS, tokens=tokens, relevance=relevance)


def main():
    wanted = sys.argv[1:]
    for seed, (name, spec) in enumerate(EMBEDDERS.items(), start=400):
        if not wanted or "text-" + name in wanted:
            embedder(seed, name, spec)
    for seed, (name, spec) in enumerate(RERANKERS.items(), start=450):
        if not wanted or "rank-" + name in wanted:
            reranker(seed, name, spec)


if __name__ == "__main__":
    main()
