package dev.freehold.store;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One file over HTTP into a [Partial]: by ranges (RFC 9110 §14), resumed where it was cut.
///
/// @param http whom to ask with
/// @param address of the file
/// @param allowed which servers may take part
/// @param source what to call it
/// @param size bytes of the whole file, if known beforehand
/// @param refusal what a refusing status of the server means
/// @param events who is told
record Download(
    Http http,
    URI address,
    Origins allowed,
    String source,
    OptionalLong size,
    Function<Http.Answer, FreeholdException> refusal,
    Consumer<PullEvent> events) {

  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18})");
  private static final long WORTH_ANOTHER_TRY = 1 << 20;

  /// Fills the file up to its last byte.
  ///
  /// @throws Unavailable where the server cannot be had or does not keep its word
  void into(Partial partial) {
    int failures = 0;
    boolean begun = false;
    while (true) {
      long before = partial.size();
      IOException cut;
      try {
        attempt(partial);
        return;
      } catch (IOException e) {
        cut = e;
      } catch (Unavailable e) {
        cut = passing(e, begun);
      }
      begun = true;
      failures = partial.size() - before >= WORTH_ANOTHER_TRY ? 1 : failures + 1;
      if (failures > http.settings().retries()) {
        throw new Unavailable(
            "%s: the connection was cut %d times (%s). What has come is kept; run the same again to go on."
                .formatted(source, failures, cut.getMessage()),
            cut);
      }
      events.accept(new PullEvent.Resuming(source, partial.size()));
      pause(failures);
    }
  }

  /// Whoever answered before and is silent, or takes no connections, now is asked again.
  private static IOException passing(Unavailable e, boolean begun) {
    Throwable cause = e.getCause();
    if (begun && (cause instanceof HttpTimeoutException || cause instanceof ConnectException)) {
      return new IOException(String.valueOf(e.getMessage()), e);
    }
    throw e;
  }

  private void pause(int failures) {
    try {
      Thread.sleep(http.settings().retryPause().multipliedBy(1L << Math.min(failures - 1, 6)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("The pull was interrupted; what has come is kept.", e);
    }
  }

  private void attempt(Partial partial) throws IOException {
    if (size.isPresent() && partial.size() > size.getAsLong()) {
      partial.restart(Optional.empty());
    }
    if (size.isPresent() && partial.size() == size.getAsLong()) {
      return;
    }
    try (Http.Answer answer = http.get(address, allowed, source, range(partial))) {
      int status = answer.status();
      if (status == 200) {
        fromStart(partial, answer);
      } else if (status == 206) {
        continued(partial, answer);
      } else if (status == 416) {
        partial.restart(Optional.empty());
        throw new IOException("the server has no bytes from there on");
      } else if (Http.passing(status)) {
        throw new IOException("status " + status);
      } else {
        throw refusal.apply(answer);
      }
    }
  }

  /// Where the size is known the digest is checked too, so that mixed versions cannot pass; where
  /// it is not, only the server's own name for the version allows to go on.
  private Map<String, String> range(Partial partial) {
    Map<String, String> headers = new HashMap<>();
    Optional<String> etag = partial.etag().filter(value -> !value.startsWith("W/"));
    if (partial.size() > 0 && (etag.isPresent() || size.isPresent())) {
      headers.put("Range", "bytes=" + partial.size() + "-");
      etag.ifPresent(value -> headers.put("If-Range", value));
    }
    return headers;
  }

  private void fromStart(Partial partial, Http.Answer answer) throws IOException {
    OptionalLong promised = answer.length();
    if (promised.isEmpty() && size.isEmpty()) {
      throw new Unavailable(source + " does not say how large the file is; it is refused.");
    }
    long total = size.isPresent() ? size.getAsLong() : promised.getAsLong();
    if (promised.isPresent() && promised.getAsLong() != total) {
      throw wrongSize(promised.getAsLong(), total);
    }
    partial.restart(answer.header("ETag"));
    copy(partial, answer, total);
  }

  private void continued(Partial partial, Http.Answer answer) throws IOException {
    Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
    if (!range.matches() || Long.parseLong(range.group(1)) != partial.size()) {
      partial.restart(Optional.empty());
      throw new IOException("the server sent another range than it was asked for");
    }
    long total = Long.parseLong(range.group(2));
    if (size.isPresent() && total != size.getAsLong()) {
      throw wrongSize(total, size.getAsLong());
    }
    copy(partial, answer, total);
  }

  private void copy(Partial partial, Http.Answer answer, long total) throws IOException {
    partial.reserve(total);
    Meter meter = new Meter(source, partial.size(), total, events);
    byte[] buffer = new byte[1 << 16];
    try (Patience patience = new Patience(answer.last().body(), http.settings().stall())) {
      for (int read = patience.read(buffer); read >= 0; read = patience.read(buffer)) {
        if (partial.size() + read > total) {
          partial.discard();
          throw new Unavailable(
              "%s sent more than the %d bytes of the file; it is refused."
                  .formatted(source, total));
        }
        partial.append(buffer, read);
        meter.at(partial.size());
      }
    }
    if (partial.size() < total) {
      throw new IOException("cut after %d of %d bytes".formatted(partial.size(), total));
    }
    meter.done();
  }

  private Unavailable wrongSize(long found, long wanted) {
    return new Unavailable(
        "%s offers a file of %d bytes where %d are expected; it is refused."
            .formatted(source, found, wanted));
  }

  /// Tells progress a few times a second.
  static final class Meter {
    private static final long EVERY = Duration.ofMillis(200).toNanos();

    private final String source;
    private final long from;
    private final long total;
    private final Consumer<PullEvent> events;
    private final long start = System.nanoTime();
    private long told = start - EVERY;
    private long at;

    Meter(String source, long from, long total, Consumer<PullEvent> events) {
      this.source = source;
      this.from = from;
      this.at = from;
      this.total = total;
      this.events = events;
    }

    void at(long bytes) {
      at = bytes;
      long now = System.nanoTime();
      if (now - told >= EVERY) {
        told = now;
        tell(now);
      }
    }

    void done() {
      tell(System.nanoTime());
    }

    private void tell(long now) {
      double seconds = Math.max((now - start) / 1e9, 1e-3);
      events.accept(new PullEvent.Progress(source, at, total, (at - from) / seconds));
    }
  }
}
