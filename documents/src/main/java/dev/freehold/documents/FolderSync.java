package dev.freehold.documents;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes a collection equal to a folder. Hidden files and links that lead elsewhere are left out.
final class FolderSync {

  private final Library library;
  private final Catalogue catalogue;
  private final Principal principal;
  private final String collection;
  private final Path folder;

  private final List<String> added = new ArrayList<>();
  private final List<String> changed = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();
  private final List<SyncReport.Skipped> skipped = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private int unchanged;

  FolderSync(
      Library library, Catalogue catalogue, Principal principal, String collection, Path folder) {
    this.library = library;
    this.catalogue = catalogue;
    this.principal = principal;
    this.collection = collection;
    this.folder = folder.toAbsolutePath().normalize();
  }

  SyncReport run() {
    if (!Files.isDirectory(folder)) {
      throw new InvalidRequest("%s is no folder.".formatted(folder), "docs");
    }
    Map<String, Catalogue.Stamp> stamps = new HashMap<>(catalogue.stamps(collection));
    try {
      Files.walkFileTree(folder, new Visitor(stamps));
    } catch (IOException e) {
      throw new InvalidRequest(
          "The folder %s cannot be listed: %s.".formatted(folder, e.getMessage()), "docs");
    }
    stamps.forEach((name, stamp) -> {
      if (!seen.contains(name)) {
        library.delete(principal, stamp.document());
        removed.add(name);
      }
    });
    removed.sort(null);
    List<Document> unreadable =
        library.documents(principal, collection).stream()
            .filter(document -> !document.problems().isEmpty())
            .toList();
    return new SyncReport(added, changed, removed, unchanged, unreadable, skipped);
  }

  private void take(
      Path file, BasicFileAttributes attributes, Map<String, Catalogue.Stamp> stamps) {
    String name = folder.relativize(file).toString().replace('\\', '/');
    seen.add(name);
    long modified = attributes.lastModifiedTime().toMillis();
    Catalogue.Stamp stamp = stamps.get(name);
    if (stamp != null && stamp.bytes() == attributes.size() && stamp.modified() == modified) {
      unchanged++;
      return;
    }
    try (InputStream body = Files.newInputStream(file)) {
      switch (library.add(principal, collection, name, body, modified).change()) {
        case ADDED -> added.add(name);
        case CHANGED -> changed.add(name);
        case UNCHANGED -> unchanged++;
      }
    } catch (InvalidRequest e) {
      skipped.add(new SyncReport.Skipped(name, e.getMessage()));
    } catch (IOException e) {
      skipped.add(
          new SyncReport.Skipped(name, "The file cannot be opened: %s.".formatted(e.getMessage())));
    }
  }

  private final class Visitor extends SimpleFileVisitor<Path> {

    private final Map<String, Catalogue.Stamp> stamps;

    Visitor(Map<String, Catalogue.Stamp> stamps) {
      this.stamps = stamps;
    }

    private boolean hidden(Path path) {
      return !path.equals(folder) && path.getFileName().toString().startsWith(".");
    }

    @Override
    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
      return hidden(path) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (hidden(file)) {
        return FileVisitResult.CONTINUE;
      }
      if (Files.isSymbolicLink(file)) {
        // A link to a file inside the folder is that file once more; one that leads out is not
        // ours.
        skipped.add(
            new SyncReport.Skipped(
                folder.relativize(file).toString(), "It is a link; copy the file itself."));
      } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        take(file, attributes, stamps);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      skipped.add(
          new SyncReport.Skipped(
              folder.relativize(file).toString(),
              "The file cannot be opened: %s.".formatted(e.getMessage())));
      return FileVisitResult.CONTINUE;
    }
  }
}
