"""10,000 strings through the reference tokenizer of each family, kept as hashes.

    python oracles/tokenizer_families.py

The vocabularies are small ones made here; the procedures around them (normalisation, cutting,
merging) are the families' own, as their `tokenizer.json` files write them, run by `tokenizers` and
`sentencepiece`. The strings are put together by a generator that the test runs too.
"""

import base64
import gzip
import hashlib
import json
import tempfile
from pathlib import Path

import gguf
import sentencepiece as sp
from sentencepiece import sentencepiece_model_pb2 as spm
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from tokenizers.implementations import BertWordPieceTokenizer

OUT = Path(__file__).parent.parent / "model/src/test/resources/dev/freehold/model/tokenizer"
COUNT, BATCH = 10_000, 100
RANGES = [
    (0x20, 0x7E), (0x20, 0x7E), (0xA1, 0xFF), (0x100, 0x17F), (0x300, 0x33F), (0x391, 0x3A1), (0x410, 0x44F), (0x5D0, 0x5EA),
    (0x627, 0x63A), (0x64B, 0x669), (0x905, 0x94D), (0xE01, 0xE3A), (0x1E00, 0x1E99), (0x2000, 0x200F), (0x2190, 0x22FF),
    (0x3041, 0x3096), (0x30A1, 0x30FA), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0x1F600, 0x1F64F), (0x10400, 0x1044F),
    (0x20000, 0x2A6D6), (0x0, 0x1F),
]


