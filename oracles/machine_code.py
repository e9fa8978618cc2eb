"""Writes tensor/src/test/resources/machine-code.txt: instructions as GNU as encodes them.

    python oracles/machine_code.py

Needs `as` and `objcopy` of binutils 2.38 or later for x86-64. A line is an instruction in Intel's syntax, a tab, and its bytes.
`AssemblerTest` writes the same instructions and compares.
"""

import subprocess
import tempfile
from pathlib import Path

GENERAL = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split()
VECTORS = [0, 7, 8, 15, 16, 31]
PLACES = (
    [f"[{base}]" for base in GENERAL]
    + [f"[{base}+{d}]" for base in ("rdi", "rsp", "rbp", "r12") for d in (4, 64, 100, 8128, 8192)]
    + [f"[{base}-{d}]" for base in ("rax", "r13") for d in (64, 128, 8192, 8256)]
    + [f"[{base}+{index}*{scale}]" for base in ("rbx", "rbp", "r13") for index in ("rcx", "rbp", "r12") for scale in (1, 2, 4, 8)]
)


def instructions():
    for d in VECTORS:
        for name in ("vpxord", "vdpbf16ps", "vpermw", "vpermt2d", "vpermt2w"):
            yield f"{name} zmm{d},zmm1,zmm2"
            yield f"{name} zmm1,zmm{d},zmm2"
            yield f"{name} zmm1,zmm2,zmm{d}"
        yield f"vmovdqa64 zmm{d},zmm3"
        yield f"vmovdqa64 zmm3,zmm{d}"
        yield f"vmovups zmm{d},[rdi]"
        yield f"vmovups [rdi],zmm{d}"
        yield f"vpbroadcastd zmm{d},dword ptr [rdi]"
        yield f"vcvtne2ps2bf16 zmm{d},zmm1,[rdi]"
        yield f"vcvtne2ps2bf16 zmm1,zmm{d},[rdi]"
        yield f"vaddps zmm{d},zmm1,[rdi]"
        yield f"vaddps zmm1,zmm{d},[rdi]"
    for place in PLACES:
        yield f"vmovups zmm9,{place}"
        yield f"vmovups {place},zmm20"
        yield f"vpbroadcastd zmm9,dword ptr {place}"
        yield f"vcvtne2ps2bf16 zmm9,zmm17,{place}"
        yield f"vaddps zmm9,zmm17,{place}"
        yield f"mov rdx,{place}"
        yield f"lea r9,{place}"
    for register in GENERAL:
        yield f"mov {register},rdx"
        yield f"mov rdx,{register}"
        yield f"add {register},rdx"
        yield f"add rdx,{register}"
        yield f"add {register},64"
        yield f"and {register},-64"
        yield f"dec {register}"
        yield f"push {register}"
        yield f"pop {register}"
        if register != "rax":
            yield f"add {register},1024"
    for register in ("eax", "ecx", "edx", "ebx"):
        yield f"mov {register},7"
    for place in PLACES:
        yield f"ldtilecfg {place}"
        if "*" in place:
            yield f"tileloadd tmm3,{place}"
            yield f"tilestored {place},tmm6"
    for d in (64, 128, 8192):
        yield f"tileloadd tmm1,[r8+r9*1+{d}]"
        yield f"tilestored [r8+r9*1+{d}],tmm2"
    for tile in range(8):
        yield f"tilezero tmm{tile}"
        yield f"tdpbf16ps tmm{tile},tmm1,tmm2" if tile not in (1, 2) else f"tdpbf16ps tmm{tile},tmm3,tmm4"
        yield f"tdpbf16ps tmm0,tmm{tile},tmm2" if tile not in (0, 2) else f"tdpbf16ps tmm1,tmm{tile},tmm7"
        yield f"tdpbf16ps tmm0,tmm1,tmm{tile}" if tile not in (0, 1) else f"tdpbf16ps tmm5,tmm4,tmm{tile}"
        yield f"tileloadd tmm{tile},[rdi+rsi*1]"
        yield f"tilestored [rdi+rsi*1],tmm{tile}"
    yield from ("cpuid", "ret", "vzeroupper", "tilerelease")


def main():
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        source, target, listing = (Path(folder) / name for name in ("a.s", "a.o", "a.lst"))
        texts = list(dict.fromkeys(instructions()))
        source.write_text(".intel_syntax noprefix\n" + "\n".join(texts) + "\n")
        subprocess.run(["as", "--64", f"-aln={listing}", "--listing-lhs-width=4", str(source), "-o", str(target)], check=True)
        for line in listing.read_text().splitlines():
            parts = line.split(None, 3) if line.strip() else []
            if len(parts) >= 3 and parts[0].isdigit() and int(parts[0]) >= 2:
                number, _, rest = line.split(None, 2)
                text = texts[int(number) - 2]
                code = rest[: rest.index(text)].replace(" ", "").strip()
                lines.append(f"{text}\t{code.strip().lower()}")
    assert len(lines) == len(texts), (len(lines), len(texts))
    out = Path(__file__).parent.parent / "tensor/src/test/resources/machine-code.txt"
    out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
