package dev.freehold.training;

import dev.freehold.tensor.Bf16Attention;
import dev.freehold.tensor.FloatProduct;
import dev.freehold.tensor.FloatRows;
import dev.freehold.tensor.Gradients.Softmax;
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
  record Heads(FloatRows queries, FloatRows keys, FloatRows values) {}

  private int group() {
    return heads / kvHeads;
  }

  /// A head of the queries, or keys, from one row on.
  private FloatRows head(FloatRows all, int row, int head) {
    return all.from(row, head * headSize);
  }

  /// The same of values, or of what attention writes.
  private FloatRows value(FloatRows all, int row, int head) {
    return all.from(row, head * valueSize);
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
  void forward(Packed pass, Heads in, FloatRows attended, float[] logSums) {
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
            turn(head(in.keys, start, kvHead), headSize, length, scratch, 0, whole(length));
          } else {
            brief.sequence(head(in.keys, start, kvHead), value(in.values, start, kvHead), length);
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
      FloatRows attended,
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
    FloatRows queries = head(in.queries, start + from, head);
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
    }
    FloatRows results = value(attended, start + from, head);
    if (brief == null) {
      for (int i = 0; i < rows; i++) {
        Arrays.fill(results.numbers(), results.at(i), results.at(i) + valueSize, 0);
      }
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
      FloatRows attended,
      float[] logSums,
      FloatRows attendedBack,
      float[] along,
      Heads back) {
    machinery.clear(back.queries, pass.rows());
    machinery.clear(back.keys, pass.rows());
    machinery.clear(back.values, pass.rows());
    machinery.eachRows(
        pass.rows(),
        (from, to, worker) -> {
          for (int i = from * heads; i < to * heads; i++) {
            FloatRows one = value(attended, i / heads, i % heads);
            FloatRows dy = value(attendedBack, i / heads, i % heads);
            along[i] =
                machinery.gradients.dot(
                    one.numbers(), one.start(), dy.numbers(), dy.start(), valueSize);
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
    private final FloatRows attendedBack;
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
        FloatRows attendedBack,
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
      brief.sequenceBack(head(in.keys, start, kvHead), value(in.values, start, kvHead), length);
      for (int head = kvHead * group(); head < (kvHead + 1) * group(); head++) {
        for (int from = 0; from < length; from += BLOCK) {
          int rows = Math.min(BLOCK, length - from);
          FloatRows queries = head(in.queries, start + from, head);
          brief.queriesBack(queries, value(attendedBack, start + from, head), rows);
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
        turn(head(in.keys, start + position, kvHead), headSize, positions, keysTurned);
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
      FloatRows queries = head(in.queries, start + from, head);
      FloatRows dy = value(attendedBack, start + from, head);
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
      Softmax softmax =
          new Softmax(
              rows,
              BLOCK,
              positions,
              from - position - before,
              from - position + 1,
              scale,
              logSums,
              along,
              (start + from) * heads + head,
              heads);
      machinery.gradients.softmaxBack(probabilities, gradient, softmax);
      FloatRows dq = head(back.queries, start + from, head);
      FloatRows dk = head(back.keys, start + position, kvHead);
      FloatRows dv = value(back.values, start + position, kvHead);
      if (brief == null) {
        FloatRows keys = head(in.keys, start + position, kvHead);
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
  }
}
