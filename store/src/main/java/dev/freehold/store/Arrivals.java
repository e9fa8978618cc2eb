package dev.freehold.store;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The way into the store: what came is verified, read as a model and made visible, or deleted.
///
/// A model of one file is that file. One of several comes piece by piece: each that is whole and
/// verified waits in a folder, which enters the store by one rename when the last is there. Its
/// digest is that of the list of its files as `sha256sum` prints it, in the order of their names.
/// Safe for many threads and processes: those that want the same take turns.
///
/// @param store where models go
/// @param reader says what a file or folder is
record Arrivals(ModelStore store, WeightsReader reader) {

  StoredModel named(StoredModel model, Name name) {
    return model.name().equals(name.value()) ? model : store.tag(model, name);
  }

  /// Receives a model of one file.
  ///
  /// @param key what tells this file from others on their way
  StoredModel one(
      Digest key,
      Optional<Digest> expected,
      Origin origin,
      Consumer<Partial> fill,
      Consumer<PullEvent> events) {
    return inTurn(
        key,
        expected,
        origin,
        events,
        () -> {
          Optional<Stated> stated = expected.map(Stated.Sha256::new);
          Received received = received(key, stated, origin, fill, events);
          return entered(received.file(), received.digest(), origin, stated.isEmpty(), events);
        });
  }

  /// Receives a model of several files.
  StoredModel all(List<Piece> pieces, Origin origin, Consumer<PullEvent> events) {
    StringBuilder identity = new StringBuilder(origin.title());
    pieces.forEach(piece -> identity.append('\n').append(piece.identity()));
    Digest key = Digest.ofText(identity.toString());
    Optional<Digest> expected = origin.wish().digest().or(() -> stated(pieces));
    return inTurn(
        key, expected, origin, events, () -> assembled(key, expected, pieces, origin, events));
  }

  private StoredModel assembled(
      Digest key,
      Optional<Digest> expected,
      List<Piece> pieces,
      Origin origin,
      Consumer<PullEvent> events)
      throws IOException {
    Path folder = store.partial(key, ".files");
    if (!pieces.stream().allMatch(Piece::lasting)) {
      store.disk().deleteAll(folder);
    }
    store.disk().createFolders(folder);
    TreeMap<String, Digest> digests = new TreeMap<>();
    long total = pieces.stream().mapToLong(Piece::size).sum();
    reserve(total - size(folder));
    long before = 0;
    for (Piece piece : pieces) {
      digests.put(
          piece.name(), piece(piece, folder, origin, Progressing.of(before, total, events)));
      before += piece.size();
    }
    Digest digest = listed(digests);
    if (expected.isPresent() && !digest.equals(expected.get())) {
      store.disk().deleteAll(folder);
      throw wrong(origin, digest.toString(), expected.get().toString());
    }
    boolean vouched = expected.isPresent() || pieces.stream().allMatch(p -> p.stated().isPresent());
    return entered(folder, digest, origin, !vouched, events);
  }

  /// One piece into its place, if it is not there.
  private Digest piece(Piece piece, Path folder, Origin origin, Consumer<PullEvent> events)
      throws IOException {
    Path place = folder.resolve(piece.name());
    if (Files.exists(place) && Files.size(place) == piece.size()) {
      Optional<Digest> known = piece.stated().flatMap(Stated::sha256);
      return known.isPresent() ? known.get() : Digest.ofFile(place);
    }
    Digest key = Digest.ofText(origin.title() + "\n" + piece.identity());
    Received received =
        received(
            key, piece.stated(), origin, partial -> piece.fill().accept(partial, events), events);
    store.disk().move(received.file(), place);
    store.disk().delete(store.partial(key, ".etag"));
    return received.digest();
  }

  private void reserve(long needed) throws IOException {
    long free = store.disk().usableBytes(store.root());
    if (needed > free) {
      throw DiskFault.tooSmall(store.root(), needed, free);
    }
  }

