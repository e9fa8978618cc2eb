package dev.freehold.cli;

import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.GgufWriter;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/// Cuts a GGUF file in two, as `gguf-split` does.
final class Parts {

  private Parts() {}

  static void write(Path whole, Path first, Path second) {
    try (GgufFile file = GgufFile.open(whole)) {
      List<GgufTensor> tensors = List.copyOf(file.tensors().values());
      int half = tensors.size() / 2;
      GgufHeader all = new GgufHeader().copy(file.metadata());
      write(first, 0, all, tensors.subList(0, half), tensors.size());
      write(second, 1, new GgufHeader(), tensors.subList(half, tensors.size()), tensors.size());
    }
  }

  private static void write(
      Path path, int number, GgufHeader header, List<GgufTensor> tensors, int all) {
    header.integer("split.no", number).integer("split.count", 2);
    header.integer("split.tensors.count", all);
    GgufWriter.write(
        path,
        header,
        tensors.stream()
            .map(tensor -> new GgufWriter.Planned(tensor.name(), tensor.type(), tensor.shape()))
            .toList(),
        (planned, sink) ->
            tensors.stream()
                .filter(tensor -> tensor.name().equals(planned.name()))
                .forEach(tensor -> {
                  byte[] bytes = tensor.segment().toArray(ValueLayout.JAVA_BYTE);
                  sink.accept(bytes, 0, bytes.length);
                }));
  }
}
