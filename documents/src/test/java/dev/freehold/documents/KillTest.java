package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.database.Database;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillTest {

  private static final int KILLS = Integer.getInteger("freehold.kills", 6);

  @TempDir Path folder;

  /// Adds documents for ever and says which were acknowledged.
  public static final class Victim {
    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[0]);
      int number = Integer.parseInt(arguments[1]);
      try (var database = Database.open(folder.resolve("test.sqlite"));
          var library =
              Library.open(
                  Shelf.settings(folder, Duration.ofSeconds(60)), database, new HashedWords())) {
        Collection collection =
            library.collections(Shelf.ANNA).stream()
                .findFirst()
                .orElseGet(() -> library.createCollection(Shelf.ANNA, "all"));
        System.out.println("open");
        while (true) {
          // Every fourth replaces an earlier one, every seventh is deleted again.
          String name = number % 4 == 3 ? "doc-" + (number - 2) + ".md" : "doc-" + number + ".md";
          Document added =
              library.add(
                  Shelf.ANNA, collection.id(), name, new ByteArrayInputStream(text(number)));
          if (number % 7 == 6) {
            System.out.println("deleting " + name + ";");
            library.delete(Shelf.ANNA, added.id());
            System.out.println("deleted " + name + ";");
          } else {
            System.out.println("added " + name + " " + number + ";");
          }
          number++;
        }
      }
    }
  }

  static byte[] text(int number) {
    return ("# Part "
            + number
            + "\n\n"
            + ("mark" + number + "x sings a song of its own. ").repeat(90))
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whateverTheMomentOfDeathWhatWasAcknowledgedIsReadAndNothingIsHalf() throws Exception {
    var random = new Random(23);
    var expected = new java.util.HashMap<String, Integer>();
    var unsure = new HashSet<String>();
    int number = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      List<String> said = runAndKill(number, 1 + random.nextInt(8), random.nextInt(50));
      for (String line : said) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "added" -> {
            expected.put(words[1], Integer.valueOf(words[2]));
            unsure.remove(words[1]);
            number = Integer.parseInt(words[2]) + 1;
          }
          case "deleting" -> unsure.add(words[1]);
          case "deleted" -> {
            expected.remove(words[1]);
            unsure.remove(words[1]);
            number++;
          }
          default -> {}
        }
      }
      // The one under way when it died may or may not be there; its number is not used again.
      unsure.add("doc-" + number + ".md");
      unsure.add("doc-" + (number - 2) + ".md");
      number += 4;
      check(expected, unsure);
    }
    assertThat(expected).hasSizeGreaterThan(KILLS / 2);
  }

  // By what it has said and not by the clock: on a slow machine it would die before it did
  // anything.
  private List<String> runAndKill(int number, int acknowledged, long millis) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfreehold.parser.classpath=" + System.getProperty("freehold.parser.classpath"),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                folder.toString(),
                String.valueOf(number))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    long patience = System.nanoTime() + 120_000_000_000L;
    while (said().stream().filter(KillTest::acknowledges).count() < acknowledged) {
      assertThat(System.nanoTime()).as("the victim works").isLessThan(patience);
      Thread.sleep(5);
    }
    Thread.sleep(millis);
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    // A line cut in the middle was never said.
    return said().stream()
        .filter(line -> line.matches("(added \\S+ \\d+;|delet\\w+ \\S+\\.md;)"))
        .map(line -> line.substring(0, line.length() - 1))
        .toList();
  }

  private static boolean acknowledges(String line) {
    return line.matches("(added|deleted) .+;");
  }

  private List<String> said() throws IOException {
    return Files.readAllLines(folder.resolve("said"));
  }

  private void check(java.util.Map<String, Integer> expected, Set<String> unsure)
      throws InterruptedException, IOException {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection collection = shelf.library.collections(Shelf.ANNA).getFirst();
      shelf.settle(Shelf.ANNA, collection);
      List<Document> documents = shelf.library.documents(Shelf.ANNA, collection.id());
      Set<String> names = new HashSet<>();
      for (Document document : documents) {
        names.add(document.name());
        assertThat(document.state()).as(document.name()).isEqualTo(Document.State.READY);
        assertThat(document.passages()).as(document.name()).isPositive();
        if (!unsure.contains(document.name())) {
          int mark = expected.get(document.name());
          List<Passage> found =
              shelf.library.search(Shelf.ANNA, "mark" + mark + "x sings", Set.of(), 3);
          assertThat(found.getFirst().document()).isEqualTo(document.id());
        }
      }
      Set<String> missing = new HashSet<>(expected.keySet());
      missing.removeAll(names);
      missing.removeAll(unsure);
      assertThat(missing).isEmpty();
      names.removeAll(expected.keySet());
      names.removeAll(unsure);
      assertThat(names).isEmpty();
      try (Stream<Path> originals = Files.walk(folder.resolve("originals"))) {
        assertThat(originals.filter(Files::isRegularFile).count())
            .isEqualTo(documents.stream().map(Document::digest).distinct().count());
      }
    }
  }
}
