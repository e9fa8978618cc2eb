package dev.freehold.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server on the loopback that says exactly the bytes a test wants said, true or not: where a
/// proper HTTP server would refuse to lie.
final class HubServer implements AutoCloseable {

  /// One request as it came.
  record Request(String path, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /// Where the asked range begins, or 0.
    int from() {
      String range = header("Range");
      return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
    }
  }

  /// Answers by writing to the socket; returning closes it.
  @FunctionalInterface
  interface Route {
    void answer(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  final List<Request> requests = new CopyOnWriteArrayList<>();

  HubServer() {
    try {
      socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  URI origin() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  HubServer on(String path, Route route) {
    routes.put(path, route);
    return this;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      Request request = read(new BufferedInputStream(connection.getInputStream()));
      requests.add(request);
      String plain = request.path().replaceAll("\\?.*", "");
      routes
          .getOrDefault(plain, (_, out) -> text(out, 404, "X-Error-Code: EntryNotFound\r\n", ""))
          .answer(request, connection.getOutputStream());
    } catch (IOException e) {
      return; // The client left, which many tests are about.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Request read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("cut");
      }
      head.append((char) next);
    }
    String[] lines = head.toString().split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    return new Request(lines[0].split(" ")[1], headers);
  }

  static void text(OutputStream out, int status, String headers, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    head(out, status, headers + "Content-Length: " + bytes.length + "\r\n");
    out.write(bytes);
    out.flush();
  }

  static void head(OutputStream out, int status, String headers) throws IOException {
    out.write(
        ("HTTP/1.1 " + status + " X\r\n" + headers + "Connection: close\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  static Route redirect(String location, String headers) {
    return (_, out) -> text(out, 302, headers + "Location: " + location + "\r\n", "");
  }

  /// A file with ranges, as a content network serves it.
  static Route file(byte[] bytes, String etag) {
    return (request, out) -> {
      int from =
          request.header("If-Range").isEmpty() || request.header("If-Range").equals(etag)
              ? request.from()
              : 0;
      fileHead(out, bytes.length, from, etag);
      out.write(bytes, from, bytes.length - from);
      out.flush();
    };
  }

  static void fileHead(OutputStream out, int length, int from, String etag) throws IOException {
    String headers =
        "ETag: " + etag + "\r\nAccept-Ranges: bytes\r\nContent-Length: " + (length - from) + "\r\n";
    head(
        out,
        from == 0 ? 200 : 206,
        from == 0
            ? headers
            : headers
                + "Content-Range: bytes "
                + from
                + "-"
                + (length - 1)
                + "/"
                + length
                + "\r\n");
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
