package dev.freehold.model.safetensors;

import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.tensor.Dequantizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tiny models that `oracles/folders.py` wrote.
public final class Folders {

  private Folders() {}

  /// The folder, or the file, of that name.
  public static Path path(String name) {
    URL url = Folders.class.getResource("/dev/freehold/model/folder/" + name);
    if (url == null) {
      throw new IllegalArgumentException("no golden " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode json(String name) {
    try {
      return JsonMapper.shared().readTree(Files.readString(path(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float[] floats(String name) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path(name)));
      float[] floats = new float[bytes.capacity() / 4];
      bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
      return floats;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// SHA-256 of a tensor's weights as floats.
  public static String digest(GgufTensor tensor) throws GeneralSecurityException {
    float[] weights = new float[(int) tensor.weights()];
    Dequantizer.dequantize(tensor.type(), tensor.segment(), 0, weights, 0, weights.length);
    ByteBuffer bytes = ByteBuffer.allocate(4 * weights.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(weights);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }
}