class Draws:
    """Knuth's linear congruential generator of 64 bits; the upper bits are used."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


def strings(pool):
    draws = Draws(20261124)
    for _ in range(COUNT):
        out = []
        for _ in range(1 + draws.below(4)):
            if draws.below(4) == 3:
                low, high = RANGES[draws.below(len(RANGES))]
                out += [chr(low + draws.below(high - low + 1)) for _ in range(1 + draws.below(4))]
            else:
                text = pool[draws.below(len(pool))]
                start = draws.below(len(text) + 1)
                out.append(text[start : start + draws.below(min(40, len(text) - start) + 1)])
        yield "".join(out)


CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
END = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
LLAMA3 = CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + END
QWEN2 = LLAMA3.replace("{1,3}", "")
QWEN35 = CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" + END
UPPER, LOWER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]", "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
CASED = "[^\\r\\n\\p{L}\\p{N}]?%s*%s+%s|[^\\r\\n\\p{L}\\p{N}]?%s+%s*%s|"
GPT4O = CASED % (UPPER, LOWER, CONTRACTIONS + "?", UPPER, LOWER, CONTRACTIONS + "?") + "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + END
TEKKEN = CASED % (UPPER, LOWER, "", UPPER, LOWER, "") + "\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + END
DEEPSEEK = [
    "\\p{N}{1,3}",
    "[一-龥\u3040-ゟ゠-ヿ]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*" + END.replace("\\r", "\r").replace("\\n", "\n"),
]
SEED_CODER = QWEN2.replace("| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*", "| ?[^\\s\\p{L}\\p{N}\\r\\n]+")

GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
# Letters with case, as the tokenizer.json of DeepSeek's first models lists them.
CASED_LETTERS = (
    "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώ"
    "ᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏"
    "𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"
)
HAN = "[一-龥\u0800-一가-\ud7ff]+"
BLOOM = " ?[^(\\s|[.,!?…。，、।۔،])]+"


def split(regex, behaviour="Isolated"):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": behaviour, "invert": False}


def byte_level(regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": regex}


DIGITS = {"type": "Digits", "individual_digits": True}
# Name in GGUF: stages, composed first, whole words taken as they are.
FAMILIES = {
    "gpt-2": ([byte_level(True)], False, False),
    "modern-bert": ([byte_level(True)], True, False),
    "smollm": ([DIGITS, byte_level(True)], False, False),
    "llama-bpe": ([split(LLAMA3), byte_level(False)], False, True),
    "smaug-bpe": ([split(LLAMA3), byte_level(False)], False, False),
    "qwen2": ([split(QWEN2), byte_level(False)], True, False),
    "stablelm2": ([split(QWEN2), byte_level(False)], False, False),
    "qwen35": ([split(QWEN35), byte_level(False)], True, False),
    "gpt-4o": ([split(GPT4O), byte_level(False)], False, False),
    "tekken": ([split(TEKKEN), byte_level(False)], False, True),
    "deepseek-v3": ([split(stage) for stage in DEEPSEEK] + [byte_level(False)], False, False),
    "seed-coder": ([split(SEED_CODER), byte_level(False)], False, False),
    "deepseek-llm": (
        [
            split("[\r\n]"),
            split("\\s?[" + CASED_LETTERS + "]+"),
            split("\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+"),
            split("\\s+$"),
            split(HAN),
            DIGITS,
            byte_level(False),
        ],
        False,
        False,
    ),
    "deepseek-coder": (
        [split("[\r\n]"), split("\\s?\\p{L}+"), split("\\s?\\p{P}+"), split(HAN), DIGITS, byte_level(False)],
        False,
        False,
    ),
    # The last two steps see the letters that stand for bytes.
    "falcon": (
        [
            {"type": "Punctuation", "behavior": "Contiguous"},
            byte_level(True),
            {"type": "Digits", "individual_digits": False},
            split("[0-9][0-9][0-9]"),
        ],
        False,
        False,
    ),
    # No family's: what llama.cpp does for files that call it so.
    "default": (
        [split("[\\p{P}$+<=>^~|]+"), split(GPT2), split("\\p{N}+"), split("[0-9][0-9][0-9]"), byte_level(False)],
        False,
        False,
    ),
    "minicpm5": ([split("\\p{N}{1,3}"), split(LLAMA3.replace("{1,3}", "+")), byte_level(False)], False, False),
    "laguna": ([split("(?:\\r?\\n)+(?!\\r?\\n)", "MergedWithNext"), split(QWEN2), byte_level(False)], False, False),
    "bloom": ([split(BLOOM), byte_level(False)], False, False),
    "viking": ([split(BLOOM.replace("[.", ".").replace("])]", ")]")), DIGITS, byte_level(False)], False, False),
}


def hashes(encode, pool):
    out, batch = [], []
    for text in strings(pool):
        batch.append(",".join(map(str, encode(text))))
        if len(batch) == BATCH:
            out.append(hashlib.sha256("\n".join(batch).encode()).hexdigest()[:12])
            batch = []
    return out


def described(model, stages, composed, added=()):
    return {
        "version": "1.0",
        "added_tokens": list(added),
        "normalizer": {"type": "NFC"} if composed else None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": stages} if len(stages) > 1 else stages[0] if stages else None,
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": model,
    }


def reference(description):
    tokenizer = Tokenizer.from_str(json.dumps(description))
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def byte_pairs(pool):
    tokenizer = Tokenizer(models.BPE())
    # Nothing is cut while it learns, so that merges cross every border a family may draw.
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = trainers.BpeTrainer(vocab_size=1500, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator([text[i : i + 9] for text in pool for i in range(0, len(text), 5)], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    # Words that no merge makes.
    for word in ["Ġlight", "Ġcolour", "body", "Ġthe", "Ġ123", "ing", "...", "123"]:
        model["vocab"].setdefault(word, len(model["vocab"]))
    return model


def word_pieces(pool, lowercase):
    tokenizer = BertWordPieceTokenizer(lowercase=lowercase)
    tokenizer.train_from_iterator(pool, vocab_size=1200, min_frequency=1, show_progress=False)
    description = json.loads(tokenizer.to_str())
    ends = [[text, description["model"]["vocab"][text]] for text in ("[SEP]", "[CLS]")]
    return description | {"post_processor": {"type": "BertProcessing", "sep": ends[0], "cls": ends[1]}}


def unigrams(pool):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "text").write_text("\n".join(pool))
        sp.SentencePieceTrainer.train(
            input=folder + "/text", model_prefix=folder + "/m", model_type="unigram", vocab_size=2600, pad_id=0, eos_id=1,
            unk_id=2, bos_id=-1, character_coverage=0.98, num_threads=1, minloglevel=2, max_sentence_length=100000,
        )
        processor = sp.SentencePieceProcessor(model_file=folder + "/m.model")
    model = spm.ModelProto.FromString(processor.serialized_model_proto())


    vocab = [[piece.piece, piece.score] for piece in model.pieces]
    description = {
        "version": "1.0",
        "added_tokens": [
            {"id": i, "content": text, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
            for i, text in enumerate(["<pad>", "</s>", "<unk>"])
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()},
                {"type": "Strip", "strip_left": True, "strip_right": True},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"},
            ],
        },
        "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}},
        },
        "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
        "model": {"type": "Unigram", "unk_id": 2, "vocab": vocab, "byte_fallback": False},
    }
    # `tokenizers` maps characters by grapheme and sentencepiece by the longest match: the text is
    # brought into its normal form by sentencepiece, and cut into pieces by both.
    tokenizer = Tokenizer.from_str(json.dumps(description | {"normalizer": None}))

    def encode(text):
        normal = processor.normalize(text).replace("\u2581", " ")
        normal = normal[1:] if normal.startswith(" ") else normal
        return tokenizer.encode(normal, add_special_tokens=False).ids

    other = sum(encode(text) != processor.encode(text) for text in strings(pool))
    print("unigram: sentencepiece itself, in floats of 32 bits, differs on", other)
    return description, encode


def character_pairs():
    """Llama 2's kind as transformers converts it: SentencePiece's pairs as merges."""
    fields = gguf.GGUFReader(OUT / "sentencepiece-llama.gguf").fields
    tokens, scores = (fields["tokenizer.ggml." + key].contents() for key in ("tokens", "scores"))
    vocab = {token: i for i, token in enumerate(tokens)}
    merges = []
    for token, score in zip(tokens, scores):
        local = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in vocab and token[i:] in vocab]
        merges += [(left, right, score) for left, right in sorted(local, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))]
    merges.sort(key=lambda merge: merge[2], reverse=True)
    added = [
        {"id": i, "content": text, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for i, text in enumerate(["<unk>", "<s>", "</s>"])
    ]
    return {
        "version": "1.0",
        "added_tokens": added,
        "normalizer": {
            "type": "Sequence",
            "normalizers": [{"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}],
        },
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
        "model": {"type": "BPE", "vocab": vocab, "merges": [[left, right] for left, right, _ in merges], "byte_fallback": True, "fuse_unk": True, "unk_token": "<unk>"},
    }


CONTROL = ["<|im_start|>", "<|im_end|>"]


def control(base, pool):
    """Pairs of texts with control tokens before, between and after them, which are read as such."""
    stages, composed, _ = FAMILIES["qwen2"]
    added = [
        {"id": len(base["vocab"]) + i, "content": text, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for i, text in enumerate(CONTROL)
    ]
    description = described(base, stages, composed, added)
    encode = reference(description)
    return {"json": {"added_tokens": added}, "hashes": hashes(lambda text: encode(CONTROL[0] + text + CONTROL[1] + text + CONTROL[0]), pool)}


def decoded(base):
    """Texts of tokens drawn at random, most of them no sound UTF-8."""
    tokenizer = Tokenizer.from_str(json.dumps(described(base, [byte_level(True)], False)))
    draws, out = Draws(20261125), []
    for _ in range(COUNT // BATCH):
        texts = []
        for _ in range(BATCH):
            ids = [draws.below(len(base["vocab"])) for _ in range(1 + draws.below(12))]
            texts.append(tokenizer.decode(ids, skip_special_tokens=False))
        out.append(hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12])
    return out


def as_text(encode):
    """A user's text: what looks like a special token is none."""
    def plain(text):
        for special in ("<unk>", "<s>", "</s>", "<pad>", "[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"):
            text = text.replace(special, "")
        return encode(text)

    return plain


