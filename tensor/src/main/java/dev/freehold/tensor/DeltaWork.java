package dev.freehold.tensor;

/// The gated delta rule on consecutive rows of one sequence (Yang et al., arXiv 2412.06464). Each
/// value head has a memory `[keySize, valueSize]`; a row's key, query and value change and read it:
///
/// `memory ·= decay; memory += key ⊗ beta · (value − keyᵀ·memory); result = queryᵀ·memory`
///
/// @param qkv queries, keys and values of each row: `[rows, stride]`, in a row `[keyHeads,
///   keySize]` of queries, the same of keys, `[valueHeads, valueSize]` of values
/// @param stride numbers of a row of `qkv`
/// @param row first row
/// @param count how many rows
/// @param betas `[rows, valueHeads]`: how much of a value is put in
/// @param decays `[rows, valueHeads]`: how much of the memory is kept
/// @param memory `[valueHeads, keySize, valueSize]`, changed in place
/// @param results `[rows, valueHeads, valueSize]`
/// @param keyHeads heads of queries and keys
/// @param valueHeads heads of values
/// @param keySize numbers of a key
/// @param valueSize numbers of a value
/// @param takingTurns whether value head `h` belongs to key head `h mod keyHeads`; else neighbours
///   share one
public record DeltaWork(
    float[] qkv,
    int stride,
    int row,
    int count,
    float[] betas,
    float[] decays,
    float[] memory,
    float[] results,
    int keyHeads,
    int valueHeads,
    int keySize,
    int valueSize,
    boolean takingTurns) {

  /// Numbers that a thread needs for itself.
  public int scratch() {
    return keySize * valueSize + count;
  }

  /// Where the query of a row is for a value head; its key lies `keyHeads · keySize` further on.
  int query(int index, int head) {
    int keyHead = takingTurns ? head % keyHeads : head / (valueHeads / keyHeads);
    return (row + index) * stride + keyHead * keySize;
  }

  int key(int index, int head) {
    return query(index, head) + keyHeads * keySize;
  }

  int value(int index, int head) {
    return (row + index) * stride + 2 * keyHeads * keySize + head * valueSize;
  }

  int gate(int index, int head) {
    return (row + index) * valueHeads + head;
  }

  int result(int index, int head) {
    return gate(index, head) * valueSize;
  }
}
