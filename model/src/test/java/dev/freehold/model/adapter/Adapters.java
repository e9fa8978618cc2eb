package dev.freehold.model.adapter;

import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.ModelFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Adapters for tests: those that `oracles/adapters.py` wrote, and random ones.
public final class Adapters {

  private Adapters() {}

  /// The folder, or the file, of that name.
  public static Path path(String name) {
    return resource("adapter/" + name);
  }

  /// The tiny model in the file of that name.
  static Path oracle(String name) {
    return resource("oracle/" + name);
  }

  private static Path resource(String name) {
    URL url = Adapters.class.getResource("/dev/freehold/model/" + name);
    if (url == null) {
      throw new IllegalArgumentException("no golden " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What was computed with the adapter of that name.
  public static JsonNode json(String name) {
    try {
      return JsonMapper.shared().readTree(Files.readString(path(name + ".json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The logits of its last positions at scale 1, then those at one half.
  static float[] logits(String name) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path(name + ".logits.bin")));
      float[] floats = new float[bytes.capacity() / 4];
      bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
      return floats;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A random adapter of every matrix of a model that can be adapted, of ranks from 1 to 5.
  ///
  /// @param size how large the numbers of the factors are
  public static Adapter random(ModelFile base, long seed, float size) {
    Random random = new Random(seed);
    TreeMap<String, LowRank> pairs = new TreeMap<>();
    for (GgufTensor tensor : base.tensors().values()) {
      String name = tensor.name();
      boolean matrix =
          tensor.shape().size() == 2
              && name.endsWith(".weight")
              && !Fit.isExperts(name)
              && !Fit.isEmbedding(name)
              && !name.contains("conv1d")
              && !name.contains("shortconv.conv");
      if (matrix) {
        int in = tensor.shape().get(0).intValue();
        int out = tensor.shape().get(1).intValue();
        int rank = 1 + random.nextInt(5);
        pairs.put(
            name,
            new LowRank(
                rank,
                in,
                out,
                numbers(random, rank * in, size),
                numbers(random, out * rank, size)));
      }
    }
    return new Adapter(base.metadata().string("general.architecture"), 3, pairs);
  }

  static float[] numbers(Random random, int count, float size) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian() * size;
    }
    return numbers;
  }
}
