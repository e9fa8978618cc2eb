"""Independent tokenizers built from nothing but a GGUF file's own vocabulary."""

import gguf
from sentencepiece import SentencePieceProcessor
from sentencepiece import sentencepiece_model_pb2 as spm
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers


def read(path):
    reader = gguf.GGUFReader(path)
    prefix = "tokenizer.ggml."
    return {
        name.removeprefix(prefix): field.contents()
        for name, field in reader.fields.items()
        if name.startswith(prefix)
    }


def smollm(path):
    """Byte-level BPE as SmolLM2 publishes it: single digits apart, then GPT-2's pattern."""
    vocabulary = read(path)
    assert (vocabulary["model"], vocabulary["pre"]) == ("gpt2", "smollm")
    tokens, types = vocabulary["tokens"], vocabulary["token_type"]
    tokenizer = Tokenizer(
        models.BPE(
            vocab={token: i for i, token in enumerate(tokens)},
            merges=[tuple(merge.split(" ")) for merge in vocabulary["merges"]],
        )
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [token for token, kind in zip(tokens, types) if kind == gguf.TokenType.CONTROL]
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in special]
    )
    return tokenizer


def sentencepiece(path):
    """The SentencePiece model (type BPE, no normalisation) whose pieces the file lists."""
    vocabulary = read(path)
    assert vocabulary["model"] == "llama"
    model = spm.ModelProto()
    for token, score, kind in zip(
        vocabulary["tokens"], vocabulary["scores"], vocabulary["token_type"]
    ):
        # GGUF took its token types over from SentencePiece's, number by number, but writes the
        # spaces of user-defined tokens as spaces.
        if kind == gguf.TokenType.USER_DEFINED:
            token = token.replace(" ", "\u2581")
        model.pieces.add(piece=token, score=score, type=kind)
    model.trainer_spec.model_type = spm.TrainerSpec.BPE
    model.trainer_spec.byte_fallback = True
    model.trainer_spec.vocab_size = len(vocabulary["tokens"])
    model.trainer_spec.unk_id = vocabulary["unknown_token_id"]
    model.trainer_spec.bos_id = vocabulary["bos_token_id"]
    model.trainer_spec.eos_id = vocabulary["eos_token_id"]
    model.trainer_spec.pad_id = vocabulary.get("padding_token_id", -1)
    model.trainer_spec.unk_piece = vocabulary["tokens"][vocabulary["unknown_token_id"]]
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = vocabulary.get("add_space_prefix", True)
    model.normalizer_spec.remove_extra_whitespaces = False
    model.normalizer_spec.escape_whitespaces = True
    return SentencePieceProcessor(model_proto=model.SerializeToString())
