package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the child process reads of each format, on the sample company's files and a few made here.
class FormatsTest {

  @TempDir static Path folder;
  private static Shelf shelf;
  private static Collection collection;

  @BeforeAll
  static void open() {
    shelf = Shelf.open(folder, new HashedWords());
    collection = shelf.library.createCollection(Shelf.ANNA, "all");
  }

  @AfterAll
  static void close() {
    shelf.close();
  }

  private static Document sample(String name) throws IOException, InterruptedException {
    Path file = Shelf.SAMPLES.resolve(name);
    return shelf.read(
        Shelf.ANNA, collection, file.getFileName().toString(), Files.readAllBytes(file));
  }

  private static List<Block> blocks(Document document) {
    return shelf.library.blocks(Shelf.ANNA, document.id());
  }

  private static List<String> headings(Document document) {
    return blocks(document).stream()
        .filter(Block.Heading.class::isInstance)
        .map(Block::text)
        .toList();
  }

  private static String text(Document document) {
    return String.join("\n", blocks(document).stream().map(Block::text).toList());
  }

  static byte[] zip(Map<String, String> files) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void aPdfGivesHeadingsWithPagesTablesAndWholeWordsWithoutRunningHeads() throws Exception {
    Document manual = sample("documents/lauter-maintenance-manual.pdf");
    assertThat(manual.state()).isEqualTo(Document.State.READY);
    assertThat(manual.pages()).isEqualTo(12);
    assertThat(manual.language()).isEqualTo("en");
    assertThat(blocks(manual))
        .contains(new Block.Heading(3, "Tightening torques", 6))
        .contains(
            new Block.ListItem(
                1,
                "3. Open the vent screw of the dosing head by one turn, with the hose led into a container. Wait at least 90 seconds.",
                3));
    assertThat(text(manual))
        .contains("concerned gearboxes that had been opened")
        .doesNotContain("Page 3 of 12")
        .doesNotContain(". . . .");
    assertThat(blocks(manual))
        .anyMatch(block ->
            block instanceof Block.Table table
                && table.rows().getFirst().contains("Diaphragm core")
                && table
                    .rows()
                    .contains(List.of("L-60", "7", "9.5", "5", "hand-tight, then 1/8 turn")));
  }

  @Test
  void wordAndOpenDocumentGiveHeadingsListsAndTables() throws Exception {
    Document word = sample("documents/travel-expense-policy.docx");
    assertThat(word.state()).isEqualTo(Document.State.READY);
    assertThat(headings(word)).contains("Claiming");
    assertThat(text(word)).contains("Its limit is 2,500 € per month.");
    Document odt = sample("documents/protokoll-produktion-lahr.odt");
    assertThat(odt.language()).isEqualTo("de");
    assertThat(headings(odt)).isNotEmpty();
  }

  @Test
  void aWorkbookGivesASheetAPageAndCellsUnderTheirColumns() throws Exception {
    Document prices = sample("documents/price-list-2026.xlsx");
    assertThat(headings(prices)).contains("Pumps");
    assertThat(blocks(prices))
        .anyMatch(block ->
            block instanceof Block.Table table
                && table.rows().size() > 3
                && table.rows().stream().allMatch(row -> row.size() >= 3));
  }

  @Test
  void slidesGiveAPageEachThatItsTitleHeads() throws Exception {
    Document slides = sample("documents/sales-kickoff-2026.pptx");
    assertThat(slides.pages()).isGreaterThan(3);
    assertThat(blocks(slides))
        .filteredOn(Block.Heading.class::isInstance)
        .extracting(Block::page)
        .doesNotHaveDuplicates()
        .doesNotContainNull();
  }

  @Test
  void aMailGivesItsSubjectSenderAndText() throws Exception {
    Document mail = sample("documents/mail-complaint-waterworks.eml");
    assertThat(headings(mail)).first().asString().contains("Third torn diaphragm since June");
    assertThat(text(mail)).contains("From: ").contains("yours is set to 12");
  }

