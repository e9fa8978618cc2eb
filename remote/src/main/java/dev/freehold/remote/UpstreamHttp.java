package dev.freehold.remote;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;

/// Requests to one upstream: to checked addresses only, no redirects, in time, tried again only as
/// long as nothing of an answer has come.
///
/// Safe for use by many threads at once.
final class UpstreamHttp {

  private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504, 529);
  private static final int ERROR_BYTES = 64 * 1024;
  private static final int LONGEST_JSON = 8 << 20;

  private final String name;
  private final URI base;
  private final Reach reach;
  private final Reach.Resolver resolver;
  private final Map<String, String> headers;
  private final Deadlines deadlines;
  private final HttpClient client;
  private final CircuitBreaker breaker;

  UpstreamHttp(
      String name,
      URI base,
      Reach reach,
      Reach.Resolver resolver,
      Map<String, String> headers,
      Deadlines deadlines,
      HttpClient client,
      CircuitBreaker breaker) {
    this.name = name;
    this.base = base;
    this.reach = reach;
    this.resolver = resolver;
    this.headers = Map.copyOf(headers);
    this.deadlines = deadlines;
    this.client = client;
    this.breaker = breaker;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  /// The answer to a request, once its headers say that it is one.
  ///
  /// @param path below the base address
  /// @param body empty: GET
  /// @param contentType what the answer must be
  HttpResponse<InputStream> ask(String path, Optional<byte[]> body, String contentType) {
    long began = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      breaker.admit();
      Duration wait;
      boolean decided = false;
      try {
        HttpResponse<InputStream> response = send(path, body);
        int status = response.statusCode();
        if (status == 200) {
          requireType(response, contentType);
          decided = true;
          return response;
        }
        FreeholdException failure = failure(response);
        decided = true;
        note(status);
        if (!PASSING.contains(status) || attempt == deadlines.attempts()) {
          throw failure;
        }
        Duration asked = retryAfter(response);
        if (asked.compareTo(deadlines.patience()) > 0) {
          throw failure;
        }
        wait = max(asked, backoff(attempt));
      } catch (HttpConnectTimeoutException | ConnectException e) {
        decided = true;
        breaker.failed();
        if (attempt == deadlines.attempts()) {
          throw new Unavailable("%s does not take connections.".formatted(name), e);
        }
        wait = backoff(attempt);
      } catch (HttpTimeoutException e) {
        decided = true;
        breaker.failed();
        // It may still be at work on the question: asking again would make it do so twice.
        throw new Unavailable(
            "%s is silent: no answer within %d ms."
                .formatted(name, deadlines.firstByte().toMillis()),
            e);
      } catch (IOException e) {
        decided = true;
        breaker.failed();
        if (attempt == deadlines.attempts()) {
          throw new Unavailable("%s ended the connection before it answered.".formatted(name), e);
        }
        wait = backoff(attempt);
      } finally {
        if (!decided) {
          breaker.abandoned();
        }
      }
      if (System.nanoTime() - began + wait.toNanos() > deadlines.total().toNanos()) {
        throw new Unavailable("%s could not be asked in time.".formatted(name));
      }
      sleep(wait);
    }
  }

  /// The whole of an answer that is JSON; a missing node where it is none.
  JsonNode json(HttpResponse<InputStream> response) {
    try (WatchedBody body =
        new WatchedBody(response.body(), deadlines.stall(), deadlines.total())) {
      byte[] bytes = body.readNBytes(LONGEST_JSON + 1);
      if (bytes.length > LONGEST_JSON) {
        throw new Unavailable("%s sent an answer without end.".formatted(name));
      }
      breaker.succeeded();
      return Json.read(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      breaker.failed();
      throw new Unavailable("%s broke off: %s.".formatted(name, e.getMessage()), e);
    }
  }

  private void note(int status) {
    if (status >= 500 || (status >= 300 && status < 400)) {
      breaker.failed();
    } else {
      breaker.succeeded(); // It is there; the request was not to its liking.
    }
  }

  private HttpResponse<InputStream> send(String path, Optional<byte[]> body) throws IOException {
    URI address = reach.vetted(URI.create(base + path), resolver, name);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(deadlines.firstByte())
            .header("Accept-Encoding", "identity")
            .header("User-Agent", "freehold");
    headers.forEach(request::header);
    body.ifPresent(bytes ->
        request
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes)));
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Asking %s was interrupted.".formatted(name), e);
    }
  }

  private void requireType(HttpResponse<InputStream> response, String wanted) throws IOException {
    String type = response.headers().firstValue("Content-Type").orElse("none");
    String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    boolean encoded =
        response
            .headers()
            .firstValue("Content-Encoding")
            .filter(encoding -> !encoding.equalsIgnoreCase("identity"))
            .isPresent();
    if (!bare.equals(wanted) || encoded) {
      response.body().close();
      breaker.failed();
      throw new Unavailable(
          "%s answered with %s where %s was due."
              .formatted(name, encoded ? "something compressed" : shorten(bare), wanted));
    }
  }

  private FreeholdException failure(HttpResponse<InputStream> response) {
    String body = "";
    try (WatchedBody in = new WatchedBody(response.body(), deadlines.stall(), deadlines.stall())) {
      body = new String(in.readNBytes(ERROR_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      body = ""; // The status says enough.
    }
    return UpstreamFailure.of(name, response.statusCode(), body, retryAfter(response));
  }

  /// `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
  private static Duration retryAfter(HttpResponse<?> response) {
    Optional<String> millis = response.headers().firstValue("retry-after-ms");
    if (millis.isPresent() && millis.get().matches("[0-9]{1,9}")) {
      return Duration.ofMillis(Long.parseLong(millis.get()));
    }
    String text = response.headers().firstValue("Retry-After").orElse("").strip();
    if (text.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(Instant.now(), at);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeException _) {
      return Duration.ofSeconds(1);
    }
  }

  private Duration backoff(int attempt) {
    long full = deadlines.backoff().toMillis() << (attempt - 1);
    return Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1));
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private void sleep(Duration wait) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Asking %s was interrupted.".formatted(name), e);
    }
  }

  private static String shorten(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > 60 ? plain.substring(0, 60) + "…" : plain;
  }
}
