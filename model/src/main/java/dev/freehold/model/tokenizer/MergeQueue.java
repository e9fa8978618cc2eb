package dev.freehold.model.tokenizer;

import java.util.Arrays;

/// The pairs of neighbouring symbols that may be merged, best first: a binary heap of (order,
/// position), without an object for each.
///
/// An entry may be stale when it comes out, since its symbols may have been merged meanwhile; the
/// caller looks whether the pair at that position still has that order.
final class MergeQueue {

  private long[] heap;
  private int size;

  MergeQueue(int capacity) {
    heap = new long[Math.max(16, capacity)];
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// @param order the smaller the earlier; any integer
  /// @param position breaks ties from the left
  void add(int order, int position) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    long entry = ((long) order << 32) | position;
    int child = size++;
    while (child > 0) {
      int parent = (child - 1) >>> 1;
      if (heap[parent] <= entry) {
        break;
      }
      heap[child] = heap[parent];
      child = parent;
    }
    heap[child] = entry;
  }

  /// Takes the best entry; [#order] and [#position] read it.
  long poll() {
    long best = heap[0];
    long last = heap[--size];
    int parent = 0;
    while (true) {
      int child = 2 * parent + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (last <= heap[child]) {
        break;
      }
      heap[parent] = heap[child];
      parent = child;
    }
    heap[parent] = last;
    return best;
  }

  static int order(long entry) {
    return (int) (entry >> 32);
  }

  static int position(long entry) {
    return (int) entry;
  }
}