def main():
    pool = [json.loads(line)["text"] for line in (OUT / "smollm2.jsonl").read_text().splitlines()]
    base = byte_pairs(pool)
    golden = {"ranges": RANGES, "base": base, "families": {}, "whole": {}}
    for name, (stages, composed, whole) in FAMILIES.items():
        description = described(base | {"ignore_merges": whole}, stages, composed)
        golden["families"][name] = {
            "normalizer": description["normalizer"],
            "pre_tokenizer": description["pre_tokenizer"],
            "ignore_merges": whole,
            "hashes": hashes(reference(description), pool),
        }
    for name, description in {
        "wordpiece": word_pieces(pool, True),
        "wordpiece-cased": word_pieces(pool, False),
        "llama": character_pairs(),
    }.items():
        golden["whole"][name] = {"json": description, "hashes": hashes(as_text(reference(description)), pool)}
    description, encode = unigrams(pool)
    golden["whole"]["unigram"] = {"json": description, "hashes": hashes(as_text(encode), pool)}
    golden["control"] = control(base, pool)
    golden["decoded"] = decoded(base)
    body = json.dumps(golden, ensure_ascii=True).encode()
    (OUT / "families.json.gz").write_bytes(gzip.compress(body, mtime=0))
    print((OUT / "families.json.gz").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
