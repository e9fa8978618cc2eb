package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the store keeps of an adapter beside its file, as JSON.
final class AdapterTag {

  private AdapterTag() {}

  static byte[] write(StoredAdapter adapter) {
    Publication publication = adapter.publication();
    AdapterFacts facts = publication.facts();
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("name", adapter.name());
    json.put("base", publication.base().toString());
    json.put("architecture", facts.architecture());
    json.put("rank", facts.rank());
    json.put("alpha", Float.toString(facts.alpha()));
    json.put("matrices", facts.matrices());
    json.put("parameters", facts.parameters());
    ArrayNode sources = json.putArray("sources");
    for (AdapterSource source : publication.sources()) {
      switch (source) {
        case AdapterSource.Kept(String id) -> sources.addObject().put("kept", id);
        case AdapterSource.Named(Set<String> readers) -> {
          ArrayNode array = sources.addObject().putArray("readers");
          readers.forEach(array::add);
        }
      }
    }
    ArrayNode seen = json.putArray("seen");
    new TreeSet<>(publication.seen()).forEach(seen::add);
    json.put("origin", publication.origin());
    json.put("gates", publication.gates());
    json.put("bytes", adapter.bytes());
    json.put("digest", adapter.digest().toString());
    json.put("created", adapter.created().toString());
    ArrayNode marks = json.putArray("marks");
    for (StoredAdapter.Mark mark : adapter.marks()) {
      marks.addObject().put("at", mark.at().toString()).put("why", mark.why());
    }
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }

  static StoredAdapter read(byte[] json, Name name, Path tag, Function<Digest, Path> blob) {
    try {
      Fields fields = new Fields(JsonMapper.shared().readTree(json), tag.toString());
      Digest digest = Digest.of(fields.text("digest"));
      return new StoredAdapter(
          publication(fields, name),
          fields.number("bytes"),
          digest,
          Instant.parse(fields.text("created")),
          marks(fields),
          blob.apply(digest));
    } catch (JacksonException
        | ArithmeticException
        | DateTimeException
        | NumberFormatException
        | InvalidRequest e) {
      throw new MalformedFile(
          tag.toString(), -1, "damaged; run `freehold adapter rm %s`".formatted(name), e);
    }
  }

  private static Publication publication(Fields fields, Name name) {
    Set<String> seen = new HashSet<>();
    fields.array("seen").forEach(id -> seen.add(id.asString()));
    return new Publication(
        name,
        Digest.of(fields.text("base")),
        new AdapterFacts(
            fields.text("architecture"),
            Math.toIntExact(fields.number("rank")),
            Float.parseFloat(fields.text("alpha")),
            Math.toIntExact(fields.number("matrices")),
            fields.number("parameters")),
        sources(fields),
        seen,
        fields.text("origin"),
        fields.text("gates"));
  }

  private static List<AdapterSource> sources(Fields fields) {
    List<AdapterSource> sources = new ArrayList<>();
    for (JsonNode node : fields.array("sources")) {
      Fields source = new Fields(node, fields.file());
      if (node.has("kept")) {
        sources.add(new AdapterSource.Kept(source.text("kept")));
      } else {
        Set<String> readers = new HashSet<>();
        source.array("readers").forEach(reader -> readers.add(reader.asString()));
        sources.add(new AdapterSource.Named(readers));
      }
    }
    return sources;
  }

  private static List<StoredAdapter.Mark> marks(Fields fields) {
    List<StoredAdapter.Mark> marks = new ArrayList<>();
    for (JsonNode node : fields.array("marks")) {
      Fields mark = new Fields(node, fields.file());
      marks.add(new StoredAdapter.Mark(Instant.parse(mark.text("at")), mark.text("why")));
    }
    return marks;
  }
}
