package dev.freehold.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A cable between two machines that can be pulled out and plugged in again.
///
/// Safe for use by many threads at once.
final class Cable implements AutoCloseable {

  private final ServerSocket socket;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean pulled;

  /// @param target the port on this machine that it leads to
  Cable(int target) throws IOException {
    this.target = target;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("cable").start(this::accept);
  }

  String address() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  /// From now on nothing gets through, also not what is on its way.
  void pull() throws IOException {
    pulled = true;
    for (Socket one : open) {
      one.close();
    }
  }

  void plug() {
    pulled = false;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket here = socket.accept();
        if (pulled) {
          here.close();
          continue;
        }
        Socket there = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(here);
        open.add(there);
        Thread.ofVirtual().start(() -> carry(here, there));
        Thread.ofVirtual().start(() -> carry(there, here));
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void carry(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8192];
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        out.write(bytes, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      return; // It was pulled, or one side has gone.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  @Override
  public void close() throws IOException {
    pull();
    socket.close();
  }
}
