package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Documents dropped onto the page, asked, cited, opened and deleted: real files, a real index.
@InBrowser
class DocumentsPageTest {

  static final String MANUAL =
      """
      # Maintenance manual HP-40

      This manual is for technicians who know the press.

      ## Safety

      Release the pressure of the accumulator before the guard is opened. Gauge P3 must show less than two bar.

      ## Oil and filters

      Change the hydraulic oil every 4,000 operating hours. The tank holds 180 litres of oil HLP 46.

      | Part | Interval |
      |---|---|
      | Return filter | 1,000 h |
      """;

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

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /// Waits for what a document comes to: its reader is a process of its own, and the first one
  /// wakes what makes vectors too.
  static void read(Locator state) {
    assertThat(state).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(180_000));
  }

  static void dropManual(Page page) {
    Site.drop(page, Map.of("manual.md", MANUAL.getBytes(StandardCharsets.UTF_8)));
    button(page, "Add").click();
    read(page.locator(".uploads .state.ready"));
  }

  @Test
  void aDroppedFileIsIndexedAskedCitedAndOpenedAtThePassage() {
    Page page = site.signedIn();
    dropManual(page);
    assertThat(page.locator(".pick").first()).containsText("My documents");
    site.model.script = _ -> "Every 4,000 operating hours [1]. Nobody said so [9].";
    Site.ask(page, "How often must the hydraulic oil be changed?");
    assertThat(page.locator(".text")).not().containsText("9");
    Locator passage = page.locator(".passage").first();
    assertThat(passage).containsText("manual.md");
    assertThat(passage).containsText("4,000 operating hours");
    page.locator(".chip").first().click();
    Locator marked = page.locator(".panel .marked");
    assertThat(marked.first()).isVisible();
    assertThat(page.locator(".panel .sheet")).containsText("Maintenance manual HP-40");
    assertThat(String.join(" ", marked.allTextContents())).contains("4,000 operating hours");
    assertThat(marked.first()).isInViewport();
    assertThat(page.locator("#panel-title")).isFocused();
    page.keyboard().press("Escape");
    assertThat(page.locator(".panel")).hasCount(0);
    assertThat(page.locator(".chip").first()).isFocused();
    page.goForward();
    assertThat(marked.first()).isVisible();
    page.reload();
    assertThat(marked.first()).isVisible();
    assertThat(page.locator(".chip")).hasCount(1);
    site.assertQuiet();
  }

  @Test
  void aQuestionThatNothingFitsIsSaidToBeOne() {
    Page page = site.signedIn();
    dropManual(page);
    page.fill("#question", "xylophone quarantine zeppelin");
    page.press("#question", "Enter");
    assertThat(page.locator(".notice.ground")).containsText("Nothing in the chosen documents fits");
    assertThat(page.locator(".chip")).hasCount(0);
    site.assertQuiet();
  }

  @Test
  void whatCannotBeReadIsListedWithTheReason() {
    Page page = site.signedIn();
    Site.drop(
        page, Map.of("broken.pdf", "%PDF-1.7 and then nothing".getBytes(StandardCharsets.UTF_8)));
    button(page, "Add").click();
    read(page.locator(".uploads .state.failed"));
    page.navigate(site.base() + "/documents");
    assertThat(page.locator(".document .state.failed")).hasText("not readable");
    assertThat(page.locator(".document .problems li")).not().hasCount(0);
    assertThat(page.locator(".document .problems").textContent()).isNotBlank();
  }

  @Test
  void aDeletedDocumentIsGoneFromThePageAndFromAnswers() {
    Page page = site.signedIn();
    dropManual(page);
    site.model.script = _ -> "Look at the passages.";
    Site.ask(page, "How often must the hydraulic oil be changed?");
    assertThat(page.locator(".passage").first()).containsText("4,000 operating hours");
    String conversation = page.url();
    page.navigate(site.base() + "/documents");
    assertThat(page.locator(".document")).hasCount(1);
    button(page, "Delete manual.md").click();
    page.locator("dialog .danger").click();
    assertThat(page.locator(".document")).hasCount(0);
    page.navigate(conversation);
    assertThat(page.locator(".said")).isVisible();
    assertThat(page.locator(".passage")).hasCount(0);
    assertThat(page.content()).doesNotContain("4,000 operating hours");
  }

  @Test
  void whatSettledBeforeThePageBeganToListenIsShownAsItIs() {
    Page page = site.signedIn();
    List<Route> held = new ArrayList<>();
    page.route("**/api/collections/*/events", held::add);
    Site.drop(page, Map.of("manual.md", MANUAL.getBytes(StandardCharsets.UTF_8)));
    button(page, "Add").click();
    page.waitForCondition(
        () -> documents(page).contains("\"state\":\"ready\""),
        new Page.WaitForConditionOptions().setTimeout(180_000));
    page.unroute("**/api/collections/*/events");
    held.forEach(Route::resume);
    assertThat(page.locator(".uploads .state.ready")).isVisible();
    site.assertQuiet();
  }

  private String documents(Page page) {
    return page.request()
        .get(site.base() + "/api/collections/" + collection(page) + "/documents")
        .text();
  }

  /// The only collection there is.
  private String collection(Page page) {
    return page.request()
        .get(site.base() + "/api/collections")
        .text()
        .replaceAll("(?s).*?\"id\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void whatAnotherDeletesLeavesThePage() {
    Page page = site.signedIn();
    dropManual(page);
    page.navigate(site.base() + "/documents");
    assertThat(page.locator(".document")).hasCount(1);
    Page other = site.signedIn();
    other.navigate(site.base() + "/documents");
    button(other, "Delete manual.md").click();
    other.locator("dialog .danger").click();
    assertThat(other.locator(".document")).hasCount(0);
    assertThat(page.locator(".document")).hasCount(0);
    site.assertQuiet();
  }

  @Test
  void aListFromBeforeADeletionBringsNothingBack() {
    Page page = site.signedIn();
    dropManual(page);
    List<Route> held = new ArrayList<>();
    List<APIResponse> answers = new ArrayList<>();
    AtomicInteger lists = new AtomicInteger();
    page.route(
        "**/api/collections/*/documents",
        route -> {
          // The first is what the page opens with, the second what it catches up with.
          if (lists.incrementAndGet() != 2) {
            route.resume();
          } else {
            answers.add(route.fetch());
            held.add(route);
          }
        });
    page.navigate(site.base() + "/documents");
    assertThat(page.locator(".document")).hasCount(1);
    page.waitForCondition(() -> !held.isEmpty());
    button(page, "Delete manual.md").click();
    page.locator("dialog .danger").click();
    assertThat(page.locator(".document")).hasCount(0);
    held.getFirst().fulfill(new Route.FulfillOptions().setResponse(answers.getFirst()));
    ConversationPageTest.drawn(page);
    assertThat(page.locator(".document")).hasCount(0);
    site.assertQuiet();
  }

  @Test
  void thePassagesOfACollectionAreSearchedWithoutAModel() {
    Page page = site.signedIn();
    dropManual(page);
    page.navigate(site.base() + "/documents");
    page.fill(".library [name=q]", "accumulator pressure");
    page.press(".library [name=q]", "Enter");
    assertThat(page.locator(".found .passage").first()).containsText("Gauge P3");
    page.locator(".found .passage button").first().click();
    Locator marked = page.locator(".panel .marked");
    assertThat(marked.first()).isVisible();
    assertThat(String.join(" ", marked.allTextContents())).contains("accumulator");
    site.assertQuiet();
  }

  @Test
  void theReaderShowsHeadingsTablesAndContents() {
    Page page = site.signedIn();
    dropManual(page);
    page.navigate(site.base() + "/documents");
    page.locator(".document a").first().click();
    assertThat(page.locator(".sheet td").first()).hasText("Return filter");
    assertThat(page.locator(".outline li")).hasCount(3);
    assertThat(page.locator("main h1")).hasText("manual.md");
    site.assertQuiet();
  }
}
