package dev.freehold.teaching;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.Principal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A shelf of one file for each adapter: a line of who may read it, then what it saw, then marks.
final class FileShelf implements AdapterShelf {

  private final Path folder;
  private volatile Consumer<String> withdrawing = _ -> {};

  FileShelf(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void offer(Offer offer) {
    write(offer.name(), content(offer, "person:" + offer.owner().id()));
  }

  @Override
  public void publish(Offer offer) {
    if (has(offer.name()) && !lines(offer.name()).get(1).equals(offer.origin())) {
      throw new Conflict("Another adapter is called " + offer.name() + ".");
    }
    write(offer.name(), content(offer, offer.sources().toString()));
  }

  private static List<String> content(Offer offer, String readers) {
    return Stream.concat(
            Stream.of(readers, offer.origin(), offer.gates().replace("\n", " ")),
            offer.seen().stream().sorted().map(seen -> "saw " + seen))
        .toList();
  }

  private void write(String name, List<String> lines) {
    try {
      Path beside = folder.resolve(name + ".new");
      Files.write(beside, lines);
      Files.move(
          beside,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> lines(String name) {
    try {
      return Files.readAllLines(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Told of every name that goes, as long as it is still there.
  void whenWithdrawing(Consumer<String> listener) {
    withdrawing = listener;
  }

  @Override
  public void withdraw(String name) {
    if (has(name)) {
      withdrawing.accept(name);
    }
    try {
      Files.deleteIfExists(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void export(String name, Form form, Path target) {
    Disk.write(target, (form + " of " + name).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean has(String name) {
    return Files.exists(folder.resolve(name));
  }

  @Override
  public void mark(String seen, String why) {
    for (String name : names()) {
      List<String> lines = lines(name);
      if (lines.contains("saw " + seen) && !lines.contains("mark " + why)) {
        write(name, Stream.concat(lines.stream(), Stream.of("mark " + why)).toList());
      }
    }
  }

  @Override
  public Set<String> seen() {
    Set<String> seen = new HashSet<>();
    for (String name : names()) {
      seen.addAll(
          lines(name).stream()
              .filter(line -> line.startsWith("saw "))
              .map(line -> line.substring(4))
              .collect(Collectors.toSet()));
    }
    return seen;
  }

  /// Whether that principal may ask for it.
  boolean readable(Principal principal, String name) {
    return lines(name).getFirst().equals("person:" + principal.id());
  }
}
