"""Codebooks and goldens of GGUF's tensor types, from the `gguf` package.

    oracles/tensor_types.py

Writes two things.

1. `tensor/src/main/resources/dev/freehold/tensor/codebooks.bin`: the codebooks of the IQ types, which are part of the
   file format: without them no such file can be read. Each entry is a 16-bit little-endian number of eight 2-bit or
   four 3-bit digits, first digit lowest; IQ2_XXS (256), IQ2_XS (512), IQ2_S (1024), IQ1 (2048), IQ3_XXS (256),
   IQ3_S (512) follow each other.
2. `tensor/src/test/resources/dev/freehold/tensor/dequantized.txt`: for each type, its block size and bytes and the
   SHA-256 of the floats of 512 random blocks. The blocks are SplitMix64 numbers from the type's id, whose half-precision
   scales have been made finite by clearing one bit, so that the test makes the same ones.
3. `quantized.txt` beside it: for each type that the package can write and so can we, the SHA-256 of the blocks of 8192
   floats; these are `(bits >> 40) / 2^23 - 1`, times 2 to the power of four more bits minus 8, of SplitMix64 from seed 99.
"""

import hashlib
import pathlib

import gguf
import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCKS = 512

# Bytes of a block whose bit 6 belongs to the exponent of a scale: cleared, the scale is finite.
SCALES = {
    "F32": [3], "F16": [1], "BF16": [1], "Q4_0": [1], "Q5_0": [1], "Q8_0": [1], "Q4_1": [1, 3], "Q5_1": [1, 3],
    "Q2_K": [81, 83], "Q3_K": [109], "Q4_K": [1, 3], "Q5_K": [1, 3], "Q6_K": [209], "IQ2_XXS": [1], "IQ2_XS": [1],
    "IQ2_S": [1], "IQ3_XXS": [1], "IQ3_S": [1], "IQ1_S": [1], "IQ1_M": [55], "IQ4_NL": [1], "IQ4_XS": [1],
    "TQ1_0": [53], "TQ2_0": [65], "MXFP4": [], "NVFP4": [],
}  # fmt: skip


def splitmix(seed, count):
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def blocks(name):
    kind = GGMLQuantizationType[name]
    size = GGML_QUANT_SIZES[kind][1]
    count = BLOCKS * size
    data = splitmix(int(kind), (count + 7) // 8).view(np.uint8)[:count].reshape(BLOCKS, size).copy()
    for at in SCALES[name]:
        data[:, at] &= 0xBF
    return data


def digits(kind, bits):
    traits = quants._type_traits[kind]
    traits.init_grid()
    grid = np.asarray(traits.grid).reshape(traits.grid_shape)
    index = {float(value): i for i, value in enumerate(traits.grid_map)}
    numbers = [sum(index[float(v)] << (bits * j) for j, v in enumerate(row)) for row in grid]
    return np.array(numbers, dtype="<u2").tobytes()


def main():
    kinds = GGMLQuantizationType
    books = [(kinds.IQ2_XXS, 2), (kinds.IQ2_XS, 2), (kinds.IQ2_S, 2), (kinds.IQ1_S, 2), (kinds.IQ3_XXS, 3), (kinds.IQ3_S, 3)]
    target = ROOT / "tensor/src/main/resources/dev/freehold/tensor/codebooks.bin"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"".join(digits(*book) for book in books))

    lines = []
    for name in SCALES:
        kind = GGMLQuantizationType[name]
        size, bytes_ = GGML_QUANT_SIZES[kind]
        data = blocks(name)
        if name == "F32":
            weights = data.view("<f4")
        else:
            with np.errstate(over="ignore"):
                weights = quants.dequantize(data, kind)
        weights = weights.reshape(-1).astype("<f4") + np.float32(0)  # one zero
        assert not np.isnan(weights).any(), name
        lines.append(f"{name} {size} {bytes_} {hashlib.sha256(weights.tobytes()).hexdigest()}")
    target = ROOT / "tensor/src/test/resources/dev/freehold/tensor/dequantized.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n")

    bits = splitmix(99, 8192)
    numbers = (bits >> np.uint64(40)).astype(np.float32) / np.float32(1 << 23) - np.float32(1)
    numbers *= np.exp2((bits & np.uint64(15)).astype(np.float32) - np.float32(8))
    numbers[4096:4128] = 0
    lines = []
    for name in ["F16", "BF16", "Q8_0", "Q4_0", "Q5_0", "Q5_1"]:
        packed = quants.quantize(numbers, GGMLQuantizationType[name])
        lines.append(f"{name} {hashlib.sha256(packed.tobytes()).hexdigest()}")
    (target.parent / "quantized.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
