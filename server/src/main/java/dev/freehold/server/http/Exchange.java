package dev.freehold.server.http;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One request and its response, in the words of the routes; the only place that knows the HTTP
/// library's request and response.
///
/// Belongs to the thread that serves the request.
public final class Exchange {

  private static final int PIECE = 32 * 1024;

  private final ServerRequest request;
  private final ServerResponse response;
  private final ClientConnection connection;
  private final String id;
  private final Map<String, String> variables;
  private final int maxJsonBytes;
  private @Nullable Principal principal;
  private Runnable recheck = () -> {};
  private @Nullable String behalf;
  private boolean responded;
  private boolean closing;
  private int status;

  Exchange(
      ServerRequest request,
      ServerResponse response,
      ClientConnection connection,
      String id,
      Map<String, String> variables,
      int maxJsonBytes) {
    this.request = request;
    this.response = response;
    this.connection = connection;
    this.id = id;
    this.variables = variables;
    this.maxJsonBytes = maxJsonBytes;
    // The library says so in its answer, and leaves the closing to the client.
    this.closing = request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
  }

  /// Names this request in logs and in `x-request-id`.
  public String id() {
    return id;
  }

  /// Who asks.
  public Principal principal() {
    if (principal == null) {
      throw new IllegalStateException("An open route has no principal.");
    }
    return principal;
  }

  void principal(Principal value) {
    principal = value;
  }

  /// How to find out whether the asker may still ask; streams do so all the time.
  void recheck(Runnable check) {
    recheck = check;
  }

  @Nullable Principal principalOrNull() {
    return principal;
  }

