package dev.freehold.server.http;

import java.io.IOException;

/// What a route does with a request; runs on a virtual thread and may block.
@FunctionalInterface
public interface Handler {
  /// Answers the request, or throws what is to be told instead.
  void handle(Exchange exchange) throws IOException;
}
