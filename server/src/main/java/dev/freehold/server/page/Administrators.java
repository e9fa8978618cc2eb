package dev.freehold.server.page;

import dev.freehold.chat.Principal;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Refusal;

/// Lets administrators through; to everybody else a route looks like one that does not exist.
final class Administrators {

  private Administrators() {}

  static Principal require(Exchange exchange) {
    if (!exchange.principal().administrator()) {
      throw new Refusal(
          404, "unknown_route", "There is no such route. docs/http-api.md lists those there are.");
    }
    return exchange.principal();
  }
}
