package dev.freehold.training;

import dev.freehold.tensor.Bf16Attention;
import dev.freehold.tensor.FloatProduct;
import dev.freehold.tensor.FloatRows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Causal attention with grouped query heads over packed sequences, forward and back. Of the scores
/// only the logarithm of each row's sum is kept; the way back makes them again, block by block (Dao
/// et al., arXiv 2205.14135).
///
/// One thread takes all of one key/value head of one sequence, so that sums do not depend on the
/// number of threads.
///
/// @param machinery what computes
/// @param heads query heads
/// @param kvHeads key/value heads
/// @param headSize numbers of a query and of a key
/// @param valueSize numbers of a value
/// @param scale multiplies each score
/// @param before how many positions before its own a query sees
record CausalAttention(
    Machinery machinery,
    int heads,
    int kvHeads,
    int headSize,
    int valueSize,
    float scale,
    int before) {

  /// Queries, and positions, of a block.
  private static final int BLOCK = 64;

  /// Queries, keys and values of the rows of a pass, or their gradients.
  ///
  /// @param queries `[rows, heads, headSize]`
  /// @param keys `[rows, kvHeads, headSize]`
  /// @param values `[rows, kvHeads, valueSize]`
  record Heads(float[] queries, float[] keys, float[] values) {}

  private int group() {
    return heads / kvHeads;
  }

  private FloatRows query(float[] queries, int row, int head) {
    return new FloatRows(queries, (row * heads + head) * headSize, heads * headSize);
  }

  private FloatRows key(float[] keys, int row, int kvHead) {
    return new FloatRows(keys, (row * kvHeads + kvHead) * headSize, kvHeads * headSize);
  }

  private FloatRows value(float[] values, int row, int kvHead) {
    return new FloatRows(values, (row * kvHeads + kvHead) * valueSize, kvHeads * valueSize);
  }

  private FloatRows attended(float[] attended, int row, int head) {
    return new FloatRows(attended, (row * heads + head) * valueSize, heads * valueSize);
  }

  /// The first position, counted in its sequence, that the query at position `i` sees.
  private int first(int i) {
    return Math.max(0, i - before);
  }

  private static int whole(int count) {
    return Math.ceilDiv(count, BLOCK) * BLOCK;
  }

  /// Computes what the queries see.
  ///
  /// @param attended results, `[rows, heads, valueSize]`
  /// @param logSums logarithms of the rows' sums, `[rows, heads]`
  void forward(Packed pass, Heads in, float[] attended, float[] logSums) {
    machinery.workers.run(
        pass.sequences() * kvHeads,
        (part, worker) -> {
          int sequence = part / kvHeads;
          int start = pass.starts()[sequence];
          int length = pass.length(sequence);
          int turned = headSize * whole(length);
          float[] scratch = machinery.scratch(worker, turned + BLOCK * whole(length));
          int kvHead = part % kvHeads;
          Bf16Attention brief = machinery.attention(worker, headSize, valueSize);
          if (brief == null) {
            turn(key(in.keys, start, kvHead), headSize, length, scratch, 0, whole(length));
          } else {
            brief.sequence(key(in.keys, start, kvHead), value(in.values, start, kvHead), length);
          }
          for (int from = 0; from < length; from += BLOCK) {
            for (int head = kvHead * group(); head < (kvHead + 1) * group(); head++) {
              forward(brief, in, attended, logSums, start, length, from, head, scratch, turned);
            }
          }
        });
  }

  private void forward(
      @Nullable Bf16Attention brief,
      Heads in,
      float[] attended,
      float[] logSums,
      int start,
      int length,
      int from,
      int head,
      float[] scratch,
      int scores) {
    int rows = Math.min(BLOCK, length - from);
    int lowest = first(from) / BLOCK * BLOCK;
    int width = whole(from + rows) - lowest;
    FloatRows strip = new FloatRows(scratch, scores, width);
    FloatRows queries = query(in.queries, start + from, head);
    if (brief == null) {
      Arrays.fill(scratch, scores, scores + rows * width, 0);
      FloatRows keys = new FloatRows(scratch, lowest, whole(length));
      FloatProduct.add(queries, keys, strip, rows, headSize, width);
    } else {
      brief.scores(queries, rows, lowest, width, strip);
    }
    for (int i = 0; i < rows; i++) {
      int row = scores + i * width;
      int first = row + first(from + i) - lowest;
      int seen = from + i + 1 - first(from + i);
      float sum = machinery.gradients.softmax(scratch, first, seen, scale, 1);
      Arrays.fill(scratch, row, first, 0);
      Arrays.fill(scratch, first + seen, row + width, 0);
      logSums[(start + from + i) * heads + head] = sum;
      int result = ((start + from + i) * heads + head) * valueSize;
      Arrays.fill(attended, result, result + valueSize, 0);
    }
    FloatRows results = attended(attended, start + from, head);
    if (brief == null) {
      FloatRows values = value(in.values, start + lowest, head / group());
      FloatProduct.add(strip, values, results, rows, from + rows - lowest, valueSize);
    } else {
      brief.weigh(strip, rows, lowest, width, results);
    }
  }

  /// Writes `rows` rows of `width` numbers to `target`, turned round: `[width, stride]`, zero past
  /// the last row.
  private static void turn(
      FloatRows source, int width, int rows, float[] target, int at, int stride) {
    for (int d = 0; d < width; d++) {
      for (int row = 0; row < rows; row++) {
        target[at + d * stride + row] =
            source.numbers()[source.start() + row * source.stride() + d];
      }
      Arrays.fill(target, at + d * stride + rows, at + (d + 1) * stride, 0);
    }
  }

  /// Takes the gradient of what attention wrote back to queries, keys and values.
  ///
  /// @param attendedBack gradient of `attended`
  /// @param along room for `[rows, heads]`
  /// @param back gradients, written
  void back(
      Packed pass,
      Heads in,
      float[] attended,
      float[] logSums,
      float[] attendedBack,
      float[] along,
      Heads back) {
    machinery.clear(back.queries, pass.rows() * heads * headSize);
    machinery.clear(back.keys, pass.rows() * kvHeads * headSize);
    machinery.clear(back.values, pass.rows() * kvHeads * valueSize);
    machinery.eachRows(
        pass.rows(),
        (from, to, worker) -> {
          for (int i = from * heads; i < to * heads; i++) {
            int at = i * valueSize;
            along[i] = machinery.gradients.dot(attended, at, attendedBack, at, valueSize);
          }
        });
    machinery.workers.run(
        pass.sequences() * kvHeads,
        (part, worker) -> {
          int sequence = part / kvHeads;
          int size = (headSize + valueSize + 4 * BLOCK) * BLOCK;
          new Back(
                  machinery.attention(worker, headSize, valueSize),
                  in,
                  logSums,
                  attendedBack,
                  along,
                  back,
                  pass.starts()[sequence],
                  pass.length(sequence),
                  part % kvHeads,
                  machinery.scratch(worker, size))
              .run();
        });
  }

  /// The way back of one key/value head of one sequence.
  private final class Back {
    private final @Nullable Bf16Attention brief;
    private final Heads in;
    private final float[] logSums;
    private final float[] attendedBack;
    private final float[] along;
    private final Heads back;
    private final int start;
    private final int length;
    private final int kvHead;
    private final float[] scratch;
    private final int keysTurned = 0;
    private final int valuesTurned = headSize * BLOCK;
    private final int shares = valuesTurned + valueSize * BLOCK;
    private final int scores = shares + BLOCK * BLOCK;
    private final int sharesTurned = scores + BLOCK * BLOCK;
    private final int scoresTurned = sharesTurned + BLOCK * BLOCK;

    Back(
        @Nullable Bf16Attention brief,
        Heads in,
        float[] logSums,
        float[] attendedBack,
        float[] along,
        Heads back,
        int start,
        int length,
        int kvHead,
        float[] scratch) {
      this.brief = brief;
      this.in = in;
      this.logSums = logSums;
      this.attendedBack = attendedBack;
      this.along = along;
      this.back = back;
      this.start = start;
      this.length = length;
      this.kvHead = kvHead;
      this.scratch = scratch;
    }

    /// What is laid out in bf16 is laid out once: keys and values for the sequence, queries for all
    /// positions they see. Any gradient takes its sums in the same order either way.
    void run() {
      if (brief == null) {
        runExactly();
        return;
      }
      brief.sequenceBack(key(in.keys, start, kvHead), value(in.values, start, kvHead), length);
      for (int head = kvHead * group(); head < (kvHead + 1) * group(); head++) {
        for (int from = 0; from < length; from += BLOCK) {
          int rows = Math.min(BLOCK, length - from);
          FloatRows queries = query(in.queries, start + from, head);
          brief.queriesBack(queries, attended(attendedBack, start + from, head), rows);
          int lowest = first(from) / BLOCK * BLOCK;
          for (int position = lowest; position <= from; position += BLOCK) {
            block(head, from, rows, position, Math.min(BLOCK, length - position));
          }
        }
      }
    }

    private void runExactly() {
      for (int position = 0; position < length; position += BLOCK) {
        int positions = Math.min(BLOCK, length - position);
        turn(key(in.keys, start + position, kvHead), headSize, positions, keysTurned);
        turn(value(in.values, start + position, kvHead), valueSize, positions, valuesTurned);
        for (int head = kvHead * group(); head < (kvHead + 1) * group(); head++) {
          for (int from = position; from < length; from += BLOCK) {
            if (first(from) < position + positions) {
              block(head, from, Math.min(BLOCK, length - from), position, positions);
            }
          }
        }
      }
    }

    private void turn(FloatRows source, int width, int positions, int at) {
      CausalAttention.turn(source, width, positions, scratch, at, BLOCK);
    }

    private void block(int head, int from, int rows, int position, int positions) {
      FloatRows probabilities = new FloatRows(scratch, shares, BLOCK);
      FloatRows gradient = new FloatRows(scratch, scores, BLOCK);
      FloatRows queries = query(in.queries, start + from, head);
      FloatRows dy = attended(attendedBack, start + from, head);
      // In bf16 products are written, not added; what is past the rows is zero in either.
      int written = brief == null ? 0 : rows * BLOCK;
      Arrays.fill(scratch, shares + written, shares + BLOCK * BLOCK, 0);
      Arrays.fill(scratch, scores + written, scores + BLOCK * BLOCK, 0);
      if (brief == null) {
        FloatRows keys = new FloatRows(scratch, keysTurned, BLOCK);
        FloatRows values = new FloatRows(scratch, valuesTurned, BLOCK);
        FloatProduct.add(queries, keys, probabilities, rows, headSize, BLOCK);
        FloatProduct.add(dy, values, gradient, rows, valueSize, BLOCK);
      } else {
        brief.scoresOfBlock(rows, position, probabilities, gradient);
      }
      for (int i = 0; i < rows; i++) {
        scoreRow(head, from + i, i * BLOCK, position, positions);
      }
      FloatRows dq = query(back.queries, start + from, head);
      FloatRows dk = key(back.keys, start + position, kvHead);
      FloatRows dv = value(back.values, start + position, kvHead);
      if (brief == null) {
        FloatRows keys = key(in.keys, start + position, kvHead);
        FloatProduct.add(gradient, keys, dq, rows, positions, headSize);
        turn(gradient, BLOCK, rows, scoresTurned);
        FloatRows turned = new FloatRows(scratch, scoresTurned, BLOCK);
        FloatProduct.add(turned, queries, dk, positions, rows, headSize);
        turn(probabilities, BLOCK, rows, sharesTurned);
        turned = new FloatRows(scratch, sharesTurned, BLOCK);
        FloatProduct.add(turned, dy, dv, positions, rows, valueSize);
      } else {
        brief.back(probabilities, gradient, rows, position, positions, dq, dk, dv);
      }
    }

    /// Makes probabilities of a row's scores, and the scores' gradient of the probabilities'.
    private void scoreRow(int head, int i, int offset, int position, int positions) {
      int first = Math.clamp(first(i) - position, 0, positions);
      int end = Math.clamp(i + 1L - position, first, positions);
      int row = (start + i) * heads + head;
      int share = shares + offset;
      int score = scores + offset;
      machinery.gradients.exponentials(scratch, share + first, end - first, scale, logSums[row], 1);
      machinery.gradients.scoresBack(
          scratch, share + first, scratch, score + first, end - first, along[row], scale);
      Arrays.fill(scratch, share, share + first, 0);
      Arrays.fill(scratch, share + end, share + BLOCK, 0);
      Arrays.fill(scratch, score, score + first, 0);
      Arrays.fill(scratch, score + end, score + BLOCK, 0);
    }
  }
}
