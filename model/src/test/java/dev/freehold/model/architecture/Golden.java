package dev.freehold.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A tiny model with the logits that an independent implementation gave for it; the format is
/// described in `oracles/README.md`.
record Golden(String name, Path model, int[] prefill, int[] decode, float[][] logits) {

  /// Largest difference allowed, as a share of the spread of the model's logits.
  private static final double TOLERANCE = 1e-4;

  /// Decoders, with logits.
  static List<Golden> all() {
    List<Golden> goldens = named("tiny");
    assertThat(goldens).hasSizeGreaterThanOrEqualTo(30);
    return goldens;
  }

  /// Encoders, with hidden states in the place of logits.
  static List<Golden> encoders() {
    List<Golden> goldens = named("encoder");
    assertThat(goldens).hasSizeGreaterThanOrEqualTo(4);
    return goldens;
  }

  private static List<Golden> named(String prefix) {
    URL folder = Golden.class.getResource("/dev/freehold/model/oracle");
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files
          .filter(file -> file.getFileName().toString().matches(prefix + "-.*\\.json"))
          .sorted()
          .map(Golden::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Golden read(Path json) {
    try {
      String text = Files.readString(json);
      String name = json.getFileName().toString().replace(".json", "");
      byte[] bytes = Files.readAllBytes(json.resolveSibling(name + ".logits.bin"));
      int vocabulary = Integer.parseInt(field(text, "\"vocab\":\\s*(\\d+)"));
      float[][] logits = new float[bytes.length / 4 / vocabulary][vocabulary];
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (float[] row : logits) {
        buffer.asFloatBuffer().get(row);
        buffer.position(buffer.position() + 4 * vocabulary);
      }
      int[] prefill = tokens(text, "prefill");
      int[] decode = tokens(text, "decode");
      return new Golden(name, json.resolveSibling(name + ".gguf"), prefill, decode, logits);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] tokens(String json, String key) {
    String list = field(json, "\"" + key + "\":\\s*\\[([^\\]]*)\\]");
    return Pattern.compile(",")
        .splitAsStream(list)
        .filter(token -> !token.isBlank())
        .map(String::strip)
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private static String field(String json, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(json);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  int[] allTokens() {
    return IntStream.concat(Arrays.stream(prefill), Arrays.stream(decode)).toArray();
  }

  /// Largest difference in a row, as a share of the spread of the reference's numbers.
  double error(int row, float[] actual) {
    float[] expected = logits[row];
    assertThat(actual).hasSize(expected.length);
    float low = expected[0];
    float high = expected[0];
    for (float logit : expected) {
      low = Math.min(low, logit);
      high = Math.max(high, logit);
    }
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      // Written so that a NaN counts as a difference.
      double difference = Math.abs(actual[i] - expected[i]);
      worst = difference <= worst ? worst : difference;
    }
    return worst / (high - low);
  }

  void assertRow(int row, float[] actual) {
    assertThat(error(row, actual)).as("%s, row %d", name, row).isLessThan(TOLERANCE);
  }

  @Override
  public String toString() {
    return name;
  }
}
