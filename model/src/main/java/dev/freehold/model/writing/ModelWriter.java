package dev.freehold.model.writing;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.model.adapter.Fit;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.GgufWriter;
import dev.freehold.model.gguf.GgufWriter.Planned;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.tensor.Quantizer;
import dev.freehold.tensor.TensorType;
import dev.freehold.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Writes a model, whatever it was read from, as one GGUF file in the types of a [Mixture]. Experts
/// that have a tensor each are stacked. Memory needed is a few megabytes a thread.
public final class ModelWriter {

  /// A tensor of one expert.
  static final Pattern EXPERT =
      Pattern.compile("(blk\\.\\d+\\.ffn_(?:gate|up|down))\\.(\\d+)\\.weight");

  private static final int PIECE = 1 << 20;

  private final ModelFile source;
  private final Mixture mixture;
  private final @Nullable Importance importance;
  private final @Nullable Merge merge;
  private final Workers workers;

  private record Plan(Planned planned, List<GgufTensor> parts) {}

  /// What was written.
  ///
  /// @param tensors how many
  /// @param weights how many weights they have
  /// @param sourceBytes bytes of the tensors read
  /// @param bytes bytes of the tensors written
  /// @param types weights by type, most first by name
  /// @param requantised whether weights were quantised already, so that errors add up
  public record Report(
      int tensors,
      long weights,
      long sourceBytes,
      long bytes,
      Map<String, Long> types,
      boolean requantised) {}

  private ModelWriter(
      ModelFile source,
      Mixture mixture,
      @Nullable Importance importance,
      @Nullable Merge merge,
      Workers workers) {
    this.merge = merge;
    this.source = source;
    this.mixture = mixture;
    this.importance = importance;
    this.workers = workers;
  }

  /// Writes `source` to `target`, over a file that is there.
  ///
  /// @param importance how much each input matters, or null
  /// @param threads threads that compute
  /// @throws InvalidRequest where `target` is what is being read
  /// @throws MalformedFile where a weight is no number
  public static Report write(
      ModelFile source,
      Path target,
      Mixture mixture,
      @Nullable Importance importance,
      int threads) {
    return write(source, target, mixture, importance, null, threads);
  }

  /// Writes `source` with an adapter in its weights to `target`, over a file that is there. A
  /// matrix that the adapter changes and whose type is read but not written becomes Q8_0.
  ///
  /// @param importance how much each input matters, or null
  /// @param merge what is put into the weights, or null
  /// @param threads threads that compute
  /// @throws InvalidRequest where `target` is what is being read, or the adapter does not fit
  /// @throws dev.freehold.chat.Unsupported where the adapter adapts what is no matrix
  /// @throws MalformedFile where a weight is no number
  public static Report write(
      ModelFile source,
      Path target,
      Mixture mixture,
      @Nullable Importance importance,
      @Nullable Merge merge,
      int threads) {
    if (merge != null) {
      Fit.require(merge.adapter(), source);
    }
    if (Files.exists(target)
        && (Files.isDirectory(target)
            || target
                .toAbsolutePath()
                .normalize()
                .equals(Path.of(source.name()).toAbsolutePath().normalize()))) {
      throw new InvalidRequest("%s is in the way: it is what is read.".formatted(target), "output");
    }
    try (Workers workers = new Workers(threads)) {
      ModelWriter writer = new ModelWriter(source, mixture, importance, merge, workers);
      return ModelFile.whole(source.name(), () -> writer.write(target));
    }
  }

  private Report write(Path target) {
    Map<String, Plan> plans = new LinkedHashMap<>();
    Mixture.Shape shape = shape();
    grouped()
        .forEach((name, parts) -> {
          GgufTensor first = parts.getFirst();
          List<Long> dimensions = new ArrayList<>(first.shape());
          if (parts.size() > 1) {
            dimensions.add((long) parts.size());
          }
          TensorType type = mixture.type(name, dimensions, first.type(), shape);
          if (changes(name) && !Quantizer.TYPES.contains(type)) {
            type = dimensions.getFirst() % 32 == 0 ? TensorType.Q8_0 : TensorType.F16;
          }
          plans.put(name, new Plan(new Planned(name, type, List.copyOf(dimensions)), parts));
        });
    GgufWriter.write(
        target,
        header(),
        plans.values().stream().map(Plan::planned).toList(),
        (tensor, sink) -> {
          Plan plan = plans.get(tensor.name());
          for (int i = 0; plan != null && i < plan.parts.size(); i++) {
            tensor(plan, i, sink);
          }
        });
    return report(plans);
  }

  private Mixture.Shape shape() {
    Metadata metadata = source.metadata();
    String architecture = metadata.string("general.architecture");
    return new Mixture.Shape(
        metadata.integer(architecture + ".block_count", 0),
        metadata.integer(architecture + ".expert_count", 0),
        Mixture.isTied(source.tensors()));
  }

