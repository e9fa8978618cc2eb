package dev.freehold.documents.parsing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParsersTest {

  @TempDir Path folder;

  /// Stands in for the reader: as quick with any document as it is slow to start.
  public static final class SlowStarter {

    static final Duration START = Duration.ofSeconds(4);

    private SlowStarter() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      Thread.sleep(START);
      var in = new DataInputStream(System.in);
      var out = new DataOutputStream(System.out);
      frame(out, Wire.READY, Wire.VERSION);
      while (in.read() >= 0) {
        in.skipNBytes(3);
        in.skipNBytes(in.readInt());
        in.skipNBytes(in.readLong());
        frame(out, Wire.END, 1);
      }
    }

    private static void frame(DataOutputStream out, byte type, int value) throws IOException {
      out.writeByte(type);
      out.writeInt(4);
      out.writeInt(value);
      out.flush();
    }
  }

  private static List<Path> ownClassPath() {
    return Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1))
        .map(Path::of)
        .collect(Collectors.toList());
  }

  private Parsers slow(Duration patience) {
    return new Parsers(
        new Sandbox(ownClassPath(), 64, SlowStarter.class.getName()),
        folder.resolve("scratch"),
        1,
        patience);
  }

  private Path document() throws IOException {
    return Files.writeString(folder.resolve("document"), "The heron stands here.");
  }

  @Test
  void whatAReaderNeedsToStartIsNotTheDocumentsTime() throws Exception {
    try (Parsers parsers = slow(SlowStarter.START.minusSeconds(1))) {
      assertThat(parsers.parse(document(), "a.md", _ -> {}))
          .isEqualTo(new Parsed("", 1, List.of(), List.of()));
    }
  }

  @Test
  void aFileThatIsGoneCostsNoReader() throws Exception {
    try (Parsers parsers = slow(Duration.ofMinutes(1))) {
      Path document = document();
      parsers.parse(document, "a.md", _ -> {});
      List<Long> readers = parsers.readers();
      assertThatThrownBy(() -> parsers.parse(folder.resolve("gone"), "a.md", _ -> {}))
          .isInstanceOf(NoSuchFileException.class);
      parsers.parse(document, "a.md", _ -> {});
      assertThat(parsers.readers()).isEqualTo(readers).hasSize(1);
    }
  }

  @Test
  void nothingOfClosedReadersStays() throws Exception {
    List<Long> pids;
    try (Parsers parsers = slow(Duration.ofMinutes(1))) {
      parsers.parse(document(), "a.md", _ -> {});
      pids = parsers.pids();
    }
    assertThat(folder.resolve("scratch")).isEmptyDirectory();
    assertThat(pids)
        .isNotEmpty()
        .noneMatch(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
  }

  @Test
  void noStartWorksWhereAnotherOneDid() throws Exception {
    Path scratch = folder.resolve("scratch");
    Path before = Scratch.in(scratch);
    Files.createDirectories(before.resolve("child-1"));
    Files.createFile(before.resolve("child-1").resolve("document"));
    Path after = Scratch.in(scratch);
    assertThat(after).isNotEqualTo(before);
    assertThat(after.getParent()).isEqualTo(scratch);
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void aProbeThatHangsIsEndedAndMadeAgain() throws Exception {
    Path asked = folder.resolve("asked");
    List<String> hangsOnce =
        List.of(
            "/bin/sh",
            "-c",
            "test -e " + asked + " || { echo $$ > " + asked + "; exec sleep 600; }");
    assertThat(Sandbox.works(hangsOnce, Duration.ofSeconds(3))).isTrue();
    Optional<ProcessHandle> hung =
        ProcessHandle.of(Long.parseLong(Files.readString(asked).strip()));
    if (hung.isPresent()) {
      hung.get().onExit().get(60, java.util.concurrent.TimeUnit.SECONDS);
    }
    assertThat(Sandbox.works(List.of("/bin/sh", "-c", "exit 1"), Duration.ofMinutes(1))).isFalse();
    assertThat(Sandbox.works(List.of("/nowhere"), Duration.ofMinutes(1))).isFalse();
  }
}
