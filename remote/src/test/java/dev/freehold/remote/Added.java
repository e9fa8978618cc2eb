package dev.freehold.remote;

import dev.freehold.chat.ChatModel;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Upstreams as tests add them.
final class Added {

  static final Deadlines SHORT =
      new Deadlines(
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          Duration.ofMillis(2),
          Duration.ofSeconds(2),
          3);

  private Added() {}

  static Upstream upstream(String name, Dialect dialect, URI base) {
    return new Upstream(
        name,
        dialect,
        base,
        Reach.PRIVATE,
        dialect == Dialect.AZURE ? "2024-10-21" : "",
        false,
        dialect == Dialect.AZURE,
        List.of());
  }

  static Upstreams one(Path home, Dialect dialect, URI base) {
    return one(home, dialect, base, SHORT);
  }

  static Upstreams one(Path home, Dialect dialect, URI base, Deadlines deadlines) {
    Upstreams upstreams = Upstreams.in(home, deadlines, InetAddress::getAllByName);
    upstreams.add(upstream("up", dialect, base), Optional.of("sk-test-0123456789"));
    return upstreams;
  }

  static ChatModel model(Path home, Dialect dialect, ScriptedServer server) {
    return one(home, dialect, server.base()).model("up/some-model");
  }
}
