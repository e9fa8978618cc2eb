package dev.freehold.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// One line of the route table.
///
/// @param method the HTTP method; GET also serves HEAD
/// @param pattern a path in which `{name}` stands for one segment and a last `{name...}` for the
///   rest
/// @param access who may call it
/// @param queries the query parameters it knows; others are refused, except by a page, whose script
///   reads them
/// @param handler what it does
public record Route(
    String method, String pattern, Access access, Set<String> queries, Handler handler) {

  public Route {
    queries = Set.copyOf(queries);
  }

  /// A route for whoever has a key or a session.
  public static Route of(String method, String pattern, Handler handler, String... queries) {
    return new Route(method, pattern, Access.PRINCIPAL, Set.of(queries), handler);
  }

  /// A route for anybody.
  public static Route open(String method, String pattern, Handler handler, String... queries) {
    return new Route(method, pattern, Access.OPEN, Set.of(queries), handler);
  }

  /// A page: for anybody, under any query.
  static Route page(String pattern, Handler handler) {
    return new Route("GET", pattern, Access.OPEN, Set.of("*"), handler);
  }

  /// The first query parameter among these that the route does not know.
  Optional<String> unknown(Set<String> names) {
    return queries.contains("*")
        ? Optional.empty()
        : names.stream().filter(name -> !queries.contains(name)).sorted().findFirst();
  }

  /// The variables of the pattern if this path fits it.
  Optional<Map<String, String>> match(List<String> segments) {
    List<String> wanted = List.of(pattern.substring(1).split("/", -1));
    boolean tail = wanted.getLast().endsWith("...}");
    if (tail ? segments.size() < wanted.size() : segments.size() != wanted.size()) {
      return Optional.empty();
    }
    Map<String, String> variables = new TreeMap<>();
    for (int i = 0; i < wanted.size(); i++) {
      String want = wanted.get(i);
      if (tail && i == wanted.size() - 1) {
        variables.put(
            want.substring(1, want.length() - 4),
            String.join("/", segments.subList(i, segments.size())));
      } else if (want.startsWith("{")) {
        if (segments.get(i).isEmpty()) {
          return Optional.empty();
        }
        variables.put(want.substring(1, want.length() - 1), segments.get(i));
      } else if (!want.equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }
}
