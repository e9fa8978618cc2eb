package dev.freehold.model.architecture;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.Classifier;
import dev.freehold.model.Classifier.Bend;
import dev.freehold.model.Classifier.Dense;
import dev.freehold.model.Classifier.Norm;
import dev.freehold.model.Pooling;
import dev.freehold.model.layer.Weights;
import java.util.Optional;

/// Reads the head of a cross-encoder, where a file has one, under the names that llama.cpp's
/// converter gives its tensors.
///
/// What a head reads and how it bends that follows from the architecture. In `bert` files it is the
/// first token and a tangent (RoBERTa's and XLM-RoBERTa's head, and BERT's if its pooler is kept),
/// in `modern-bert` files the mean, or the first token where the file says so, and GELU, in `qwen3`
/// files the last token and the two rows of the vocabulary for yes and no.
final class ClassifierReader {

  static final String POOLING = "classifier.pooling_type";

  private ClassifierReader() {}

  /// The head, or none where the file has none.
  ///
  /// @throws Unsupported where it is not one of a reranker, or lacks what the reference computes
  static Optional<Classifier> read(Parts parts) {
    parts.keys().has("classifier.output_labels");
    if (!parts.weights().has("cls.output.weight")) {
      return Optional.empty();
    }
    String architecture = parts.keys().architecture();
    return switch (architecture) {
      case "bert" -> {
        requireDense(parts);
        yield Optional.of(head(parts, Pooling.FIRST, 1, Optional.of(dense(parts, Bend.TANH))));
      }
      case "modern-bert" -> {
        requireDense(parts);
        Pooling pooling = pooling(parts.keys());
        yield Optional.of(head(parts, pooling, 1, Optional.of(dense(parts, Bend.GELU))));
      }
      case "qwen3" -> Optional.of(head(parts, Pooling.LAST, 2, Optional.empty()));
      default -> Optional.empty();
    };
  }

  /// What ModernBERT's head reads, which its files may state: the mean, or the first token.
  private static Pooling pooling(Hyperparameters keys) {
    int kind = keys.integer(POOLING, 1);
    return switch (kind) {
      case 1 -> Pooling.MEAN;
      case 2 -> Pooling.FIRST;
      default -> throw keys.unsupported(POOLING, String.valueOf(kind), "1 (mean)", "2 (first)");
    };
  }

  /// A head of one number is what BERT's becomes when a converter leaves its pooler out, and
  /// DistilBERT's, which llama.cpp's converter writes as `bert` too, is bent otherwise.
  private static void requireDense(Parts parts) {
    Weights weights = parts.weights();
    boolean distilled =
        parts.keys().architecture().equals("bert") && !weights.has("token_types.weight");
    if (!weights.has("cls.weight") || distilled) {
      throw new Unsupported(
          distilled
              ? "DistilBERT's classifier"
              : "A classifier whose dense layer was left out of the file (cls.weight)",
          "cross-encoders of RoBERTa, XLM-RoBERTa, BERT with its pooler as cls.weight, ModernBERT and Qwen3");
    }
  }

  private static Classifier head(
      Parts parts, Pooling pooling, int expected, Optional<Dense> dense) {
    Weights weights = parts.weights();
    int width = parts.shape().embeddingLength();
    int labels = weights.rows("cls.output.weight");
    if (labels != expected) {
      throw new Unsupported(
          "A classifier of %d labels".formatted(labels),
          "cross-encoders, which have one label, or yes and no in qwen3");
    }
    return new Classifier(
        pooling,
        dense,
        weights.numbers("cls.output.weight", width, labels),
        weights.findVector("cls.output.bias", labels).orElseGet(() -> new float[labels]));
  }

  private static Dense dense(Parts parts, Bend bend) {
    Weights weights = parts.weights();
    int width = parts.shape().embeddingLength();
    Norm norm =
        weights
            .findVector("cls.norm.weight", width)
            .map(weight -> new Norm(weight, parts.keys().number("attention.layer_norm_epsilon")))
            .orElse(null);
    return new Dense(
        weights.numbers("cls.weight", width, width),
        weights.findVector("cls.bias", width).orElseGet(() -> new float[width]),
        bend,
        norm);
  }
}
