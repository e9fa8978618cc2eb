package dev.freehold.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The page's files, held against each other and against the libraries on the class path.
class PageFilesTest {

  private static final Pattern WEBJAR = Pattern.compile("\"(/webjars/[^\"]+)\"");
  private static final Pattern ENTRY = Pattern.compile("(?m)^  \"?([\\w-]+)\"?: ");
  private static final Pattern USE = Pattern.compile("\\bt\\(\"([\\w-]+)\"");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)\\}");

  @Test
  void everyLibraryTheyNameIsOnTheClassPathInThatVersion() throws IOException {
    String libraries = Files.readString(web().resolve("libraries.js"));
    assertThat(
            WEBJAR
                .matcher(libraries)
                .results()
                .map(match -> match.group(1))
                .filter(path -> path.endsWith(".js")))
        .hasSizeGreaterThan(5)
        .allSatisfy(path -> assertThat(resource("META-INF/resources" + path)).as(path).isNotNull());
    assertThat(resource("META-INF/resources/webjars/prismjs/1.30.0/components/prism-core.min.js"))
        .isNotNull();
  }

  @Test
  void everyLanguageHasEveryMessageWithTheSamePlaces() throws IOException {
    Map<String, String> english = messages("en");
    assertThat(english).hasSizeGreaterThan(150);
    for (String language : new String[] {"fr", "de"}) {
      Map<String, String> others = messages(language);
      assertThat(others.keySet()).as(language).isEqualTo(english.keySet());
      english.forEach((name, text) -> {
        // A plural form may say "one document" instead of "{n} document".
        Set<String> places = places(text);
        places.remove("n");
        Set<String> theirs = places(others.get(name));
        theirs.remove("n");
        assertThat(theirs).as(language + " " + name).isEqualTo(places);
      });
    }
  }

  @Test
  void everyMessageThatIsShownExistsAndNoneIsLeftOver() throws IOException {
    Set<String> known = messages("en").keySet();
    String scripts =
        files(".js")
            .filter(file -> !file.toString().contains("messages"))
            .map(PageFilesTest::read)
            .collect(Collectors.joining());
    Set<String> shown =
        USE.matcher(scripts).results().map(match -> match.group(1)).collect(Collectors.toSet());
    shown.remove("state-");
    assertThat(known).containsAll(shown);
    assertThat(known.stream().filter(name -> !name.startsWith("state-")))
        .allSatisfy(name -> assertThat(scripts).contains("\"" + name + "\""));
  }

  @Test
  void nothingIsWrittenAsHtmlAndNothingIsInline() throws IOException {
    assertThat(files(".js"))
        .isNotEmpty()
        .allSatisfy(file ->
            assertThat(read(file))
                .as(file.toString())
                .doesNotContain(
                    "innerHTML",
                    "outerHTML",
                    "insertAdjacentHTML",
                    "document.write",
                    "eval(",
                    "new Function",
                    "unsafeHTML",
                    " style=\"",
                    " style=$"));
    assertThat(read(web().resolve("index.html")))
        .doesNotContain("<style", "style=", "onclick")
        .doesNotContainPattern("<script(?![^>]*src=)");
  }

  @Test
  void nothingIsFetchedFromAnotherMachine() throws IOException {
    assertThat(Stream.of(".js", ".css", ".html").flatMap(PageFilesTest::files))
        .allSatisfy(file ->
            assertThat(read(file))
                .as(file.toString())
                .doesNotContainPattern("(?:src|href|url|from|import)[\\s(=\"']+https?://"));
  }

  private static Map<String, String> messages(String language) throws IOException {
    Map<String, String> messages = new TreeMap<>();
    Files.readString(web().resolve("messages/" + language + ".js"))
        .lines()
        .forEach(line -> {
          var entry = ENTRY.matcher(line);
          if (entry.find()) {
            messages.put(entry.group(1), line.substring(entry.end()));
          }
        });
    return messages;
  }

  private static Set<String> places(String text) {
    return PLACEHOLDER
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static URL resource(String name) {
    return PageFilesTest.class.getClassLoader().getResource(name);
  }

  private static Path web() {
    try {
      return Path.of(Objects.requireNonNull(resource("dev/freehold/server/web/index.html")).toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<Path> files(String ending) {
    try (Stream<Path> files = Files.walk(web())) {
      return files.filter(file -> file.toString().endsWith(ending)).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
