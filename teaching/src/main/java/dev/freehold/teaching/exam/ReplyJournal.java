package dev.freehold.teaching.exam;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The replies of an exam as they come: each is on the disk before it counts, so that an exam that
/// was killed goes on. Safe for use by many threads at once.
final class ReplyJournal implements AutoCloseable {

  private final FileChannel channel;
  private final Path file;
  private final Map<String, Reply> replies = new LinkedHashMap<>();

  private ReplyJournal(FileChannel channel, Path file) {
    this.channel = channel;
    this.file = file;
  }

  /// Opens a journal; a last line without an end never counted and is cut off.
  static ReplyJournal open(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      ReplyJournal journal = new ReplyJournal(channel, file);
      byte[] bytes = Files.readAllBytes(file);
      int whole = bytes.length;
      while (whole > 0 && bytes[whole - 1] != '\n') {
        whole--;
      }
      journal.read(new String(bytes, 0, whole, StandardCharsets.UTF_8));
      channel.truncate(whole);
      channel.position(whole);
      return journal;
    } catch (IOException e) {
      throw new Unavailable("%s cannot be opened: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private void read(String lines) {
    for (String line : lines.split("\n", -1)) {
      if (!line.isEmpty()) {
        try {
          Reply reply = reply(JsonMapper.shared().readTree(line));
          replies.put(reply.key(), reply);
        } catch (JacksonException | IllegalArgumentException e) {
          throw new MalformedFile(
              file.toString(), -1, "is no journal of an exam; delete it to begin anew", e);
        }
      }
    }
  }

  private static Reply reply(JsonNode json) {
    List<Double> probabilities = new ArrayList<>();
    json.path("logProbabilities").forEach(node -> probabilities.add(node.doubleValue()));
    List<Integer> tokens = new ArrayList<>();
    json.path("tokens").forEach(node -> tokens.add(node.intValue()));
    return new Reply(
        Column.valueOf(json.path("column").stringValue()),
        json.path("item").stringValue(),
        probabilities,
        tokens,
        json.path("said").stringValue());
  }

  synchronized Optional<Reply> of(Column column, String item, boolean free) {
    return Optional.ofNullable(replies.get(Reply.key(column, item, free)));
  }

  /// Keeps a reply; it is on the disk when this returns.
  synchronized void keep(Reply reply) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("column", reply.column().name())
            .put("item", reply.item());
    reply.logProbabilities().forEach(json.putArray("logProbabilities")::add);
    reply.tokens().forEach(json.putArray("tokens")::add);
    json.put("said", reply.said());
    ByteBuffer line = ByteBuffer.wrap((json + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(false);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(file, e.getMessage()), e);
    }
    replies.put(reply.key(), reply);
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Unavailable("%s cannot be closed: %s.".formatted(file, e.getMessage()), e);
    }
  }
}
