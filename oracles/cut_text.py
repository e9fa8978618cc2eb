"""Token ids of over a thousand strings, and two small SentencePiece vocabularies.

    python oracles/cut_text.py PATH/smollm2-135m-instruct-q4_1.gguf PATH/gemma3-270m-q4_k_m.gguf
"""

import json
import re
import sys
import tempfile
from pathlib import Path

import gguf
import sentencepiece as sp
from gguf import TokenType

from gguf_tokenizer import read, sentencepiece, smollm
from strings import TEXT, strings

OUT = Path(__file__).parent.parent / "model/src/test/resources/dev/freehold/model/tokenizer"


def write(name, plain, special=None):
    lines = []
    for text in strings():
        case = {"text": text, "ids": plain(text)}
        if special is not None and (ids := special(text)) != case["ids"]:
            case["special"] = ids
        lines.append(json.dumps(case, ensure_ascii=True, separators=(",", ":")) + "\n")
    (OUT / name).write_text("".join(lines))
    with_special = sum('"special"' in line for line in lines)
    print(f"{name}: {len(lines)} strings, {with_special} read otherwise with special tokens")


def smollm2(path):
    tokenizer = smollm(path)

    def encode(text, as_text):
        tokenizer.encode_special_tokens = as_text
        return tokenizer.encode(text, add_special_tokens=False).ids

    write("smollm2.jsonl", lambda text: encode(text, True), lambda text: encode(text, False))


def with_control_tokens(path, processor):
    """Cuts at control tokens first, as a chat template's output must be read."""
    vocabulary = read(path)
    special = {
        token: i
        for i, (token, kind) in enumerate(zip(vocabulary["tokens"], vocabulary["token_type"]))
        if kind in (TokenType.CONTROL, TokenType.UNKNOWN)
    }
    longest_first = sorted(special, key=len, reverse=True)
    pattern = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")

    def encode(text):
        ids = []
        for part in pattern.split(text):
            ids += [special[part]] if part in special else processor.encode(part)
        return ids

    return encode


def gemma3(path):
    processor = sentencepiece(path)
    write("gemma3.jsonl", processor.encode, with_control_tokens(path, processor))


def train(name, vocabulary_size, user_defined, space_prefix):
    """Trains a SentencePiece model as Llama 2's was, and keeps its vocabulary as a GGUF file."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = f"{folder}/model"
        sp.SentencePieceTrainer.train(
            input=str(TEXT),
            model_prefix=prefix,
            model_type="bpe",
            vocab_size=vocabulary_size,
            byte_fallback=True,
            character_coverage=1.0,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            add_dummy_prefix=space_prefix,
            split_digits=True,
            allow_whitespace_only_pieces=True,
            user_defined_symbols=user_defined,
            num_threads=1,
            minloglevel=2,
        )
        trained = sp.SentencePieceProcessor(model_file=prefix + ".model")
    model = sp.sentencepiece_model_pb2.ModelProto.FromString(trained.serialized_model_proto())
    path = OUT / f"{name}.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    # As converters of real models do it: spaces of user-defined tokens are written as spaces.
    user = TokenType.USER_DEFINED
    tokens = [p.piece.replace("\u2581", " ") if p.type == user else p.piece for p in model.pieces]
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_scores([piece.score for piece in model.pieces])
    writer.add_token_types([piece.type for piece in model.pieces])
    writer.add_unk_token_id(trained.unk_id())
    writer.add_bos_token_id(trained.bos_id())
    writer.add_eos_token_id(trained.eos_id())
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(space_prefix)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    rebuilt = sentencepiece(path)
    for text in strings():
        assert rebuilt.encode(text) == trained.encode(text), text
    # With a space put before the text, references differ on what follows a control token.
    special = None if space_prefix else with_control_tokens(path, trained)
    write(f"{name}.jsonl", trained.encode, special)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    train("sentencepiece-llama", 1000, [], space_prefix=True)
    train("sentencepiece-gemma", 1100, ["<table>", "<br>", "\n\n", "\n\n\n", "▁▁", "▁▁▁▁"], False)
    smollm2(sys.argv[1])
    gemma3(sys.argv[2])


if __name__ == "__main__":
    main()
