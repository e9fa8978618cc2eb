package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Documents that want to harm: each fails by itself, and the next one is read.
class HostileTest {

  private static final String WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

  @TempDir Path folder;

  private static Map<String, String> word(String document) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "[Content_Types].xml",
        "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'><Default"
            + " Extension='rels'"
            + " ContentType='application/vnd.openxmlformats-package.relationships+xml'/><Override"
            + " PartName='/word/document.xml'"
            + " ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>");
    files.put(
        "_rels/.rels",
        "<Relationships"
            + " xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship"
            + " Id='r1'"
            + " Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument'"
            + " Target='word/document.xml'/></Relationships>");
    files.put("word/document.xml", document);
    return files;
  }

  private static String body(String text) {
    return "<w:document xmlns:w='"
        + WORD
        + "'><w:body><w:p><w:r><w:t>"
        + text
        + "</w:t></w:r></w:p></w:body></w:document>";
  }

  private static void nextIsRead(Shelf shelf, Collection collection, int n) throws Exception {
    Document next =
        shelf.read(
            Shelf.ANNA,
            collection,
            "next" + n + ".docx",
            FormatsTest.zip(word(body("The heron stands here, number " + n + "."))));
    assertThat(next.problems()).isEmpty();
    assertThat(next.state()).isEqualTo(Document.State.READY);
  }

  @Test
  void externalEntitiesAreNotFollowedToFilesNorToTheNetwork() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "canary-of-the-disk");
    var calls = new AtomicInteger();
    try (var trap = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var shelf = Shelf.open(folder.resolve("home"), new HashedWords())) {
      Thread.startVirtualThread(() -> {
        while (!trap.isClosed()) {
          try (var call = trap.accept()) {
            calls.incrementAndGet();
          } catch (IOException e) {
            return;
          }
        }
      });
      String address = "http://127.0.0.1:" + trap.getLocalPort() + "/x";
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "all");
      List<String> entities = List.of(secret.toUri().toString(), address, "file:///etc/passwd");
      int n = 0;
      for (String entity : entities) {
        String declared =
            "<!DOCTYPE d [<!ENTITY e SYSTEM '"
                + entity
                + "'><!ENTITY % p SYSTEM '"
                + address
                + "'> %p;]>";
        for (Map<String, byte[]> hostile :
            List.of(
                Map.of("x.docx", FormatsTest.zip(word(declared + body("before &e; after")))),
                Map.of(
                    "x.html",
                    ("<!DOCTYPE html><body><img src='"
                            + address
                            + "'><iframe src='"
                            + entity
                            + "'></iframe><p>Some text</p></body>")
                        .getBytes(StandardCharsets.UTF_8)),
                Map.of(
                    "x.xhtml",
                    ("<?xml version='1.0'?>"
                            + declared
                            + "<html"
                            + " xmlns='http://www.w3.org/1999/xhtml'><body><p>&e;</p></body></html>")
                        .getBytes(StandardCharsets.UTF_8)))) {
          for (var file : hostile.entrySet()) {
            Document document =
                shelf.read(Shelf.ANNA, collection, n++ + file.getKey(), file.getValue());
            String said =
                shelf.library.blocks(Shelf.ANNA, document.id()) + " " + document.problems();
            assertThat(said).doesNotContain("canary-of-the-disk").doesNotContain("root:");
          }
        }
      }
      nextIsRead(shelf, collection, 1);
    }
    assertThat(calls).hasValue(0);
  }

  @Test
  void bombsAreLeftAloneAndTheNextDocumentIsRead() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "all");
      Map<String, byte[]> bombs = new LinkedHashMap<>();
      bombs.put("zeros.docx", bomb());
      bombs.put("laughs.docx", FormatsTest.zip(word(laughs() + body("&l9;"))));
      bombs.put("deep.html", ("<div>".repeat(300_000) + "x").getBytes(StandardCharsets.UTF_8));
      bombs.put("deep.md", ("> ".repeat(100_000) + "x").getBytes(StandardCharsets.UTF_8));
      bombs.put("lists.md", ("- ".repeat(50_000) + "x").getBytes(StandardCharsets.UTF_8));
      bombs.put("brackets.md", "[".repeat(500_000).getBytes(StandardCharsets.UTF_8));
      bombs.put("entries.docx", manyEntries());
      int n = 0;
      for (var each : bombs.entrySet()) {
        Document document = shelf.read(Shelf.ANNA, collection, each.getKey(), each.getValue());
        assertThat(document.state().settled()).as(each.getKey()).isTrue();
        if (each.getKey().equals("zeros.docx")) {
          assertThat(document.problems().getFirst().what()).containsAnyOf("memory", "unpacks");
        }
        if (each.getKey().endsWith(".docx")) {
          assertThat(document.state()).as(each.getKey()).isEqualTo(Document.State.FAILED);
        }
        long start = System.nanoTime();
        nextIsRead(shelf, collection, n++);
        System.out.printf(
            "after %s (%s): the next document in %.2f s%n",
            each.getKey(), document.problems(), (System.nanoTime() - start) / 1e9);
      }
    }
  }

  private static byte[] bomb() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var file : word("").entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        if (file.getKey().equals("word/document.xml")) {
          byte[] text = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
          zip.write(
              ("<w:document xmlns:w='" + WORD + "'><w:body><w:p><w:r><w:t>")
                  .getBytes(StandardCharsets.UTF_8));
          for (int i = 0; i < 1500; i++) {
            zip.write(text);
          }
        } else {
          zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
        }
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static String laughs() {
    var entities = new StringBuilder("<!DOCTYPE d [<!ENTITY l0 'ha'>");
    for (int i = 1; i < 10; i++) {
      entities
          .append("<!ENTITY l")
          .append(i)
          .append(" '")
          .append(("&l" + (i - 1) + ";").repeat(10))
          .append("'>");
    }
    return entities.append("]>").toString();
  }

  private static byte[] manyEntries() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (int i = 0; i < 1_000_000; i++) {
        var entry = new ZipEntry("word/" + i);
        entry.setSize(0);
        entry.setCrc(new CRC32().getValue());
        zip.putNextEntry(entry);
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void aDocumentThatTakesTooLongIsGivenUp() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords(), Duration.ofMillis(1))) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "all");
      Document document = shelf.read(Shelf.ANNA, collection, "a.md", "The heron stands here.");
      assertThat(document.state()).isEqualTo(Document.State.FAILED);
      assertThat(document.problems().getFirst().what()).contains("took longer");
    }
  }

  @Test
  void childrenThatAreKilledAreReplaced() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "all");
      nextIsRead(shelf, collection, 0);
      ProcessHandle.current()
          .descendants()
          .filter(HostileTest::parser)
          .forEach(ProcessHandle::destroyForcibly);
      nextIsRead(shelf, collection, 1);
    }
  }

  @Test
  void aChildHasNoEnvironmentAndWhereTheSystemAllowsNoNetworkOfOurs() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "all");
      nextIsRead(shelf, collection, 0);
      // Of those that have read: one that is just being started is still the program that starts
      // it.
      long child = shelf.library.parsers().readers().getFirst();
      Path proc = Path.of("/proc", String.valueOf(child));
      if (Files.isReadable(proc.resolve("environ"))) {
        assertThat(Files.readString(proc.resolve("environ")))
            .doesNotContain("PATH=")
            .doesNotContain("HOME=");
      }
      if (shelf.library.parsers().sandbox().networkUnshared()) {
        assertThat(Files.readSymbolicLink(proc.resolve("ns/net")))
            .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
      }
    }
  }

  /// Ids of the processes below this one that read documents.
  static Set<Long> parsers() {
    return ProcessHandle.current()
        .descendants()
        .filter(HostileTest::parser)
        .map(ProcessHandle::pid)
        .collect(Collectors.toSet());
  }

  private static boolean parser(ProcessHandle process) {
    String wanted = "dev.freehold.parser.Main";
    // Java reads only the first page of a command line, and a class path may be longer.
    Path all = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
    try {
      return Files.isReadable(all)
          ? Files.readString(all, StandardCharsets.ISO_8859_1).contains(wanted)
          : process.info().commandLine().orElse("").contains(wanted);
    } catch (IOException e) {
      // It has ended meanwhile.
      return false;
    }
  }
}
