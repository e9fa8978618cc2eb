package dev.freehold.bench;

import dev.freehold.model.Batch;
import dev.freehold.model.Batch.Outputs;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.GgufAdapter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// Writes the logits after each of some tokens, read in one step, as float32: what
/// `oracles/random_shapes.py` lays beside those of a reference and of `oracles/peer_logits.cpp`.
/// Arguments: the model, a file of token numbers, the file to write, and an adapter (GGUF) if one
/// is to be put on.
public final class LogitsOfTokens {

  private LogitsOfTokens() {}

  /// Runs it.
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 3) {
      System.err.println("usage: LogitsOfTokens MODEL TOKENS OUT [ADAPTER.gguf]");
      System.exit(2);
    }
    int[] tokens =
        Pattern.compile("\\s+")
            .splitAsStream(Files.readString(Path.of(arguments[1])).strip())
            .mapToInt(Integer::parseInt)
            .toArray();
    ModelConfiguration configuration =
        ModelConfiguration.standard().withContextLength(tokens.length + 8);
    try (LanguageModel model = Models.open(Path.of(arguments[0]), configuration);
        SequenceState state = model.newSequence();
        OutputStream out = Files.newOutputStream(Path.of(arguments[2]))) {
      List<FittedAdapter.Use> uses = arguments.length > 3 ? use(model, arguments[3]) : List.of();
      Logits logits = model.step(Batch.of(state, tokens, Outputs.ALL, uses));
      for (int row = 0; row < tokens.length; row++) {
        out.write(bytes(logits.row(0, row)));
      }
    }
  }

  private static List<FittedAdapter.Use> use(LanguageModel model, String file) {
    Adapter adapter = GgufAdapter.read(Path.of(file)).adapter();
    return List.of(new FittedAdapter.Use(model.fit(adapter), 1));
  }

  private static byte[] bytes(float[] row) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(row);
    return buffer.array();
  }
}
