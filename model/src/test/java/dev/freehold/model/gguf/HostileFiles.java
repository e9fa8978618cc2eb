package dev.freehold.model.gguf;

import java.util.List;

/// GGUF files of a few bytes, one for each class of fault that readers of GGUF were attacked with,
/// or fell over. Mutants begin with them, a test has each refused, and the table in
/// `docs/models.md` is made of them.
///
/// @param fault what is wrong with it
/// @param attacked where such a file did harm
/// @param file its bytes
/// @param refusal part of the reason it is refused for
record HostileFiles(String fault, String attacked, byte[] file, String refusal) {

  private static final byte[] DATA = new byte[204];

  static final List<HostileFiles> ALL =
      List.of(
          hostile(
              "nothing behind the magic number",
              "Ollama, CVE-2024-39720",
              new GgufBuilder().raw("GGUF"),
              "ends inside the version"),
          hostile(
              "a header that ends inside an entry",
              "llama.cpp, CVE-2024-32878",
              entries(1).entry("k", ValueType.UINT64).integer(7),
              "ends inside k"),
          hostile(
              "more entries than there is room for",
              "llama.cpp, CVE-2024-23605, CVE-2024-25664",
              entries(1L << 61).raw(DATA),
              "metadata entries do not fit"),
          hostile(
              "more tensors than there is room for",
              "llama.cpp, CVE-2024-21836, CVE-2024-25666",
              GgufBuilder.header(3, 1L << 61, 0).raw(DATA),
              "tensors do not fit"),
          hostile(
              "a string whose length wraps around",
              "llama.cpp, CVE-2024-23496, CVE-2024-25665",
              entries(1).number(-8).raw("key").padTo(32).raw(DATA),
              "a metadata key of 18446744073709551608 bytes"),
          hostile(
              "a text longer than the file",
              "llama.cpp, its commit 418dea39",
              entries(1).entry("k", ValueType.STRING).number(1L << 40).raw(DATA),
              "a string of k reaches past the end"),
          hostile(
              "an array larger than memory",
              "llama.cpp, CVE-2024-21825, CVE-2024-25667; Ollama, its issue 17042",
              array(ValueType.UINT64, 1L << 60).raw(DATA),
              "elements of k do not fit"),
          hostile(
              "an array whose last text has no end",
              "llama.cpp, CVE-2024-25668",
              array(ValueType.STRING, 20).raw(new byte[19 * 8]).number(1L << 40).raw(DATA),
              "a string of k reaches past the end"),
          hostile(
              "an array of arrays",
              "llama.cpp, CVE-2024-21825",
              array(ValueType.ARRAY, 1).raw(DATA),
              "array of arrays"),
          hostile(
              "a type of value that is none",
              "llama.cpp, CVE-2024-21825",
              entries(1).string("k").integer(13).raw(DATA),
              "unknown type 13"),
          hostile(
              "a key that comes twice",
              "llama.cpp, its commit 418dea39",
              entries(2).text("k", "v").text("k", "w").padTo(32).raw(DATA),
              "k occurs twice"),
          hostile(
              "more dimensions than there is room for",
              "llama.cpp, CVE-2024-21802; gguf-tools, its issue 25",
              tensor(0, 0, 1, 1, 1, 1, 1, 1),
              "6 dimensions"),
          hostile(
              "a dimension of nothing, which is divided by",
              "ggml, its pull request 1517",
              tensor(0, 0, 8, 0),
              "dimension 0"),
          hostile("a negative dimension", "llama.cpp", tensor(0, 0, -4), "dimension"),
          hostile(
              "dimensions whose product wraps around",
              "gguf-rs, its issue 15; gguf-parser-go, its issue 20",
              tensor(0, 0, 1L << 32, 1L << 31, 2),
              "larger than any file"),
          hostile(
              "weights that can be counted and bytes that cannot",
              "llama.cpp, CVE-2026-33298",
              tensor(0, 0, 1L << 61, 2),
              "larger than any file"),
          hostile(
              "tensors whose sizes add up to nothing",
              "llama.cpp, CVE-2025-53630, CVE-2026-27940",
              GgufBuilder.header(3, 4, 0)
                  .tensor("a", 0, 0, 1L << 60)
                  .tensor("b", 0, 0, 1L << 60)
                  .tensor("c", 0, 0, 1L << 60)
                  .tensor("d", 0, 0, 1L << 60)
                  .padTo(32)
                  .raw(DATA),
              "the file ends before them"),
          hostile(
              "a withdrawn type of tensor, whose blocks have no size",
              "llama.cpp, its issue 8816",
              tensor(4, 0, 32),
              "Tensor type 4 "),
          hostile(
              "a negative type of tensor",
              "llama.cpp, its commit 418dea39",
              tensor(-1, 0, 32),
              "Tensor type 4294967295"),
          hostile(
              "rows that do not fill their blocks",
              "llama.cpp, its issue 8816",
              tensor(12, 0, 32),
              "do not fill blocks of 256"),
          hostile(
              "an offset past the end",
              "Ollama, CVE-2026-7482",
              tensor(0, 1L << 40, 8),
              "the file ends before them"),
          hostile(
              "a tensor that ends past the end",
              "Ollama, CVE-2026-7482",
              tensor(0, 0, 52),
              "the file ends before them"),
          hostile(
              "an offset that wraps around with the size",
              "llama.cpp",
              tensor(0, Long.MAX_VALUE - 31, 16),
              "the file ends before them"),
          hostile("a negative offset", "llama.cpp", tensor(0, -32, 16), "not aligned to 32"),
          hostile(
              "a tensor that comes twice",
              "llama.cpp",
              GgufBuilder.header(3, 2, 0)
                  .tensor("t", 0, 0, 8)
                  .tensor("t", 0, 32, 8)
                  .padTo(32)
                  .raw(DATA),
              "t occurs twice"),
          hostile(
              "an alignment of nothing, which is divided by",
              "candle, its pull request 3876",
              aligned(ValueType.UINT32).integer(0).raw(DATA),
              "general.alignment is 0"),
          hostile(
              "an alignment that pads beyond all files",
              "ggml, its pull request 1516",
              aligned(ValueType.UINT32).integer(1 << 30).raw(DATA),
              "general.alignment is 1073741824"),
          hostile(
              "an alignment that is no number",
              "llama.cpp, its pull request 26318",
              aligned(ValueType.STRING).string("32").raw(DATA),
              "general.alignment should be a whole number"));

  @Override
  public String toString() {
    return fault;
  }

  private static HostileFiles hostile(
      String fault, String attacked, GgufBuilder file, String refusal) {
    return new HostileFiles(fault, attacked, file.build(), refusal);
  }

  private static GgufBuilder entries(long count) {
    return GgufBuilder.header(3, 0, count);
  }

  private static GgufBuilder array(ValueType element, long count) {
    return entries(1).entry("k", ValueType.ARRAY).integer(element.ordinal()).number(count);
  }

  private static GgufBuilder tensor(int type, long offset, long... shape) {
    return GgufBuilder.header(3, 1, 0).tensor("t", type, offset, shape).padTo(32).raw(DATA);
  }

  private static GgufBuilder aligned(ValueType type) {
    return entries(1).entry("general.alignment", type);
  }
}
