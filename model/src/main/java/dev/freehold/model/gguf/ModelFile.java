package dev.freehold.model.gguf;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.MalformedFile;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// What a model is read from, whatever it is stored as: metadata in GGUF's words and tensors under
/// GGUF's names. Immutable; any thread may read until [#close()].
public interface ModelFile extends AutoCloseable {

  /// Where it was opened from, for messages.
  String name();

  /// The keys and values of GGUF's header, or what corresponds to them.
  Metadata metadata();

  /// The tensors by name, in file order.
  Map<String, GgufTensor> tensors();

  /// Bytes of all files it consists of.
  long size();

  /// The names of all tensors, in file order.
  default Set<String> tensorNames() {
    return tensors().keySet();
  }

  /// The tensor `tensorName`, if there is one.
  default Optional<GgufTensor> tensor(String tensorName) {
    return Optional.ofNullable(tensors().get(tensorName));
  }

  /// Releases what is mapped; tensors can no longer be read.
  @Override
  void close();

  /// Does `work` that reads mapped files. A file that is cut short under it makes the system refuse
  /// the memory, which Java reports as an [InternalError]; that becomes an error about the file.
  ///
  /// @throws MalformedFile where `file` became shorter while it was read
  static <T> T whole(String file, Supplier<T> work) {
    try {
      return work.get();
    } catch (InternalError | IllegalStateException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof FreeholdException ours) {
          throw ours; // out of the thread that met it
        }
        if (cause instanceof InternalError fault
            && String.valueOf(fault.getMessage()).contains("unsafe memory access")) {
          throw new MalformedFile(file, -1, "it became shorter while it was read", fault);
        }
      }
      throw e;
    }
  }
}