  /// A variable of the route's pattern.
  public String path(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("The route has no {" + name + "}.");
    }
    return value;
  }

  /// A query parameter.
  ///
  /// @throws InvalidRequest where it is given twice
  public Optional<String> query(String name) {
    if (!request.query().contains(name)) {
      return Optional.empty();
    }
    List<String> values = request.query().all(name);
    if (values.size() > 1) {
      throw new InvalidRequest("%s is given more than once.".formatted(name), name);
    }
    return Optional.of(values.getFirst());
  }

  /// A request header given exactly once; empty where it is missing.
  ///
  /// @throws InvalidRequest where it is given twice
  public Optional<String> header(String name) {
    HeaderName header = HeaderNames.create(name);
    if (!request.headers().contains(header)) {
      return Optional.empty();
    }
    List<String> values = request.headers().all(header, List::of);
    if (values.size() > 1) {
      throw new InvalidRequest("The header %s is given more than once.".formatted(name), name);
    }
    return Optional.of(values.getFirst());
  }

  /// Whether the connection is encrypted.
  public boolean secure() {
    return request.isSecure();
  }

  boolean responded() {
    return responded;
  }

  boolean closing() {
    return closing;
  }

  int status() {
    return status;
  }

  /// The body as a JSON object.
  ///
  /// @throws Refusal where it is too long or is not said to be JSON
  /// @throws InvalidRequest where it is no JSON object
  public ObjectNode body() throws IOException {
    String type = header("content-type").orElse("");
    if (!type.regionMatches(true, 0, "application/json", 0, 16)) {
      throw new Refusal(
          415,
          "unsupported_media_type",
          "Send the body as JSON with the header Content-Type: application/json.",
          "content-type");
    }
    var bytes = new ByteArrayOutputStream();
    try (InputStream in = body(maxJsonBytes)) {
      in.transferTo(bytes);
    }
    return Json.object(bytes.toByteArray());
  }

  /// The body as it arrives; fails once it is longer than allowed.
  ///
  /// @throws Refusal where the body is longer, at once if its length says so
  public InputStream body(long maxBytes) {
    request
        .headers()
        .contentLength()
        .ifPresent(length -> {
          if (length > maxBytes) {
            throw tooLong(maxBytes);
          }
        });
    connection.bodyBegins();
    return new FilterInputStream(request.content().inputStream()) {
      private long read;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count;
        try {
          count = super.read(bytes, offset, length);
        } catch (RequestException e) {
          throw e.status().code() == 413 ? tooLong(maxBytes) : malformed();
        } catch (IllegalArgumentException _) {
          // The library parses chunk sizes with Integer.parseUnsignedInt and lets its failure out.
          throw malformed();
        } catch (UncheckedIOException
            | CloseConnectionException
            | DataReader.InsufficientDataAvailableException e) {
          throw new ClientGone(e);
        }
        if (count > 0) {
          read += count;
          if (read > maxBytes) {
            throw tooLong(maxBytes);
          }
        } else if (count < 0) {
          connection.bodyEnded();
        }
        return count;
      }
    };
  }

  private static Refusal malformed() {
    return new Refusal(400, "malformed_body", "The body is not framed as HTTP demands.");
  }

  private static Refusal tooLong(long maxBytes) {
    return new Refusal(
        413,
        "request_too_large",
        "The body is longer than the %d bytes that are accepted here.".formatted(maxBytes));
  }

  /// Sets a response header.
  public Exchange set(String name, String value) {
    response.header(HeaderNames.create(name), value);
    return this;
  }

  /// Notes for whom of its own users a program asks; the log names them by a digest, so that the
  /// program's owner can find one that misbehaves and nobody else learns who it is.
  public void onBehalfOf(String user) {
    behalf = user;
  }

  /// For whom a program asks, as a digest; `-` where it did not say.
  String behalf() {
    if (behalf == null) {
      return "-";
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(behalf.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  /// Answers with JSON.
  public void json(int code, JsonNode body) {
    set("cache-control", "no-store");
    bytes(code, "application/json", Json.bytes(body));
  }

  /// Answers without a body.
  public void noContent() {
    set("cache-control", "no-store");
    begin(204);
    response.send();
  }

  /// Answers with these bytes.
  public void bytes(int code, String mediaType, byte[] body) {
    begin(code);
    response.header(HeaderNames.CONTENT_TYPE, mediaType);
    send(body);
  }

  /// Answers that what the client has is still right.
  public void notModified() {
    begin(304);
    response.send();
  }

  private void send(byte[] body) {
    if (head()) {
      response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
      response.send();
      return;
    }
    if (body.length <= PIECE) {
      try {
        response.send(body);
      } catch (UncheckedIOException | ServerConnectionException e) {
        throw new ClientGone(e);
      }
      return;
    }
    stream(body.length, out -> out.write(body));
  }

  /// Answers with `length` bytes written by `writer`, in pieces small enough that a client that
  /// takes none of them is noticed.
  public void stream(int code, String mediaType, long length, Body writer) throws IOException {
    begin(code);
    response.header(HeaderNames.CONTENT_TYPE, mediaType);
    if (head()) {
      response.header(HeaderNames.CONTENT_LENGTH, Long.toString(length));
      response.send();
      return;
    }
    stream(length, writer);
  }

  private void stream(long length, Body writer) {
    response.header(HeaderNames.CONTENT_LENGTH, Long.toString(length));
    try (OutputStream out = new Pieces(response.outputStream())) {
      writer.write(out);
    } catch (IOException | UncheckedIOException | ServerConnectionException e) {
      closing = true;
      throw new ClientGone(e);
    }
  }

  /// Answers with a stream of events; the connection closes after it.
  ///
  /// @param gone called once if the client leaves before the end
  /// @param work writes the events; whatever it throws is told by `failed`, since the status was
  ///   sent long before
  /// @param failed tells the client that the answer ends here and why
  public void events(
      Runnable gone, Consumer<EventStream> work, BiConsumer<EventStream, Problem> failed) {
    close();
    set("cache-control", "no-store").set("x-accel-buffering", "no");
    begin(200);
    response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    try (var events = new EventStream(response.outputStream())) {
      Runnable leave =
          () -> {
            events.leave();
            gone.run();
          };
      connection.watch(leave);
      events.guard(
          recheck,
          refusal -> {
            try {
              failed.accept(events, Problem.of(refusal, id));
            } catch (ClientGone _) {
              // Nobody is left to be told.
            } finally {
              leave.run();
            }
          });
      try {
        work.accept(events);
      } catch (ClientGone e) {
        throw e;
      } catch (RuntimeException e) {
        // What a cancelled generation throws is of no interest to anybody.
        events.refuseIfLeft(e);
        failed.accept(events, Problem.of(e, id));
      }
    }
  }

  /// Does work that the client waits for, and stops it if the client leaves; the connection closes
  /// after the answer. The body must have been read.
  ///
  /// @param gone called once if the client leaves before the work is done; makes the work end
  /// @throws ClientGone where the client left
  public <T> T whileWaiting(Runnable gone, Supplier<T> work) {
    close();
    var left = new AtomicBoolean();
    connection.watch(() -> {
      left.set(true);
      gone.run();
    });
    try {
      return work.get();
    } catch (RuntimeException e) {
      if (left.get()) {
        throw new ClientGone(e);
      }
      throw e;
    }
  }

  /// Begins something that may wait for another machine; if the client leaves meanwhile, the
  /// waiting is interrupted.
  ///
  /// @throws ClientGone where the client left
  public <T> T beginning(Supplier<T> work) {
    var waiting = new Waiting(Thread.currentThread());
    return whileWaiting(
        waiting::leave,
        () -> {
          try {
            return work.get();
          } finally {
            waiting.end();
          }
        });
  }

  /// Lets the connection end with this response.
  private void close() {
    if (!closing) {
      closing = true;
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
  }

  /// Answers with a problem, whatever was set before.
  void problem(Problem problem) {
    if (problem.retryAfter() != null) {
      long millis = problem.retryAfter().toMillis();
      set("retry-after", Long.toString(Math.max(1, (millis + 999) / 1000)));
      set("retry-after-ms", Long.toString(millis));
    }
    if (problem.status() == 401) {
      set("www-authenticate", "Bearer");
    }
    json(problem.status(), problem.json());
  }

  private boolean head() {
    return request.prologue().method().text().equals("HEAD");
  }

  /// Whether bytes of the body are still on their way.
  boolean bodyUnread() {
    return request.content().hasEntity() && !request.content().consumed();
  }

  private void begin(int code) {
    if (bodyUnread()) {
      close();
    }
    responded = true;
    status = code;
    response.status(Status.create(code));
  }

  void commit() {
    if (response instanceof RoutingResponse committable) {
      committable.commit();
    }
  }

  /// Writes the body of a response.
  @FunctionalInterface
  public interface Body {
    /// Writes all of it; does not close the stream.
    void write(OutputStream out) throws IOException;
  }

  /// Cuts long writes into pieces, so that the time of each says something about the client.
  private static final class Pieces extends OutputStream {
    private final OutputStream out;

    Pieces(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; done += PIECE) {
        out.write(bytes, offset + done, Math.min(PIECE, length - done));
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
