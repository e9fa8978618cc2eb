package dev.freehold.store;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// GET requests that go to allowed origins only, follow redirects by hand and give up in time.
final class Http implements AutoCloseable {

  private static final int MAX_REDIRECTS = 5;

  private final PullSettings settings;
  private final Origins origins;
  private final HttpClient client;

  Http(PullSettings settings) {
    this(settings, new Origins(settings.hub(), settings.origins(), InetAddress::getAllByName));
  }

  Http(PullSettings settings, Origins origins) {
    this.settings = settings;
    this.origins = origins;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connect())
            .build();
  }

  PullSettings settings() {
    return settings;
  }

  Origins origins() {
    return origins;
  }

  /// The last answer of a chain of redirects.
  ///
  /// @param hub the answers that came from the hub's own origin: the only ones whose word on
  ///   digests counts
  record Answer(HttpResponse<InputStream> last, List<HttpResponse<InputStream>> hub)
      implements AutoCloseable {

    int status() {
      return last.statusCode();
    }

    OptionalLong length() {
      return last.headers().firstValueAsLong("Content-Length");
    }

    Optional<String> header(String name) {
      return last.headers().firstValue(name);
    }

    Optional<String> hubHeader(String name) {
      return hub.stream().flatMap(one -> one.headers().firstValue(name).stream()).findFirst();
    }

    @Override
    public void close() throws IOException {
      last.body().close();
    }
  }

  /// Asks, and follows where allowed.
  ///
  /// @throws Unavailable where the server is refused, absent or silent
  /// @throws IOException where the connection broke: asking again may help
  Answer get(URI address, Origins allowed, String source, Map<String, String> headers)
      throws IOException {
    List<HttpResponse<InputStream>> fromHub = new ArrayList<>();
    URI current = address;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      allowed.check(current, source);
      HttpResponse<InputStream> response = send(current, allowed, source, headers);
      if (allowed.isHub(current)) {
        fromHub.add(response);
      }
      int status = response.statusCode();
      Optional<String> location = response.headers().firstValue("Location");
      if (status < 300 || status > 399 || location.isEmpty()) {
        refuseEncoding(response, source);
        return new Answer(response, fromHub);
      }
      response.body().close();
      current = next(current, location.get(), source);
    }
    throw new Unavailable(source + " redirects without end.");
  }

  private HttpResponse<InputStream> send(
      URI address, Origins allowed, String source, Map<String, String> headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(settings.firstByte())
            .header("Accept-Encoding", "identity")
            .header("User-Agent", "freehold");
    headers.forEach(request::header);
    if (allowed.isHub(address)) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (HttpTimeoutException e) {
      throw new Unavailable(
          "%s is silent: no answer from %s within %d s."
              .formatted(source, Origins.of(address), settings.firstByte().toSeconds()),
          e);
    } catch (ConnectException e) {
      if (e.getCause() instanceof UnresolvedAddressException) {
        throw new Unavailable(
            "%s: the name %s cannot be found from here.".formatted(source, address.getHost()), e);
      }
      throw new Unavailable("%s does not take connections.".formatted(Origins.of(address)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("The pull was interrupted.", e);
    }
  }

  private static URI next(URI current, String location, String source) {
    try {
      URI next = current.resolve(new URI(location));
      if (next.getHost() == null || next.getScheme() == null) {
        throw new Unavailable(
            "%s sent us to \"%s\", which is no web address.".formatted(source, shorten(location)));
      }
      String scheme = next.getScheme().toLowerCase(Locale.ROOT);
      if ("https".equalsIgnoreCase(current.getScheme()) && !scheme.equals("https")) {
        throw new Unavailable(
            "%s sent us from https to %s, which is refused.".formatted(source, scheme));
      }
      return next;
    } catch (URISyntaxException e) {
      throw new Unavailable(
          "%s sent us to \"%s\", which is no web address.".formatted(source, shorten(location)), e);
    }
  }

  private static void refuseEncoding(HttpResponse<InputStream> response, String source)
      throws IOException {
    Optional<String> encoding = response.headers().firstValue("Content-Encoding");
    if (encoding.isPresent() && !encoding.get().equalsIgnoreCase("identity")) {
      response.body().close();
      throw new Unavailable(
          "%s sent the file compressed (%s) although asked not to; it is refused."
              .formatted(source, shorten(encoding.get())));
    }
  }

  /// A small body as a whole.
  ///
  /// @throws Unavailable where it is larger than `limit`
  byte[] body(Answer answer, int limit, String source) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Patience patience = new Patience(answer.last().body(), settings.stall())) {
      byte[] buffer = new byte[1 << 14];
      for (int read = patience.read(buffer); read >= 0; read = patience.read(buffer)) {
        out.write(buffer, 0, read);
        if (out.size() > limit) {
          throw new Unavailable(
              "%s answered with more than %s where a short answer was due."
                  .formatted(source, Amounts.bytes(limit)));
        }
      }
    }
    return out.toByteArray();
  }

  static String shorten(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > 120 ? plain.substring(0, 120) + "…" : plain;
  }

  static URI address(String text) {
    try {
      URI address = new URI(text);
      if (address.getHost() == null || address.getScheme() == null) {
        throw new InvalidRequest("\"%s\" is no web address.".formatted(shorten(text)), "model");
      }
      return address;
    } catch (URISyntaxException e) {
      throw new InvalidRequest("\"%s\" is no web address.".formatted(shorten(text)), "model");
    }
  }

  /// Whether another attempt at the same server may help.
  static boolean passing(int status) {
    return status == 429 || status >= 500;
  }

  static FreeholdException unexpected(String source, int status) {
    return new Unavailable("%s answered with status %d.".formatted(source, status));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
