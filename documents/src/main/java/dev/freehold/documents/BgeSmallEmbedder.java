package dev.freehold.documents;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.documents.embedding.Bert;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// BGE small English v1.5 in eight bits, run by ONNX Runtime on the processor: 384 dimensions, 512
/// tokens.
///
/// The model is read when it is first needed. Trained on English; questions in another language
/// than the passages lean on their words (arXiv 2309.07597). Safe for use by many threads at once.
public final class BgeSmallEmbedder implements Embedder {

  private static final String MODEL = "bge-small-en-v1.5-q.onnx";
  private static final String TOKENIZER = "bge-small-en-v1.5-q-tokenizer.json";

  // As the model's makers advise for short questions that look for passages.
  private static final String QUERY = "Represent this sentence for searching relevant passages: ";

  private static final int MOST_TOKENS = 512;

  private static final long LOADING_STACK = 64L << 20;

  private final int threads;
  private final Object loading = new Object();
  private volatile @Nullable Bert model;

  private BgeSmallEmbedder(int threads) {
    this.threads = threads;
  }

  /// An embedder with one arithmetic thread for each of the machine's cores.
  public static BgeSmallEmbedder open() {
    return open(Runtime.getRuntime().availableProcessors());
  }

  /// An embedder with this many arithmetic threads.
  public static BgeSmallEmbedder open(int threads) {
    return new BgeSmallEmbedder(threads);
  }

  @Override
  public String id() {
    return "bge-small-en-v1.5-q";
  }

  @Override
  public int dimensions() {
    return 384;
  }

  @Override
  public int maxTokens() {
    return MOST_TOKENS;
  }

  @Override
  public int countTokens(String text) {
    // The two marks around every text are counted here, so that what fits by this count fits.
    return model().count(text) + 2;
  }

  @Override
  public List<float[]> embed(Purpose purpose, List<String> texts) {
    Bert loaded = model();
    List<long[]> tokens = new ArrayList<>();
    for (String text : texts) {
      long[] encoded =
          loaded.encode(
              switch (purpose) {
                case QUERY -> QUERY + text;
                case PASSAGE -> text;
              });
      if (encoded.length > MOST_TOKENS) {
        throw new InvalidRequest(
            "A text of %d tokens was given; %s takes %d. Send shorter pieces."
                .formatted(encoded.length, id(), MOST_TOKENS),
            "input");
      }
      tokens.add(encoded);
    }
    return loaded.embed(tokens);
  }

  private Bert model() {
    Bert loaded = model;
    if (loaded == null) {
      synchronized (loading) {
        loaded = model;
        if (loaded == null) {
          loaded = load();
          model = loaded;
        }
      }
    }
    return loaded;
  }

  // ONNX Runtime walks the graph by recursion when it makes a session: on a thread with Java's
  // usual stack of 1 MB it runs over the end, in native code, and takes the whole process with it.
  private Bert load() {
    var reading = new FutureTask<>(() -> Bert.load(MODEL, TOKENIZER, threads));
    new Thread(null, reading, "embedder-load", LOADING_STACK).start();
    try {
      return reading.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Freehold is closing.", e);
    }
  }

  @Override
  public void close() {
    synchronized (loading) {
      Bert loaded = model;
      if (loaded != null) {
        loaded.close();
        model = null;
      }
    }
  }
}
