package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.governance.IssuedKey;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Workloads on the page: seen by administrators, switched, watched, led back by their guards.
@InBrowser
class WorkloadsPageTest {

  @TempDir Path folder;
  private Site site;
  private TwoModels models;
  private IssuedKey admin;

  @BeforeEach
  void open() {
    site =
        new Site(
            folder,
            own -> {
              models = new TwoModels(own);
              return models;
            });
    admin = site.keys.create("Olga", Set.of(Principal.ADMINISTRATORS));
    site.workloads.create(
        admin.principal(),
        Workload.of("support-mails", TwoModels.RENTED)
            .withCapture(new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(30))));
    site.workloads.create(admin.principal(), Workload.of("summaries", TwoModels.RENTED));
  }

  @AfterEach
  void close() {
    site.close();
  }

  private Page page(int width, ColorScheme scheme, String locale) {
    Page page = site.tab(width, 860, scheme, locale);
    page.navigate(site.base() + "/sign-in#key=" + admin.secret());
    page.waitForSelector("#question");
    page.navigate(site.base() + "/workloads/support-mails");
    page.waitForSelector("#workload-name");
    return page;
  }

  private void ask(int times) {
    for (int i = 0; i < times; i++) {
      site.workloads
          .model("support-mails", Asking.of(admin.principal()))
          .answer(ChatRequest.of(new Message.User("When does my parcel " + i + " arrive?")));
    }
    site.workloads.settle();
  }

  private static void switchTo(Page page, String stage) {
    page.getByRole(AriaRole.RADIO, new Page.GetByRoleOptions().setName(stage)).check();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Switch")).click();
  }

  @Test
  void aCandidateIsSwitchedStepByStepAndLedBackByItsGuards() throws IOException {
    Page page = page(1280, ColorScheme.LIGHT, "en-GB");
    page.locator(".switch select").selectOption("scripted-small");
    page.locator(".switch input[type=text]").fill("First look");
    switchTo(page, "Shadow");
    Locator history = page.locator(".history li");
    assertThat(history).hasCount(1);
    assertThat(history.first()).containsText("rented/large-4, scripted-small in shadow");
    assertThat(history.first()).containsText("First look");
    assertThat(history.first()).containsText("Olga");
    assertThat(history.first()).containsText("without a verdict");
    ask(12);
    Locator shadow =
        page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText("Shadow"));
    assertThat(shadow.locator("td").first()).hasText("12");
    assertThat(page.locator(".exchanges li").first()).containsText("When does my parcel 11");
    switchTo(page, "Full");
    assertThat(history).hasCount(2);
    models.ownDown = true;
    for (int i = 0; i < 3; i++) {
      try {
        ask(1);
      } catch (dev.freehold.chat.Unavailable e) {
        continue; // That is what the guards see.
      }
    }
    assertThat(history).hasCount(3);
    assertThat(history.first()).containsText("by its guards");
    assertThat(history.first()).containsText("3 of the candidate's last 3 answers failed");
    assertThat(page.locator(".way dd").first()).containsText("100%");
    assertThat(page.locator(".shelves [aria-current]")).containsText("Incumbent only");
    AccessibilityTest.check(page, "workloads");
    picture(page, "workloads-light");
    Page dark = page(390, ColorScheme.DARK, "de-DE");
    assertThat(dark.locator(".history li").first()).containsText("Wächter");
    AccessibilityTest.check(dark, "workloads, dark and narrow");
    picture(dark, "workloads-dark-narrow");
    assertThat(dark.locator("body")).not().containsText("undefined");
    org.assertj.core.api.Assertions.assertThat(
            dark.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
        .as("nothing stands out at the side")
        .isEqualTo(true);
    site.assertQuiet();
  }

  @Test
  void whoManagesNothingSeesNoWorkloads() {
    Page page = site.signedIn();
    assertThat(page.locator("a[href='/workloads']")).hasCount(0);
    page.navigate(site.base() + "/workloads/support-mails");
    page.waitForSelector(".bar");
    assertThat(page.locator("#workload-name")).hasCount(0);
    assertThat(page.locator("main")).not().containsText("rented");
  }

  /// For people who want to look, with `-Dfreehold.pictures=FOLDER`.
  private static void picture(Page page, String name) {
    String where = System.getProperty("freehold.pictures", "");
    if (!where.isEmpty()) {
      page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(where, name + ".png")));
    }
  }
}