  @Test
  void aWebPageGivesWhatAPersonCameToRead() throws Exception {
    String page =
        """
        <html><head><title>The house</title><script>alert('no')</script></head><body>
        <nav><a href="/">Home</a> Menu of the site</nav>
        <main><h1>Rules</h1><p>Feed the <b>heron</b> daily.</p>
        <ul><li>Fish<ul><li>Herring</li></ul></li></ul>
        <table><tr><th>Day</th><th>Fish</th></tr><tr><td>Monday</td><td>Two</td></tr></table>
        <pre>a
          b</pre><dl><dt>Stork</dt><dd>A larger bird</dd></dl></main>
        <footer>All rights reserved</footer></body></html>
        """;
    Document read = shelf.read(Shelf.ANNA, collection, "page.html", page);
    assertThat(blocks(read))
        .containsExactly(
            new Block.Heading(1, "Rules", null),
            new Block.Paragraph("Feed the heron daily.", null),
            new Block.ListItem(1, "Fish", null),
            new Block.ListItem(2, "Herring", null),
            new Block.Table(List.of(List.of("Day", "Fish"), List.of("Monday", "Two")), null),
            new Block.Code("a\n  b", null),
            new Block.ListItem(1, "Stork: A larger bird", null));
  }

  @Test
  void aBookGivesItsChapters() throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("mimetype", "application/epub+zip");
    files.put(
        "META-INF/container.xml",
        "<container version='1.0' xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
            + "<rootfile full-path='book.opf' media-type='application/oebps-package+xml'/></rootfiles></container>");
    files.put(
        "book.opf",
        "<package xmlns='http://www.idpf.org/2007/opf' version='3.0'><metadata/>"
            + "<manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest>"
            + "<spine><itemref idref='a'/></spine></package>");
    files.put(
        "a.xhtml",
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>Of herons</h1><p>They stand still.</p></body></html>");
    Document book = shelf.read(Shelf.ANNA, collection, "book.epub", zip(files));
    assertThat(headings(book)).contains("Of herons");
    assertThat(text(book)).contains("They stand still.");
  }

  @Test
  void textIsReadInItsEncodingAndValuesInTheirColumns() throws Exception {
    Document latin =
        shelf.read(
            Shelf.ANNA,
            collection,
            "latin.txt",
            "Le héron a été vu à l'étang. Les élèves l'ont regardé longtemps.\n"
                .getBytes(Charset.forName("windows-1252")));
    assertThat(text(latin)).contains("Le héron a été vu à l'étang.");
    Document values =
        shelf.read(
            Shelf.ANNA, collection, "birds.csv", "Bird;Weight\nHeron;1,5\n\"Stork; white\";3,4\n");
    assertThat(blocks(values))
        .containsExactly(
            new Block.Table(
                List.of(
                    List.of("Bird", "Weight"),
                    List.of("Heron", "1,5"),
                    List.of("Stork; white", "3,4")),
                null));
  }

  @Test
  void whatCannotBeReadSaysWhy() throws Exception {
    Map<String, String> why =
        Map.of(
            "unreadable/bon-de-livraison-scan.pdf", "picture",
            "unreadable/lettre-banque-chiffree.pdf", "encrypted",
            "unreadable/travel-expense-policy-truncated.docx", "broken");
    for (var each : why.entrySet()) {
      Document document = sample(each.getKey());
      assertThat(document.state()).as(each.getKey()).isEqualTo(Document.State.FAILED);
      assertThat(document.problems()).as(each.getKey()).hasSize(1);
      assertThat(document.problems().getFirst().what()).contains(each.getValue());
    }
    Document picture =
        shelf.read(
            Shelf.ANNA,
            collection,
            "a.png",
            new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0});
    assertThat(picture.problems().getFirst().what()).contains("image/png");
  }

  @Test
  void anAttachmentIsNamedAndTheMailIsReadInPart() throws Exception {
    String mail =
        """
        From: anna@example.org
        Subject: The heron
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="x"

        --x
        Content-Type: text/plain; charset=utf-8

        It has come back.
        --x
        Content-Type: application/pdf
        Content-Disposition: attachment; filename="report.pdf"
        Content-Transfer-Encoding: base64

        JVBERi0xLjQK
        --x--
        """;
    Document read = shelf.read(Shelf.ANNA, collection, "heron.eml", mail);
    assertThat(read.state()).isEqualTo(Document.State.PARTLY);
    assertThat(read.problems().getFirst().where()).isEqualTo("attachment report.pdf");
    assertThat(text(read)).contains("It has come back.");
  }

  @Test
  void everyDocumentOfTheSampleCompanyIsReadWhole() throws Exception {
    Collection house = shelf.library.createCollection(Shelf.ANNA, "company");
    shelf.library.sync(Shelf.ANNA, house.id(), Shelf.SAMPLES.resolve("documents"));
    shelf.settle(Shelf.ANNA, house);
    assertThat(shelf.library.documents(Shelf.ANNA, house.id()))
        .hasSizeGreaterThan(20)
        .allSatisfy(document ->
            assertThat(document.state()).as(document.name()).isEqualTo(Document.State.READY));
  }
}
