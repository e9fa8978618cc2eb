package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one does with conversations, in a real browser against a real server.
@InBrowser
class ConversationPageTest {

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

  private static final String LONG = numbered("word %d ", 400);

  @Test
  void theLinkOfTheFirstStartSignsInAndLeavesNoKeyInTheAddress() {
    Page page = site.tab(1280, 860, ColorScheme.LIGHT, "en-GB");
    page.navigate(site.base() + "/");
    page.waitForURL(site.base() + "/sign-in");
    page.navigate(site.base() + "/sign-in#key=fh-wrong");
    assertThat(page.locator("#key-problem")).isVisible();
    assertThat(page.url()).doesNotContain("fh-");
    page.fill("#key", site.key.secret());
    page.press("#key", "Enter");
    assertThat(page.locator("#question")).isFocused();
    assertThat(page.locator(".who .name")).hasText("Claire");
    assertThat((Boolean) page.evaluate("() => document.cookie === ''")).isTrue();
    button(page, "Sign out").click();
    page.waitForURL(site.base() + "/sign-in");
    page.navigate(site.base() + "/documents");
    page.waitForURL(site.base() + "/sign-in");
    site.assertQuiet();
  }

  @Test
  void anAnswerAppearsWordByWordAndOneIsToldThatItIsAModel() {
    Page page = site.signedIn();
    assertThat(page.locator(".disclosure")).containsText("You are talking to an AI model");
    site.model.script = _ -> LONG;
    site.model.pausesAfter = 100;
    site.model.goesOn = new CountDownLatch(1);
    page.fill("#question", "Count the words");
    page.press("#question", "Enter");
    page.waitForSelector(".growing");
    assertThat(page.locator(".text")).containsText("word 24");
    assertThat(page.locator(".growing")).isVisible();
    assertThat(page.locator(".text")).not().containsText("word 25");
    site.model.goesOn.countDown();
    assertThat(page.locator(".figures")).containsText("tokens/s");
    assertThat(page.locator("#announcer")).containsText("complete");
    assertThat(page.locator(".turn h2")).containsText("Count the words");
    assertThat(page).hasTitle("Count the words · Freehold");
    site.assertQuiet();
  }

  private static String numbered(String pattern, int count) {
    return IntStream.range(0, count).mapToObj(pattern::formatted).collect(Collectors.joining());
  }

  @Test
  void aModelThatGoesInCirclesIsStoppedAndOneIsToldWhy() {
    Page page = site.signedIn();
    site.model.script = _ -> "The valve is open and the pump is full of water. ".repeat(400);
    Site.ask(page, "Is it open?");
    assertThat(page.locator(".ending")).containsText("began to repeat itself");
    assertThat(page.locator(".text")).containsText("The valve is open");
    assertThat(page.locator(".text").textContent()).hasSizeLessThan(2_000);
    assertThat(site.model.running).hasValue(0);
    page.reload();
    assertThat(page.locator(".ending")).containsText("began to repeat itself");
    site.assertQuiet();
  }

  @Test
  void stoppingStopsTheModelAndKeepsWhatWasSaid() {
    Page page = site.signedIn();
    site.model.script = _ -> LONG;
    site.model.millisPerWord = 15;
    page.fill("#question", "Go on");
    page.press("#question", "Enter");
    page.waitForSelector(".growing");
    page.waitForCondition(() -> page.locator(".text").textContent().length() > 40);
    page.press("#question", "Escape");
    assertThat(page.locator(".ending")).hasText("Stopped here.");
    page.waitForCondition(() -> site.model.running.get() == 0);
    page.waitForCondition(() -> kept(page).contains("word 1 word 2"));
    page.reload();
    assertThat(page.locator(".ending")).hasText("Stopped here.");
    assertThat(page.locator(".text")).containsText("word 1 word 2");
    site.assertQuiet();
  }

  /// The conversation on show as the server has it.
  private String kept(Page page) {
    String id = page.url().replaceAll(".*/c/", "");
    return page.request().get(site.base() + "/api/conversations/" + id).text();
  }

