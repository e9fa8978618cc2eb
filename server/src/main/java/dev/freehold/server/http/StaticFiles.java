package dev.freehold.server.http;

import dev.freehold.chat.Unavailable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The page's files and the libraries it uses, read from the class path.
///
/// What may be fetched is listed when the server starts; a name that is not in the list is not
/// looked for. So no path, however written, leads anywhere else.
///
/// Safe for use by many threads at once.
public final class StaticFiles {

  private static final String WEB = "dev/freehold/server/web";
  private static final String WEBJARS = "META-INF/resources/webjars";
  private static final Map<String, String> MEDIA_TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("woff2", "font/woff2"));

  private final Map<String, URL> listed;
  private final Map<String, Content> read = new ConcurrentHashMap<>();

  private StaticFiles(Map<String, URL> listed) {
    this.listed = Collections.unmodifiableMap(new TreeMap<>(listed));
  }

  /// What is on the class path now.
  ///
  /// @throws Unavailable where the page's own files are missing
  public static StaticFiles onClassPath() {
    Map<String, URL> listed = new TreeMap<>();
    try {
      ClassLoader loader = StaticFiles.class.getClassLoader();
      URL index = StaticFiles.class.getResource("/" + WEB + "/index.html");
      if (index == null) {
        throw new Unavailable("The page's files are missing from this build. Build it again.");
      }
      list(parent(index), "assets/", listed);
      for (URL root : Collections.list(loader.getResources(WEBJARS))) {
        list(root, "webjars/", listed);
      }
    } catch (IOException | URISyntaxException e) {
      throw new Unavailable("The page's files cannot be read. Build Freehold again.", e);
    }
    return new StaticFiles(listed);
  }

  private static URL parent(URL file) throws IOException, URISyntaxException {
    String text = file.toString();
    return new URI(text.substring(0, text.lastIndexOf('/'))).toURL();
  }

  private static void list(URL root, String prefix, Map<String, URL> listed)
      throws IOException, URISyntaxException {
    switch (root.getProtocol()) {
      case "file" -> list(Path.of(root.toURI()), prefix, listed);
      case "jar" -> {
        String[] parts = root.toString().split("!/", 2);
        try (FileSystem jar =
            FileSystems.newFileSystem(Path.of(new URI(parts[0].substring("jar:".length()))))) {
          list(jar.getPath("/" + parts[1]), prefix, listed);
        }
      }
      default -> throw new IOException("Files cannot be listed in " + root.getProtocol() + ":");
    }
  }

  private static void list(Path folder, String prefix, Map<String, URL> listed) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (mediaType(name) != null) {
          listed.put(prefix + name, file.toUri().toURL());
        }
      }
    }
  }

  private static @Nullable String mediaType(String name) {
    return MEDIA_TYPES.get(name.substring(name.lastIndexOf('.') + 1));
  }

  /// The routes: the files themselves, and the page under each address it has.
  public List<Route> routes() {
    Handler page = exchange -> send("assets/index.html", exchange);
    return List.of(
        Route.page("/", page),
        Route.page("/c/{conversation}", page),
        Route.page("/documents", page),
        Route.page("/documents/{collection}", page),
        Route.page("/d/{document}", page),
        Route.page("/workloads", page),
        Route.page("/workloads/{workload}", page),
        Route.page("/workloads/{workload}/proofs", page),
        Route.page("/workloads/{workload}/golds", page),
        Route.page("/upstreams", page),
        Route.page("/sign-in", page),
        Route.open(
            "GET",
            "/assets/{file...}",
            exchange -> send("assets/" + exchange.path("file"), exchange)),
        Route.open(
            "GET",
            "/webjars/{file...}",
            exchange -> send("webjars/" + exchange.path("file"), exchange)));
  }

  private void send(String name, Exchange exchange) {
    URL url = listed.get(name);
    String mediaType = mediaType(name);
    if (url == null || mediaType == null) {
      throw new Refusal(404, "not_found", "There is no such file.");
    }
    Content content = read.computeIfAbsent(name, _ -> Content.of(url));
    exchange.set("etag", content.etag());
    exchange.set("vary", "accept-encoding");
    // A library's address holds its version, so that what it names never changes.
    exchange.set(
        "cache-control",
        name.startsWith("webjars/") ? "public, max-age=31536000, immutable" : "no-cache");
    if (exchange.header("if-none-match").filter(content.etag()::equals).isPresent()) {
      exchange.notModified();
      return;
    }
    byte[] zipped = content.zipped();
    if (zipped != null && acceptsGzip(exchange)) {
      exchange.set("content-encoding", "gzip").bytes(200, mediaType, zipped);
    } else {
      exchange.bytes(200, mediaType, content.bytes());
    }
  }

  private static boolean acceptsGzip(Exchange exchange) {
    return Stream.of(exchange.header("accept-encoding").orElse("").split(",", -1))
        .map(String::strip)
        .anyMatch(coding -> coding.equals("gzip") || coding.startsWith("gzip;q=1"));
  }

  /// A file's bytes, as they are and packed where that is worth it.
  private record Content(byte[] bytes, byte @Nullable [] zipped, String etag) {

    static Content of(URL url) {
      try (InputStream in = url.openStream()) {
        byte[] bytes = in.readAllBytes();
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
          gzip.write(bytes);
        }
        boolean worth = packed.size() < bytes.length * 9L / 10;
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        // Weak, since the packed form has the same name.
        String etag = "W/\"" + HexFormat.of().formatHex(digest, 0, 12) + "\"";
        return new Content(bytes, worth ? packed.toByteArray() : null, etag);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java platform has SHA-256.", e);
      }
    }
  }
}