  private GgufHeader header() {
    GgufHeader header = new GgufHeader().copy(source.metadata());
    for (String split : List.of("split.no", "split.count", "split.tensors.count")) {
      header.without(split);
    }
    mixture.fileType().ifPresent(number -> header.integer("general.file_type", number));
    if (mixture.quantises()) {
      header.integer("general.quantization_version", 2);
    }
    return header;
  }

  /// What experts are called together.
  static String stacked(Matcher expert) {
    return expert.group(1) + "_exps.weight";
  }

  /// Tensors under the names they get, experts together in order.
  private Map<String, List<GgufTensor>> grouped() {
    Map<String, TreeMap<Integer, GgufTensor>> grouped = new LinkedHashMap<>();
    for (GgufTensor tensor : source.tensors().values()) {
      Matcher expert = EXPERT.matcher(tensor.name());
      String name = expert.matches() ? stacked(expert) : tensor.name();
      int number = expert.matches() ? Integer.parseInt(expert.group(2)) : 0;
      grouped.computeIfAbsent(name, _ -> new TreeMap<>()).put(number, tensor);
    }
    Map<String, List<GgufTensor>> ordered = new LinkedHashMap<>();
    grouped.forEach((name, parts) -> {
      GgufTensor first = parts.firstEntry().getValue();
      boolean whole =
          parts.lastKey() == parts.size() - 1
              && parts.values().stream()
                  .allMatch(
                      part -> part.shape().equals(first.shape()) && part.type() == first.type());
      if (!whole) {
        throw new MalformedFile(source.name(), -1, "the experts of %s differ".formatted(name));
      }
      ordered.put(name, List.copyOf(parts.values()));
    });
    return ordered;
  }

  /// Writes part `index` of a tensor: as it is, or piece by piece in its new type.
  private void tensor(Plan plan, int index, GgufWriter.Sink sink) {
    GgufTensor part = plan.parts.get(index);
    TensorType type = plan.planned.type();
    MemorySegment bytes = part.segment();
    boolean changed = changes(part.name());
    if (type == part.type() && !changed) {
      byte[] piece = new byte[PIECE];
      for (long at = 0; at < bytes.byteSize(); at += PIECE) {
        int length = (int) Math.min(PIECE, bytes.byteSize() - at);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, length);
        sink.accept(piece, 0, length);
      }
      return;
    }
    int columns = Math.toIntExact(part.shape().getFirst());
    long rows = part.weights() / columns;
    int together = Math.max(1, PIECE / columns);
    float[] known = importance(plan.planned.name(), columns);
    int expertsBefore = known.length / columns > 1 ? index : 0;
    List<byte[]> done = new ArrayList<>();
    int batch = 4 * workers.threads();
    for (long start = 0; start < rows; start += (long) batch * together) {
      int pieces = (int) Math.min(batch, Math.ceilDiv(rows - start, together));
      done.clear();
      for (int i = 0; i < pieces; i++) {
        int count = (int) Math.min(together, rows - start - (long) i * together);
        done.add(new byte[(int) type.bytes((long) count * columns)]);
      }
      long first = start;
      workers.run(
          pieces,
          (piece, _) -> {
            Rows rowsOfPiece =
                new Rows(part, first + (long) piece * together, columns, changed ? merge : null);
            rowsOfPiece.write(type, known, expertsBefore, done.get(piece));
          });
      done.forEach(piece -> sink.accept(piece, 0, piece.length));
    }
  }

  private boolean changes(String name) {
    return merge != null && merge.adapter().pairs().containsKey(name);
  }

  private float[] importance(String name, int columns) {
    float[] known = importance == null ? new float[0] : importance.of(name).orElse(new float[0]);
    if (known.length % columns != 0) {
      throw new InvalidRequest(
          "The importance matrix is of another model: %s has %d inputs and it knows %d."
              .formatted(name, columns, known.length),
          "imatrix");
    }
    return known;
  }

  private Report report(Map<String, Plan> plans) {
    Map<String, Long> types = new TreeMap<>();
    long bytes = 0;
    boolean again = false;
    for (Plan plan : plans.values()) {
      long weights = plan.parts.stream().mapToLong(GgufTensor::weights).sum();
      types.merge(plan.planned.type().name(), weights, Long::sum);
      bytes += plan.planned.bytes();
      TensorType before = plan.parts.getFirst().type();
      again |=
          before.blockSize() > 1 && (before != plan.planned.type() || changes(plan.planned.name()));
    }
    return new Report(
        plans.size(),
        types.values().stream().mapToLong(Long::longValue).sum(),
        source.tensors().values().stream().mapToLong(t -> t.segment().byteSize()).sum(),
        bytes,
        types,
        again);
  }
}