  @Test
  void whatWasReadBeforeAStopStaysAlsoWhereTheServerHasNotKeptItYet() {
    Page page = site.signedIn();
    site.model.script = _ -> LONG;
    site.model.pausesAfter = 40;
    site.model.goesOn = new CountDownLatch(1);
    site.model.stops = new CountDownLatch(1);
    page.fill("#question", "Go on");
    page.press("#question", "Enter");
    assertThat(page.locator(".text")).containsText("word 9");
    page.waitForResponse(
        response ->
            response.url().contains("/api/conversations/")
                && response.request().method().equals("GET"),
        () -> page.press("#question", "Escape"));
    drawn(page);
    assertThat(page.locator(".ending")).hasText("Stopped here.");
    assertThat(page.locator(".text")).containsText("word 1 word 2");
    site.model.stops.countDown();
    page.waitForCondition(() -> kept(page).contains("word 9"));
    site.assertQuiet();
  }

  /// Waits until the page has shown what it knows.
  static void drawn(Page page) {
    page.evaluate(
        """
        async () => {
          await fetch("/health");
          for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
        }
        """);
  }

  @Test
  void anotherAnswerAndAnEditedQuestionStandBesideTheFirst() {
    Page page = site.signedIn();
    Site.ask(page, "first");
    site.model.script = _ -> "Another answer.";
    button(page, "Answer again").click();
    assertThat(page.locator(".answer .siblings")).containsText("2/2");
    assertThat(page.locator(".text")).hasText("Another answer.");
    page.locator(".answer").getByRole(AriaRole.BUTTON, named("Previous version")).click();
    assertThat(page.locator(".text")).containsText("You asked: first");
    site.model.script = question -> "Now: " + question;
    button(page, "Edit the question").click();
    page.fill("#edit-question", "second");
    page.press("#edit-question", "Enter");
    assertThat(page.locator(".question .siblings")).containsText("2/2");
    assertThat(page.locator(".text")).hasText("Now: second");
    page.locator(".question").getByRole(AriaRole.BUTTON, named("Previous version")).click();
    assertThat(page.locator(".turn h2")).containsText("first");
    site.assertQuiet();
  }

  private static Locator.GetByRoleOptions named(String name) {
    return new Locator.GetByRoleOptions().setName(name);
  }

  @Test
  void aConversationIsFoundAgainAfterARestartAndCanBeRenamedAndDeleted() {
    Page page = site.signedIn();
    Site.ask(page, "How deep is the lake?");
    String address = page.url();
    assertThat(address).contains("/c/");
    site.restart();
    page.reload();
    assertThat(page.locator(".text")).containsText("How deep is the lake?");
    page.navigate(site.base() + "/");
    page.fill("#find-conversation", "lake");
    Locator item = page.locator(".conversations li");
    assertThat(item).hasCount(1);
    item.hover();
    button(page, "Rename How deep is the lake?").click();
    page.fill("dialog #name", "Lakes");
    page.press("dialog #name", "Enter");
    page.fill("#find-conversation", "");
    assertThat(item).containsText("Lakes");
    item.hover();
    button(page, "Delete Lakes").click();
    page.locator("dialog .danger").click();
    assertThat(item).hasCount(0);
    page.navigate(address);
    assertThat(page.locator("main h1")).hasText("No such conversation");
    assertThat(site.outside).isEmpty();
  }

  @Test
  void theReaderWhoScrollsUpIsLeftAloneUntilAskingForTheEnd() {
    Page page = site.signedIn(900, 500, ColorScheme.LIGHT);
    site.model.script = _ -> numbered("Line %d.\n\n", 120);
    site.model.pausesAfter = 200;
    site.model.goesOn = new CountDownLatch(1);
    page.fill("#question", "Write much");
    page.press("#question", "Enter");
    assertThat(page.locator(".text")).containsText("Line 49.");
    double end = still(page);
    assertThat(end).isGreaterThan(200);
    page.locator(".talk").hover();
    page.mouse().wheel(0, -150);
    page.waitForCondition(() -> scrollTop(page) < end);
    double left = still(page);
    site.model.goesOn.countDown();
    assertThat(page.locator(".text")).containsText("Line 119.");
    assertThat(still(page)).isEqualTo(left);
    page.locator(".to-end").click();
    page.waitForCondition(() -> scrollTop(page) > left + 100);
    site.assertQuiet();
  }

