package dev.freehold.training;

import dev.freehold.model.gguf.GgufFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What PyTorch and PEFT computed for one tiny model, see `oracles/README.md`.
record Golden(String name, JsonNode json) {

  private static final Path FOLDER = Path.of("src/test/resources/dev/freehold/training/lora");
  private static final Path MODELS =
      Path.of("../model/src/test/resources/dev/freehold/model/oracle");

  static Golden of(String name) {
    try {
      String text = Files.readString(FOLDER.resolve(name + ".json"));
      return new Golden(name, JsonMapper.shared().readTree(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  GgufFile open() {
    return GgufFile.open(MODELS.resolve(json.get("model").asString()));
  }

  static GgufFile model(String name) {
    return GgufFile.open(MODELS.resolve(name + ".gguf"));
  }

  int rank() {
    return json.get("rank").asInt();
  }

  Set<Target> targets() {
    List<String> names = new ArrayList<>();
    json.get("targets").forEach(target -> names.add(target.asString()));
    return Target.read(names);
  }

  TrainingSettings.Shape shape() {
    return new TrainingSettings.Shape(rank(), json.get("alpha").asDouble(), targets());
  }

  TrainingSettings.Optimisation optimisation() {
    return new TrainingSettings.Optimisation(
        json.get("rate").asDouble(),
        TrainingSettings.Schedule.CONSTANT,
        0,
        json.get("decay").asDouble(),
        json.get("clip").asDouble());
  }

  Lessons lessons() {
    List<Example> examples = new ArrayList<>();
    for (JsonNode example : json.get("examples")) {
      int count = example.get("tokens").size();
      int[] tokens = new int[count];
      boolean[] trained = new boolean[count];
      for (int i = 0; i < count; i++) {
        tokens[i] = example.get("tokens").get(i).asInt();
        trained[i] = example.get("trained").get(i).asBoolean();
      }
      examples.add(new Example(tokens, trained));
    }
    if (json.get("recipe").asString().equals("likelihood")) {
      return new Lessons.Texts(examples, List.of());
    }
    return new Lessons.Pairs(
        List.of(
            new PreferencePair(examples.get(0), examples.get(1)),
            new PreferencePair(examples.get(2), examples.get(0))),
        List.of(),
        json.get("beta").asDouble());
  }

  double loss() {
    return json.get("loss").asDouble();
  }

  double[] numbers(String field) {
    double[] numbers = new double[json.get(field).size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = json.get(field).get(i).asDouble();
    }
    return numbers;
  }

  float[] gradients() {
    try {
      byte[] bytes = Files.readAllBytes(FOLDER.resolve(json.get("gradients").asString()));
      float[] floats = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
      return floats;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The numbers a tensor begins with, by the formula of `oracles/lora.py`.
  static float[] first(String tensor, int count) {
    CRC32 crc = new CRC32();
    crc.update(tensor.getBytes(StandardCharsets.UTF_8));
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      long x = (crc.getValue() + i * 2654435761L) & 0xffffffffL;
      x ^= x >> 16;
      x = (x * 0x45d9f3bL) & 0xffffffffL;
      x ^= x >> 16;
      numbers[i] = (float) ((x / 4294967296.0 - 0.5) * 0.3);
    }
    return numbers;
  }

  /// Gives every pair its first numbers.
  static void begin(Parameters parameters) {
    int rank = parameters.rank();
    for (Pair pair : parameters.pairs()) {
      float[] a = first(pair.name() + ".lora_a", rank * pair.in());
      System.arraycopy(a, 0, parameters.values, pair.a(), a.length);
      float[] b = first(pair.name() + ".lora_b", rank * pair.out());
      for (int o = 0; o < pair.out(); o++) {
        for (int k = 0; k < rank; k++) {
          parameters.values[pair.b() + k * pair.out() + o] = b[o * rank + k];
        }
      }
    }
  }
}
