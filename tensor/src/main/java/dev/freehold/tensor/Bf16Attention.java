package dev.freehold.tensor;

import static dev.freehold.tensor.Bf16Layouts.pairs;
import static dev.freehold.tensor.Bf16Layouts.whole;

import dev.freehold.tensor.Bf16Kernels.Rows;
import dev.freehold.tensor.Bf16Layouts.Area;

/// The products of attention in bf16, for one key/value head at a time. What is multiplied is
/// rounded and laid out once for all products of a block, or of a sequence; sums are single
/// precision. Belongs to one thread.
public final class Bf16Attention {

  /// Queries, and positions, of a block.
  public static final int BLOCK = 64;

  private final Bf16Tiles tiles;
  private final Bf16Layouts layouts;
  private final int headSize;
  private final int valueSize;
  private final Area keysTurned = new Area();
  private final Area valuesTurned = new Area();
  private final Area keyRows = new Area();
  private final Area valueRows = new Area();
  private final Area queries = new Area();
  private final Area gradients = new Area();
  private final Area queryRows = new Area();
  private final Area gradientRows = new Area();
  private final Area shares = new Area();
  private final Area sharesTurned = new Area();
  private final Area scores = new Area();

  /// @param headSize numbers of a query and of a key
  /// @param valueSize numbers of a value
  /// @throws IllegalStateException where products in bf16 are not available
  public Bf16Attention(int headSize, int valueSize) {
    this(MachineBf16Kernels.get(), headSize, valueSize);
  }

  Bf16Attention(Bf16Kernels kernels, int headSize, int valueSize) {
    layouts = new Bf16Layouts(kernels);
    this.headSize = headSize;
    this.valueSize = valueSize;
    tiles = new Bf16Tiles(kernels);
  }

  /// Whether heads have these sizes.
  public boolean isFor(int queries, int values) {
    return headSize == queries && valueSize == values;
  }

  /// Takes the keys and values of a sequence, for [#scores] and [#weigh].
  ///
  /// @param keys `[length, headSize]`
  /// @param values `[length, valueSize]`
  public void sequence(FloatRows keys, FloatRows values, int length) {
    layouts.rightTurned(keysTurned, keys, length, headSize, whole(length, BLOCK));
    layouts.right(valueRows, values, length, valueSize, whole(length, BLOCK));
  }

  /// Writes products of queries and keys.
  ///
  /// @param some `[rows, headSize]`, at most [#BLOCK] rows
  /// @param position the first position, a multiple of [#BLOCK]
  /// @param width how many, a multiple of [#BLOCK]
  /// @param scores `[rows, width]`
  public void scores(FloatRows some, int rows, int position, int width, FloatRows scores) {
    Rows a = layouts.left(queries, some, rows, headSize, BLOCK);
    Rows b = keysTurned.rows().from(position / Panels.ROWS, 0);
    tiles.multiply(a, b, scores, pairs(headSize), rows, width, false);
  }

  /// Writes the sums of values that shares weigh.
  ///
  /// @param some `[rows, width]`, 0 where a position is not there
  /// @param attended `[rows, valueSize]`
  public void weigh(FloatRows some, int rows, int position, int width, FloatRows attended) {
    Rows a = layouts.left(shares, some, rows, width, BLOCK);
    Rows b = valueRows.rows().from(0, position / 2 * (long) Bf16Kernels.PAIR);
    tiles.multiply(a, b, attended, width / 2, rows, valueSize, false);
  }

  /// Takes the keys and values of a sequence, for [#scoresOfBlock] and [#back].
  ///
  /// @param keys `[length, headSize]`
  /// @param values `[length, valueSize]`
  public void sequenceBack(FloatRows keys, FloatRows values, int length) {
    int whole = whole(length, BLOCK);
    layouts.rightTurned(keysTurned, keys, length, headSize, whole);
    layouts.rightTurned(valuesTurned, values, length, valueSize, whole);
    layouts.right(keyRows, keys, length, headSize, whole);
  }

  /// Takes queries of one head and the gradients of what they saw, for [#scoresOfBlock] and
  /// [#back].
  ///
  /// @param some `[rows, headSize]`, at most [#BLOCK] rows
  /// @param attendedBack `[rows, valueSize]`
  public void queriesBack(FloatRows some, FloatRows attendedBack, int rows) {
    layouts.left(queries, some, rows, headSize, BLOCK);
    layouts.left(gradients, attendedBack, rows, valueSize, BLOCK);
    layouts.right(queryRows, some, rows, headSize, BLOCK);
    layouts.right(gradientRows, attendedBack, rows, valueSize, BLOCK);
  }

  /// Writes products of the queries with a block's keys, and of the gradients with its values.
  ///
  /// @param rows queries
  /// @param position the block's first position, a multiple of [#BLOCK]
  /// @param products `[rows, BLOCK]`
  /// @param sharesBack `[rows, BLOCK]`
  public void scoresOfBlock(int rows, int position, FloatRows products, FloatRows sharesBack) {
    Rows keys = keysTurned.rows().from(position / Panels.ROWS, 0);
    Rows values = valuesTurned.rows().from(position / Panels.ROWS, 0);
    tiles.multiply(queries.rows(), keys, products, pairs(headSize), rows, BLOCK, false);
    tiles.multiply(gradients.rows(), values, sharesBack, pairs(valueSize), rows, BLOCK, false);
  }

  /// Adds to the gradients of the queries and of a block's keys and values.
  ///
  /// @param weights shares of the queries' attention, `[BLOCK, BLOCK]`, 0 where there is no query
  ///   or no position
  /// @param scoresBack gradient of the scores, likewise
  /// @param rows queries
  /// @param position the block's first position, a multiple of [#BLOCK]
  /// @param positions of the block
  public void back(
      FloatRows weights,
      FloatRows scoresBack,
      int rows,
      int position,
      int positions,
      FloatRows queriesBack,
      FloatRows keysBack,
      FloatRows valuesBack) {
    int pairs = BLOCK / 2;
    Rows a = layouts.left(scores, scoresBack, rows, BLOCK, BLOCK);
    Rows keys = keyRows.rows().from(0, position / 2 * (long) Bf16Kernels.PAIR);
    tiles.multiply(a, keys, queriesBack, pairs, rows, headSize, true);
    a = layouts.leftTurned(sharesTurned, scoresBack, BLOCK);
    tiles.multiply(a, queryRows.rows(), keysBack, pairs, positions, headSize, true);
    a = layouts.leftTurned(sharesTurned, weights, BLOCK);
    tiles.multiply(a, gradientRows.rows(), valuesBack, pairs, positions, valueSize, true);
  }
}
