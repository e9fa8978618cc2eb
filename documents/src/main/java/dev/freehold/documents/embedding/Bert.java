package dev.freehold.documents.embedding;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A BERT encoder in ONNX whose first token's vector is the meaning of the text.
///
/// Safe for use by many threads at once.
public final class Bert implements AutoCloseable {

  private final OrtSession session;
  private final WordPiece tokenizer;
  private final ExecutorService pool;

  private Bert(OrtSession session, WordPiece tokenizer, int threads) {
    this.session = session;
    this.tokenizer = tokenizer;
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("embedder-", 0).factory());
  }

  /// Reads model and tokenizer from the class path.
  public static Bert load(String model, String tokenizer, int threads) {
    try (var options = new OrtSession.SessionOptions()) {
      // Measured: one text a thread is nearly twice as fast as all threads on a batch.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      return new Bert(
          OrtEnvironment.getEnvironment().createSession(resource(model), options),
          new WordPiece(vocabulary(tokenizer)),
          threads);
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
    if (texts.size() == 1) {
      return List.of(run(texts.getFirst()));
    }
    List<Future<float[]>> vectors =
        texts.stream().map(text -> pool.submit(() -> run(text))).toList();
    List<float[]> done = new ArrayList<>();
    boolean interrupted = false;
    for (Future<float[]> vector : vectors) {
      while (true) {
        try {
          done.add(vector.get());
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw e.getCause() instanceof FreeholdException cause
              ? cause
              : new IllegalStateException(e.getCause());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return done;
  }

  private float[] run(long[] text) {
    long[] shape = {1, text.length};
    long[] ones = new long[text.length];
    Arrays.fill(ones, 1);
    var environment = OrtEnvironment.getEnvironment();
    try (OnnxTensor tokens = OnnxTensor.createTensor(environment, LongBuffer.wrap(text), shape);
        OnnxTensor attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape);
        OnnxTensor types =
            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[text.length]), shape);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", tokens, "attention_mask", attention, "token_type_ids", types))) {
      // [1, tokens, dimensions]; the first token's vector is the text's
      OnnxTensor hidden = (OnnxTensor) result.get(0);
      float[] vector = new float[(int) hidden.getInfo().getShape()[2]];
      hidden.getFloatBuffer().get(0, vector);
      return unit(vector);
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
    pool.shutdownNow();
    try {
      if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
        // A session in use must not be freed.
        return;
      }
      session.close();
    } catch (OrtException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
