package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every view under axe-core's rules for WCAG 2.1 AA and its best practices, light and dark, wide
/// and narrow: no violation at all.
@InBrowser
class AccessibilityTest {

  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void open() {
    site = new Site(folder);
  }

  @AfterEach
  void close() {
    site.close();
  }

  @ParameterizedTest
  @CsvSource({"LIGHT,1280", "DARK,1280", "LIGHT,380", "DARK,380"})
  void noViewViolatesARule(ColorScheme scheme, int width) throws IOException {
    Page door = site.tab(width, 860, scheme, "en-GB");
    door.navigate(site.base() + "/sign-in");
    assertThat(door.locator("#key")).isFocused();
    check(door, "sign-in");

    Page page = site.signedIn(width, 860, scheme);
    check(page, "welcome");
    DocumentsPageTest.dropManual(page);
    check(page, "uploads");
    site.model.script =
        _ ->
            "### Oil\\n\\nEvery *4,000* hours [1], see [the site](https://example.org/) and `code`.\\n\\n```java\\nint x = 1; // one\\n```\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |\\n\\n> quoted\\n\\n- [x] done\\n\\n# More\\n\\nText."
                .translateEscapes();
    Site.ask(page, "How often must the hydraulic oil be changed?");
    assertThat(page.locator(".t-comment")).isVisible();
    check(page, "answer");
    page.locator(".chip").first().click();
    assertThat(page.locator(".panel .marked").first()).isVisible();
    check(page, "passage");
    page.keyboard().press("Escape");
    assertThat(page.locator(".panel")).hasCount(0);
    for (String picker : List.of(".pick", ".pick.model")) {
      page.locator(picker).first().click();
      assertThat(page.locator("dialog[open]")).isVisible();
      check(page, picker);
      page.keyboard().press("Escape");
      assertThat(page.locator("dialog")).hasCount(0);
    }
    page.keyboard().press("Control+/");
    assertThat(page.locator("dialog kbd").first()).isVisible();
    check(page, "help");
    page.navigate(site.base() + "/documents");
    assertThat(page.locator(".document")).hasCount(1);
    check(page, "documents");
    page.locator(".document a").first().click();
    assertThat(page.locator(".sheet")).containsText("Maintenance");
    check(page, "reader");
    site.assertQuiet();
  }

  @SuppressWarnings("unchecked")
  static void check(Page page, String view) throws IOException {
    // Moving things have their resting colours when they have come to rest.
    page.evaluate(
        "() => Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations !== Infinity).map(a => a.finished.catch(() => {})))");
    page.evaluate(axe());
    List<String> violations =
        (List<String>)
            page.evaluate(
                """
                async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }))
                  .violations.map(v => `${v.impact} ${v.id}: ${v.help}: ${v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(" ")}`)
                """);
    assertThat(violations).as(view).isEmpty();
  }

  private static String axe() throws IOException {
    try (InputStream in =
        AccessibilityTest.class.getResourceAsStream(
            "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
