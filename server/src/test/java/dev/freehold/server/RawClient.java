package dev.freehold.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// A client that sends whatever bytes it likes.
final class RawClient implements AutoCloseable {

  private final Socket socket;

  RawClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /// A request whose body is JSON, length included.
  RawClient post(String path, String secret, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    send(
        "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, secret, body.length));
    return send(body);
  }

  /// Reads until this text has arrived.
  String readUntil(String text, int millis) throws IOException {
    socket.setSoTimeout(millis);
    var seen = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    while (!seen.toString(StandardCharsets.UTF_8).contains(text)) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("The server closed before that: " + seen);
      }
      seen.write(b);
    }
    return seen.toString(StandardCharsets.UTF_8);
  }

  /// Everything up to the end of the connection, or to `millis` without a byte, which is marked.
  String readToEnd(int millis) throws IOException {
    socket.setSoTimeout(millis);
    var seen = new ByteArrayOutputStream();
    try {
      byte[] buffer = new byte[8192];
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        seen.write(buffer, 0, n);
      }
    } catch (SocketTimeoutException _) {
      return seen.toString(StandardCharsets.UTF_8) + "<still open>";
    } catch (IOException e) {
      return seen.toString(StandardCharsets.UTF_8) + "<reset>";
    }
    return seen.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
