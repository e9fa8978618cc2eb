package dev.freehold.server;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Upstreams that live as long as their test. One that is called `down` does not answer.
public final class UpstreamsInMemory implements UpstreamShelf {

  private final Map<String, Shown> all = new LinkedHashMap<>();

  /// The keys that were given, by upstream.
  public final Map<String, String> keys = new LinkedHashMap<>();

  /// Adds one without a key.
  public void add(String name) {
    add(
        new Described(name, "compatible", "http://127.0.0.1:9/v1", true, "", List.of()),
        Optional.empty());
  }

  @Override
  public List<Kind> kinds() {
    return List.of(
        new Kind("openai", "https://api.openai.com/v1"),
        new Kind("azure", ""),
        new Kind("compatible", ""));
  }

  @Override
  public synchronized List<Shown> list() {
    return List.copyOf(all.values());
  }

  @Override
  public synchronized Shown add(Described described, Optional<String> key) {
    if (!described.name().matches("[a-z0-9-]+")) {
      throw new InvalidRequest("No name: " + described.name(), "name");
    }
    Shown shown =
        new Shown(
            described.name(),
            described.kind(),
            described.address(),
            described.inOwnNetwork(),
            described.apiVersion(),
            key.isPresent(),
            described.models().stream()
                .map(one -> new Model(described.name() + "/" + one, 0, Optional.empty()))
                .toList());
    if (all.putIfAbsent(described.name(), shown) != null) {
      throw new Conflict("There is an upstream %s already.".formatted(described.name()));
    }
    key.ifPresent(value -> keys.put(described.name(), value));
    return shown;
  }

  @Override
  public synchronized void remove(String name) {
    if (all.remove(name) == null) {
      throw new NotFound("There is no upstream %s.".formatted(name));
    }
  }

  @Override
  public synchronized List<Model> test(String name) {
    Shown one = all.get(name);
    if (one == null) {
      throw new NotFound("There is no upstream %s.".formatted(name));
    }
    if (name.equals("down")) {
      throw new Unavailable("down does not take connections.");
    }
    List<Model> models =
        List.of(
            new Model(name + "/large-4", 128_000, Optional.of(LocalDate.of(2027, 3, 1))),
            new Model(name + "/small-4", 32_000, Optional.empty()));
    all.put(
        name,
        new Shown(
            one.name(),
            one.kind(),
            one.address(),
            one.inOwnNetwork(),
            one.apiVersion(),
            one.keyed(),
            models));
    return models;
  }
}
