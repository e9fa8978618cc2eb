package dev.freehold.engine;

import dev.freehold.chat.ChatRequest;
import dev.freehold.model.SequenceState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The long prompts of one model that lie on the disk.
///
/// Each lies in a folder whose name is a hash of whose it is, in that of its realm, which is a hash
/// of model, configuration and cache scope, under a hash of its tokens. Which tokens a file is of
/// is compared one by one, never by hash alone. A file that is damaged, cut off or of another realm
/// is passed over with a line in the log. Writing happens on a thread of its own; what cannot be
/// written is not kept, and nobody waits for it. Safe for use by many threads.
final class PromptStore implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.freehold.engine.prompts");
  private static final String SUFFIX = ".prompt";
  private static final String MARK = ".mark";
  private static final Duration KEPT = Duration.ofDays(7);

  /// What waits to be written holds memory.
  private static final int MOST_WAITING = 2;

  private record Saved(Path file, PromptFile.Head head) {}

  /// @param mark a file that is gone once the owner's prompts were erased
  /// @param state null: the last, which is no work
  private record Work(String scope, Path mark, int[] tokens, @Nullable SequenceState state) {}

  private final SavedPrompts settings;
  private final String model;
  private final BlockingQueue<Work> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Thread writer;
  private volatile boolean closing;

  /// By scope, once it was asked for. Guarded by itself.
  private final Map<String, List<Saved>> known = new HashMap<>();

  /// @param model all that what is remembered depends on beside tokens: digest and configuration
  PromptStore(SavedPrompts settings, String model) {
    this.settings = settings;
    this.model = model;
    this.writer = Thread.ofPlatform().name("prompts").daemon().start(this::writeAll);
  }

  private byte[] realm(String scope) {
    String all = "%s\n%d\n%s".formatted(model, scope.length(), scope);
    return SavedPrompts.hash(all.getBytes(StandardCharsets.UTF_8));
  }

  private Path folder(String scope) {
    return settings.of(SavedPrompts.owner(scope)).resolve(HexFormat.of().formatHex(realm(scope)));
  }

  private List<Saved> saved(String scope) {
    return known.computeIfAbsent(
        scope,
        _ -> {
          List<Saved> found = new ArrayList<>();
          byte[] realm = realm(scope);
          for (Path file : files(folder(scope))) {
            try {
              found.add(new Saved(file, PromptFile.head(file, realm)));
            } catch (IOException e) {
              passedOver(file, e);
            }
          }
          return found;
        });
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder, 3)) {
      return all.filter(file -> file.toString().endsWith(SUFFIX))
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      passedOver(folder, e);
      return List.of();
    }
  }

  private static void passedOver(Path file, Exception reason) {
    LOG.log(
        System.Logger.Level.WARNING,
        "A saved prompt is passed over: %s (%s).".formatted(file, reason.getMessage()));
  }

  /// How many of the first tokens a saved prompt covers, never all of them.
  private static int covered(PromptFile.Head head, int[] tokens) {
    int mismatch = java.util.Arrays.mismatch(head.tokens(), tokens);
    int common = mismatch < 0 ? tokens.length : mismatch;
    common = Math.min(common, tokens.length - 1);
    return head.anywhere() || common == head.tokens().length ? common : 0;
  }

  /// Whether the scope's prompts go to the disk: not those that are nobody's, since nobody could
  /// have them erased.
  private static boolean isKept(String scope) {
    return !scope.startsWith(ChatRequest.IN_MEMORY) && !SavedPrompts.owner(scope).isEmpty();
  }

  private @Nullable Saved best(String scope, int[] tokens) {
    synchronized (known) {
      return saved(scope).stream()
          .max(Comparator.comparingInt(saved -> covered(saved.head(), tokens)))
          .orElse(null);
    }
  }

  /// What the model remembers of the longest beginning of `tokens` that is saved in the scope, or
  /// null where it is not worth reading.
  ///
  /// @param have how many of them are remembered already
  /// @param fresh makes an empty sequence of the model
  @Nullable SequenceState longest(
      String scope, int[] tokens, int have, Supplier<SequenceState> fresh) {
    Saved saved = isKept(scope) ? best(scope, tokens) : null;
    int length = saved == null ? 0 : covered(saved.head(), tokens);
    if (saved == null || length - have < settings.fewestTokens()) {
      return null;
    }
    SequenceState state = fresh.get();
    try {
      PromptFile.fill(saved.file(), realm(scope), saved.head(), state);
      Files.setLastModifiedTime(saved.file(), FileTime.from(Instant.now()));
      int reachable = state.reachable(length);
      if (reachable > have) {
        state.truncate(reachable);
        return state;
      }
    } catch (IOException e) {
      forget(scope, saved);
      passedOver(saved.file(), e);
    }
    state.close();
    return null;
  }

  private void forget(String scope, Saved saved) {
    synchronized (known) {
      saved(scope).remove(saved);
    }
  }

  /// Whether a prompt is worth keeping: it is long, and no file covers most of it.
  boolean wants(String scope, int[] tokens) {
    if (closing
        || tokens.length < settings.fewestTokens()
        || !isKept(scope)
        || waiting.remainingCapacity() == 0) {
      return false;
    }
    Saved saved = best(scope, tokens);
    return saved == null || covered(saved.head(), tokens) < tokens.length / 4 * 3;
  }

  /// Keeps a state that [#wants] said is wanted; it is closed once it is written.
  void keep(String scope, int[] tokens, SequenceState state) {
    Path mark = closing ? null : mark(scope);
    if (mark == null || !waiting.offer(new Work(scope, mark, tokens, state))) {
      state.close();
    }
  }

  /// Makes the scope's folder, and a file beside it that no later folder of that name has. Nothing
  /// is kept where that file is gone then: it was erased.
  private @Nullable Path mark(String scope) {
    try {
      Path folder = Files.createDirectories(folder(scope), only("rwx------"));
      Path owners = settings.of(SavedPrompts.owner(scope));
      try (Stream<Path> all = Files.list(owners)) {
        Optional<Path> there = all.filter(file -> file.toString().endsWith(MARK)).findFirst();
        if (there.isPresent()) {
          return there.get();
        }
      }
      return Files.createFile(folder.resolveSibling(UUID.randomUUID() + MARK), only("rw-------"));
    } catch (IOException | UncheckedIOException e) {
      LOG.log(System.Logger.Level.WARNING, "A prompt could not be saved: %s.".formatted(e));
      return null;
    }
  }

  /// Lets go of what is known in memory of an owner's saved prompts, also of what waits to be
  /// written.
  void forget(String owner) {
    List<Work> its = new ArrayList<>();
    waiting.removeIf(work -> {
      boolean erased = work.state() != null && SavedPrompts.owner(work.scope()).equals(owner);
      if (erased) {
        its.add(work);
      }
      return erased;
    });
    for (Work work : its) {
      SequenceState state = work.state();
      if (state != null) {
        state.close();
      }
    }
    synchronized (known) {
      known.keySet().removeIf(scope -> SavedPrompts.owner(scope).equals(owner));
    }
  }

  private void writeAll() {
    try {
      tidy();
      while (true) {
        Work work = waiting.take();
        SequenceState state = work.state();
        if (state == null) {
          return;
        }
        write(work, state);
        state.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tidy() {
    try {
      settings.sweep();
      makeRoom(0);
    } catch (IOException | UncheckedIOException e) {
      passedOver(settings.folder(), e);
    }
  }

  private void write(Work work, SequenceState state) {
    Path folder = folder(work.scope());
    byte[] realm = realm(work.scope());
    Path written = null;
    try {
      makeRoom(state.bytes());
      written = Files.createTempFile(folder, "writing", "", only("rw-------"));
      int half = work.tokens().length / 2;
      boolean anywhere = state.reachable(half) == half;
      PromptFile.write(written, realm, work.tokens(), anywhere, state);
      Path file = folder.resolve(name(work.tokens()) + SUFFIX);
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (!Files.exists(work.mark())) {
        Files.deleteIfExists(file); // Erased, and the folder was made again for something later.
        return;
      }
      synchronized (known) {
        saved(work.scope()).removeIf(saved -> saved.file().equals(file));
        saved(work.scope()).add(new Saved(file, PromptFile.head(file, realm)));
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "A prompt of %d tokens could not be saved: %s.".formatted(work.tokens().length, e));
      delete(written);
    }
  }

  private static FileAttribute<?>[] only(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static String name(int[] tokens) {
    var bytes = java.nio.ByteBuffer.allocate(4 * tokens.length);
    bytes.asIntBuffer().put(tokens);
    return HexFormat.of().formatHex(SavedPrompts.hash(bytes.array()));
  }

  private record Aged(Path file, long bytes, Instant used) {}

  /// Deletes what was used longest ago until so many bytes fit, and what was not used for a week.
  private void makeRoom(long bytes) throws UncheckedIOException {
    List<Aged> all = new ArrayList<>();
    for (Path file : files(settings.folder())) {
      try {
        all.add(new Aged(file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
      } catch (IOException e) {
        passedOver(file, e);
      }
    }
    all.sort(Comparator.comparing(Aged::used));
    long sum = all.stream().mapToLong(Aged::bytes).sum();
    Instant oldest = Instant.now().minus(KEPT);
    for (Aged one : all) {
      if (sum + bytes <= settings.mostBytes() && !one.used().isBefore(oldest)) {
        return;
      }
      sum -= one.bytes();
      delete(one.file());
      synchronized (known) {
        known.values().forEach(list -> list.removeIf(saved -> saved.file().equals(one.file())));
      }
    }
    if (bytes > settings.mostBytes()) {
      throw new UncheckedIOException(new IOException("it is larger than all that may be kept"));
    }
  }

  private static void delete(@Nullable Path file) {
    if (file == null) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      passedOver(file, e);
    }
  }

  /// Writes what waits and ends.
  @Override
  public void close() {
    closing = true;
    boolean interrupted = false;
    boolean told = false;
    while (writer.isAlive()) {
      try {
        if (!told) {
          waiting.put(new Work("", Path.of(""), new int[0], null));
          told = true;
        }
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
