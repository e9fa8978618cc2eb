package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.database.Database;
import dev.freehold.database.Schema;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.governance.Keys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `freehold up` as people meet it: real processes on real ports, and one sentence for each thing
/// that can be in the way.
class UpTest {

  @TempDir private Path home;

  @BeforeEach
  void theDefaultModelIsHere() {
    Ran pull = Ran.command(home, "pull", DefaultModel.path().toString(), "--name", "smollm2");
    assertThat(pull.code()).as(pull.err()).isZero();
  }

  private void endsWithOneSentence(int code, List<String> words, String... arguments)
      throws IOException, InterruptedException {
    try (UpProcess up = UpProcess.start(home, arguments)) {
      assertThat(up.end()).as(() -> up.out()).isEqualTo(code);
      assertThat(up.out()).isEmpty();
      assertThat(up.err()).hasSize(1);
      assertThat(up.err().getFirst()).contains(words);
    }
  }

  @Test
  void theFirstStartPrintsAKeyOnceAndTheSecondDoesNot() throws IOException, InterruptedException {
    String key;
    try (UpProcess up = UpProcess.start(home, "up", "--port", "0")) {
      String address = up.address();
      assertThat(UpProcess.get(address + "/health", "").statusCode()).isEqualTo(200);
      assertThat(UpProcess.get(address + "/v1/models", "").statusCode()).isEqualTo(401);
      String printed = up.stop();
      assertThat(printed).contains(address + "/sign-in#key=fh-");
      key = printed.replaceAll("(?s).*#key=(\\S+).*", "$1");
    }
    try (UpProcess up = UpProcess.start(home, "up", "--port", "0")) {
      String address = up.address();
      assertThat(UpProcess.get(address + "/v1/models", key).body()).contains("smollm2");
      assertThat(up.stop()).doesNotContain("fh-").doesNotContain(key);
    }
  }

  @Test
  void withoutKeysEverybodyOnThisMachineIsTheOwner() throws IOException, InterruptedException {
    try (UpProcess up = UpProcess.start(home, "up", "--port", "0", "--no-auth")) {
      String address = up.address();
      assertThat(UpProcess.get(address + "/v1/models", "").statusCode()).isEqualTo(200);
      assertThat(up.stop()).contains("--no-auth");
    }
  }

  @Test
  void aSecondOneOnTheSameFolderNamesTheFirst() throws IOException, InterruptedException {
    try (UpProcess first = UpProcess.start(home, "up", "--port", "0")) {
      String ready = first.address();
      assertThat(ready).startsWith("http://127.0.0.1:");
      endsWithOneSentence(
          73, List.of("Another freehold (process ", "FREEHOLD_HOME"), "up", "--port", "0");
    }
  }

  @Test
  void aBusyPortIsNamed() throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      endsWithOneSentence(69, List.of("port " + port, "--port"), "up", "--port", port);
    }
  }

  @Test
  void aStoreOfAnotherVersionIsLeftAlone() throws IOException, InterruptedException {
    Files.writeString(home.resolve("models/version"), "freehold-models 99\n");
    endsWithOneSentence(69, List.of("another version", "FREEHOLD_HOME"), "up", "--port", "0");
  }

  @Test
  void aDatabaseOfALaterVersionIsLeftAlone() throws IOException, InterruptedException {
    try (Database database = Database.open(home.resolve("freehold.db"))) {
      Keys.in(database);
      // As a later Freehold leaves it: the same room with more steps.
      List<String> later =
          Stream.concat(
                  IntStream.range(0, 1).mapToObj(_ -> "select 1"),
                  IntStream.range(0, 40).mapToObj(i -> "create table later_" + i + "(x)"))
              .toList();
      database.migrate(new Schema("governance", later));
    }
    endsWithOneSentence(69, List.of("newer Freehold"), "up", "--port", "0");
  }

  @Test
  void aDamagedDatabaseIsTold() throws IOException, InterruptedException {
    Files.writeString(
        home.resolve("freehold.db"), "this is no database, and it is long enough to look");
    endsWithOneSentence(69, List.of("freehold.db"), "up", "--port", "0");
  }

  @Test
  void aFullDiskIsToldInOneSentenceAndNothingHalfIsLeft() throws IOException, InterruptedException {
    // A limit on the size of files refuses writes as a full disk does, on any machine.
    Path other = home.resolve("other");
    try (UpProcess pull =
        UpProcess.start(
            other,
            List.of("bash", "-c", "ulimit -f 20000; exec \"$@\"", "limited"),
            "pull",
            DefaultModel.path().toString())) {
      assertThat(pull.end()).isEqualTo(69);
      assertThat(pull.err().getLast()).contains("is full", "FREEHOLD_HOME");
    }
    assertThat(Ran.command(other, "models").out()).contains("No model is here yet");
    assertThat(Ran.command(other, "pull", DefaultModel.path().toString()).code()).isZero();
  }

  @Test
  void aFolderThatIsAFileIsTold() throws IOException, InterruptedException {
    Path file = Files.writeString(home.resolve("file"), "x");
    try (UpProcess up = UpProcess.start(file, "up", "--port", "0")) {
      assertThat(up.end()).isEqualTo(69);
      assertThat(up.err()).hasSize(1);
    }
  }
}