  static long size(Path folder) throws IOException {
    long size = 0;
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        size += Files.size(file);
      }
    }
    return size;
  }

  /// The digest of the whole, where the source states that of every piece.
  private static Optional<Digest> stated(List<Piece> pieces) {
    TreeMap<String, Digest> digests = new TreeMap<>();
    for (Piece piece : pieces) {
      piece.stated().flatMap(Stated::sha256).ifPresent(digest -> digests.put(piece.name(), digest));
    }
    return digests.size() == pieces.size() ? Optional.of(listed(digests)) : Optional.empty();
  }

  /// The digest of files by their names.
  static Digest listed(TreeMap<String, Digest> digests) {
    StringBuilder list = new StringBuilder();
    digests.forEach(
        (name, digest) -> list.append(digest.hex()).append("  ").append(name).append('\n'));
    return Digest.ofText(list.toString());
  }

  private interface Work {
    StoredModel run() throws IOException;
  }

  private StoredModel inTurn(
      Digest key, Optional<Digest> expected, Origin origin, Consumer<PullEvent> events, Work work) {
    Path turn = store.partial(key, ".lock");
    String waiting = "Another freehold is getting %s; waiting for it.".formatted(origin.name());
    try (Turn _ = Turn.take(turn, () -> events.accept(new PullEvent.Waiting(waiting)))) {
      Optional<StoredModel> meanwhile = expected.flatMap(store::withDigest);
      if (meanwhile.isPresent()) {
        return named(meanwhile.get(), origin.name());
      }
      StoredModel model = work.run();
      store.disk().delete(store.partial(key, ".etag"));
      return model;
    } catch (IOException e) {
      throw new DiskFault(turn, e);
    }
  }

  /// A file that came whole.
  private record Received(Path file, Digest digest) {}

  private Received received(
      Digest key,
      Optional<Stated> stated,
      Origin origin,
      Consumer<Partial> fill,
      Consumer<PullEvent> events)
      throws IOException {
    try (Partial partial = Partial.open(store, key)) {
      boolean resumed = partial.size() > 0;
      fill.accept(partial);
      Path file = partial.file();
      Digest digest = partial.finish();
      if (resumed && stated.isPresent() && !stated.get().holds(file, digest)) {
        // An earlier attempt may have left bytes of another version: once more from the start.
        partial.discard();
        events.accept(new PullEvent.Resuming(origin.title(), 0));
        try (Partial afresh = Partial.open(store, key)) {
          fill.accept(afresh);
          digest = afresh.finish();
        }
      }
      if (stated.isPresent() && !stated.get().holds(file, digest)) {
        partial.discard();
        throw wrong(origin, digest.toString(), stated.get().toString());
      }
      return new Received(file, digest);
    }
  }

  private static Unavailable wrong(Origin origin, String found, String wanted) {
    return new Unavailable(
        "%s: the file is not what it should be (%s instead of %s); it was deleted."
            .formatted(origin.title(), found, wanted));
  }

  private StoredModel entered(
      Path path, Digest digest, Origin origin, boolean unvouched, Consumer<PullEvent> events)
      throws IOException {
    long bytes = Files.isDirectory(path) ? size(path) : Files.size(path);
    ModelFacts read;
    boolean sound = false;
    try {
      read = reader.read(path);
      sound = true;
    } finally {
      if (!sound) {
        store.disk().deleteAll(path);
      }
    }
    if (unvouched) {
      events.accept(
          new PullEvent.Note("The source states no digest. What came has %s.".formatted(digest)));
    }
    return store.commit(path, digest, bytes, origin.name(), origin.facts(read), origin.title());
  }

  /// Tells of one piece as progress of the whole.
  private record Progressing(long before, long total, Consumer<PullEvent> events) {

    static Consumer<PullEvent> of(long before, long total, Consumer<PullEvent> events) {
      return new Progressing(before, total, events)::tell;
    }

    private void tell(PullEvent event) {
      events.accept(
          event instanceof PullEvent.Progress progress
              ? new PullEvent.Progress(
                  progress.source(), before + progress.done(), total, progress.bytesPerSecond())
              : event);
    }
  }
}