  /// Where the conversation stands once it moves no more.
  private static double still(Page page) {
    Object top =
        page.evaluate(
            """
            async () => {
              const talk = document.querySelector(".talk");
              for (let before = -1; before !== talk.scrollTop; ) {
                before = talk.scrollTop;
                for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
              }
              return talk.scrollTop;
            }
            """);
    return ((Number) top).doubleValue();
  }

  private static double scrollTop(Page page) {
    return ((Number) page.evaluate("() => document.querySelector('.talk').scrollTop"))
        .doubleValue();
  }

  @Test
  void whileTheServerIsAwayOneIsToldAndNothingWrittenIsLost() {
    Page page = site.signedIn();
    Site.ask(page, "before");
    page.route("**/*", com.microsoft.playwright.Route::abort);
    page.fill("#question", "while away");
    page.press("#question", "Enter");
    assertThat(page.locator(".notice.away")).isVisible();
    assertThat(page.locator("#question")).hasValue("while away");
    page.unroute("**/*");
    assertThat(page.locator(".notice.away")).hasCount(0);
    page.press("#question", "Enter");
    assertThat(page.locator(".text").last()).containsText("You asked: while away");
  }

  @Test
  void thePageSpeaksFrenchAndGermanToo() {
    Page french = site.tab(1280, 860, ColorScheme.LIGHT, "fr-FR");
    french.navigate(site.base() + "/sign-in#key=" + site.key.secret());
    assertThat(french.locator(".disclosure")).containsText("Vous parlez à un modèle d’IA");
    assertThat(french.locator("html")).hasAttribute("lang", "fr");
    french.locator(".language select").selectOption("de");
    assertThat(french.locator(".disclosure")).containsText("Sie sprechen mit einem KI-Modell");
    french.reload();
    assertThat(french.locator(".hello")).hasText("Was möchten Sie wissen?");
    site.assertQuiet();
  }

  @Test
  void everythingIsReachedByKeyboardAlone() {
    Page page = site.signedIn();
    page.keyboard().type("hello");
    page.keyboard().press("Enter");
    assertThat(page.locator(".figures")).isVisible();
    tabTo(page, "Answer again");
    page.keyboard().press("Enter");
    assertThat(page.locator(".answer .siblings")).containsText("2/2");
    page.keyboard().press("Control+/");
    assertThat(page.locator("dialog[open] kbd").first()).isVisible();
    page.keyboard().press("Escape");
    assertThat(page.locator("dialog")).hasCount(0);
    page.keyboard().press("Control+k");
    assertThat(page.locator("#find-conversation")).isFocused();
    page.keyboard().press("Control+Shift+O");
    assertThat(page.locator("#question")).isFocused();
    page.keyboard().press("Control+Shift+F");
    assertThat(page.locator("main h1")).hasText("Documents");
    tabTo(page, "New collection");
    page.keyboard().press("Enter");
    assertThat(page.locator("dialog #name")).isFocused();
    page.keyboard().type("Rules");
    page.keyboard().press("Enter");
    assertThat(page.locator("#shelf-name")).hasText("Rules");
    site.assertQuiet();
  }

  private static void tabTo(Page page, String name) {
    for (int presses = 0; presses < 60; presses++) {
      page.keyboard().press("Tab");
      Object focused =
          page.evaluate(
              "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()");
      if (name.equals(focused)) {
        return;
      }
    }
    throw new AssertionError("Tab never came to: " + name);
  }

  @Test
  void onANarrowScreenNothingReachesBeyondTheEdge() {
    Page page = site.signedIn(380, 780, ColorScheme.LIGHT);
    site.model.script =
        _ ->
            "W".repeat(300)
                + "\n\n| a | b | c | d | e |\n|---|---|---|---|---|\n| 1111111111 | 2222222222 | 3333333333 | 4444444444 | 5555555555 |\n\n```\n"
                + "x".repeat(300)
                + "\n```";
    Site.ask(page, "Q".repeat(200));
    assertThat((Boolean) page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
        .isTrue();
    assertThat(
            (Boolean)
                page.evaluate(
                    "() => { const t = document.querySelector('.talk'); return t.scrollWidth <= t.clientWidth; }"))
        .isTrue();
    page.locator("#open-rail").click();
    assertThat(page.locator(".conversations li")).hasCount(1);
    page.keyboard().press("Escape");
    assertThat(page.locator("#open-rail")).isFocused();
    site.assertQuiet();
  }
}
