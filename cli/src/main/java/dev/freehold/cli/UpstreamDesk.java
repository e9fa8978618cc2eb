package dev.freehold.cli;

import dev.freehold.remote.Dialect;
import dev.freehold.remote.Reach;
import dev.freehold.remote.Upstream;
import dev.freehold.remote.UpstreamModelEntry;
import dev.freehold.remote.Upstreams;
import dev.freehold.server.UpstreamShelf;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The upstreams of the data folder as the server's administrators manage them.
///
/// Safe for use by many threads at once.
///
/// @param upstreams where they are kept
record UpstreamDesk(Upstreams upstreams) implements UpstreamShelf {

  @Override
  public List<Kind> kinds() {
    return Stream.of(Dialect.values()).map(one -> new Kind(one.word(), one.usualBase())).toList();
  }

  @Override
  public List<Shown> list() {
    return upstreams.list().stream().map(UpstreamDesk::shown).toList();
  }

  @Override
  public Shown add(Described described, Optional<String> key) {
    Upstream upstream =
        Upstream.described(
            described.name(),
            described.kind(),
            described.address(),
            described.inOwnNetwork(),
            described.apiVersion(),
            described.models());
    upstreams.add(upstream, key);
    return shown(upstreams.get(upstream.name()));
  }

  @Override
  public void remove(String name) {
    upstreams.remove(name);
  }

  @Override
  public List<Model> test(String name) {
    return upstreams.refresh(name).stream().map(one -> model(name, one)).toList();
  }

  private static Shown shown(Upstream one) {
    return new Shown(
        one.name(),
        one.dialect().word(),
        one.base().toString(),
        one.reach() == Reach.PRIVATE,
        one.apiVersion(),
        one.keyed(),
        one.models().stream().map(model -> model(one.name(), model)).toList());
  }

  private static Model model(String upstream, UpstreamModelEntry one) {
    return new Model(upstream + "/" + one.id(), one.contextLength(), one.shutdown());
  }
}
