package dev.freehold.training;

import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.ModelFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/// What a run is: the SHA-256 of its base, its lessons and those of its settings that its result
/// follows from. A checkpoint goes on only where all are the same.
final class Fingerprint {

  // Bytes of each tensor's begin that are looked at: enough to tell models apart.
  private static final int SAMPLE = 4096;

  private final MessageDigest digest = Checkpoint.sha256();

  private Fingerprint() {}

  static byte[] of(ModelFile base, Lessons lessons, TrainingSettings settings) {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.add(base);
    TrainingSettings.Course course = settings.course();
    List<String> targets = settings.shape().targets().stream().map(Target::name).sorted().toList();
    fingerprint.add(
        "%d %s %s %s %d %d %d %d %d %s %d %s"
            .formatted(
                settings.shape().rank(),
                settings.shape().alpha(),
                targets,
                settings.optimisation(),
                course.epochs(),
                course.examplesPerStep(),
                course.seed(),
                course.heldOutEvery(),
                course.patience(),
                course.drift(),
                settings.machine().tokensPerPass(),
                settings.machine().precision()));
    switch (lessons) {
      case Lessons.Texts texts -> {
        fingerprint.add("texts");
        texts.train().forEach(fingerprint::add);
        fingerprint.add("held out");
        texts.heldOut().forEach(fingerprint::add);
      }
      case Lessons.Pairs pairs -> {
        fingerprint.add("pairs " + pairs.beta());
        pairs.train().forEach(fingerprint::add);
        fingerprint.add("held out");
        pairs.heldOut().forEach(fingerprint::add);
      }
    }
    return fingerprint.digest.digest();
  }

  private void add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private void add(ModelFile base) {
    add(base.metadata().string("general.architecture"));
    for (GgufTensor tensor : base.tensors().values()) {
      add(tensor.name() + tensor.type() + tensor.shape());
      MemorySegment bytes = tensor.segment();
      digest.update(
          bytes.asSlice(0, Math.min(SAMPLE, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private void add(PreferencePair pair) {
    add(pair.chosen());
    add(pair.rejected());
  }

  private void add(Example example) {
    ByteBuffer buffer = ByteBuffer.allocate(5 + 5 * example.tokens().length);
    buffer.putInt(example.tokens().length).put((byte) (example.kept() ? 1 : 0));
    for (int i = 0; i < example.tokens().length; i++) {
      buffer.putInt(example.tokens()[i]).put((byte) (example.trained()[i] ? 1 : 0));
    }
    digest.update(buffer.flip());
  }
}
