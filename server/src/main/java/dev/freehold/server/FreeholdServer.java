package dev.freehold.server;

import dev.freehold.chat.Unavailable;
import dev.freehold.server.http.Connections;
import dev.freehold.server.http.Credentials;
import dev.freehold.server.http.Dispatcher;
import dev.freehold.server.http.Route;
import dev.freehold.server.http.StaticFiles;
import dev.freehold.server.openai.ChatCompletions;
import dev.freehold.server.openai.Completions;
import dev.freehold.server.openai.Embeddings;
import dev.freehold.server.openai.Models;
import dev.freehold.server.openai.Reranking;
import dev.freehold.server.page.ConversationRoutes;
import dev.freehold.server.page.DocumentRoutes;
import dev.freehold.server.page.ModelRoutes;
import dev.freehold.server.page.ProofRoutes;
import dev.freehold.server.page.Sessions;
import dev.freehold.server.page.UpstreamRoutes;
import dev.freehold.server.page.WorkloadRoutes;
import io.helidon.http.DirectHandler;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The HTTP server: OpenAI's API under `/v1`, the page's own under `/api`, and the page.
///
/// Each request runs on a virtual thread of its own. Safe for use by many threads at once.
public final class FreeholdServer implements AutoCloseable {

  private final WebServer http;
  private final Connections connections;

  private FreeholdServer(WebServer http, Connections connections) {
    this.http = http;
    this.connections = connections;
  }

  /// Starts to listen.
  ///
  /// @throws Unavailable where the port is taken or the address is not this machine's
  public static FreeholdServer start(ServerConfiguration configuration, ServerPorts ports) {
    var dispatcher =
        new Dispatcher(
            routes(configuration, ports),
            new Credentials(ports.keys(), configuration.anybody()),
            configuration.hostNames(),
            configuration.maxJsonBytes());
    var connections = new Connections(configuration.pace().toPace());
    WebServer http =
        WebServer.builder()
            .host(configuration.host())
            .port(configuration.port())
            .connectionSelectors(List.of(connections))
            .protocolsDiscoverServices(false)
            .writeBufferSize(0)
            .maxPayloadSize(Math.max(configuration.maxJsonBytes(), configuration.maxUploadBytes()))
            .maxTcpConnections(4096)
            // Connections watches for idle clients; the library's own watch would end answers that
            // take long.
            .idleConnectionTimeout(Duration.ofDays(1))
            .shutdownHook(false)
            .directHandlers(malformed())
            .addRouting(HttpRouting.builder().any(dispatcher::handle))
            .build();
    try {
      http.start();
    } catch (RuntimeException e) {
      connections.close();
      throw new Unavailable(
          "Nothing can listen on %s port %d (%s). Stop what uses it, or choose another with --port."
              .formatted(configuration.host(), configuration.port(), rootMessage(e)),
          e);
    }
    return new FreeholdServer(http, connections);
  }

  /// The route table.
  static List<Route> routes(ServerConfiguration configuration, ServerPorts ports) {
    List<Route> routes = new ArrayList<>();
    routes.addAll(new ChatCompletions(ports.models()).routes());
    routes.addAll(new Completions(ports.models()).routes());
    routes.addAll(new Embeddings(ports.embedders(), ports.models()).routes());
    routes.addAll(new Reranking(ports.models()).routes());
    routes.addAll(new Models(ports.models(), ports.embedders()).routes());
    routes.addAll(new Sessions(ports.keys(), configuration.version()).routes());
    routes.addAll(new ModelRoutes(ports.models(), ports.shelf()).routes());
    routes.addAll(
        new ConversationRoutes(ports.database(), ports.models(), ports.library()).routes());
    routes.addAll(
        new DocumentRoutes(ports.library(), ports.keys(), configuration.maxUploadBytes()).routes());
    routes.addAll(new WorkloadRoutes(ports.workloads(), ports.egress()).routes());
    ServerPorts.Proving proving = ports.proving();
    routes.addAll(new ProofRoutes(proving.proofs(), proving.runner(), proving.watches()).routes());
    routes.addAll(new UpstreamRoutes(ports.upstreams(), ports.workloads()).routes());
    routes.addAll(StaticFiles.onClassPath().routes());
    return routes;
  }

  private static DirectHandlers malformed() {
    var handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, Dispatcher.malformed());
    }
    return handlers.build();
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /// The port it listens on.
  public int port() {
    return http.port();
  }

  /// How many connections are open.
  public int connections() {
    return connections.size();
  }

  /// Stops to listen and cuts every connection; generations that run for them stop within a step.
  @Override
  public void close() {
    connections.close();
    http.stop();
  }
}
