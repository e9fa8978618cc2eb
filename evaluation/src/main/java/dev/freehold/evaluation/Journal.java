package dev.freehold.evaluation;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Everything a run has heard, a line each, on the disk before it counts: a run that was killed
/// goes on where it was and asks nothing again that was answered.
///
/// Safe for use by many threads; only one process may have it open.
public final class Journal implements AutoCloseable {

  private static final int ATTEMPTS = 25;

  private final Path file;
  private final FileChannel channel;
  private final Map<String, Attempt> attempts = new LinkedHashMap<>();
  private final Map<String, Judgement> judgements = new LinkedHashMap<>();

  private Journal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Opens a journal for a run, and reads what an earlier process wrote.
  ///
  /// @param terms what the run is about: benchmark, settings, contestants
  /// @throws Conflict where another process has it open or it belongs to another run
  public static Journal open(Path file, String terms) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      boolean opened = false;
      try {
        lock(file, channel);
        Journal journal = new Journal(file, channel);
        journal.recover(Digests.sha256(terms));
        opened = true;
        return journal;
      } finally {
        if (!opened) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw new Unavailable("%s cannot be opened: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private static void lock(Path file, FileChannel channel) throws IOException {
    for (int attempt = 1; ; attempt++) {
      boolean here = false;
      try {
        if (channel.tryLock() != null) {
          return; // Given back when the channel is closed.
        }
      } catch (OverlappingFileLockException _) {
        here = true;
      }
      // A process that was killed is gone in a moment.
      if (attempt == ATTEMPTS || !waited()) {
        throw new Conflict(
            here
                ? "%s is open already in this program.".formatted(file)
                : "Another process runs this proof (%s is locked).".formatted(file));
      }
    }
  }

  private static boolean waited() {
    try {
      Thread.sleep(20);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void recover(String terms) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int start = 0;
    boolean first = true;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
        if (first) {
          begun(line, terms);
          first = false;
        } else {
          take(parse(line, start));
        }
        start = i + 1;
      }
    }
    // What was being written when the process was killed is no line; it goes.
    channel.truncate(start);
    channel.position(start);
    if (first) {
      write(JsonMapper.shared().createObjectNode().put("terms", terms));
    }
  }

  private void begun(String line, String terms) {
    JsonNode head = parse(line, 0);
    if (!head.path("terms").asString("").equals(terms)) {
      throw new Conflict(
          "%s belongs to a run with other terms (benchmark, settings or contestants). Remove it or name another."
              .formatted(file));
    }
  }

  private JsonNode parse(String line, int offset) {
    try {
      return JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      throw new MalformedFile(file.toString(), offset, "is no line of a journal", e);
    }
  }

  private void take(JsonNode line) {
    if (line.has("choice")) {
      Judgement judgement = ProofJson.judgement(line);
      judgements.put(judgement.key(), judgement);
    } else {
      Attempt attempt = ProofJson.attempt(line);
      attempts.put(attempt.key(), attempt);
    }
  }

  /// Writes an answer down.
  public synchronized void add(Attempt attempt) {
    write(ProofJson.write(attempt));
    attempts.put(attempt.key(), attempt);
  }

  /// Writes a judgement down.
  public synchronized void add(Judgement judgement) {
    write(ProofJson.write(judgement));
    judgements.put(judgement.key(), judgement);
  }

  private void write(ObjectNode line) {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /// What was answered, by [Attempt#key].
  synchronized Map<String, Attempt> attempts() {
    return new LinkedHashMap<>(attempts);
  }

  /// What was judged, by [Judgement#key].
  synchronized Map<String, Judgement> judgements() {
    return new LinkedHashMap<>(judgements);
  }

  /// All answers, in the order they came.
  public synchronized List<Attempt> all() {
    return new ArrayList<>(attempts.values());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Unavailable("%s cannot be closed: %s.".formatted(file, e.getMessage()), e);
    }
  }
}
