package dev.freehold.remote;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `upstreams.json` in the data folder: what was added, keys sealed. Replaced as a whole, under a
/// lock, so that a reader sees the old or the new one.
///
/// Safe for use by many threads and processes at once.
final class UpstreamFile {

  private final Path file;

  UpstreamFile(Path file) {
    this.file = file;
  }

  /// @param upstream what lists show
  /// @param sealed its sealed key; empty where it has none
  record Entry(Upstream upstream, String sealed) {}

  Map<String, Entry> read() {
    Map<String, Entry> entries = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return entries;
    }
    try {
      for (JsonNode one : Json.MAPPER.readTree(Files.readAllBytes(file)).path("upstreams")) {
        Entry entry = entry(one);
        entries.put(entry.upstream().name(), entry);
      }
      return entries;
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    } catch (JacksonException | IllegalArgumentException | java.time.DateTimeException e) {
      throw new MalformedFile(file.toString(), -1, "it is no list of upstreams", e);
    }
  }

  void change(UnaryOperator<Map<String, Entry>> change) {
    Path lock = file.resolveSibling(file.getFileName() + ".lock");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      synchronized (UpstreamFile.class) { // File locks exclude processes only.
        try (FileChannel channel =
                FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock _ = channel.lock()) {
          write(change.apply(read()));
        }
      }
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private void write(Map<String, Entry> entries) throws IOException {
    ObjectNode root = Json.object();
    ArrayNode array = root.putArray("upstreams");
    entries.values().forEach(entry -> array.add(json(entry)));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    FileAttribute<?>[] owner =
        fresh.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (FileChannel out =
        FileChannel.open(
            fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
      ByteBuffer bytes =
          ByteBuffer.wrap(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static ObjectNode json(Entry entry) {
    Upstream upstream = entry.upstream();
    ObjectNode json =
        Json.object()
            .put("name", upstream.name())
            .put("kind", upstream.dialect().word())
            .put("base", upstream.base().toString())
            .put("private", upstream.reach() == Reach.PRIVATE)
            .put("apiVersion", upstream.apiVersion())
            .put("key", entry.sealed())
            .put("fixed", upstream.fixed());
    ArrayNode models = json.putArray("models");
    for (UpstreamModelEntry model : upstream.models()) {
      ObjectNode one = models.addObject().put("id", model.id());
      one.put("contextLength", model.contextLength());
      model.shutdown().ifPresent(day -> one.put("shutdown", day.toString()));
    }
    return json;
  }

  private static Entry entry(JsonNode json) {
    List<UpstreamModelEntry> models = new ArrayList<>();
    for (JsonNode one : json.path("models")) {
      models.add(
          new UpstreamModelEntry(
              Json.text(one, "id"),
              Json.number(one, "contextLength"),
              Optional.of(Json.text(one, "shutdown"))
                  .filter(text -> !text.isEmpty())
                  .map(LocalDate::parse)));
    }
    String sealed = Json.text(json, "key");
    return new Entry(
        new Upstream(
            Json.text(json, "name"),
            Dialect.of(Json.text(json, "kind")),
            URI.create(Json.text(json, "base")),
            json.path("private").asBoolean(false) ? Reach.PRIVATE : Reach.PUBLIC,
            Json.text(json, "apiVersion"),
            !sealed.isEmpty(),
            json.path("fixed").asBoolean(false),
            models),
        sealed);
  }
}
