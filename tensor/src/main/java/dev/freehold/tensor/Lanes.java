package dev.freehold.tensor;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The vector shapes of this processor: 16 floats where it prefers 512 bits, 8 where 256. On one of
/// 128 bits the byte shapes that quants need do not exist; [#USABLE] is false there and the scalar
/// loops run, which the compiler vectorises in part.
final class Lanes {

  /// Floats in a vector.
  static final int COUNT = FloatVector.SPECIES_PREFERRED.length() >= 16 ? 16 : 8;

  /// Whether the processor has vectors of that size.
  static final boolean USABLE = FloatVector.SPECIES_PREFERRED.length() >= 8;

  static final VectorSpecies<Float> FLOATS =
      COUNT == 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;
  static final VectorSpecies<Integer> INTS =
      COUNT == 16 ? IntVector.SPECIES_512 : IntVector.SPECIES_256;
  static final VectorSpecies<Short> SHORTS =
      COUNT == 16 ? ShortVector.SPECIES_256 : ShortVector.SPECIES_128;
  static final VectorSpecies<Byte> BYTES =
      COUNT == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private static final VectorShuffle<Float> BY_EIGHT = by(8);
  private static final VectorShuffle<Float> BY_FOUR = by(4);
  private static final VectorShuffle<Float> BY_TWO = by(2);
  private static final VectorShuffle<Float> BY_ONE = by(1);

  private Lanes() {}

  private static VectorShuffle<Float> by(int lanes) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + lanes) % COUNT);
  }

  /// The sum of all lanes, always in the same order. [FloatVector#reduceLanes] leaves that open,
  /// and the last bits change once a method is compiled.
  static float sum(FloatVector vector) {
    FloatVector halves = COUNT == 16 ? vector.add(vector.rearrange(BY_EIGHT)) : vector;
    FloatVector quarters = halves.add(halves.rearrange(BY_FOUR));
    FloatVector pairs = quarters.add(quarters.rearrange(BY_TWO));
    return pairs.add(pairs.rearrange(BY_ONE)).lane(0);
  }

  static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(FLOATS, array, at);
  }

  /// Those lanes that `chosen` has; the others are 0, and nothing is read for them.
  static FloatVector load(float[] array, int at, VectorMask<Float> chosen) {
    return FloatVector.fromArray(FLOATS, array, at, chosen);
  }

  /// The first `count` lanes.
  static VectorMask<Float> first(int count) {
    return FLOATS.indexInRange(0, count);
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector zero() {
    return FloatVector.zero(FLOATS);
  }

  /// Signed bytes as floats.
  static FloatVector signed(byte[] array, int at) {
    return (FloatVector)
        ByteVector.fromArray(BYTES, array, at).convertShape(VectorOperators.B2F, FLOATS, 0);
  }

  /// Unsigned bytes as ints.
  static IntVector unsigned(byte[] array, int at) {
    return (IntVector)
        ByteVector.fromArray(BYTES, array, at)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
  }

  static FloatVector toFloat(IntVector ints) {
    return (FloatVector) ints.convert(VectorOperators.I2F, 0);
  }

  /// Upper halves of single precision as floats.
  static FloatVector brain(short[] array, int at) {
    return shorts(array, at).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  /// Half precision as floats, exact for all finite numbers: exponent and mantissa are moved to
  /// their new place and the exponent's bias is mended by a multiplication, subnormals included.
  static FloatVector half(short[] array, int at) {
    IntVector bits = shorts(array, at);
    IntVector magnitude = bits.and(0x7fff).lanewise(VectorOperators.LSHL, 13);
    IntVector sign = bits.and(0x80000000);
    return magnitude.or(sign).reinterpretAsFloats().mul(0x1p112f);
  }

  private static IntVector shorts(short[] array, int at) {
    return (IntVector)
        ShortVector.fromArray(SHORTS, array, at).convertShape(VectorOperators.S2I, INTS, 0);
  }
}
