package dev.freehold.documents.embedding;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A BERT encoder in ONNX whose first token's vector is the meaning of the text.
///
/// Safe for use by many threads at once.
public final class Bert implements AutoCloseable {

  // Measured: longer batches only lose time to padding.
  private static final int BATCH = 8;

  private final OrtSession session;
  private final WordPiece tokenizer;

  private Bert(OrtSession session, WordPiece tokenizer) {
    this.session = session;
    this.tokenizer = tokenizer;
  }

  /// Reads model and tokenizer from the class path.
  public static Bert load(String model, String tokenizer, int threads) {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      return new Bert(
          OrtEnvironment.getEnvironment().createSession(resource(model), options),
          new WordPiece(vocabulary(tokenizer)));
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private static Map<String, Integer> vocabulary(String tokenizer) {
    Map<String, Integer> vocabulary = new HashMap<>();
    JsonNode tokens = JsonMapper.shared().readTree(resource(tokenizer)).path("model").path("vocab");
    tokens.properties().forEach(token -> vocabulary.put(token.getKey(), token.getValue().asInt()));
    return vocabulary;
  }

  private static byte[] resource(String name) {
    try (InputStream stream = Bert.class.getClassLoader().getResourceAsStream(name)) {
      if (stream == null) {
        throw new Unavailable(
            "The embedding model %s is missing. Build or install Freehold again.".formatted(name));
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How many tokens a text takes, without the marks at its ends.
  public int count(String text) {
    return tokenizer.count(text);
  }

  /// The tokens of a text, with the marks at its ends.
  public long[] encode(String text) {
    return tokenizer.encode(text);
  }

  /// Unit vectors of encoded texts, in their order.
  public List<float[]> embed(List<long[]> texts) {
    // Texts of like length share a batch, so that little is padded.
    List<Integer> order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> texts.get(i).length))
            .toList();
    float[][] vectors = new float[texts.size()][];
    for (int from = 0; from < order.size(); from += BATCH) {
      List<Integer> batch = order.subList(from, Math.min(from + BATCH, order.size()));
      List<float[]> result = run(batch.stream().map(texts::get).toList());
      for (int i = 0; i < batch.size(); i++) {
        vectors[batch.get(i)] = result.get(i);
      }
    }
    return List.of(vectors);
  }

  private List<float[]> run(List<long[]> batch) {
    int width = batch.stream().mapToInt(text -> text.length).max().orElse(0);
    long[] shape = {batch.size(), width};
    long[] ids = new long[batch.size() * width];
    long[] mask = new long[ids.length];
    for (int row = 0; row < batch.size(); row++) {
      long[] text = batch.get(row);
      System.arraycopy(text, 0, ids, row * width, text.length);
      java.util.Arrays.fill(mask, row * width, row * width + text.length, 1);
    }
    var environment = OrtEnvironment.getEnvironment();
    try (OnnxTensor tokens = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
        OnnxTensor attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        OnnxTensor types =
            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", tokens, "attention_mask", attention, "token_type_ids", types))) {
      // [texts, tokens, dimensions]
      OnnxTensor hidden = (OnnxTensor) result.get(0);
      int dimensions = (int) hidden.getInfo().getShape()[2];
      FloatBuffer values = hidden.getFloatBuffer();
      List<float[]> vectors = new ArrayList<>();
      for (int row = 0; row < batch.size(); row++) {
        float[] vector = new float[dimensions];
        values.get(row * width * dimensions, vector);
        vectors.add(unit(vector));
      }
      return vectors;
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private static float[] unit(float[] vector) {
    double square = 0;
    for (float x : vector) {
      square += (double) x * x;
    }
    double length = Math.sqrt(square);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return vector;
  }

  private static Unavailable failed(OrtException e) {
    return new Unavailable(
        "The embedding model did not run: %s. Start Freehold again.".formatted(e.getMessage()), e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw failed(e);
    }
  }
}
