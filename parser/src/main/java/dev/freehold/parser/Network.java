package dev.freehold.parser;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketImpl;
import java.net.URI;
import java.net.URL;
import java.net.URLStreamHandler;
import java.util.List;

/// Takes the network away from this JVM, below any library.
///
/// No name is resolved ([NoNames]), no socket channel opens ([NoChannels]), no URL but of files and
/// jars has a handler, and every proxy look-up fails. Where the system has network namespaces the
/// parent has taken the network away already; this is the second wall, and the only one elsewhere.
final class Network {

  private Network() {}

  // Deprecated because it replaces the sockets of a whole JVM, which is what is wanted here.
  @SuppressWarnings("deprecation")
  static void cut() throws IOException {
    Socket.setSocketImplFactory(Network::refuse);
    ServerSocket.setSocketFactory(Network::refuse);
    DatagramSocket.setDatagramSocketImplFactory(() -> {
      throw new IllegalStateException("There is no network here.");
    });
    URL.setURLStreamHandlerFactory(protocol ->
        switch (protocol) {
          // Null leaves these to the JVM, which reads its own classes by them.
          case "file", "jar", "jrt", "resource" -> null;
          default -> new Refusing(protocol);
        });
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            throw new IllegalArgumentException("There is no network here.");
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        });
  }

  private static SocketImpl refuse() {
    throw new IllegalStateException("There is no network here.");
  }

  private static final class Refusing extends URLStreamHandler {

    private final String protocol;

    Refusing(String protocol) {
      this.protocol = protocol;
    }

    @Override
    protected java.net.URLConnection openConnection(URL url) throws IOException {
      throw new IOException("No " + protocol + " address is opened here.");
    }
  }
}
