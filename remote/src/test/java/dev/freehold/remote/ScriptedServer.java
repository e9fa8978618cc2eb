package dev.freehold.remote;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A server on a real socket that does to its clients whatever a test writes down: one request a
/// connection, bytes as they are.
final class ScriptedServer implements AutoCloseable {

  /// What a client asked.
  record Asked(String method, String path, Map<String, String> headers, String body) {}

  /// What is done to it.
  @FunctionalInterface
  interface Script {
    void answer(Asked asked, OutputStream out) throws IOException, InterruptedException;
  }

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  final CountDownLatch clientGone = new CountDownLatch(1);
  private final ServerSocket socket;
  private volatile Script script;

  ScriptedServer(Script script) throws IOException {
    this.script = script;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  void script(Script value) {
    script = value;
  }

  int port() {
    return socket.getLocalPort();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + port() + "/v1");
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      Asked one = read(new BufferedInputStream(client.getInputStream()));
      asked.add(one);
      script.answer(one, client.getOutputStream());
    } catch (IOException e) {
      clientGone.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Asked read(InputStream in) throws IOException {
    String[] first = line(in).split(" ");
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String[] parts = line.split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Asked(
        first[0], first[1], headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("The client left.");
      }
      if (b != '\r') {
        bytes.write(b);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /// A status with a body, and the end of the connection.
  static Script status(int status, String headers, String body) {
    return (_, out) ->
        send(
            out,
            "HTTP/1.1 %d Some reason\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n%s"
                .formatted(status, body.getBytes(StandardCharsets.UTF_8).length, headers, body));
  }

  /// The head of a stream of events.
  static void events(OutputStream out) throws IOException {
    send(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
  }

  /// A stream of events with this text for a body.
  static Script stream(String body) {
    return (_, out) -> {
      events(out);
      send(out, body);
    };
  }

  static Script json(String body) {
    return status(200, "Content-Type: application/json\r\n", body);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
