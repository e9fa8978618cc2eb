package dev.freehold.evaluation;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.SealedTexts;
import dev.freehold.chat.Unavailable;
import dev.freehold.evaluation.grader.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The cases of every benchmark, as hashes of their words: whoever holds the seals cannot read the
/// questions, but can find one in any text.
///
/// A case is found where all its words follow each other in a text, whatever the case, punctuation,
/// English articles and white space between them. A case of fewer than five words is found only
/// where it is the whole text, for such words follow each other by chance. A case that was reworded
/// is not found.
///
/// One file a benchmark in a folder. Safe for use by many threads; several processes may add and
/// take away, and each sees it at its next question.
public final class Seals implements SealedTexts {

  private static final int ANCHOR = 8;
  private static final int SHORTEST_INSIDE = 5;
  private static final String ENDING = ".seal";

  /// A sealed case: how many words it has, and the hash of all of them.
  private record Sealed(String name, int words, String hash) {}

  private final Path folder;
  // By file, then by number of anchoring words, then by their hash.
  private final Map<String, Map<Integer, Map<String, List<Sealed>>>> loaded =
      new ConcurrentHashMap<>();

  private Seals(Path folder) {
    this.folder = folder;
  }

  /// Reads what is sealed; the folder is made where it is missing.
  public static Seals open(Path folder) {
    Seals seals = new Seals(folder);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be made: %s.".formatted(folder, e.getMessage()), e);
    }
    seals.refresh();
    return seals;
  }

  /// Makes what is known what is in the folder; a seal's file never changes once it is there.
  private void refresh() {
    Set<String> present = new HashSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.toString().endsWith(ENDING))
          .forEach(file -> {
            present.add(file.getFileName().toString());
            load(file);
          });
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(folder, e.getMessage()), e);
    }
    loaded.keySet().retainAll(present);
  }

  /// Breaks the seals of a benchmark that is no more, such as one whose cases were erased.
  ///
  /// @param digest the benchmark's
  public void unseal(String digest) {
    try {
      Files.deleteIfExists(file(digest));
    } catch (IOException e) {
      throw new Unavailable("%s cannot be deleted: %s.".formatted(folder, e.getMessage()), e);
    }
    refresh();
  }

  private Path file(String digest) {
    return folder.resolve(digest.substring("sha256:".length()) + ENDING);
  }

  /// Seals every case of a benchmark; it is on the disk when this returns.
  public void seal(Benchmark benchmark) {
    Path file = file(benchmark.digest());
    StringBuilder lines = new StringBuilder();
    for (Case one : benchmark.cases()) {
      List<String> words = words(one.asked());
      if (!words.isEmpty()) {
        lines
            .append(hash(words.subList(0, Math.min(ANCHOR, words.size()))))
            .append(' ')
            .append(words.size())
            .append(' ')
            .append(hash(words))
            .append(' ')
            .append(benchmark.name().replaceAll("\\s", "_"))
            .append('/')
            .append(one.id().replaceAll("\\s", "_"))
            .append('\n');
      }
    }
    try {
      Path temporary = Files.createTempFile(folder, "seal", ".tmp");
      Files.writeString(temporary, lines);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be sealed: %s.".formatted(file, e.getMessage()), e);
    }
    load(file);
  }

  private void load(Path file) {
    String name = file.getFileName().toString();
    if (loaded.containsKey(name)) {
      return;
    }
    Map<Integer, Map<String, List<Sealed>>> byAnchor = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split(" ", -1);
        if (parts.length != 4 || !parts[1].matches("\\d{1,9}")) {
          throw new MalformedFile(file.toString(), -1, "is no list of seals");
        }
        Sealed sealed = new Sealed(parts[3], Integer.parseInt(parts[1]), parts[2]);
        byAnchor
            .computeIfAbsent(Math.min(ANCHOR, sealed.words), _ -> new HashMap<>())
            .merge(
                parts[0],
                List.of(sealed),
                (one, other) -> Stream.concat(one.stream(), other.stream()).toList());
      }
    } catch (NoSuchFileException e) {
      return; // Another process has broken these seals.
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
    loaded.put(name, byAnchor);
  }

  @Override
  public Optional<String> caseIn(String text) {
    refresh();
    List<String> words = words(text);
    return loaded.values().stream().flatMap(seals -> caseIn(words, seals).stream()).findFirst();
  }

  private static Optional<String> caseIn(
      List<String> words, Map<Integer, Map<String, List<Sealed>>> byAnchor) {
    for (Map.Entry<Integer, Map<String, List<Sealed>>> group : byAnchor.entrySet()) {
      int anchor = group.getKey();
      for (int at = 0; at + anchor <= words.size(); at++) {
        if (anchor < SHORTEST_INSIDE && words.size() != anchor) {
          break;
        }
        for (Sealed sealed :
            group.getValue().getOrDefault(hash(words.subList(at, at + anchor)), List.of())) {
          if (at + sealed.words <= words.size()
              && hash(words.subList(at, at + sealed.words)).equals(sealed.hash)) {
            return Optional.of(sealed.name);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> words(String text) {
    return List.of(Texts.normalised(text).split(" ", -1)).stream()
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static String hash(List<String> words) {
    byte[] bytes = String.join(" ", words).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Digests.hash(bytes), 0, 16);
  }
}
